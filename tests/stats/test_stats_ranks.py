"""Ranks from shared resamples: by hand, against plain loops, under invariances, and in a simulation."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata
from scipy.stats import t as student

from normscope.errors import Undefined
from normscope.stats import Resamples, ratio, replicate
from normscope.stats.bootstrap import Floats
from normscope.stats.ranks import ranks

tables = st.integers(2, 5).flatmap(
    lambda items: st.lists(
        st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=items, max_size=items), min_size=5, max_size=20
    )
)


def test_by_hand() -> None:
    # four resamples of three items; 100 clusters, so that Student's t over the normal quantile is 1.984 / 1.960 = 1.0124
    values = np.array([0.6, 0.5, 0.1])
    draws = np.array([[0.6, 0.5, 0.1], [0.7, 0.5, 0.1], [0.5, 0.5, 0.1], [0.5, 0.6, 0.2]])
    found = ranks(values, draws, clusters=100)
    assert found.rank.tolist() == [1, 2, 3]
    # first above second: twice outright, once tied, once below: (2 + 0.5) / 4
    assert found.above[0].tolist() == [0.5, 0.625, 1.0]
    assert found.above[1, 0] == 0.375
    # ranks by resample, best and worst that ties allow: first 1 1 1-2 2, second 2 2 1-2 1, third always 3
    assert (found.drawn_low.tolist(), found.drawn_high.tolist()) == ([1, 1, 3], [2, 2, 3])
    assert found.behind.round(9).tolist() == [-0.1, 0.1, 0.5]
    # differences to the first: second -0.1, -0.2, 0, 0.1 around -0.1: moved 0, -0.1, 0.1, 0.2, sd 0.111803; third -0.5, -0.6,
    # -0.4, -0.3: the same movements. max |t| = 0, 0.894, 0.894, 1.789; its 0.95 quantile is 1.6547, below the least, 1.960.
    # margin = 1.960 * 1.0124 * 0.111803 * sqrt(100 / 99) = 0.22296: behind in [-0.1 - 0.223, -0.1 + 0.223]
    assert (found.behind_low[0], found.behind_high[0]) == pytest.approx((-0.32296, 0.12296), abs=1e-4)
    # the third is surely below the first, since 0.5 > 0.223, and so below one; it is 0.4 below the second in every resample
    # but the last (movement 0, 0, 0, 0): an error like Wilson's of 0 of 100 stands for it, far below 0.4
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1, 3], [2, 2, 3])
    assert found.among_best.tolist() == [True, True, False]


@settings(deadline=None, max_examples=15)
@given(tables, st.sampled_from([0.8, 0.95]))
def test_as_plain_loops(rows: list[list[float]], level: float) -> None:
    data = np.array(rows)
    drawn = replicate(Resamples(len(data), 20, 1), ratio, data, np.ones(data.shape))
    values, draws = drawn.value.data, drawn.draws.data
    found = ranks(values, drawn.draws, clusters=len(data), level=level)
    assert found.rank.tolist() == rankdata(-values.round(9), method="min").tolist()
    by_draw_low = np.array([rankdata(-draw.round(9), method="min") for draw in draws])
    by_draw_high = np.array([rankdata(-draw.round(9), method="max") for draw in draws])
    cut = int((1 - level) / 2 * 19)
    assert found.drawn_low.tolist() == np.sort(by_draw_low, axis=0)[cut].tolist()
    assert found.drawn_high.tolist() == np.sort(by_draw_high, axis=0)[19 - cut].tolist()
    for i in range(values.size):
        low, high = loop_bounds(i, values, draws, len(data), level)
        assert found.low[i] == 1 + sum(x > 0 for x in low)
        assert found.high[i] == values.size - sum(x < 0 for x in high)
        assert (found.behind_low[i], found.behind_high[i]) == pytest.approx((max(low), max(high)))
        for j in range(values.size):
            wins = [
                1.0 if a > b else 0.5 if a == b else 0.0 for a, b in zip(draws[:, i].round(9), draws[:, j].round(9), strict=True)
            ]
            assert found.above[i, j] == pytest.approx(sum(wins) / len(wins))


def loop_bounds(i: int, values: Floats, draws: Floats, clusters: int, level: float) -> tuple[list[float], list[float]]:
    """Simultaneous bounds of every other value minus the i-th."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    others = [j for j in range(values.size) if j != i]
    moved = {j: [d[j] - d[i] - (values[j] - values[i]) for d in draws] for j in others}
    error = {j: float(np.std(moved[j])) for j in others}
    largest = [max(abs(moved[j][b]) / error[j] if error[j] > 1e-12 else 0.0 for j in others) for b in range(len(draws))]
    normal = max(z, float(np.quantile(largest, level)))
    critical = max(normal, float(student.isf(norm.sf(min(normal, 5.0)), clusters - 1)))
    margins = {
        j: critical * (error[j] * (clusters / (clusters - 1)) ** 0.5 if error[j] > 1e-12 else z / (clusters + z * z))
        for j in others
    }
    return [values[j] - values[i] - margins[j] for j in others], [values[j] - values[i] + margins[j] for j in others]


