"""A model beside the ceiling: the two divided, and whether they are shown to be equivalent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from normscope.agree.measures import Measure
from normscope.agree.resampled import At, Column
from normscope.errors import Undefined, UsageError
from normscope.records import NotMeasured
from normscope.stats import equivalence_of_interval, ratio
from normscope.stats.bootstrap import Floats, Masked

__all__ = ["Equivalence", "quotient", "ratio_to_ceiling"]

VERDICT = NotMeasured("a verdict has no interval of its own; `method` gives the one that it rests on")


def quotient(*sums: Floats) -> Masked:
    """First numerator / first denominator, divided by second numerator / second denominator; undefined where that is 0.

    >>> quotient(*(np.array([x, y]) for x, y in ((3.0, 1.0), (4.0, 2.0), (1.0, 0.0), (2.0, 2.0)))).tolist()
    [1.5, None]
    """
    numerator, denominator, other_numerator, other_denominator = sums
    first, second = ratio(numerator, denominator), ratio(other_numerator, other_denominator)
    found = ratio(first.data, second.data)
    return np.ma.MaskedArray(found.data, mask=np.ma.getmaskarray(first) | np.ma.getmaskarray(found))


def ratio_to_ceiling(distance: Measure) -> Measure:
    """What share of the ceiling does a model reach? At least 0; 1 = as people among themselves. From the distance's terms."""
    missing = "no dilemma has both a value of the model and a ceiling, or the ceiling is 0"
    return replace(distance, metric="ratio_to_ceiling", statistic=quotient, missing=missing)


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests: is a difference shown to be smaller than `margin`, either way?

    It is at error rate `alpha` if the interval of level 1 - 2 `alpha` (`level`) lies within ± `margin`.
    """

    margin: float = 0.05
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.margin <= 1:
            raise UsageError(
                f"the margin of equivalence must be above 0 and at most 1; got {self.margin}. 0.05 means five points in a hundred"
            )
        if not 0 < self.alpha < 0.5:
            raise UsageError(f"alpha must be between 0 and 0.5; got {self.alpha}. 0.05 is the default")

    @property
    def level(self) -> float:
        """The level of the interval that decides."""
        return 1 - 2 * self.alpha

    def measure(self, distance: Measure) -> Measure:
        """The measure whose columns, of that level, `verdicts` takes."""
        return replace(distance, metric="equivalent_to_ceiling")

    def verdicts(self, columns: Mapping[At, Column]) -> dict[At, Column]:
        """1 where a difference is shown to be within the margin, 0 where it is not; missing where it has no interval."""
        return {at: self._verdict(column) for at, column in columns.items()}

    def _verdict(self, column: Column) -> Column:
        low, high = column.low, column.high
        if isinstance(low, NotMeasured) or isinstance(high, NotMeasured):
            why = next(end.reason for end in (low, high) if isinstance(end, NotMeasured))
            return Column.missing(why, n_dilemmas=column.n_dilemmas, excluded=column.excluded)
        try:
            shown = equivalence_of_interval(low, high, margin=self.margin, level=self.level).verdict == "equivalent"
        except Undefined as missing:
            return Column.missing(str(missing), n_dilemmas=column.n_dilemmas, excluded=column.excluded)
        method = (
            f"TOST, margin {self.margin:g}, alpha {self.alpha:g}: the {self.level:.0%} interval of distance_to_ceiling is "
            f"[{low:.4f}, {high:.4f}]; {column.method}"
        )
        return replace(column, value=float(shown), low=VERDICT, high=VERDICT, method=method)
