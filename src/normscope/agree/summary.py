"""The agreement table for people: one row per comparison, as plain text cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from normscope.agree.corrected import OF_PEOPLE
from normscope.agree.estimates import ALL
from normscope.agree.scopes import PEOPLE
from normscope.records import CORRECTED, ROGAN_GLADEN, Estimate, NotMeasured, Pairing, Policy, Reading
from normscope.stats import CAUTIOUS, MINIMUM_LABELS

__all__ = ["COLUMNS", "CORRECTED_COLUMNS", "MARK", "summary"]

COLUMNS = ("who", "with_whom", "pairing", "stated", "explicit", "n", "excluded")
"""The cells of a row, in order."""

CORRECTED_COLUMNS = (
    "who",
    "with_whom",
    "pairing",
    "stated (corrected)",
    "stated",
    "explicit (corrected)",
    "explicit",
    "labels",
    "n",
    "excluded",
)
"""The cells of a row where people labelled comparisons of the study."""

NOT_ASKED = "not asked"

MARK = "*"
"""Stands after an interval that may cover the truth more often than its level says."""

Ids = tuple[str, str]


def summary(estimates: Iterable[Estimate]) -> list[dict[str, str]]:
    """Who agrees with whom, for printing: each model with people, each two models, each responder with itself, people.

    `stated` and `explicit` read `0.75 [0.71, 0.79]`, or say what is missing; a `*` after the interval says that it is a cautious
    one (`stats.CAUTIOUS`). `n` counts the dilemmas of the stated value; `excluded` the rows left out, by status. Two models share
    one row over both directions; `asymmetry` among the estimates says how far these differ. The last row is people among
    themselves, the ceiling.

    Where estimates were corrected for the matcher's errors, the corrected value comes first and the raw one beside it. A stated
    value with too few labels of its own is corrected by Rogan-Gladen, where that is possible, and says so. `labels` counts
    the labelled comparisons that the corrected stated value rests on.

    >>> summary([])
    []
    """
    found = _Found({})
    for e in estimates:
        # the whole pairings have the same empty ids: only the ceiling is shown, and it has a metric of its own
        if (e.topic, e.reading, e.policy) == (ALL, Reading.MAIN, Policy.EACH) and (e.responder_id or "ceiling" in e.metric):
            found.by_metric.setdefault(e.metric, {})[e.responder_id, e.target_id] = e
    stated = found.by_metric.get("stated", {})
    return [
        *(
            _row(e.responder_id, PEOPLE, found, "stated", "explicit", ids)
            for ids, e in stated.items()
            if e.target_id == PEOPLE and e.pairing == Pairing.MODEL_HUMAN.value
        ),
        *(
            _row(e.responder_id, e.target_id, found, "stated_both", "explicit_both", ids)
            for ids, e in found.by_metric.get("stated_both", {}).items()
            if e.pairing == Pairing.MODEL_MODEL.value
        ),
        *(
            _row(e.responder_id, "itself, another draw", found, "stated", "explicit", ids)
            for ids, e in stated.items()
            if e.pairing == Pairing.RETEST.value
        ),
        *(
            _row(PEOPLE, "each other (ceiling)", found, "ceiling", "explicit_ceiling", ids)
            for ids in found.by_metric.get("ceiling", {})
        ),
    ]


@dataclass(frozen=True)
class _Found:
    by_metric: dict[str, dict[Ids, Estimate]]

    def of(self, metric: str, ids: Ids) -> Estimate | None:
        return self.by_metric.get(metric, {}).get(ids)

    @property
    def corrected(self) -> bool:
        return any(metric.endswith(CORRECTED) for metric in self.by_metric)


def _row(who: str, with_whom: str, found: _Found, stated: str, explicit: str, ids: Ids) -> dict[str, str]:
    raw, shown = found.by_metric[stated][ids], found.of(explicit, ids)
    correction = found.of(stated + CORRECTED, ids)
    by_errors = found.of(stated + ROGAN_GLADEN, ids)
    # a pair with too few labels of its own can still be corrected by how the matcher errs elsewhere
    lent = by_errors is not None and _missing(correction) and not _missing(by_errors)
    used = by_errors if lent else correction
    cells = {
        "who": who,
        "with_whom": with_whom,
        "pairing": raw.pairing,
        "stated (corrected)": _corrected(used) + (" (Rogan-Gladen)" if lent else ""),
        "stated": _cell(raw),
        "explicit (corrected)": _corrected(found.of(explicit + CORRECTED, ids)),
        "explicit": _cell(shown),
        "labels": str(used.n_labels if used else 0),
        "n": str(raw.n_dilemmas),
        "excluded": _left_out(raw, shown, correction),
    }
    return {name: cells[name] for name in (CORRECTED_COLUMNS if found.corrected else COLUMNS)}


def _left_out(stated: Estimate, explicit: Estimate | None, correction: Estimate | None) -> str:
    of_labels = {status: n for status, n in (correction.excluded if correction else {}).items() if status in OF_PEOPLE}
    parts = (
        _counts(stated.excluded),
        f"explicit: {_counts(explicit.excluded)}" if explicit is not None and explicit.excluded else "",
        f"of the labels: {_counts(of_labels)}" if of_labels else "",
    )
    return "; ".join(part for part in parts if part)


def _missing(e: Estimate | None) -> bool:
    return e is None or isinstance(e.value, NotMeasured)


def _corrected(e: Estimate | None) -> str:
    # the same long reason in every row would hide the table; estimates.json has it
    if e is not None and isinstance(e.value, NotMeasured) and 0 < e.n_labels < MINIMUM_LABELS:
        return f"fewer than {MINIMUM_LABELS} labels"
    return _cell(e)


def _cell(e: Estimate | None) -> str:
    if e is None:
        return NOT_ASKED
    if isinstance(e.value, NotMeasured):
        return f"not measured: {e.value.reason}"
    if isinstance(e.low, NotMeasured) or isinstance(e.high, NotMeasured):
        return f"{e.value:.2f} (no interval)"
    return f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]" + (f" {MARK}" if e.method.endswith(CAUTIOUS) else "")


def _counts(excluded: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {status}" for status, n in sorted(excluded.items()))
