"""The kinds of arrays that the statistics take and give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Masked", "Numbers", "Statistic", "concatenated"]

Floats: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = npt.NDArray[Any]
"""Whole numbers, truth values, or floats of any width; none of them NaN."""

Masked: TypeAlias = "np.ma.MaskedArray[Any, np.dtype[np.float64]]"
"""Numbers of which some are undefined: those are masked, and never NaN."""


class Statistic(Protocol):
    """A function of sums over clusters, elementwise; masked where it is undefined."""

    def __call__(self, *sums: Floats) -> Masked: ...


def concatenated(pieces: Sequence[Masked]) -> Masked:
    """The pieces one after the other, along their first axis."""
    mask = np.concatenate([np.ma.getmaskarray(piece) for piece in pieces])
    return np.ma.MaskedArray(np.concatenate([piece.data for piece in pieces]), mask=mask)
