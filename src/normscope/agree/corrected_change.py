"""How the agreement with people changed between two studies, corrected for the matcher's errors where people labelled in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.correction import Correction, Rate, Rows, ends
from normscope.agree.judged import Judged, judged
from normscope.agree.people_said import PeopleSaid
from normscope.agree.scopes import Scope, Who
from normscope.agree.weights import WEIGHT
from normscope.errors import Undefined
from normscope.records import NotMeasured
from normscope.stats import LEAST_CLUSTERS, MINIMUM_LABELS, difference, trusted_difference
from normscope.stats.bootstrap import Floats
from normscope.table import AgreementTable

__all__ = ["METRICS", "CorrectedChange", "LabelledTable", "corrected_changes"]

METRICS = ("stated", "explicit")


@dataclass(frozen=True, eq=False)
class LabelledTable:
    """A study's agreement table and what people said of a sample of its comparisons."""

    table: AgreementTable
    people: PeopleSaid


@dataclass(frozen=True, slots=True)
class CorrectedChange:
    """A corrected rate in `a` and in `b`, their paired difference `b` minus `a` with its interval; or why there is none."""

    a: float | NotMeasured
    b: float | NotMeasured
    value: float | NotMeasured
    low: float | NotMeasured
    high: float | NotMeasured
    method: str
    n_dilemmas: int


def corrected_changes(
    a: LabelledTable,
    b: LabelledTable,
    models: Sequence[int],
    clusters: npt.NDArray[np.intp],
    *,
    level: float = 0.95,
    minimum: int = MINIMUM_LABELS,
) -> dict[str, list[CorrectedChange]]:
    """By how much did each model's agreement with people change, as people would judge it in both studies?

    Both tables have the same dilemmas and responders under the same numbers; `models` are numbers of responders, `clusters`
    [dilemmas] those of the clusters. `stated` and `explicit`, by PPI++ in each study from its own labels, on the dilemmas that
    have comparisons in both; the difference in [-1, 1] is paired over clusters, as the corrected distance to the ceiling is. With
    fewer than `minimum` labels in either study it is `NotMeasured`.
    """
    people_listed = len(a.table.responders)
    sides = [
        {rows.metric: rows for rows in judged(side.table, side.people, Who(side.table.responders, people_listed=people_listed))}
        for side in (a, b)
    ]
    n = int(clusters.max(initial=-1)) + 1
    found = {}
    for metric in METRICS:
        first, second = (Correction(rows, clusters[rows.dilemma], n, level, minimum) for rows in (s[metric] for s in sides))
        found[metric] = [_change(first, second, model) for model in models]
    return found


def _change(first: Correction, second: Correction, model: int) -> CorrectedChange:
    one, other = (_towards_people(side.rows, model) for side in (first, second))
    shared = np.intersect1d(first.rows.dilemma[one[0]], second.rows.dilemma[other[0]])
    try:
        before, after = _rate(first, one, shared), _rate(second, other, shared)
    except Undefined as missing:
        why = NotMeasured(str(missing))
        return CorrectedChange(why, why, why, why, why, "not measured", int(shared.size))
    apart = difference(after.corrected, before.corrected)
    enough = apart.clusters >= LEAST_CLUSTERS
    low, high = ends(trusted_difference(apart) if enough else apart)
    each = " / ".join(rate.method.translate(str.maketrans("[]", "()")) for rate in (before, after))
    method = f"difference of two corrected rates, Student's t over clusters{'' if enough else '; no interval'} [{each}]"
    return CorrectedChange(before.corrected.value, after.corrected.value, apart.value, low, high, method, int(shared.size))


def _rate(correction: Correction, column: tuple[Rows, Floats], dilemmas: Rows) -> Rate:
    at, weights = column
    kept = np.isin(correction.rows.dilemma[at], dilemmas)
    if not kept.any():
        raise Undefined("no comparison with people in both studies")
    return correction.predicted(at[kept], weights[kept])


def _towards_people(rows: Judged, model: int) -> tuple[Rows, Floats]:
    """The rows of a model against all people, and their weights."""
    own = rows.placed.filter(pl.col("scope") == int(Scope.PEOPLE), pl.col("responder") == model).sort("row")
    return own["row"].to_numpy().astype(np.intp), own[WEIGHT].to_numpy()
