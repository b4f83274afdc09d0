"""Agreement corrected for the matcher's errors, from the comparisons that people labelled too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.correction import Correction, Rate, Rows, ends
from normscope.agree.estimates import ALL, PEOPLE_LISTED
from normscope.agree.judged import UNCLEAR, Judged, judged
from normscope.agree.people_said import PeopleSaid
from normscope.agree.resampled import ALL_TOPICS, NOT_MEASURED, Grouping, grouping, with_topics
from normscope.agree.scopes import KEY, PEOPLE, Key, Scope, Who, whole
from normscope.agree.weights import BY_MATCHER, WEIGHT
from normscope.errors import Undefined
from normscope.records import CORRECTED, ROGAN_GLADEN, Estimate, NotMeasured, Pairing
from normscope.stats import LEAST_CLUSTERS, MINIMUM_LABELS, difference, trusted_difference
from normscope.stats.bootstrap import Floats
from normscope.table import AgreementTable

__all__ = ["OF_PEOPLE", "corrected", "not_corrected"]

OF_PEOPLE = ("unclear_to_people", "coders_differ")
"""What `excluded` of a corrected estimate counts of the labelled comparisons."""

DISTANCE = "distance_to_ceiling"
CEILINGS = {"stated": "ceiling", "explicit": "explicit_ceiling"}
PEOPLE_AMONG_THEMSELVES = whole(Pairing.HUMAN_HUMAN)

Names: TypeAlias = tuple[str, str, str, str, str]
"""metric, pairing, responder_id, target_id and topic of an estimate."""


@dataclass(frozen=True, eq=False)
class _Column:
    """Which rows of a `Judged` one scope has under one topic, and both their weights."""

    key: Key
    topic: int
    at: Rows
    weights: Floats
    by_matcher: Floats

    def on(self, rows: Judged, dilemmas: Rows) -> _Column:
        """The same on some dilemmas only."""
        return self._kept(np.isin(rows.dilemma[self.at], dilemmas))

    def counted(self, rows: Judged) -> _Column:
        """The rows that the matcher counts, weighted as in the raw value."""
        return replace(self, weights=self.by_matcher)._kept(rows.counted[self.at])

    def _kept(self, kept: npt.NDArray[np.bool_]) -> _Column:
        return replace(self, at=self.at[kept], weights=self.weights[kept], by_matcher=self.by_matcher[kept])


def corrected(
    table: AgreementTable,
    people: PeopleSaid,
    raw: Iterable[Estimate],
    *,
    level: float = 0.95,
    minimum: int = MINIMUM_LABELS,
    people_listed: int = PEOPLE_LISTED,
) -> list[Estimate]:
    """What would the agreement be, if people instead of the matcher had said of every comparison whether it agrees?

    For each estimate of `raw` (those of `table`) that can be corrected there is one of the same name with `_corrected` at its
    end, by PPI++: `stated`, `stated_both`, `ceiling`, `explicit`, `explicit_both`, `explicit_ceiling`, `acquiescence`, and
    `distance_to_ceiling`, the paired difference of two corrected rates. Beside those of stated agreement there is one with
    `_rogan_gladen`: it takes the matcher's sensitivity and specificity from all labels, and so reaches pairs that have hardly
    a label, if the matcher errs alike in all of them.

    The estimand is people's value over the comparisons that people can decide, of dilemmas like these, weighted as the raw
    value is: draws first, then targets, then dilemmas, each over what counts. Where it is not known of every comparison whether
    people can decide it, a weight takes the expected number of those that they can (`weights.placed`). What the matcher calls
    `unclear` takes part, but in Rogan-Gladen, which corrects what the matcher counts and leaves out the rest as the raw value
    does. Of the labelled comparisons, `excluded` counts those that were `unclear_to_people`. One on which coders differ counts
    with their mean, a coder who cannot tell it for a part of it only; as `coders_differ` `excluded` counts those that no coder
    labelled whole.
    Comparisons that are settled without a matcher count as they are. `n_labels` is the number of labels a value rests on.

    With fewer than `minimum` labels that people could decide a `_corrected` value is `NotMeasured`, unless all of it is
    settled. People's labels are taken to be right. `people_listed` as in `estimate`.
    """
    by_name: dict[Names, Estimate] = {(e.metric, e.pairing, e.responder_id, e.target_id, e.topic): e for e in raw}
    who = Who(table.responders, people_listed=people_listed)
    groups = grouping(table, by_topic=True)
    found: list[Estimate] = []
    for rows in judged(table, people, who):
        cluster = groups.cluster[rows.dilemma].astype(np.intp)
        correction = Correction(rows, cluster, groups.clusters, level, minimum)
        columns = {(c.key, c.topic): c for c in _columns(rows, groups)}
        for column in columns.values():
            likes = [by_name[name] for name in _names(rows.metric, column, who, groups) if name in by_name]
            found += _corrected(likes, CORRECTED, correction, column, correction.predicted)
            if rows.metric == "stated":
                found += _corrected(likes, ROGAN_GLADEN, correction, column.counted(rows), correction.rogan_gladen)
        if rows.metric == "stated":
            found += _distances(correction, columns, who, groups, by_name)
    return found


def not_corrected(raw: Iterable[Estimate], reason: str, *, n_labels: int) -> list[Estimate]:
    """The `_corrected` estimates of a study whose labels cannot be used, each with the reason: of wholes and of all people."""
    wide = [e for e in raw if e.metric in (*CEILINGS, *CEILINGS.values()) and e.topic == ALL and e.target_id in ("", PEOPLE)]
    return [_missing(e, CORRECTED, reason, e.excluded, n_labels) for e in wide]


def _columns(rows: Judged, groups: Grouping) -> Iterator[_Column]:
    by = ("topic", *KEY)
    placed = with_topics(rows.placed, groups).sort(*by, "row")
    keys = placed.group_by(by, maintain_order=True).agg(n=pl.len())
    at = placed["row"].to_numpy().astype(np.intp)
    weights, by_matcher = placed[WEIGHT].to_numpy(), placed[BY_MATCHER].to_numpy()
    stop = 0
    for topic, scope, pairing, responder, target, n in keys.iter_rows():
        start, stop = stop, stop + n
        part = slice(start, stop)
        yield _Column(Key(scope, pairing, responder, target), topic, at[part], weights[part], by_matcher[part])


def _names(metric: str, column: _Column, who: Who, groups: Grouping) -> list[Names]:
    """The names under which a column is reported."""
    named = [f"{metric}_both" if column.key.scope == Scope.BOTH else metric]
    if column.key == PEOPLE_AMONG_THEMSELVES and metric in CEILINGS:
        named.append(CEILINGS[metric])
    topic = ALL if column.topic == ALL_TOPICS else groups.topics[column.topic]
    return [(name, who.pairing_name(column.key), *who.ids(column.key), topic) for name in named]


def _corrected(
    likes: Iterable[Estimate],
    ending: str,
    correction: Correction,
    column: _Column,
    correct: Callable[[Rows, Floats], Rate],
) -> list[Estimate]:
    likes = list(likes)
    if not likes:
        return []

    def excluded(like: Estimate) -> dict[str, int]:
        return _excluded(like, correction.rows, column.at, unclear=ending == ROGAN_GLADEN)

    try:
        rate = correct(column.at, column.weights)
    except Undefined as missing:
        return [_missing(e, ending, str(missing), excluded(e), correction.decided(column.at)) for e in likes]
    low, high = rate.ends
    n_dilemmas = int(np.unique(correction.rows.dilemma[column.at]).size)
    return [
        replace(
            e,
            metric=e.metric + ending,
            value=rate.corrected.value,
            low=low,
            high=high,
            method=rate.method,
            n_dilemmas=n_dilemmas,
            excluded=excluded(e),
            n_labels=rate.n_labels,
        )
        for e in likes
    ]


def _distances(
    correction: Correction,
    columns: Mapping[tuple[Key, int], _Column],
    who: Who,
    groups: Grouping,
    by_name: Mapping[Names, Estimate],
) -> Iterator[Estimate]:
    """A model's corrected agreement with people minus the corrected ceiling, on the dilemmas that have both."""
    rows = correction.rows
    for (key, topic), column in columns.items():
        ceiling = columns.get((PEOPLE_AMONG_THEMSELVES, topic))
        if key.scope != Scope.PEOPLE or who.person[key.responder] or ceiling is None:
            continue
        ((_, *named),) = _names(rows.metric, column, who, groups)
        like = by_name.get((DISTANCE, *named))  # type: ignore[arg-type]
        if like is None:
            continue
        shared = np.intersect1d(rows.dilemma[column.at], rows.dilemma[ceiling.at])
        model, people = column.on(rows, shared), ceiling.on(rows, shared)
        at = np.concatenate([model.at, people.at])
        try:
            first = correction.predicted(model.at, model.weights)
            second = correction.predicted(people.at, people.weights)
        except Undefined as missing:
            yield _missing(like, CORRECTED, str(missing), _excluded(like, rows, at), correction.decided(at))
            continue
        apart = difference(first.corrected, second.corrected)
        low, high = ends(trusted_difference(apart) if apart.clusters >= LEAST_CLUSTERS else apart)
        yield replace(
            like,
            metric=DISTANCE + CORRECTED,
            value=apart.value,
            low=low,
            high=high,
            method=_of_both(first, second) + ("" if apart.clusters >= LEAST_CLUSTERS else "; no interval"),
            n_dilemmas=int(shared.size),
            excluded=_excluded(like, rows, at),
            n_labels=first.n_labels + second.n_labels,
        )


