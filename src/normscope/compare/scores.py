"""One measure of the same models on the same dilemmas, in two studies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Scores", "Yes"]

Floats = npt.NDArray[np.float64]
Yes = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a measure sums, in study `a` and in study `b`: arrays [dilemmas, models], row and column for row and column.

    A rate has two parts, numerator and denominator with 0 <= numerator <= denominator; a difference of two rates has four, those
    of the first and of the second. A denominator of 0: the dilemma has no value there. `missing` says why a measure has no
    dilemma that counts in both.
    """

    metric: str
    a: tuple[Floats, ...]
    b: tuple[Floats, ...]
    missing: str = "no shared dilemma counts in both studies"

    def __post_init__(self) -> None:
        shapes = {part.shape for part in (*self.a, *self.b)}
        if len(self.a) not in (2, 4) or len(self.a) != len(self.b) or len(shapes) != 1:
            raise ValueError(f"{self.metric}: both studies need 2 or 4 parts of one shape; got {len(self.a)} and {len(self.b)}")

    @property
    def in_a(self) -> Yes:
        """[dilemmas, models]: does the dilemma have a value in `a`?"""
        return _with_value(self.a)

    @property
    def in_b(self) -> Yes:
        """[dilemmas, models]: does the dilemma have a value in `b`?"""
        return _with_value(self.b)

    def about(self, dilemmas: Yes) -> Scores:
        """The same of some of the dilemmas alone."""
        return Scores(self.metric, tuple(p[dilemmas] for p in self.a), tuple(p[dilemmas] for p in self.b), self.missing)


def _with_value(parts: tuple[Floats, ...]) -> Yes:
    return np.asarray(np.logical_and.reduce([denominator > 0 for denominator in parts[1::2]]), dtype=bool)
