"""Responders as points on a plane, near each other where they answer alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.pair_distances import pair_distances

__all__ = ["ResponderMap", "aligned_map", "classical_mds", "spread_on_map"]

AXES = 2

TIED = 1e-9
"""Numbers that differ by less than this share count as equal: their order would be that of rounding."""


@dataclass(frozen=True, eq=False)
class ResponderMap:
    """`points` [responders, 2] around 0, in the units of the distances, the first axis the longer.

    `kept` in (0, 1]: which share of the variance in the distances do the two axes show? At 1 the map's distances are those given.
    Distances that no points in any space have (rates need not obey the triangle inequality) count as not shown.
    """

    points: Floats
    kept: float


def classical_mds(distances: npt.ArrayLike) -> ResponderMap:
    """Where do responders stand, so that their distances on a plane come near those given?

    `distances` [n, n] as in `pair_distances`. The eigenvectors of the doubly centred squares, by the two largest eigenvalues;
    an axis without variance is 0 for all. `kept` is the sum of these two over the sum of the absolute values of all (Mardia 1978,
    Communications in Statistics A7). A map may be turned and mirrored at will, so: each axis points towards the responder
    that lies farthest out on it (the first of equals), and where both axes are equally long the first runs through the
    responder farthest from the centre. The same distances give the same map.

    The map is repeated over bootstrap draws (and then `aligned_map`): one eigendecomposition each, for 100 responders some
    milliseconds. `Undefined` with fewer than two responders and where all distances are 0.
    Source: Torgerson (1952), Psychometrika 17.

    >>> found = classical_mds([[0, 3, 5], [3, 0, 4], [5, 4, 0]])
    >>> round(float(np.hypot(*(found.points[0] - found.points[2]))), 6), round(found.kept, 6)
    (5.0, 1.0)
    """
    squares = pair_distances(distances) ** 2
    if not squares.any():
        raise Undefined(f"a map needs at least 2 responders that differ; {squares.shape[0]} were given, all distances are 0")
    centred = -0.5 * (squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean())
    values, vectors = np.linalg.eigh((centred + centred.T) / 2)
    values, vectors = values[::-1], vectors[:, ::-1]
    slack = TIED * float(values[0])
    points = np.zeros((squares.shape[0], AXES))
    axis = 0
    while axis < min(AXES, values.size) and values[axis] > slack:
        # eigenvectors of equal eigenvalues are any basis of their space: they are chosen together
        tied = np.flatnonzero(np.abs(values - values[axis]) <= slack)
        chosen = _fixed_axes(vectors[:, tied], min(tied.size, AXES - axis))
        points[:, axis : axis + chosen.shape[1]] = chosen * np.sqrt(values[axis])
        axis += chosen.shape[1]
    return ResponderMap(points, float(values[:AXES].clip(0).sum() / np.abs(values).sum()))


def _fixed_axes(vectors: Floats, wanted: int) -> Floats:
    """`wanted` orthonormal axes of the space that `vectors` span, which do not depend on the basis it is given in.

    Each axis is the direction of the responder that reaches farthest into what is left of the space.
    """
    inside = vectors @ vectors.T
    axes = np.empty((vectors.shape[0], wanted))
    for axis in range(wanted):
        reach = np.diag(inside)
        farthest = int(np.flatnonzero(reach >= reach.max() * (1 - TIED))[0])
        axes[:, axis] = inside[:, farthest] / np.sqrt(reach[farthest])
        inside = inside - np.outer(axes[:, axis], axes[:, axis])
    return axes


def aligned_map(points: Floats, onto: Floats) -> Floats:
    """Maps moved, turned and mirrored so that they lie as near as they can on another map of the same responders.

    `points` [..., responders, 2] (say [draws, responders, 2], each aligned alone), `onto` [responders, 2]; gives the shape of
    `points`. Nothing is stretched, since both have the units of the distances. Other shapes are a ValueError.
    Source: Schönemann (1966), Psychometrika 31, the orthogonal Procrustes problem.

    >>> square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    >>> aligned_map(square[:, ::-1] * [1, -1] + 7, square).round(6).tolist() == square.tolist()
    True
    """
    if onto.ndim != 2 or points.ndim < 2 or points.shape[-2:] != onto.shape:
        raise ValueError(f"maps of the same responders are needed; got shapes {points.shape} and {onto.shape}")
    centre = onto.mean(axis=0)
    own = points - points.mean(axis=-2, keepdims=True)
    left, _, right = np.linalg.svd(np.swapaxes(own, -1, -2) @ (onto - centre))
    turned: Floats = own @ (left @ right) + centre
    return turned


def spread_on_map(resampled: Floats, original: Floats) -> Floats:
    """How far does each responder move on the map when other dilemmas like these are drawn?

    `resampled` [draws, responders, 2] as they come (they are aligned here), `original` [responders, 2]. [responders], the root of
    the mean squared distance from the original place, in the units of the distances: 0 = stays where it is; a map says little
    about responders that are nearer to each other than this. `Undefined` without draws.

    >>> line = np.array([[0.0, 0.0], [2.0, 0.0]])
    >>> spread_on_map(np.array([line, 2 * line]), line).round(3).tolist()
    [0.707, 0.707]
    """
    if resampled.ndim != 3 or not resampled.shape[0]:
        raise Undefined(f"the spread on a map needs maps of resamples [draws, responders, 2]; got shape {resampled.shape}")
    spread: Floats = np.sqrt(((aligned_map(resampled, original) - original) ** 2).sum(axis=-1).mean(axis=0))
    return spread
