"""How large must a study be? The error that a rate, or a difference of two, is going to have, and the sizes that reach a wish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Literal, TypeAlias

from normscope.errors import Undefined
from normscope.stats.rogan_gladen import LEAST_YOUDEN
from normscope.stats.student import t_quantile

__all__ = ["Correct", "Expected", "detectable", "difference_detected", "half_width", "largest_correlation", "least"]

Correct: TypeAlias = Literal["ppi", "rogan_gladen"]
"""By which method the matcher's errors will be corrected."""

LARGEST = 10**9
"""Sizes above this are no plan."""

ROUNDING = 1e-12
"""What a label costs in variance is rounding below this."""


@dataclass(frozen=True)
class Expected:
    """What is expected of a study that does not exist yet. All but `design_effect` and `per_dilemma` are in [0, 1].

    `rate`: stated agreement by people's judgement. `correlation` (in [-1, 1]): between two models' agreement on the same
    comparison; what moves both alike makes their difference surer. `per_dilemma`: comparisons of one model per dilemma (as many
    as people answered it). `design_effect` >= 1: how many times larger the variance is than that of as many independent
    comparisons; 1 + (m - 1) · icc where clusters have m comparisons (Kish 1965). `per_cluster`: dilemmas in a cluster.
    `sensitivity` and `specificity` of the matcher: the share of 1 where people say 1, and of 0 where they say 0.
    """

    rate: float
    correlation: float = 0.0
    per_dilemma: float = 1.0
    design_effect: float = 1.0
    per_cluster: float = 1.0
    sensitivity: float = 1.0
    specificity: float = 1.0

    def __post_init__(self) -> None:
        shares = {"sensitivity": self.sensitivity, "specificity": self.specificity}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"{name} must be between 0 and 1; got {share}")
        if not 0 < self.rate < 1:
            raise ValueError(f"the rate must be between 0 and 1, and neither; got {self.rate}")
        if not -1 <= self.correlation <= 1:
            raise ValueError(f"the correlation must be between -1 and 1; got {self.correlation}")
        if min(self.per_dilemma, self.per_cluster, self.design_effect) < 1:
            raise ValueError("one comparison per dilemma, one dilemma per cluster and a design effect of 1 are the least")

    @property
    def youden(self) -> float:
        """Sensitivity + specificity - 1: what of a true difference the matcher's own rates show."""
        return self.sensitivity + self.specificity - 1

    @property
    def raw(self) -> float:
        """The rate that the matcher is going to say."""
        return self.rate * self.sensitivity + (1 - self.rate) * (1 - self.specificity)

    def other(self, difference: float) -> float:
        """The rate that is higher by `difference`, or lower where that would reach 1; `Undefined` where neither fits."""
        found = self.rate + difference if self.rate + difference < 1 else self.rate - difference
        if not 0 < found < 1:
            raise Undefined(f"rates that differ by {difference:g} do not fit between 0 and 1 around {self.rate:g}")
        return found

    def of(self, rate: float) -> Expected:
        """The same with another rate."""
        return Expected(rate, *(getattr(self, name) for name in list(self.__dataclass_fields__)[1:]))


def label_price(expected: Expected, correct: Correct) -> float:
    """What a label costs in variance: k in [0, inf) of the formulas below; 0 = the matcher errs never.

    k = 1 - R² by PPI++ and 1/R² - 1 by Rogan-Gladen, where R² = p (1 - p) J² / (q (1 - q)) is the squared correlation of the
    matcher's 0 or 1 with people's, p the rate, q the raw one and J Youden's index. `Undefined` where the matcher tells nothing.
    """
    if expected.youden <= LEAST_YOUDEN:
        raise Undefined(
            f"sensitivity + specificity - 1 is {expected.youden:.2f}; a matcher must be above {LEAST_YOUDEN} to measure with"
        )
    squared = _binary(expected.rate) * expected.youden**2 / _binary(expected.raw)
    return 1 - squared if correct == "ppi" else 1 / squared - 1


def half_width(expected: Expected, dilemmas: float, labels: float, *, correct: Correct = "ppi", level: float = 0.95) -> float:
    """How wide, to either side, is the interval of one model's corrected rate going to be?

    `dilemmas` are asked, and of the model's N = dilemmas · per_dilemma comparisons people label `labels` at random. Half-width
    = t · error with (the smaller of clusters and labels) - 1 degrees of freedom, and error² = p (1 - p) · v, where

    * PPI++: v = k / labels + (design effect - k) / N. The labels are comparisons of this model.
    * Rogan-Gladen: v = k / labels + (design effect + k) / N. The labels may be of any model, if the matcher errs alike in all.

    With k = 0 (`label_price`) both are the error of a rate from clusters (Kish 1965), and with all N labelled PPI++ is too.
    They follow from Angelopoulos, Duchi and Zrnic (2023, arXiv:2311.01453), where the labelled rows are among all rows and lambda
    is the best one, and from Rogan and Gladen (1978, American Journal of Epidemiology 107) by linearisation; within a cluster
    the matcher's errors are taken to be independent given what people say. Good where p · dilemmas and (1 - p) · dilemmas are
    above about 10.

    >>> round(half_width(Expected(0.5), 400, 400), 4)  # 1.966 · sqrt(0.25 / 400)
    0.0491
    """
    of_all, of_labels = _parts(expected, correct)
    return _t(expected, dilemmas, labels, (1 + level) / 2, of_labels) * sqrt(
        of_all / (dilemmas * expected.per_dilemma) + of_labels / labels
    )


