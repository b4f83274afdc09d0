"""The map of responders: by hand, scikit-learn and scipy, invariances, ties, and its spread by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA

from normscope.errors import Undefined
from normscope.stats import aligned_map, classical_mds, spread_on_map
from normscope.stats.bootstrap import Floats

SEEDS = st.integers(0, 2**31)


def distances(points: Floats) -> Floats:
    found: Floats = np.linalg.norm(points[..., :, None, :] - points[..., None, :, :], axis=-1)
    return found


def test_by_hand() -> None:
    # three on a line at 0, 1 and 3: centred on 4/3 they stand at -4/3, -1/3 and 5/3; the last is the farthest, so it is positive
    found = classical_mds([[0, 1, 3], [1, 0, 2], [3, 2, 0]])
    assert found.points[:, 0] == pytest.approx([-4 / 3, -1 / 3, 5 / 3])
    assert found.points[:, 1] == pytest.approx([0, 0, 0], abs=1e-6)
    assert found.kept == pytest.approx(1)
    # four that are all 1 apart: the centred squares are (I - 1/4) / 2 with eigenvalues 1/2, 1/2, 1/2, 0: two axes keep 2/3
    even = classical_mds(np.ones((4, 4)) - np.eye(4))
    assert even.kept == pytest.approx(2 / 3)
    # 1 to 2 and 2 to 3 are 1 apart, 1 to 3 are 3: no triangle has such sides. The centred squares' eigenvalues: along
    # (1, 0, -1) half of 3² = 4.5; along (1, -2, 1), by the trace (9 + 1 + 1) / 3 = 11/3, -5/6; kept = 4.5 / (4.5 + 5/6)
    odd = classical_mds([[0, 1, 3], [1, 0, 1], [3, 1, 0]])
    assert odd.kept == pytest.approx(4.5 / (4.5 + 5 / 6))
    assert odd.points[:, 0] == pytest.approx([1.5, 0, -1.5])
    assert (odd.points[:, 1] == 0).all()


@pytest.mark.parametrize("n", [2, 5, 40])
def test_second_implementation(n: int) -> None:
    # of true distances between points in space, the map is their principal components
    points = np.random.default_rng(n).normal(size=(n, 4)) * [4, 3, 2, 1]
    found, pca = classical_mds(distances(points)), PCA().fit(points)
    scores = pca.transform(points)[:, :2]
    assert np.abs(found.points) == pytest.approx(np.abs(scores), abs=1e-6)
    assert found.kept == pytest.approx(pca.explained_variance_ratio_[:2].sum())


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(3, 9))
def test_invariances(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 2))
    d = distances(points)
    found = classical_mds(d)
    assert distances(found.points) == pytest.approx(d, abs=1e-6)
    assert found.points.mean(axis=0) == pytest.approx([0, 0], abs=1e-9)
    assert np.abs(found.points).max(axis=0) == pytest.approx(found.points.max(axis=0), abs=1e-6)  # the farthest is positive
    order = rng.permutation(n)
    assert classical_mds(d[np.ix_(order, order)]).points == pytest.approx(found.points[order], abs=1e-6)
    assert classical_mds(10 * d).points == pytest.approx(10 * found.points, abs=1e-5)
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    assert classical_mds(distances(points @ turn + 3)).points == pytest.approx(found.points, abs=1e-6)


def test_a_square_has_no_longer_axis_and_still_one_map() -> None:
    square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    wanted = np.array([[2**0.5, 0], [0, 2**0.5], [-(2**0.5), 0], [0, -(2**0.5)]])
    for turn in np.linspace(0, 1, 7):
        rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        assert classical_mds(distances(square @ rotation)).points == pytest.approx(wanted, abs=1e-7)
    # all equally far apart: the map runs through the first responders
    even = classical_mds(np.ones((6, 6)) - np.eye(6)).points
    assert even[0] == pytest.approx([even[:, 0].max(), 0])
    assert even[1, 1] == pytest.approx(even[:, 1].max())


def test_a_map_needs_a_distance() -> None:
    for none in ([[0]], np.zeros((3, 3)), np.zeros((0, 0))):
        with pytest.raises(Undefined, match="at least 2 responders that differ"):
            classical_mds(none)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_alignment_second_implementation_and_invariances(seed: int) -> None:
    rng = np.random.default_rng(seed)
    onto, points = rng.normal(size=(7, 2)), rng.normal(size=(3, 7, 2))
    found = aligned_map(points, onto)
    for one, other in zip(points, found, strict=True):
        own = one - one.mean(axis=0)
        theirs = own @ orthogonal_procrustes(own, onto - onto.mean(axis=0))[0] + onto.mean(axis=0)
        assert other == pytest.approx(theirs, abs=1e-8)
        assert distances(other) == pytest.approx(distances(one))  # nothing is stretched
        assert ((other - onto) ** 2).sum() <= ((own + onto.mean(axis=0) - onto) ** 2).sum() + 1e-9
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    assert aligned_map(points @ turn - 2, onto) == pytest.approx(found, abs=1e-8)
    assert aligned_map(onto @ turn + 5, onto) == pytest.approx(onto, abs=1e-8)


def test_wrong_shapes() -> None:
    with pytest.raises(ValueError, match="same responders"):
        aligned_map(np.zeros((3, 2)), np.zeros((4, 2)))
    with pytest.raises(Undefined, match="maps of resamples"):
        spread_on_map(np.zeros((0, 4, 2)), np.zeros((4, 2)))
    with pytest.raises(Undefined, match="maps of resamples"):
        spread_on_map(np.zeros((4, 2)), np.zeros((4, 2)))


def test_spread_on_the_map_recovers_the_noise() -> None:
    # places known up to noise of 0.1 per axis: a responder strays √2 · 0.1, less what turning and moving takes up (3 of the 60
    # coordinates); turned maps, however made, stray no farther
    rng = np.random.default_rng(0)
    places = rng.normal(size=(30, 2)) * [3, 1]
    original = classical_mds(distances(places)).points
    noisy = distances(places + 0.1 * rng.standard_normal((200, 30, 2)))
    spread = spread_on_map(np.array([classical_mds(d).points for d in noisy]), original)
    assert spread.shape == (30,)
    assert np.sqrt((spread**2).mean()) == pytest.approx(0.02**0.5 * (57 / 60) ** 0.5, rel=0.02)
