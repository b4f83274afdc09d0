"""Rogan-Gladen: a rate corrected with the matcher's sensitivity and specificity, taken from the labelled comparisons.

Unlike PPI++ it can correct the rate of a pair that has hardly a label of its own, at the price of an assumption: that the
matcher errs alike in all pairs, given what people would say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.corrected import Corrected, centred, interval, standard_error, unseen_variance
from normscope.stats.labelled import Labelled, as_rows, as_weights, enough_labels

__all__ = ["LEAST_YOUDEN", "RoganGladen", "rogan_gladen", "rogan_gladen_columns"]

LEAST_YOUDEN = 0.1
"""Sensitivity + specificity - 1 at or below this is no measurement: the correction would multiply every error by 10 or more."""


@dataclass(frozen=True, eq=False)
class RoganGladen(Corrected):
    """A rate by Rogan and Gladen, with what it was corrected by.

    `sensitivity`: share of 1 from the matcher where people say 1; `specificity`: share of 0 where they say 0; both in [0, 1].
    `raw` is the matcher's own rate. `n_rows` counts the rows with weight, `n_labelled` all labelled rows without
    those of probability 1 (`Labelled.counted`). `on_youden` [all clusters] is what each cluster adds to sensitivity +
    specificity - 1, the denominator of the correction.
    """

    raw: float
    sensitivity: float
    specificity: float
    n_rows: int
    n_labelled: int
    on_youden: Floats

    @property
    def youden(self) -> float:
        """Sensitivity + specificity - 1: 0 if the matcher tells nothing, 1 if it never errs."""
        return self.sensitivity + self.specificity - 1


def rogan_gladen(
    machine: npt.ArrayLike,
    clusters: npt.ArrayLike,
    labelled: Labelled,
    *,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> RoganGladen:
    """What is the rate by people's judgement, if the matcher errs in these rows as it does in the labelled ones?

    `machine` [rows] is 0 or 1, `clusters` [rows] numbers the dilemma from 0, `weights` [rows] >= 0 (all 1 by default) say of
    which rows the rate is. Sensitivity and specificity come from *all* labelled rows, weighted by 1 / probability, whether
    they have weight or not. In [0, 1]; value and interval are cut there.

    value = (raw + specificity - 1) / (sensitivity + specificity - 1). The interval is by linearisation over clusters and holds
    the uncertainty of all three; t with (clusters that hold a label) - 1 degrees of freedom. A class in which no labelled
    row shows an error is given the uncertainty of Wilson's interval for 0 errors (`Corrected.unseen`).

    `Undefined` without weight, without a labelled row of either class, with labels on fewer than 2 clusters, and where
    sensitivity + specificity - 1 is not above `LEAST_YOUDEN`. A matcher that gives values between 0 and 1 is a ValueError:
    cut them first. Source: Rogan and Gladen (1978), American Journal of Epidemiology 107.

    >>> truth = np.tile([1.0, 0.0], 200)
    >>> matcher = np.where(np.arange(400) % 20 == 1, 1.0, truth)  # says 1 to a tenth of the zeros
    >>> found = rogan_gladen(matcher, np.arange(400), Labelled(np.arange(100), truth[:100], np.full(100, 0.25)))
    >>> found.raw, found.sensitivity, found.specificity, round(found.value, 3)
    (0.55, 1.0, 0.9, 0.5)
    """
    f, c = as_rows(machine, clusters, labelled)
    errors = _errors(f, c, labelled, level=level)
    return _column(f, c, errors, np.ones(f.shape) if weights is None else as_weights(weights, f), level=level)


def rogan_gladen_columns(
    machine: npt.ArrayLike,
    clusters: npt.ArrayLike,
    labelled: Labelled,
    weights: Iterable[npt.ArrayLike],
    *,
    level: float = 0.95,
) -> tuple[RoganGladen | Undefined, ...]:
    """`rogan_gladen` for many columns (pairs, topics, groups) from the same labels; a column without a value has its `Undefined`.

    `weights` gives the rows' weights column by column, as an array [columns, rows] or one at a time. What is undefined for the
    labels (a class without a label, a matcher that cannot tell) is raised.
    """
    f, c = as_rows(machine, clusters, labelled)
    errors = _errors(f, c, labelled, level=level)
    found: list[RoganGladen | Undefined] = []
    for column in weights:
        try:
            found.append(_column(f, c, errors, as_weights(column, f), level=level))
        except Undefined as missing:
            found.append(missing)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Errors:
    """How the matcher errs: both rates, the influence of each cluster on them, and the variance of errors not seen."""

    sensitivity: float
    specificity: float
    on_sensitivity: Floats
    on_specificity: Floats
    on_youden: Floats
    unseen_sensitivity: float
    unseen_specificity: float
    clusters: int
    labels: int


def _errors(f: Floats, c: npt.NDArray[np.intp], labelled: Labelled, *, level: float) -> _Errors:
    if not bool(np.all((f == 0) | (f == 1))):
        raise ValueError("Rogan-Gladen needs a matcher that says 0 or 1; cut its scores first")
    drawn = labelled.rows
    labels = c[drawn][labelled.counted(np.ones(drawn.shape, dtype=np.bool_))]
    enough_labels(labels.size, labels, minimum=2)
    n = int(c.max()) + 1
    found = []
    for name, human, right in (("1", labelled.human, f[drawn]), ("0", 1 - labelled.human, 1 - f[drawn])):
        weights = human / labelled.probability
        with_weight = weights > 0
        if not bool(with_weight.any()):
            raise Undefined(f"Rogan-Gladen needs labels of both classes; people gave no {name} in {drawn.size} labels")
        share, each = centred(right, weights)
        never = bool(np.all(right[with_weight] == 1))
        counted = labelled.counted(with_weight)
        share_counted = float(weights[counted].sum()) / float(weights.sum())
        unseen = unseen_variance(weights[counted], c[drawn][counted], level=level, share=share_counted) if never else 0.0
        found.append((share, labelled.by_cluster(each, c, n), unseen))
    (sensitivity, on_sensitivity, unseen_1), (specificity, on_specificity, unseen_0) = found
    if sensitivity + specificity - 1 <= LEAST_YOUDEN:
        raise Undefined(
            f"the matcher hardly tells agreement from its absence: sensitivity {sensitivity:.3f} + specificity "
            f"{specificity:.3f} - 1 is not above {LEAST_YOUDEN}"
        )
    labelled_clusters = int(np.unique(labels).size)
    return _Errors(
        sensitivity, specificity, on_sensitivity, on_specificity, on_sensitivity + on_specificity,
        unseen_1, unseen_0, labelled_clusters, labels.size,
    )  # fmt: skip


def _column(f: Floats, c: npt.NDArray[np.intp], errors: _Errors, w: Floats, *, level: float) -> RoganGladen:
    rows = np.flatnonzero(w)
    if not rows.size:
        raise Undefined("a corrected rate needs comparisons; 0 have weight")
    raw, each = centred(f[rows], w[rows])
    on_raw = np.bincount(c[rows], weights=each, minlength=errors.on_sensitivity.size)
    youden = errors.sensitivity + errors.specificity - 1
    exact = (raw + errors.specificity - 1) / youden
    value = min(1.0, max(0.0, exact))
    # the derivatives by raw, specificity and sensitivity are 1, 1 - value and -value, each over sensitivity + specificity - 1
    influence = (on_raw + (1 - value) * errors.on_specificity - value * errors.on_sensitivity) / youden
    unseen = ((1 - value) ** 2 * errors.unseen_specificity + value**2 * errors.unseen_sensitivity) / youden**2
    error = standard_error(influence, errors.clusters, unseen)
    low, high = interval(value, error, errors.clusters, level=level)
    return RoganGladen(
        value, low, high, level, error, errors.clusters, influence, unseen,
        raw=raw, sensitivity=errors.sensitivity, specificity=errors.specificity, n_rows=rows.size, n_labelled=errors.labels,
        on_youden=errors.on_youden,
    )  # fmt: skip
