"""How often each unit was given which category: all that agreement between raters without names depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from normscope.stats.bootstrap import Floats

__all__ = ["BLOCK", "Relation", "Tally"]

BLOCK = 2**16
"""Numbers worked on at a time: bounds the memory beside the ratings, and stays in the processor's cache."""

Relation: TypeAlias = Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[Any]]
"""From two arrays of categories (numbers in the scale) to how they stand to each other, elementwise with broadcasting."""


@dataclass(frozen=True, eq=False)
class Tally:
    """`times` [units, places]: how often the category at that place was given to the unit.

    `categories` has the number of that category below `size`: [places], the same for all units, or [units, places].
    """

    categories: npt.NDArray[Any]
    times: npt.NDArray[Any]
    size: int

    @property
    def ratings(self) -> npt.NDArray[np.int64]:
        """[units]: how many ratings each unit has."""
        found: npt.NDArray[np.int64] = self.times.sum(axis=1, dtype=np.int64)
        return found

    @property
    def totals(self) -> npt.NDArray[np.int64]:
        """[size]: how often each category was given, over all units."""
        found = np.zeros(self.size, dtype=np.int64)
        if self.categories.ndim == 1:
            found[self.categories] = self.times.sum(axis=0, dtype=np.int64)
            return found
        for block in self.blocks(most=max(BLOCK, self.size)):  # each block goes through all categories
            found += np.bincount(block.categories[block.times > 0], minlength=self.size)
        return found

    def with_at_least(self, ratings: int) -> Tally:
        """Only the units with so many ratings."""
        kept = self.ratings >= ratings
        if kept.all():
            return self
        return Tally(self.categories if self.categories.ndim == 1 else self.categories[kept], self.times[kept], self.size)

    def blocks(self, width: int | None = None, *, most: int | None = None) -> Iterator[Tally]:
        """The units in order, so many at a time that `width` numbers for each (one per place) are at most `most` (`BLOCK`)."""
        units, places = self.times.shape
        step = max(1, (most or BLOCK) // max(1, places if width is None else width))
        for start in range(0, units, step):
            rows = slice(start, start + step)
            yield Tally(self.categories if self.categories.ndim == 1 else self.categories[rows], self.times[rows], self.size)

    def pair_sums(self, relation: Relation) -> Floats:
        """[units]: the sum of a relation over all ordered pairs of a unit's ratings, each rating with itself included.

        Takes units x places² steps in blocks of bounded size.
        """
        places = self.times.shape[1]
        step = max(1, BLOCK // max(1, places))
        sums = np.zeros(len(self.times))
        done = 0
        for block in self.blocks(None if self.categories.ndim == 1 else places * min(places, step)):
            times = block.times.astype(np.float64)
            for start in range(0, places, step):
                some = slice(start, start + step)
                related = relation(block.categories[..., some, None], block.categories[..., None, :])
                partners = times[:, some] @ related if related.ndim == 2 else np.einsum("ui,uij->uj", times[:, some], related)
                sums[done : done + len(times)] += (partners * times).sum(axis=1)
            done += len(times)
        return sums
