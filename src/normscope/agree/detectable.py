"""Which difference could this study have found?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from normscope.agree.drawn import Drawn
from normscope.agree.scopes import Who
from normscope.agree.section_rows import DetectableRow
from normscope.errors import Undefined
from normscope.records import NotMeasured
from normscope.stats import detectable
from normscope.stats.bootstrap import Masked

__all__ = ["CEILING", "POWER", "detectable_rows", "distance_rows"]

POWER = 0.8
"""The probability with which the smallest detectable difference is found; the usual one (Cohen 1988)."""

CEILING = "ceiling"
"""The `other_id` of a model's distance to people among themselves."""

METHOD = "(t of the level + t of the power) · clustered standard error of the paired difference"
NO_VALUE = "one of the two has no value"
STILL = 1e-12


def detectable_rows(metric: str, with_people: Drawn, who: Who, *, level: float) -> Iterator[DetectableRow]:
    """Every two models by one metric with people."""
    found = with_people.found
    names = [who.ids(key)[0] for key in with_people.keys]
    for i, j in combinations(range(len(names)), 2):
        shared = len(with_people.dilemma_sets[i] & with_people.dilemma_sets[j])
        value = found.value[[i]] - found.value[[j]]
        draws = found.draws[:, [i]] - found.draws[:, [j]]
        clusters = int(min(found.clusters[i], found.clusters[j]))
        yield _row(metric, names[i], names[j], value, draws, clusters, shared, level)


def distance_rows(metric: str, to_ceiling: Drawn, who: Who, *, level: float) -> Iterator[DetectableRow]:
    """Every model against people among themselves; `to_ceiling` is drawn from the measure of that distance."""
    found = to_ceiling.found
    for i, key in enumerate(to_ceiling.keys):
        n = int(to_ceiling.n_dilemmas[i])
        yield _row(metric, who.ids(key)[0], CEILING, found.value[[i]], found.draws[:, [i]], int(found.clusters[i]), n, level)


def _row(
    metric: str, first: str, second: str, value: Masked, draws: Masked, clusters: int, n_dilemmas: int, level: float
) -> DetectableRow:
    difference: float | NotMeasured
    error: float | NotMeasured
    smallest: float | NotMeasured
    method = METHOD
    if np.ma.getmaskarray(value)[0] or draws.count() < 2:
        difference = error = smallest = NotMeasured(NO_VALUE)
        method = "not measured"
    else:
        difference = float(value.data[0])
        # over n clusters the bootstrap's variance is (n - 1) / n of the unbiased one
        spread = float(draws.compressed().std()) * np.sqrt(clusters / max(1, clusters - 1))
        error = spread if spread > STILL else NotMeasured("the difference is the same in all resamples")
        try:
            smallest = detectable(spread if spread > STILL else 0.0, clusters, level=level, power=POWER)
        except Undefined as missing:
            smallest = NotMeasured(str(missing))
            method = "not measured"
    return DetectableRow(metric, first, second, difference, error, smallest, n_dilemmas, level, POWER, method)
