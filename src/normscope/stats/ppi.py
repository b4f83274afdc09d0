"""Prediction-powered inference: a rate from many labels of a matcher and few labels of people.

The matcher labels every row (comparison), people a drawn part of them. The matcher's rate is cheap and biased, the people's
unbiased and imprecise; PPI++ adds to the first, scaled by `lam`, what the second says it is wrong by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.corrected import Corrected, interval, standard_error
from normscope.stats.labelled import Labelled, as_rows, as_weights
from normscope.stats.predicted import predicted, tuned

__all__ = ["MINIMUM_LABELS", "PredictionPowered", "ppi", "ppi_columns"]

MINIMUM_LABELS = 50
"""Below about 50 labels the interval covers the truth less often than it says."""


@dataclass(frozen=True, eq=False)
class PredictionPowered(Corrected):
    """A rate by PPI++.

    `lam` in [0, 1]: how much the matcher is leant on; 0 = people's labels alone, 1 = its rate plus its mean error.
    `n_rows` and `n_labelled` count rows with weight, the latter without those of probability 1 (`Labelled.counted`).
    `gain` is the variance of people's labels alone over the variance of this: with a gain of 2, the same interval would have
    needed twice the labels without the matcher.
    """

    lam: float
    n_rows: int
    n_labelled: int
    gain: float


def ppi(
    machine: npt.ArrayLike,
    clusters: npt.ArrayLike,
    labelled: Labelled,
    *,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    minimum: int = MINIMUM_LABELS,
) -> PredictionPowered:
    """What is the rate by people's judgement, over all rows, most of which only a matcher has labelled?

    `machine` [rows] is the matcher's value in [0, 1], `clusters` [rows] numbers the dilemma (or what else was sampled
    whole) from 0, `weights` [rows] >= 0 are all 1 by default. The estimand is sum(w h) / sum(w), where h is what people
    would say of each row, over dilemmas like these. In [0, 1]; value and interval are cut there.

    value = lam · (weighted mean of machine over all rows) + (weighted mean of human - lam · machine over labelled rows, with
    weights w / probability). `lam` is the value that minimises the estimated variance, cut to [0, 1]: a matcher that errs
    at random is leant on less, one whose labels do not help is left out. Where strata were made from the matcher's labels
    (`Labelled.strata`), drawing has used the matcher already: `lam` and `gain` say what it adds to that.

    The variance is by linearisation over clusters: both which dilemmas were asked and which rows were labelled could have
    been others. The interval uses Student's t with (clusters that hold a label) - 1 degrees of freedom. People's labels are
    taken to be right: what they err stays in the value.

    `Undefined` without weight, with fewer than `minimum` labelled rows that have weight, and where these are of fewer than
    2 clusters. Where no labelled row differs from the matcher, people said the same of all (in a stratum), or all clusters
    have the same mean, the interval is as wide as Wilson's would be (`Corrected.unseen`).
    Source: Angelopoulos, Duchi, Zrnic (2023), arXiv:2311.01453; Hajek's weighting for unequal probabilities.

    >>> truth = np.tile([1.0, 0.0], 200)
    >>> matcher = np.where(np.arange(400) % 20 == 1, 1.0, truth)  # says 1 to a tenth of the zeros
    >>> drawn = Labelled(np.arange(0, 400, 3), truth[::3], np.full(134, 1 / 3))
    >>> found = ppi(matcher, np.arange(400), drawn)
    >>> round(float(matcher.mean()), 3), round(found.value, 3), round(found.low, 3), round(found.high, 3), round(found.gain, 1)
    (0.55, 0.498, 0.44, 0.556, 2.2)
    """
    f, c = as_rows(machine, clusters, labelled)
    w = np.ones(f.shape) if weights is None else as_weights(weights, f)
    return _column(f, c, labelled, w, level=level, minimum=minimum)


def ppi_columns(
    machine: npt.ArrayLike,
    clusters: npt.ArrayLike,
    labelled: Labelled,
    weights: Iterable[npt.ArrayLike],
    *,
    level: float = 0.95,
    minimum: int = MINIMUM_LABELS,
) -> tuple[PredictionPowered | Undefined, ...]:
    """`ppi` for many columns (pairs, topics, groups) from the same labels; a column without a value has its `Undefined`.

    `weights` gives the rows' weights column by column, as an array [columns, rows] or one at a time. Take the `difference` of
    two columns for a paired interval.
    """
    f, c = as_rows(machine, clusters, labelled)
    found: list[PredictionPowered | Undefined] = []
    for column in weights:
        try:
            found.append(_column(f, c, labelled, as_weights(column, f), level=level, minimum=minimum))
        except Undefined as missing:
            found.append(missing)
    return tuple(found)


def _column(
    f: Floats, c: npt.NDArray[np.intp], labelled: Labelled, w: Floats, *, level: float, minimum: int
) -> PredictionPowered:
    of = predicted(f, c, labelled, w, level=level, minimum=minimum)
    lam = tuned(of.human_moved, of.spread, of.clusters, of.no_error)
    influence = of.human_moved - lam * of.spread
    value = min(1.0, max(0.0, of.at(lam)))
    error = standard_error(influence, of.clusters, unseen := of.unseen(lam, influence))
    alone = standard_error(of.human_moved, of.clusters, of.no_difference)
    low, high = interval(value, error, of.clusters, level=level)
    return PredictionPowered(
        value, low, high, level, error, of.clusters, influence, unseen,
        lam=lam, n_rows=of.n_rows, n_labelled=of.n_labelled, gain=(alone / error) ** 2,
    )  # fmt: skip
