"""What changed for each model: every measure over all shared dilemmas, and agreement by topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from normscope.compare.differences import Difference, differences
from normscope.compare.scores import Scores
from normscope.records import CORRECTED, NOT_SHOWN, Change, ModelPair, NotMeasured
from normscope.stats import benjamini_hochberg

__all__ = ["ALL", "BETTER", "METRICS", "PEOPLE", "changes", "named", "people", "topic_changes"]

ALL = "all"
"""The topic of a change over all shared dilemmas."""

PEOPLE = "people"
"""Stands for the people of both studies in the change of the ceiling."""

BETTER: Mapping[str, int] = {
    "stated": 1,
    "explicit": 1,
    "acquiescence": -1,
    "gap": 0,
    "distance_to_ceiling": 0,
    "refused": 0,
    "no_solution": 0,
}
"""The measures of a model in the order of the report: 1 where more is better, -1 where less is, 0 where neither."""

METRICS = tuple(BETTER)


def changes(
    scores: Scores,
    models: Sequence[ModelPair],
    clusters: npt.NDArray[np.intp],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> list[Change]:
    """How did a measure change for each model (a column of `scores`), over all dilemmas?

    `better`, `worse`, `higher` or `lower` where the paired interval lies on one side of 0, else `not shown`: each interval for
    itself, at its `level`.
    """
    found = differences(scores, clusters, level=level, seed=seed)
    return [named(scores.metric, pair, d, level=level) for pair, d in zip(models, found, strict=True)]


def named(metric: str, pair: ModelPair, difference: Difference, *, level: float) -> Change:
    """The difference of a model over all dilemmas as a `Change`, its verdict from its interval."""
    verdict = _verdict(metric, difference, shown=_beyond_zero(difference))
    return _change(metric, ALL, pair, difference, verdict, level)


def people(scores: Scores, clusters: npt.NDArray[np.intp], *, level: float = 0.95, seed: int = 0) -> list[Change]:
    """How did the ceiling change: the agreement of people among themselves, the one column of `scores`?"""
    return changes(scores, [ModelPair(PEOPLE, PEOPLE, "")], clusters, level=level, seed=seed)


def topic_changes(
    scores: Scores,
    models: Sequence[ModelPair],
    clusters: npt.NDArray[np.intp],
    topics: Sequence[str],
    *,
    level: float = 0.95,
    wrong_share: float = 0.05,
    seed: int = 0,
) -> list[Change]:
    """In which topics did a measure change? By topic (`topics` [dilemmas]), then by model.

    Many topics are looked at, so some differ by chance: a topic is called better or worse only where its p is among those that
    `benjamini_hochberg` rejects over all topics and models, so that at most a share `wrong_share` of them is expected to
    be wrong. Its interval, of `level`, is for itself.
    """
    of = np.array(topics, dtype=object)
    rows: list[tuple[str, ModelPair, Difference]] = []
    for topic in sorted(set(topics)):
        about = np.asarray(of == topic, dtype=bool)
        found = differences(scores.about(about), clusters[about], level=level, seed=seed)
        rows += [(topic, pair, d) for pair, d in zip(models, found, strict=True)]
    tested = [i for i, (_, _, d) in enumerate(rows) if not isinstance(d.p, NotMeasured)]
    p = [d.p for _, _, d in rows if not isinstance(d.p, NotMeasured)]
    shown = {i for i, rejected in zip(tested, benjamini_hochberg(p, q=wrong_share).tolist(), strict=True) if rejected}
    return [
        _change(scores.metric, topic, pair, d, _verdict(scores.metric, d, shown=i in shown), level)
        for i, (topic, pair, d) in enumerate(rows)
    ]


def _beyond_zero(d: Difference) -> bool:
    if isinstance(d.low, NotMeasured) or isinstance(d.high, NotMeasured):
        return False
    return d.low > 0 or d.high < 0


def _verdict(metric: str, d: Difference, *, shown: bool) -> str:
    if not shown or isinstance(d.value, NotMeasured) or not d.value:
        return NOT_SHOWN
    better = BETTER.get(metric.removesuffix(CORRECTED), 0)
    if not better:
        return "higher" if d.value > 0 else "lower"
    return "better" if d.value * better > 0 else "worse"


def _change(metric: str, topic: str, pair: ModelPair, d: Difference, verdict: str, level: float) -> Change:
    return Change(
        metric=metric,
        topic=topic,
        responder_a=pair.a,
        responder_b=pair.b,
        a=d.a,
        b=d.b,
        difference=d.value,
        low=d.low,
        high=d.high,
        p=d.p,
        verdict=verdict,
        n_dilemmas=d.n_dilemmas,
        excluded=d.excluded,
        level=level,
        method=d.method,
    )
