"""Rates put together from known and sampled rows, and rates among some rows: by hand and against the plain formulas."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from normscope.errors import Undefined
from normscope.stats import Corrected, Labelled, known_rate, over_clusters, ppi, quotient, t_quantile, with_known
from normscope.stats.bootstrap import Floats


def rate(value: float, influence: Floats) -> Corrected:
    return Corrected(value, 0.0, 1.0, 0.95, 0.1, influence.size, influence, 0.0)


def test_a_known_rate_is_a_mean_over_clusters() -> None:
    # means of the clusters 1 and 0: influences (1 - 1/2)/2 = 1/4 and -1/4; error² = (1/16 + 1/16) · 2/1 = 1/4
    found = known_rate([1.0, 0.0], [1.0, 1.0], [0, 1], n=2)
    assert (found.value, found.error) == pytest.approx((0.5, 0.5))
    with pytest.raises(Undefined, match="at least 2 clusters"):
        known_rate([1.0, 0.0], [1.0, 1.0], [0, 0], n=1)
    assert known_rate([1.0, 1.0], [1.0, 1.0], [0, 1], n=2).low < 1.0  # two of two is no certainty


def test_dilemmas_that_are_all_alike_are_no_certainty() -> None:
    # 30 dilemmas with the rows 1, 0: no dilemma moves 1/2. Effective rows: 30 clusters, so t · 1.96/(30 + 1.96²) to each side
    found = known_rate(np.tile([1.0, 0.0], 30), np.ones(60), np.repeat(np.arange(30), 2), n=30)
    half = t_quantile(0.975, 29) * 1.959964 / (30 + 1.959964**2)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5 - half, 0.5 + half))
    # uneven weights within the dilemmas leave rounding, no influence
    uneven = known_rate(np.tile([1.0, 0.0], 30), np.tile([0.1, 0.3], 30), np.repeat(np.arange(30), 2), n=30)
    assert uneven.value == pytest.approx(0.25)
    assert uneven.high - uneven.low > 0.1


def test_known_rows_put_to_sampled_ones_that_are_all_known_give_the_rate_of_all() -> None:
    rng = np.random.default_rng(3)
    values, weights, clusters = rng.random(60), rng.random(60), np.arange(60) % 12
    first = np.arange(60) < 25
    part = known_rate(values[first], weights[first], clusters[first], n=12)
    weight = np.bincount(clusters[first], weights=weights[first], minlength=12).astype(np.float64)
    both = with_known(part, weight, values[~first], weights[~first], clusters[~first])
    everything = known_rate(values, weights, clusters, n=12)
    assert (both.value, both.error) == pytest.approx((everything.value, everything.error))
    assert both.influence == pytest.approx(everything.influence)
    assert with_known(part, weight, [], [], []) is part


def test_known_rows_shrink_what_no_label_shows_with_the_share_of_the_others() -> None:
    # a quarter of the weight is uncertain: its hidden standard error counts a quarter, its hidden variance a sixteenth
    part = Corrected(0.5, 0.4, 0.6, 0.95, 0.05, 4, np.zeros(4), 0.0016)
    both = with_known(part, np.full(4, 1.0), np.full(12, 0.5), np.ones(12), np.arange(12) % 4)
    assert (both.unseen, both.error) == pytest.approx((0.0001, 0.01))


def test_a_quotient_is_the_mean_among_the_rows_that_count() -> None:
    # all labelled: the sum of what is agreed over the number of what could be decided, and its influence
    human, decided = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.0, 1.0, 1.0, 1.0])
    rows, certain, zero = np.arange(6), np.ones(6), np.zeros(6)
    clusters = np.arange(6)
    first = ppi(zero, clusters, Labelled(rows, human * decided, certain), minimum=2)
    second = ppi(zero, clusters, Labelled(rows, decided, certain), minimum=2)
    found = quotient(first, second)
    assert found.value == pytest.approx(3 / 5)
    # influence of the mean of the five: (h - 3/5)/5, and 0 for the one that nobody could decide
    expected = decided * (human - 0.6) / 5
    assert found.influence == pytest.approx(expected)
    assert found.error == pytest.approx(sqrt(float(expected @ expected) * 6 / 5 + found.unseen))
    with pytest.raises(Undefined, match="no comparison is left"):
        quotient(first, rate(0.0, np.zeros(6)))
    with pytest.raises(ValueError, match="same rows"):
        quotient(first, rate(0.5, np.zeros(3)))


def test_clusters_without_rows_have_no_influence() -> None:
    assert over_clusters(rate(0.5, np.array([0.1, -0.1])), 4).influence.tolist() == [0.1, -0.1, 0.0, 0.0]


def test_intervals_of_rates_among_some_rows_cover() -> None:
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        human = (rng.random(600) < 0.6).astype(float)
        machine = np.where(rng.random(600) < 0.15, 1 - human, human)
        decided = (rng.random(600) < np.where(machine == 1, 0.95, 0.7)).astype(float)
        clusters = np.arange(600) // 3
        drawn = np.flatnonzero(rng.random(600) < 0.3)
        inclusion = np.full(drawn.size, 0.3)
        first = ppi(machine, clusters, Labelled(drawn, (human * decided)[drawn], inclusion))
        second = ppi(machine * 0.3 + 0.7, clusters, Labelled(drawn, decided[drawn], inclusion))
        found = quotient(first, second)
        # of all dilemmas like these: P(decided) is 0.95 or 0.7 by what the matcher says
        yes, no = 0.6 * (0.85 * 0.95 + 0.15 * 0.7), 0.4 * (0.15 * 0.95 + 0.85 * 0.7)
        covered += found.low <= yes / (yes + no) <= found.high
    assert 181 <= covered <= 199  # 0.95 · 200 = 190, standard deviation 3.1