@settings(deadline=None, max_examples=15)
@given(tables, st.integers(0, 9))
def test_order_shift_and_scale_change_nothing(rows: list[list[float]], seed: int) -> None:
    data = np.array(rows)
    drawn = replicate(Resamples(len(data), 30, 2), ratio, data, np.ones(data.shape))
    values, draws = drawn.value.data, drawn.draws.data
    found = ranks(values, draws, clusters=len(data))
    order = np.random.default_rng(seed).permutation(values.size)
    turned = ranks(values[order], draws[:, order], clusters=len(data))
    for name in ("rank", "low", "high", "drawn_low", "drawn_high", "among_best"):
        assert getattr(turned, name).tolist() == getattr(found, name)[order].tolist()
    moved = ranks(values / 2 + 3, draws / 2 + 3, clusters=len(data))
    assert moved.rank.tolist() == found.rank.tolist()
    assert np.allclose(moved.above, found.above)
    assert np.allclose(found.above + found.above.T, 1.0)
    assert np.all((found.low <= found.rank) & (found.rank <= found.high))
    assert found.among_best[found.rank == 1].all()


@pytest.mark.parametrize("rates", [[0.6, 0.6, 0.6, 0.6], [0.8, 0.7, 0.6, 0.5]])
def test_the_intervals_hold_the_true_ranks(rates: list[float]) -> None:
    """40 dilemmas, 150 studies: at least 95 % of rank intervals hold the truth, 92.5 % allowing for chance (sd 1.8 %)."""
    rng = np.random.default_rng(5)
    p, resamples = np.array(rates), Resamples(40, 200, 0)
    cut = np.array([NormalDist().inv_cdf(rate) for rate in rates])
    best, worst = [1 + sum(q > r for q in rates) for r in rates], [sum(q >= r for q in rates) for r in rates]
    shortfall = np.array([max(q for j, q in enumerate(rates) if j != i) - r for i, r in enumerate(rates)])
    hold, drawn_hold, behind_hold, best_in = [], [], [], []
    for _ in range(150):
        normal = 0.55 * rng.normal(size=(40, 1)) + 0.835 * rng.normal(size=(40, p.size))  # correlated by 0.3
        x = (normal < cut).astype(float)
        drawn = replicate(resamples, ratio, x, np.ones(x.shape))
        found = ranks(drawn.value.data, drawn.draws, clusters=40)
        hold.append(np.mean((found.low <= best) & (found.high >= worst)))
        drawn_hold.append(np.mean((found.drawn_low <= best) & (found.drawn_high >= worst)))
        behind_hold.append(np.mean((found.behind_low <= shortfall) & (shortfall <= found.behind_high)))
        best_in.append(found.among_best[0])
    assert np.mean(hold) >= 0.925
    assert np.mean(behind_hold) >= 0.925
    assert np.mean(best_in) >= 0.925
    # the middle of the resampled ranks does not where all are equal: it misses about every fourth
    assert (np.mean(drawn_hold) < 0.85) == (len(set(rates)) == 1)


def test_equal_items_that_never_move_are_tied_and_not_told_apart() -> None:
    found = ranks([0.5, 0.5], np.full((10, 2), 0.5), clusters=20)
    assert (found.rank.tolist(), found.low.tolist(), found.high.tolist()) == ([1, 1], [1, 1], [2, 2])
    # Wilson's interval for 0 of 20 ends at 1.96² / (20 + 1.96²) = 0.1611; with t (19 df, 2.093) 0.1611 * 2.093 / 1.96 = 0.1721
    assert found.behind_high.tolist() == pytest.approx([0.1721, 0.1721], abs=1e-4)


def test_what_cannot_be_ranked_says_why() -> None:
    with pytest.raises(Undefined, match="at least 2 to rank; got 1"):
        ranks([0.5], np.ones((5, 1)), clusters=5)
    with pytest.raises(Undefined, match="at least 2 clusters"):
        ranks([0.5, 0.4], np.ones((5, 2)), clusters=1)
    with pytest.raises(Undefined, match="2 resamples in which all have a value"):
        ranks([0.5, 0.4], np.ma.MaskedArray(np.ones((5, 2)), mask=[[True, False]] * 5), clusters=5)
    with pytest.raises(ValueError, match="are needed"):
        ranks([0.5, float("nan")], np.ones((5, 2)), clusters=5)
    with pytest.raises(ValueError, match="level must be between"):
        ranks([0.5, 0.4], np.ones((5, 2)), clusters=5, level=95)
