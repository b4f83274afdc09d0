"""Weights of resamples: what they are, that blocks do not change them, and what they refuse."""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.stats import Resamples, bootstrap_intervals, ratio
from normscope.stats.resamples import POISSON, Scheme

SCHEMES: tuple[Scheme, ...] = ("multinomial", "poisson")


def in_blocks(resamples: Resamples) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """All weights; every block begins where the one before it ended."""
    blocks, at = [], 0
    for first, block in resamples.blocks():
        assert first == at
        assert block.dtype == np.uint8
        at += len(block)
        blocks.append(block)
    return np.concatenate(blocks)


def test_poisson_numbers_by_hand() -> None:
    # of 65,536 numbers e^-1 / k! stand for weight k: 24,109.35 for 0 and for 1, 12,054.67 for 2, ... rounded so that the
    # weights have mean 65,536 / 65,536 = 1 and mean square 131,072 / 65,536 = 2, so variance 1
    weights = np.arange(POISSON.size)
    assert POISSON.sum() == (weights * POISSON).sum() == 2**16
    assert (weights**2 * POISSON).sum() == 2**17
    for k, count in enumerate(POISSON.tolist()):
        assert count == pytest.approx(2**16 * exp(-1) / factorial(k), abs=1.3)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_weights_have_mean_and_variance_one(scheme: Scheme) -> None:
    weights = Resamples(50, 8000, 7, scheme).weights
    assert weights.mean(axis=0) == pytest.approx(np.ones(50), abs=0.06)  # 5 standard errors of 1 / √8000
    assert weights.var(axis=0).mean() == pytest.approx(1, abs=0.04)
    between = np.asarray(np.corrcoef(weights.T))[~np.eye(50, dtype=bool)]
    expected = -1 / 49 if scheme == "multinomial" else 0.0  # exactly 50 picks: one more here is one less elsewhere
    assert between.mean() == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(clusters=st.integers(1, 40), draws=st.integers(1, 40), seed=st.integers(0, 2**32), block=st.integers(1, 300))
@settings(max_examples=25, deadline=None)
def test_blocks_of_any_size_give_the_same(scheme: Scheme, clusters: int, draws: int, seed: int, block: int) -> None:
    expected = in_blocks(Resamples(clusters, draws, seed, scheme))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("normscope.stats.resamples.BLOCK", block)
        patch.setattr("normscope.stats.resamples.KEPT", 0)  # drawn anew, block by block
        patch.setattr("normscope.stats.resamples.GIVEN", block)
        assert np.array_equal(in_blocks(Resamples(clusters, draws, seed, scheme)), expected)
    # more draws begin with the same ones
    assert np.array_equal(in_blocks(Resamples(clusters, draws + 3, seed, scheme))[:draws], expected)


def test_weights_of_many_clusters_take_a_byte_each() -> None:
    ((first, block),) = Resamples(100_000, 20, 0, "poisson").blocks()
    assert first == 0
    assert block.nbytes == 2_000_000


def test_schemes_agree_where_there_are_many_clusters() -> None:
    rng = np.random.default_rng(0)
    num = rng.random((500, 3)) < 0.7
    found = [bootstrap_intervals(Resamples(500, 4000, 1, scheme), ratio, num, np.ones((500, 1)), rate=True) for scheme in SCHEMES]
    # an end of an interval from 4,000 draws is uncertain by about 0.05 of the standard error (0.02) at these quantiles
    assert np.allclose(found[0].low, found[1].low, atol=0.004)
    assert np.allclose(found[0].high, found[1].high, atol=0.004)
    assert found[1].method[0] == "cluster bootstrap with Poisson weights, percentile, 4000 draws, seed 1"


def test_other_schemes_are_refused() -> None:
    with pytest.raises(ValueError, match="scheme must be 'multinomial' or 'poisson'; got 'bayes'"):
        Resamples(3, 3, 0, "bayes")  # type: ignore[arg-type]
