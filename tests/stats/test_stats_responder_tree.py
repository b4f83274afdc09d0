"""The tree of responders: a textbook example, scipy, invariances, ties, and groups found again by simulation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from normscope.errors import Undefined
from normscope.stats import average_linkage, group_support, pair_distances
from normscope.stats.bootstrap import Floats

# five bacteria, the usual example of the method: a-b 17, a-c 21, a-d 31, a-e 23, b-c 30, b-d 34, b-e 21, c-d 28, c-e 39, d-e 43
BACTERIA = squareform([17, 21, 31, 23, 30, 34, 21, 28, 39, 43])

SMALL_WHOLE = st.integers(2, 7).flatmap(
    lambda n: st.lists(st.integers(0, 5), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2)
)


def test_by_hand() -> None:
    tree = average_linkage(BACTERIA)
    # a and b at 17; e to them at (23 + 21) / 2 = 22; c and d at 28; last (21 + 31 + 30 + 34 + 39 + 43) / 6 = 33
    assert tree.heights.tolist() == pytest.approx([17, 22, 28, 33])
    assert tree.joined.tolist() == [[0, 1], [5, 4], [2, 3], [6, 7]]
    assert tree.groups == ((0, 1), (0, 1, 4), (2, 3), (0, 1, 4, 2, 3))
    assert tree.order == (0, 1, 4, 2, 3)
    assert tree.cophenetic[0].tolist() == pytest.approx([0, 17, 33, 33, 22])


@pytest.mark.parametrize("n", [2, 3, 10, 60])
def test_second_implementation(n: int) -> None:
    points = np.random.default_rng(n).random((n, 3))
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    theirs = hierarchy.linkage(squareform(distances), "average")
    tree = average_linkage(distances)
    assert tree.heights == pytest.approx(theirs[:, 2])
    assert tree.cophenetic == pytest.approx(squareform(hierarchy.cophenet(theirs)))
    assert {frozenset(group) for group in tree.groups} == {frozenset(node.pre_order()) for node in _nodes(theirs)}


def _nodes(linkage: Floats) -> list[hierarchy.ClusterNode]:
    return [node for node in hierarchy.to_tree(linkage, rd=True)[1] if not node.is_leaf()]


@settings(max_examples=40, deadline=None)
@given(SMALL_WHOLE)
def test_invariances_with_ties_and_zeros(entries: list[int]) -> None:
    distances = squareform(np.array(entries, dtype=float))
    n = distances.shape[0]
    tree = average_linkage(distances)
    assert sorted(tree.order) == list(range(n))
    assert (np.diff(tree.heights) >= 0).all()
    assert tree.cophenetic.max() <= distances.max() + 1e-12
    assert (tree.cophenetic == tree.cophenetic.T).all()
    assert (np.diag(tree.cophenetic) == 0).all()
    # each join's height is the mean over the pairs it brings together
    assert tree.cophenetic.sum() == pytest.approx(distances.sum())
    again = average_linkage(distances * 8)  # by 7, rounding would part what ties
    assert again.joined.tolist() == tree.joined.tolist()
    assert again.heights == pytest.approx(8 * tree.heights)
    assert tree.order[0] == 0


def test_the_order_of_responders_only_changes_their_numbers() -> None:
    rng = np.random.default_rng(3)
    points = rng.random((12, 2))
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    order = rng.permutation(12)
    tree, other = average_linkage(distances), average_linkage(distances[np.ix_(order, order)])
    assert {frozenset(order[list(g)].tolist()) for g in other.groups} == {frozenset(g) for g in tree.groups}
    assert other.cophenetic == pytest.approx(tree.cophenetic[np.ix_(order, order)])


def test_ties_go_to_the_earliest() -> None:
    tree = average_linkage(np.ones((5, 5)) - np.eye(5))
    assert tree.order == (0, 1, 2, 3, 4)
    assert tree.joined.tolist() == [[0, 1], [5, 2], [6, 3], [7, 4]]
    # nothing between 0 and 1, nor between 2 and 3
    pairs = average_linkage([[0, 0, 4, 4], [0, 0, 4, 4], [4, 4, 0, 0], [4, 4, 0, 0]])
    assert pairs.cophenetic.tolist() == [[0, 0, 4, 4], [0, 0, 4, 4], [4, 4, 0, 0], [4, 4, 0, 0]]


def test_what_is_no_matrix_of_distances() -> None:
    with pytest.raises(Undefined, match="at least 2 responders; got 1"):
        average_linkage([[0]])
    hidden = np.ma.MaskedArray([[0.0, 1, 2], [1, 0, 3], [2, 3, 0]], mask=np.array([[1, 0, 1], [0, 1, 0], [1, 0, 0]], dtype=bool))
    with pytest.raises(Undefined, match="1 pairs have no distance, first that of rows 0 and 2"):
        pair_distances(hidden)
    assert pair_distances(np.ma.MaskedArray([[np.nan, 1], [1, 7]], mask=np.eye(2, dtype=bool))).tolist() == [[0, 1], [1, 0]]
    with pytest.raises(ValueError, match="responders, responders"):
        pair_distances([[0, 1]])
    with pytest.raises(ValueError, match="responders, responders"):
        pair_distances([0, 1])
    for wrong in ([[0.0, -1.0], [-1.0, 0.0]], [[0.0, float("nan")], [1.0, 0.0]]):
        with pytest.raises(ValueError, match="from 0 up"):
            pair_distances(wrong)
    for wrong in ([[0.0, 1.0], [2.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]):
        with pytest.raises(ValueError, match="same both ways"):
            pair_distances(wrong)
    given = np.array([[0.0, 1], [1, 0]])
    average_linkage(given)
    assert given.tolist() == [[0, 1], [1, 0]]  # what is given stays as it is


def test_true_groups_are_supported_and_others_are_not() -> None:
    # two groups of four that answer alike in 80 % of 300 dilemmas, 50 % across; 100 resamples of the dilemmas
    rng = np.random.default_rng(0)
    camps = rng.random((300, 2)) < 0.5
    answers = np.where(rng.random((300, 8)) < 0.88, np.repeat(camps, 4, axis=1), rng.random((300, 8)) < 0.5)

    def distances(rows: npt.NDArray[np.int64]) -> Floats:
        differing: Floats = (answers[rows][:, :, None] != answers[rows][:, None]).mean(axis=0)
        return differing

    tree = average_linkage(distances(np.arange(300)))
    support = group_support(tree, (average_linkage(distances(rng.integers(0, 300, 300))) for _ in range(100)))
    by_group = {frozenset(group): value for group, value in zip(tree.groups, support.tolist(), strict=True)}
    assert by_group[frozenset(range(4))] == by_group[frozenset(range(4, 8))] == by_group[frozenset(range(8))] == 1.0
    assert min(support) < 0.9  # which two of four are nearest is chance
    with pytest.raises(Undefined, match="resampled trees; got 0"):
        group_support(tree, [])
    with pytest.raises(ValueError, match="trees of 8 and 5"):
        group_support(tree, [average_linkage(BACTERIA)])
