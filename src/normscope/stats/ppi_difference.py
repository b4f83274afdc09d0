"""The difference of two rates by PPI++, tuned as a difference: what the matcher gets wrong in both alike does not matter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.corrected import does_not_move, interval, standard_error
from normscope.stats.labelled import Labelled, as_rows, as_weights
from normscope.stats.ppi import MINIMUM_LABELS, PredictionPowered
from normscope.stats.predicted import Predicted, predicted, tuned

__all__ = ["ppi_difference"]


def ppi_difference(
    machine: npt.ArrayLike,
    clusters: npt.ArrayLike,
    labelled: Labelled,
    weights: npt.ArrayLike,
    other_weights: npt.ArrayLike,
    *,
    level: float = 0.95,
    minimum: int = MINIMUM_LABELS,
) -> PredictionPowered:
    """By how much does the rate of some rows exceed that of others by people's judgement, both measured on the same clusters?

    The arguments are those of `ppi`; `weights` and `other_weights` [rows] say of which rows either rate is. In [-1, 1]; value
    and interval are cut there. Paired over clusters. `lam` is one for both rates and is chosen for the difference, so that
    it leans on the matcher as far as that tells the two apart: `difference` of two rates keeps what was best for each of
    them alone. `n_rows` and `n_labelled` are of both together, `gain` is over the difference of people's labels alone.

    `Undefined` where `ppi` is for either rate, and where both are the same rows with the same weights.
    Source: as `ppi`, whose estimator this is for the mean of a difference.

    >>> first = np.tile([True, False], 200)  # each of 200 dilemmas has a row of either
    >>> truth = np.where(first, 1.0, np.repeat(np.arange(200) % 2, 2))
    >>> drawn = Labelled(np.arange(150), truth[:150], np.full(150, 150 / 400))
    >>> found = ppi_difference(truth, np.repeat(np.arange(200), 2), drawn, first, ~first)
    >>> round(found.value, 2), found.low < 0.5 < found.high, found.gain > 1
    (0.5, True, True)
    """
    f, c = as_rows(machine, clusters, labelled)
    w, v = as_weights(weights, f), as_weights(other_weights, f)
    first = predicted(f, c, labelled, w, level=level, minimum=minimum)
    second = predicted(f, c, labelled, v, level=level, minimum=minimum)
    if bool(np.all(w * v.sum() == v * w.sum())):
        raise Undefined("a difference needs two rates of different rows; these are the same")
    human, spread = first.human_moved - second.human_moved, first.spread - second.spread
    fewest = min(first.clusters, second.clusters)
    lam = tuned(human, spread, fewest, first.no_error + second.no_error)
    influence = human - lam * spread
    value = min(1.0, max(-1.0, first.at(lam) - second.at(lam)))
    error = standard_error(influence, fewest, unseen := _unseen(first, second, lam))
    alone = standard_error(human, fewest, _unseen(first, second, 0.0))
    low, high = interval(value, error, fewest, level=level, lowest=-1.0)
    either = (w > 0) | (v > 0)
    return PredictionPowered(
        value, low, high, level, error, fewest, influence, unseen,
        lam=lam, n_rows=int(either.sum()), n_labelled=int(labelled.counted(either[labelled.rows]).sum()),
        gain=(alone / error) ** 2,
    )  # fmt: skip


def _unseen(first: Predicted, second: Predicted, lam: float) -> float:
    """What the labels happen not to show of either rate, or, if no cluster shows a difference, of that."""
    one, other = (rate.human_moved - lam * rate.spread for rate in (first, second))
    unseen = first.unseen(lam, one) + second.unseen(lam, other)
    return unseen or (max(first.all_alike, second.all_alike) if does_not_move(one - other) else 0.0)
