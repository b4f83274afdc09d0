"""Who gave which label to which item: the table that agreement between any number of coders is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Codings"]

NOT_CODED = -1


@dataclass(frozen=True, eq=False)
class Codings:
    """Labels in long form: parallel 1-D arrays, one row for each label that a coder gave to an item.

    Coders need not have seen the same items. Arrays of different lengths, and two labels of one coder for one item, are a
    ValueError.

    >>> Codings(np.array(["i1", "i1", "i2"]), np.array(["Ane", "Bo", "Bo"]), np.array(["agree", "silent", "agree"])).codes
    array([[ 0,  1],
           [-1,  0]])
    """

    items: npt.NDArray[Any]
    coders: npt.NDArray[Any]
    labels: npt.NDArray[Any]

    def __post_init__(self) -> None:
        if self.items.ndim != 1 or not self.items.shape == self.coders.shape == self.labels.shape:
            shapes = f"{self.items.shape}, {self.coders.shape} and {self.labels.shape}"
            raise ValueError(f"items, coders and labels are 1-D arrays of one length; got shapes {shapes}")
        # by the numbers of items and coders: `codes`, items x coders, is only made where it is used
        if np.unique(self._items[1] * self.coder_names.size + self._coders[1]).size < self.items.size:
            raise ValueError("a coder labelled an item more than once; keep one label of each")

    @cached_property
    def _items(self) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
        return np.unique(self.items, return_inverse=True)

    @cached_property
    def _coders(self) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
        return np.unique(self.coders, return_inverse=True)

    @cached_property
    def _labels(self) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
        return np.unique(self.labels, return_inverse=True)

    @property
    def item_names(self) -> npt.NDArray[Any]:
        """The items, sorted: the rows of `codes`."""
        return self._items[0]

    @property
    def coder_names(self) -> npt.NDArray[Any]:
        """The coders, sorted: the columns of `codes`."""
        return self._coders[0]

    @property
    def label_names(self) -> npt.NDArray[Any]:
        """The labels in use, sorted: what the numbers in `codes` stand for."""
        return self._labels[0]

    @cached_property
    def codes(self) -> npt.NDArray[np.intp]:
        """[items, coders]: the number of the label in `label_names`, or -1 where that coder did not label that item."""
        codes = np.full((self.item_names.size, self.coder_names.size), NOT_CODED, dtype=np.intp)
        codes[self._items[1], self._coders[1]] = self._labels[1]
        return codes

    @property
    def coders_by_item(self) -> list[list[int]]:
        """For each item the numbers, in `coder_names`, of those who labelled it; in order."""
        found: list[list[int]] = [[] for _ in range(self.item_names.size)]
        for item, coder in sorted(zip(self._items[1].tolist(), self._coders[1].tolist(), strict=True)):
            found[item].append(coder)
        return found

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """[items, labels]: how many coders gave each label to each item."""
        counts = np.zeros((self.item_names.size, self.label_names.size), dtype=np.int64)
        np.add.at(counts, (self._items[1], self._labels[1]), 1)
        return counts
