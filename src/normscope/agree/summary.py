"""The agreement table for people: one row per comparison, as plain text cells."""

from __future__ import annotations

from collections.abc import Iterable

from normscope.agree.estimates import ALL
from normscope.agree.scopes import PEOPLE
from normscope.records import Estimate, NotMeasured, Pairing

__all__ = ["COLUMNS", "summary"]

COLUMNS = ("who", "with_whom", "pairing", "stated", "explicit", "n", "excluded")
"""The cells of a row, in order."""


def summary(estimates: Iterable[Estimate]) -> list[dict[str, str]]:
    """Who agrees with whom, for printing: each model with people, each two models, each responder with itself, people.

    `stated` and `explicit` read `0.75 [0.71, 0.79]`, or say what is missing. `n` counts the dilemmas of the stated value;
    `excluded` the rows left out, by status. Two models share one row over both directions; `asymmetry` among the estimates
    says how far these differ. The last row is people among themselves, the ceiling.

    >>> summary([])
    []
    """
    by_metric: dict[str, dict[tuple[str, str], Estimate]] = {}
    for e in estimates:
        # the whole pairings have the same empty ids: only the ceiling is shown, and it has a metric of its own
        if e.topic == ALL and (e.responder_id or e.metric.endswith("ceiling")):
            by_metric.setdefault(e.metric, {})[e.responder_id, e.target_id] = e
    stated, explicit = by_metric.get("stated", {}), by_metric.get("explicit", {})
    both, explicit_both = by_metric.get("stated_both", {}), by_metric.get("explicit_both", {})
    return [
        *(
            _row(e.responder_id, PEOPLE, e, explicit.get(ids))
            for ids, e in stated.items()
            if e.target_id == PEOPLE and e.pairing == Pairing.MODEL_HUMAN.value
        ),
        *(
            _row(e.responder_id, e.target_id, e, explicit_both.get(ids))
            for ids, e in both.items()
            if e.pairing == Pairing.MODEL_MODEL.value
        ),
        *(
            _row(e.responder_id, "itself, another draw", e, explicit.get(ids))
            for ids, e in stated.items()
            if e.pairing == Pairing.RETEST.value
        ),
        *(
            _row(PEOPLE, "each other (ceiling)", e, by_metric.get("explicit_ceiling", {}).get(ids))
            for ids, e in by_metric.get("ceiling", {}).items()
        ),
    ]


def _row(who: str, with_whom: str, stated: Estimate, explicit: Estimate | None) -> dict[str, str]:
    left_out = _counts(stated.excluded)
    if explicit is not None and explicit.excluded:
        left_out = "; ".join(part for part in (left_out, f"explicit: {_counts(explicit.excluded)}") if part)
    cells = (
        who,
        with_whom,
        stated.pairing,
        _cell(stated),
        "not asked" if explicit is None else _cell(explicit),
        str(stated.n_dilemmas),
        left_out,
    )
    return dict(zip(COLUMNS, cells, strict=True))


def _cell(e: Estimate) -> str:
    if isinstance(e.value, NotMeasured):
        return f"not measured: {e.value.reason}"
    if isinstance(e.low, NotMeasured) or isinstance(e.high, NotMeasured):
        return f"{e.value:.2f} (no interval)"
    return f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]"


def _counts(excluded: dict[str, int]) -> str:
    return ", ".join(f"{n} {status}" for status, n in sorted(excluded.items()))
