"""Weighted sums in float32 blocks: exact for whole numbers, and how far off for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.stats import Resamples
from normscope.stats.weighted_sums import _distinct, weighted_sums


def small_blocks(patch: pytest.MonkeyPatch, draws: int, clusters: int, columns: int) -> None:
    for name, size in (("DRAWS", draws), ("CLUSTERS", clusters), ("AT_ONCE", clusters), ("COLUMNS", columns)):
        patch.setattr(f"normscope.stats.weighted_sums.{name}", size)


def test_by_hand() -> None:
    resamples = Resamples(3, 4, 0)
    part = np.array([[1, 10], [2, 20], [3, 30]])
    for (one, other), (a, b, c) in zip(weighted_sums(resamples, part)[0].tolist(), resamples.weights.tolist(), strict=True):
        assert one == a + 2 * b + 3 * c
        assert other == 10 * one


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32, np.float64])
def test_whole_numbers_are_summed_exactly(dtype: npt.DTypeLike) -> None:
    rng = np.random.default_rng(1)
    part = rng.integers(0, 2 if dtype is bool else 200, size=(9000, 5)).astype(dtype)
    resamples = Resamples(9000, 20, 2, "poisson")
    (block,) = [block for _, block in resamples.blocks()]
    exact = block.astype(np.int64) @ part.astype(np.int64)
    assert np.array_equal(weighted_sums(resamples, part)[0], exact)


@pytest.mark.parametrize("size", [2000, 2**24])
def test_large_whole_numbers_lose_nothing_either(size: int) -> None:
    part = np.full((5000, 1), size) + np.arange(5000)[:, None] % 7
    resamples = Resamples(5000, 10, 0)
    assert weighted_sums(resamples, part)[0][:, 0].tolist() == (resamples.weights @ part)[:, 0].tolist()


def test_float32_loses_nothing_that_matters() -> None:
    rng = np.random.default_rng(3)
    part = rng.random((30_000, 4))  # not representable in few bits
    resamples = Resamples(30_000, 50, 4, "poisson")
    exact = resamples.weights @ part
    single, double = weighted_sums(resamples, part.astype(np.float32), part)
    # float64 differs by rounding, float32 by less than 1e-6; one draw differs from the next by 0.6 %, 10,000 draws resolve 1e-4
    assert np.abs(double / exact - 1).max() < 1e-13
    assert 1e-13 < np.abs(single / exact - 1).max() < 1e-6


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_blocks_of_any_size_equal_one_product(data: st.DataObject) -> None:
    clusters, columns, draws = (data.draw(st.integers(1, 12)) for _ in range(3))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    parts: list[npt.NDArray[Any]] = [
        rng.integers(0, 3, size=(clusters, columns)),
        rng.random((clusters, columns)) < 0.8,
        rng.random((clusters, columns)) < 0.5,  # multiplied together with the one before it
        rng.random((clusters, columns)) < 0.2,
        np.ones((clusters, columns)),  # columns that are all equal
        rng.random((clusters, 1)),
    ]
    resamples = Resamples(clusters, draws, 5)
    rows = np.flatnonzero(rng.random(clusters) < 0.7)
    with pytest.MonkeyPatch.context() as patch:
        small_blocks(patch, *(data.draw(st.integers(1, 5)) for _ in range(3)))
        found = weighted_sums(resamples, *parts)
        some = weighted_sums(resamples, *(part[rows] for part in parts), rows=rows)
    for sums, of_some, part in zip(found, some, parts, strict=True):
        assert sums == pytest.approx(resamples.weights @ part)
        assert of_some == pytest.approx(resamples.weights[:, rows] @ part[rows])


def test_two_parts_of_truth_values_are_summed_exactly_in_one_product() -> None:
    rng = np.random.default_rng(6)
    both = rng.random((9000, 3)) < 0.9
    agreed = both & (rng.random((9000, 3)) < 0.6)
    resamples = Resamples(9000, 30, 7, "poisson")
    for sums, part in zip(weighted_sums(resamples, agreed, both), (agreed, both), strict=True):
        assert np.array_equal(sums, resamples.weights @ part)


@dataclass(frozen=True)
class Heavy:
    """Weights so large, or of such signs, that two counts do not fit into one number."""

    weight: int
    clusters: int = 3000
    draws: int = 2

    def blocks(self) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        yield 0, np.full((2, self.clusters), self.weight, dtype=np.uint8 if self.weight > 0 else np.int8)


@pytest.mark.parametrize("weight", [200, -1])
def test_other_weights_are_summed_exactly_as_well(weight: int) -> None:
    part = np.ones((3000, 2), dtype=bool)
    part[0] = [True, False]  # columns that are equal are not multiplied
    for sums in weighted_sums(Heavy(weight), part, part[:, ::-1].copy()):
        assert sorted(sums[1].tolist()) == sorted([3000.0 * weight, 2999.0 * weight])


def test_only_columns_that_are_equal_as_a_whole_are_multiplied_once() -> None:
    # 200 rows, of which every third is looked at first: columns 2 and 3 differ from column 0 in a row that is not
    part = np.ones((200, 5))
    part[100, 2:4] = 2.0, 3.0
    columns, back = _distinct(part)
    assert (np.arange(5)[columns].tolist(), np.arange(3)[back].tolist()) == ([0, 2, 3], [0, 0, 1, 2, 0])
    weighting = Resamples(200, 20, 0)
    weights = np.concatenate([block for _, block in weighting.blocks()]).astype(float)
    assert np.array_equal(weighted_sums(weighting, part)[0], weights @ part)


def test_parts_need_a_row_for_each_cluster() -> None:
    with pytest.raises(ValueError, match=r"a row for each of 3 clusters; got the shape \(2, 1\)"):
        weighted_sums(Resamples(3, 2, 0), np.ones((2, 1)))
