"""Fisher's exact test: a table worked by hand, scipy's, and what must not matter."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from normscope.stats import fisher_more

counts = st.integers(0, 40)
tables = st.tuples(counts, counts, counts, counts).map(lambda t: (min(t[:2]), max(t[:2]), min(t[2:]), max(t[2:])))


def test_published_example() -> None:
    # the lady tasting tea, 3 of 4 right: of the comb(8, 4) = 70 ways 16 have 3 right and 1 has 4
    assert fisher_more(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert fisher_more(4, 4, 0, 4) == pytest.approx(1 / 70)


@pytest.mark.parametrize("table", [(0, 5, 3, 5), (0, 0, 3, 5), (2, 5, 0, 0), (0, 0, 0, 0), (5, 5, 5, 5), (0, 4, 0, 9)])
def test_where_nothing_could_be_fewer_the_probability_is_one(table: tuple[int, int, int, int]) -> None:
    assert fisher_more(*table) == 1.0


@given(table=tables)
def test_same_as_scipys_and_as_counting_the_ways(table: tuple[int, int, int, int]) -> None:
    a, n, b, m = table
    found = fisher_more(a, n, b, m)
    assert 0 < found <= 1
    ways = sum(comb(n, k) * comb(m, a + b - k) for k in range(a, min(n, a + b) + 1))
    assert found == pytest.approx(ways / comb(n + m, a + b), rel=1e-9)
    if n and m:
        assert found == pytest.approx(fisher_exact([[a, n - a], [b, m - b]], alternative="greater").pvalue, rel=1e-7)


@given(table=tables)
def test_successes_here_and_failures_there_are_one_question(table: tuple[int, int, int, int]) -> None:
    a, n, b, m = table
    assert fisher_more(a, n, b, m) == pytest.approx(fisher_more(m - b, m, n - a, n), rel=1e-9)


def test_large_counts_stay_exact() -> None:
    assert fisher_more(600, 1000, 500, 1000) == pytest.approx(
        fisher_exact([[600, 400], [500, 500]], alternative="greater").pvalue, rel=1e-6
    )


def test_where_there_is_no_difference_it_seldom_says_so() -> None:
    chance = np.random.default_rng(7)
    here, there = chance.binomial(30, 0.3, 2000), chance.binomial(50, 0.3, 2000)
    shown = sum(fisher_more(int(a), 30, int(b), 50) <= 0.05 for a, b in zip(here, there, strict=True))
    assert shown / 2000 <= 0.06  # exact: at most 0.05 but for the simulation's own chance, 3 sd = 0.015


@pytest.mark.parametrize("table", [(-1, 4, 0, 4), (5, 4, 0, 4), (0, 4, 5, 4)])
def test_impossible_counts_are_refused(table: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="counts from 0"):
        fisher_more(*table)
