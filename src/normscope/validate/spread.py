"""Which injection texts are asked where not all are: a sample spread over techniques and languages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from normscope.validate.injections import Injection

__all__ = ["spread"]


def spread(injections: Sequence[Injection], most: int | None, *, seed: int) -> list[Injection]:
    """At most so many of the injections, every technique in every language about as often; in their old order. None = all.

    Drawn with `seed`: one text of each (technique, language) in random order, then a second one of each, and so on.
    """
    if most is None or len(injections) <= most:
        return list(injections)
    rank: dict[tuple[str, str], int] = {}
    turns: list[tuple[int, int, int]] = []
    # a random order within each cell gives each text its turn, a random number the order within a turn
    for place in np.random.default_rng(seed).permutation(len(injections)).tolist():
        cell = (injections[place].technique, injections[place].language)
        turns.append((rank.setdefault(cell, 0), len(turns), place))
        rank[cell] += 1
    return [injections[place] for place in sorted(place for _, _, place in sorted(turns)[:most])]