def difference_detected(
    expected: Expected,
    dilemmas: float,
    labels: float,
    difference: float,
    *,
    correct: Correct = "ppi",
    level: float = 0.95,
    power: float = 0.8,
) -> float:
    """Which difference between two models that answer the same dilemmas is found with this power? It is > 0.

    To be held against `difference` itself, by which the rates are taken to differ: it is found with at least `power` if the
    result is not larger. The result is (t_level + t_power) · error, as in Bloom (1995, Evaluation Review 19), of a two-sided
    test at 1 - `level`; error² of the paired difference of rates p1 and p2 with variances s1² and s2² per comparison is

    * PPI++ with `labels` of *each* model: (s1² k1 + s2² k2) (1 / labels - 1 / N) + design effect · (s1² + s2² - 2 r s1 s2) / N.
    * Rogan-Gladen with `labels` in all: design effect · (s1² + s2² - 2 r s1 s2) / N + (s1² k1 + s2² k2) / N + (difference / J)²
      · (sensitivity (1 - sensitivity) / (labels p) + specificity (1 - specificity) / (labels (1 - p))), p the mean rate.

    r is the correlation. `Undefined` where rates so far apart cannot correlate so much.
    """
    of_all, of_labels = _parts_of_difference(expected, correct, difference)
    error = sqrt(of_all / (dilemmas * expected.per_dilemma) + of_labels / labels)
    both = ((1 + level) / 2, power)
    return error * sum(_t(expected, dilemmas, labels, probability, of_labels) for probability in both)


def detectable(error: float, clusters: int, *, level: float = 0.95, power: float = 0.8) -> float:
    """Which true difference would a study with this standard error find with this power?

    (t_level + t_power) · error with clusters - 1 degrees of freedom: the minimum detectable effect of Bloom (1995, Evaluation
    Review 19) for a two-sided test at 1 - `level`. In the units of `error`. `Undefined` with fewer than 2 clusters or without
    error.

    >>> round(detectable(0.02, 1000), 4)  # (1.962 + 0.842) · 0.02
    0.0561
    """
    if clusters < 2:
        raise Undefined(f"a detectable difference needs data on at least 2 clusters of dilemmas; {clusters} has them")
    if error <= 0:
        raise Undefined("all resamples are equal, so they cannot show how uncertain a difference is")
    return error * (t_quantile((1 + level) / 2, clusters - 1) + t_quantile(power, clusters - 1))


def least(reached: Callable[[int], bool], *, lowest: int = 2, highest: int = LARGEST) -> int | None:
    """The smallest whole number from `lowest` to `highest` from which on `reached` holds; None where it does nowhere.

    >>> least(lambda n: n * n >= 50)
    8
    """
    if not reached(highest):
        return None
    low, high = lowest - 1, highest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def largest_correlation(first: float, second: float) -> float:
    """How far can two models' agreement on the same comparisons be correlated, if their rates differ? In (0, 1].

    1 only where the rates are equal: the one that agrees more often must agree alone at times (the bound of Frechet).

    >>> round(largest_correlation(0.6, 0.65), 3)
    0.899
    """
    low, high = min(first, second), max(first, second)
    return sqrt(low * (1 - high) / (high * (1 - low)))


def _binary(rate: float) -> float:
    return rate * (1 - rate)


def _parts(expected: Expected, correct: Correct) -> tuple[float, float]:
    """error² = first / comparisons + second / labels."""
    variance, price = _binary(expected.rate), label_price(expected, correct)
    own = -price if correct == "ppi" else price
    return variance * (expected.design_effect + own), variance * price


def _parts_of_difference(expected: Expected, correct: Correct, difference: float) -> tuple[float, float]:
    first, second = expected.rate, expected.other(difference)
    most = largest_correlation(first, second)
    if expected.correlation > most:
        raise Undefined(
            f"rates of {first:.2f} and {second:.2f} cannot correlate by more than {most:.2f}; got {expected.correlation:g}"
        )
    s1, s2 = sqrt(_binary(first)), sqrt(_binary(second))
    paired = expected.design_effect * (s1 * s1 + s2 * s2 - 2 * expected.correlation * s1 * s2)
    priced = sum(s * s * label_price(expected.of(rate), correct) for s, rate in ((s1, first), (s2, second)))
    if correct == "ppi":
        return paired - priced, priced
    mean = (first + second) / 2
    errs = _binary(expected.sensitivity) / mean + _binary(expected.specificity) / (1 - mean)
    return paired + priced, (difference / expected.youden) ** 2 * errs


def _t(expected: Expected, dilemmas: float, labels: float, probability: float, of_labels: float) -> float:
    """Student's quantile; the labels bound the degrees of freedom only where they bring an error."""
    clusters = dilemmas / expected.per_cluster
    known_from = min(clusters, labels) if of_labels > ROUNDING else clusters
    return t_quantile(probability, max(1.0, known_from - 1))