def _of_both(first: Rate, second: Rate) -> str:
    """How the interval of a difference was made; in brackets how those of the two rates were."""
    each = " / ".join(rate.method.translate(str.maketrans("[]", "()")) for rate in (first, second))
    return f"difference of two corrected rates, Student's t over clusters [{each}]"


def _excluded(like: Estimate, rows: Judged, at: Rows, *, unclear: bool = False) -> dict[str, int]:
    """What is left out of a corrected value: what is left out of the raw one, and what people could not tell.

    What the matcher calls `unclear` is left out by Rogan-Gladen only.
    """
    counts = Counter({status: n for status, n in like.excluded.items() if unclear or status != UNCLEAR})
    undecided, differ = rows.labelled[at] & (rows.decided[at] == 0), rows.differ[at]
    counts.update(dict(zip(OF_PEOPLE, (int(undecided.sum()), int(differ.sum())), strict=True)))
    return {status: n for status, n in sorted(counts.items()) if n}


def _missing(like: Estimate, ending: str, reason: str, excluded: dict[str, int], n_labels: int) -> Estimate:
    why = NotMeasured(reason)
    return replace(
        like,
        metric=like.metric + ending,
        value=why,
        low=why,
        high=why,
        method=NOT_MEASURED,
        excluded=excluded,
        n_labels=n_labels,
    )
