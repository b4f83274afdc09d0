"""Which items of a list a test takes, where it does not take all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

__all__ = ["drawn"]

T = TypeVar("T")


def drawn(items: Sequence[T], most: int | None, *, seed: int) -> list[T]:
    """At most so many of the items, drawn at random without replacement, in their old order; None = all.

    >>> drawn([1, 2, 3], None, seed=0), len(drawn(range(100), 10, seed=0))
    ([1, 2, 3], 10)
    """
    if most is None or len(items) <= most:
        return list(items)
    places = np.random.default_rng(seed).choice(len(items), size=most, replace=False)
    return [items[place] for place in sorted(places.tolist())]
