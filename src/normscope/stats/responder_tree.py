"""Which responders answer alike? A tree that joins the nearest ones first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.pair_distances import pair_distances

__all__ = ["ResponderTree", "average_linkage", "group_support"]


@dataclass(frozen=True, eq=False)
class ResponderTree:
    """The joins of n responders, from the nearest two to all: n - 1 of them.

    `joined` [n - 1, 2] are the two groups that each step joins: below n a responder, n + i the group that step i made; the
    group with the earliest responder stands first. `heights` [n - 1] is their distance, never falling, in the units of the
    distances.
    """

    joined: npt.NDArray[np.intp]
    heights: Floats

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The responders of the group that each step makes, in the order of the drawn tree; the last has all of them."""
        n = self.heights.size + 1
        members: list[tuple[int, ...]] = [(responder,) for responder in range(n)]
        for first, second in self.joined.tolist():
            members.append(members[first] + members[second])
        return tuple(members[n:])

    @property
    def order(self) -> tuple[int, ...]:
        """In which order do responders stand in a drawing without crossing lines? The rows and columns of a heat map."""
        return self.groups[-1]

    @cached_property
    def cophenetic(self) -> Floats:
        """[n, n]: at which height do two responders come into one group? At most as large as the largest distance."""
        n = self.heights.size + 1
        place = np.argsort(self.order)
        found = np.full((n, n), -1.0)
        for group, height in zip(self.groups, self.heights.tolist(), strict=True):
            # a group stands together in the order; pairs that were joined before keep their height
            at = slice(int(place[group[0]]), int(place[group[0]]) + len(group))
            part = found[at, at]
            part[part < 0] = height
        found = found[np.ix_(place, place)]
        np.fill_diagonal(found, 0.0)
        return found


def average_linkage(distances: npt.ArrayLike) -> ResponderTree:
    """Which responders answer alike, then which groups of them?

    `distances` [n, n] as in `pair_distances`, say 1 - stated agreement. From n groups of one the two nearest are joined until
    all are one; the distance of two groups is the mean over all pairs across. Where several are equally near, the pair with
    the earliest responder (then the earliest other) is joined first; the same distances give the same tree.

    The tree is repeated over bootstrap draws: n - 1 passes over an n x n array, for 100 responders some milliseconds.
    `Undefined` with fewer than two responders. Source: Sokal and Michener (1958), University of Kansas Science Bulletin 38.

    >>> tree = average_linkage([[0, 2, 6], [2, 0, 5], [6, 5, 0]])
    >>> tree.heights.tolist(), tree.order
    ([2.0, 5.5], (0, 1, 2))
    """
    between = pair_distances(distances)
    n = between.shape[0]
    if n < 2:
        raise Undefined(f"a tree needs at least 2 responders; got {n}")
    np.fill_diagonal(between, np.inf)
    names, sizes = np.arange(n), np.ones(n)
    joined, heights = np.empty((n - 1, 2), dtype=np.intp), np.empty(n - 1)
    for step in range(n - 1):
        # a group stands at the row of its earliest responder, so the first smallest entry is also the earliest pair
        first, second = divmod(int(between.argmin()), n)
        joined[step] = names[first], names[second]
        heights[step] = between[first, second]
        row = (sizes[first] * between[first] + sizes[second] * between[second]) / (sizes[first] + sizes[second])
        between[first], between[:, first] = row, row
        between[second], between[:, second] = np.inf, np.inf
        between[first, first] = np.inf
        sizes[first] += sizes[second]
        names[first] = n + step
    # rounding of means must not let a later join lie below an earlier one
    return ResponderTree(joined, np.maximum.accumulate(heights))


def group_support(tree: ResponderTree, resampled: Iterable[ResponderTree]) -> Floats:
    """How stable is each group of a tree? The share of resampled trees that have just these responders as a group.

    [n - 1], one per step, in [0, 1]: 1 = in every resample, 0 = in none; the last, of all responders, is always 1. `Undefined`
    without resampled trees; trees of another number of responders are a ValueError.
    Source: Felsenstein (1985), Evolution 39.

    >>> near, far = average_linkage([[0, 2, 6], [2, 0, 5], [6, 5, 0]]), average_linkage([[0, 6, 2], [6, 0, 5], [2, 5, 0]])
    >>> group_support(near, [near, near, near, far]).tolist()
    [0.75, 1.0]
    """
    wanted = [frozenset(group) for group in tree.groups]
    held, trees = np.zeros(len(wanted)), 0
    for other in resampled:
        if other.heights.size != tree.heights.size:
            got = f"{tree.heights.size + 1} and {other.heights.size + 1}"
            raise ValueError(f"trees of the same responders are needed; got trees of {got}")
        there = {frozenset(group) for group in other.groups}
        held += [group in there for group in wanted]
        trees += 1
    if not trees:
        raise Undefined("the support of a group needs resampled trees; got 0")
    return held / trees
