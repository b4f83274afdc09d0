"""Who rated which unit how, as a table of numbers: what the coefficients of agreement between any number of raters take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from normscope.stats.tally import BLOCK, Tally

__all__ = ["Ratings"]

NOT_RATED = -1
KINDS = "biufU"
"""Of numpy arrays: truth values, numbers and texts."""

FEW = 64
"""Up to so many categories counting those below is several times faster than a binary search, which branches at random."""


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of units (dilemmas, items) by raters (coders, responders), with gaps, on a scale of categories.

    `codes` [units, raters], signed integers: the number of the category in `scale`, or -1 where that rater did not rate that
    unit. `scale` [categories]: every category that could have been given, in its order, whether it was given or not; texts or
    numbers. The coefficients do not ask which rater gave a rating: where raters differ from unit to unit, a column is just
    a place for a rating. Codes outside the scale, a scale with repeats and numbers that are not finite are a ValueError.

    >>> Ratings(np.array([[0, 1], [1, -1]]), np.array(["no", "yes"])).counts.tolist()
    [[1, 1], [0, 1]]
    """

    codes: npt.NDArray[Any]
    scale: npt.NDArray[Any]

    def __post_init__(self) -> None:
        _check_scale(self.scale)
        if self.codes.ndim != 2 or self.codes.dtype.kind != "i":
            got = f"{self.codes.dtype} of shape {self.codes.shape}"
            raise ValueError(f"codes are signed integers, [units, raters]; got {got}; Ratings.of(labels) makes them from labels")
        if self.codes.size and not NOT_RATED <= self.codes.min() <= self.codes.max() < self.scale.size:
            got = f"{self.codes.min()} to {self.codes.max()}"
            raise ValueError(f"codes go from -1 (not rated) to {self.scale.size - 1} (the end of the scale); got {got}")

    @classmethod
    def of(cls, labels: npt.ArrayLike, *, scale: npt.ArrayLike | None = None) -> Ratings:
        """Ratings from a table of labels or numbers [units, raters]; where it is a masked array, masked ones are missing.

        Without `scale`, that is what was given, sorted. NaN, a mixture of types, and what is not on the scale are a ValueError.

        >>> table = np.ma.masked_equal([[1, 1, 0], [2, 3, 3]], 0)
        >>> Ratings.of(table).codes
        array([[ 0,  0, -1],
               [ 1,  2,  2]], dtype=int8)
        """
        data, missing = np.asarray(np.ma.getdata(labels)), np.ma.getmaskarray(np.ma.asanyarray(labels))
        if data.ndim != 2:
            raise ValueError(f"ratings are a table [units, raters]; got shape {data.shape}")
        if data.dtype.kind not in KINDS:
            raise ValueError(f"ratings are texts or numbers, missing ones masked (np.ma); got an array of {data.dtype}")
        known = _in_use(data, missing) if scale is None else np.asarray(scale)
        _check_scale(known)
        if (data.dtype.kind == "U") != (known.dtype.kind == "U") and data.size and known.size:
            raise ValueError(f"ratings and scale are both texts or both numbers; got {data.dtype} and {known.dtype}")
        return cls(_codes(data, missing, known), known)

    @cached_property
    def counts(self) -> npt.NDArray[Any]:
        """[units, categories]: how many raters gave each category to each unit, in the smallest type that holds the numbers."""
        units, raters = self.codes.shape
        width = self.scale.size + 1  # the first place is for those who did not rate
        counts = np.empty((units, self.scale.size), dtype=np.min_scalar_type(raters))
        step = max(1, BLOCK // max(width, raters))
        for start in range(0, units, step):
            codes = self.codes[start : start + step]
            places = codes + np.arange(1, len(codes) * width + 1, width)[:, None]
            found = np.bincount(places.ravel(), minlength=len(codes) * width)
            counts[start : start + step] = found.reshape(-1, width)[:, 1:]
        return counts

    @cached_property
    def tally(self) -> Tally:
        """The same by unit: `counts` where categories are fewer than raters, else one place for each rater."""
        if self.scale.size <= self.codes.shape[1]:
            return Tally(np.arange(self.scale.size), self.counts, self.scale.size)
        return Tally(np.maximum(self.codes, 0), self.codes != NOT_RATED, self.scale.size)


def _check_scale(scale: npt.NDArray[Any]) -> None:
    if scale.ndim != 1 or scale.dtype.kind not in KINDS or _distinct(scale).size < scale.size:
        raise ValueError(f"a scale is a list of different categories, texts or numbers; got {scale.tolist()!r:.200}")
    if scale.dtype.kind == "f" and not np.isfinite(scale).all():
        raise ValueError("the categories of a scale are texts or finite numbers; got one that is infinite or NaN")


def _distinct(given: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Each value once, sorted. numpy's `unique` hashes whole numbers, which took 13 s for a million different ones."""
    ordered = np.sort(given)
    first = np.ones(ordered.size, dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def _by_block(table: npt.NDArray[Any]) -> Iterator[slice]:
    step = max(1, BLOCK // max(1, table.shape[1]))
    return (slice(start, start + step) for start in range(0, len(table), step))


def _in_use(data: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """The different ratings, sorted, NaN left out; by blocks, so that no copy of all ratings has to be sorted."""
    found = [_distinct(data[block][~missing[block]]) for block in _by_block(data)]
    known = _distinct(np.concatenate([data[:0].ravel(), *found]))
    return known[~np.isnan(known)] if known.dtype.kind == "f" else known


def _places(scale: npt.NDArray[Any], data: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Where on a sorted scale do the data stand, if they are on it?"""
    if scale.size > FEW:
        return np.searchsorted(scale, data).clip(max=scale.size - 1)
    places = np.zeros(data.shape, dtype=np.int8)
    for below in scale[:-1]:
        places += data > below
    return places


def _codes(data: npt.NDArray[Any], missing: npt.NDArray[np.bool_], scale: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[units, raters]: the place of each rating in the scale, in the smallest type that holds it."""
    codes = np.full(data.shape, NOT_RATED, dtype=np.min_scalar_type(-max(1, scale.size)))
    order = np.argsort(scale, kind="stable").astype(codes.dtype)
    ordered = scale[order]
    for block in _by_block(data) if scale.size else ():
        place = _places(ordered, data[block])
        _all_known((ordered.take(place) != data[block]) & ~missing[block], data[block], scale, first=block.start)
        codes[block] = order.take(place)
        np.copyto(codes[block], NOT_RATED, where=missing[block])
    if not scale.size:
        _all_known(~missing, data, scale, first=0)
    return codes


def _all_known(strange: npt.NDArray[np.bool_], data: npt.NDArray[Any], scale: npt.NDArray[Any], *, first: int) -> None:
    if strange.any():
        unit, rater = np.argwhere(strange)[0].tolist()
        got = f"{data[unit, rater].item()!r:.80} for unit {first + unit} by rater {rater}"
        allowed = f"allowed: {scale.tolist()!r:.200}, and masked where it is missing (np.ma.masked_invalid masks NaN)"
        raise ValueError(f"a rating is not on the scale; got {got}; {allowed}")
