"""Two-level resampling: by hand, against a loop, invariances, and whether the intervals are right for their estimand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import Undefined
from normscope.stats import DrawnRows, Resamples, TwoLevel, bootstrap_intervals, intervals, ratio
from normscope.stats.bootstrap import Floats
from normscope.stats.two_level import Estimand


def grid(values: Floats, *, fixed: bool = False) -> DrawnRows:
    """One column from values [dilemmas, draws]."""
    dilemmas, draws = values.shape
    of = np.repeat(np.arange(dilemmas), draws)
    conversations = np.arange(values.size)
    column = np.zeros(values.size, dtype=np.intp)
    return DrawnRows(values.ravel(), column, of, conversations[:, None], of, np.full(values.size, fixed) if fixed else None)


def many(values: Floats) -> DrawnRows:
    """A column per study, from values [studies, dilemmas, draws]: responders of their own on the same dilemmas."""
    studies, dilemmas, draws = values.shape
    column, cluster = (np.repeat(np.arange(n), draws * m) for n, m in ((studies, dilemmas), (studies * dilemmas, 1)))
    return DrawnRows(values.ravel(), column, cluster % dilemmas, np.arange(values.size)[:, None], cluster)


def test_these_dilemmas_by_hand() -> None:
    # of 2 draws 1 is picked and counts twice: the first dilemma is 0 or 1, the second always 1, the mean 0.5 or 1
    found = TwoLevel(Resamples(2, 1000, 0), "these dilemmas")(grid(np.array([[1.0, 0.0], [1.0, 1.0]])))
    assert found.value.tolist() == [0.75]
    values, counts = np.unique(found.draws.compressed(), return_counts=True)
    assert values.tolist() == [0.5, 1.0]
    assert counts[0] == pytest.approx(500, abs=80)
    assert found.clusters.tolist() == [2]
    assert intervals(found).method == ("bootstrap of draws, percentile, 1000 draws, seed 0",)


def test_draws_kept_is_the_cluster_bootstrap_of_means() -> None:
    values = np.random.default_rng(1).random((30, 3))
    resamples = Resamples(30, 500, 2)
    found = intervals(TwoLevel(resamples, "dilemmas like these")(grid(values)))
    plain = bootstrap_intervals(resamples, ratio, values.mean(axis=1)[:, None], np.ones((30, 1)))
    assert (found.low[0], found.high[0]) == pytest.approx((plain.low[0], plain.high[0]))
    assert found.method == plain.method


def test_pairs_equal_a_loop_over_conversations() -> None:
    """Two responders with 2 and 3 draws on 4 dilemmas, compared draw by draw; some comparisons have no value."""
    rng = np.random.default_rng(3)
    cells = [(d, a, b) for d in range(4) for a in range(2) for b in range(3) if rng.random() < 0.8]
    values = rng.random(len(cells))
    conversation = {(d, who, k): 5 * d + 2 * who + k for d in range(4) for who, n in ((0, 2), (1, 3)) for k in range(n)}
    told = np.array([2 * d + who for d in range(4) for who, n in ((0, 2), (1, 3)) for _ in range(n)])
    draws = np.array([[conversation[d, 0, a], conversation[d, 1, b]] for d, a, b in cells])
    dilemma = np.array([d for d, _, _ in cells])
    rows = DrawnRows(values, np.zeros(len(cells), dtype=np.intp), dilemma, draws, told)
    resamples = Resamples(4, 60, 5)
    for level in (TwoLevel(resamples, "these dilemmas"), TwoLevel(resamples, "dilemmas like these", "resampled")):
        found = level(rows)
        generator = np.random.default_rng([5, 1])
        size = np.array([2, 3, 3, 2, 3, 3, 2, 3, 3, 2, 3, 3])  # k - 1 picks for each responder on each dilemma
        first = np.array([0, 2, 2, 5, 7, 7, 10, 12, 12, 15, 17, 17])
        for row in range(60):
            weight = np.zeros(20)
            for pick, (n, at) in zip(generator.integers(0, size).tolist(), zip(size, first, strict=True), strict=True):
                weight[at + pick] += n / (n - 1)
            picked = np.ones(4) if level.estimand == "these dilemmas" else resamples.weights[row]
            of_rows = weight[draws[:, 0]] * weight[draws[:, 1]]
            means = [(of_rows[dilemma == d] @ values[dilemma == d], of_rows[dilemma == d].sum(), picked[d]) for d in range(4)]
            defined = [(above / below, times) for above, below, times in means if below and times]
            expected = sum(m * times for m, times in defined) / sum(times for _, times in defined)
            assert found.draws[row, 0] == pytest.approx(expected)


@given(seed=st.integers(0, 2**16), k=st.integers(2, 4))
@settings(max_examples=25, deadline=None)
def test_invariances(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((2, 5, k))
    rows, resamples = many(values), Resamples(5, 40, seed)
    for level in (TwoLevel(resamples, "these dilemmas"), TwoLevel(resamples, "dilemmas like these", "resampled")):
        found = level(rows)
        order = rng.permutation(values.size)
        shuffled = replace(rows, **{name: getattr(rows, name)[order] for name in ("value", "column", "cluster", "draws")})
        assert level(shuffled).draws.data == pytest.approx(found.draws.data)
        # the same conversations in two columns, once scaled: paired, draw by draw
        both = DrawnRows(
            np.concatenate([rows.value, 1 - rows.value]), np.concatenate([rows.column, rows.column + 2]),
            np.tile(rows.cluster, 2), np.tile(rows.draws, (2, 1)), rows.told,
        )  # fmt: skip
        together = level(both).draws.data
        assert together[:, :2] == pytest.approx(found.draws.data)
        assert together[:, 2:] == pytest.approx(1 - found.draws.data)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("normscope.stats.two_level.CELLS", 1)
            assert level(rows).draws.data == pytest.approx(found.draws.data)


def spread_of(level: TwoLevel, values: Floats) -> float:
    """The variance that the resamples show, averaged over studies."""
    return float(level(many(values)).draws.data.var(axis=0).mean())


def test_each_estimand_shows_its_variance() -> None:
    """60 studies of 40 dilemmas x 3 draws: variance 0.04 between dilemmas, 0.09 between draws of one dilemma."""
    rng = np.random.default_rng(6)
    values = rng.normal(0, 0.2, (60, 40, 1)) + rng.normal(0, 0.3, (60, 40, 3))
    resamples = Resamples(40, 300, 7, "poisson")
    # the mean over these dilemmas varies by 0.09 / 3 / 40, that over dilemmas like these by (0.04 + 0.09 / 3) / 40
    assert spread_of(TwoLevel(resamples, "these dilemmas"), values) == pytest.approx(0.09 / 3 / 40, rel=0.08)
    assert spread_of(TwoLevel(resamples, "dilemmas like these"), values) == pytest.approx(0.07 / 40, rel=0.08)
    # with the draws resampled as well, their noise is there twice
    assert spread_of(TwoLevel(resamples, "dilemmas like these", "resampled"), values) > 1.3 * 0.07 / 40


def test_intervals_cover_the_estimand() -> None:
    """200 studies of 40 dilemmas x 2 draws, one per column; the truth is that of the dilemmas, or of the world."""
    rng = np.random.default_rng(8)
    rates = rng.beta(2, 1, (200, 40, 1))
    values = rng.binomial(1, rates, (200, 40, 2)).astype(np.float64)
    resamples = Resamples(40, 400, 9)
    truths: dict[Estimand, Floats] = {"these dilemmas": rates.mean(axis=(1, 2)), "dilemmas like these": np.full(200, 2 / 3)}
    for estimand, truth in truths.items():
        found = intervals(TwoLevel(resamples, estimand)(many(values)))
        covered = float(((found.low.data <= truth) & (truth <= found.high.data)).mean())
        assert 0.91 <= covered <= 0.98, estimand


def test_one_draw_shows_no_noise() -> None:
    values = np.array([[1.0], [0.0]])
    level = TwoLevel(Resamples(2, 20, 0), "these dilemmas")
    with pytest.raises(Undefined, match="2 conversations have no second draw"):
        level(grid(values))
    given = intervals(level(grid(values, fixed=True)))
    assert given.reason == ("all resamples are equal, so they cannot show how uncertain this is",)
    assert intervals(TwoLevel(level.resamples, "dilemmas like these", "resampled")(grid(values))).value.tolist() == [0.5]


def test_degenerate_and_impossible_rows() -> None:
    rows = grid(np.ones((2, 2)))
    with pytest.raises(Undefined, match="no values of single draws"):
        grid(np.ones((0, 2)))
    with pytest.raises(ValueError, match="must be finite"):
        replace(rows, value=np.full(4, np.nan))
    with pytest.raises(ValueError, match="4 values need as many columns"):
        replace(rows, column=np.zeros(3, dtype=np.intp))
    for wrong in ({"cluster": np.zeros(3, dtype=np.intp)}, {"draws": rows.draws[:, 0]}, {"draws": rows.draws[:3]}):
        with pytest.raises(ValueError, match="4 values need as many columns, clusters and draws"):
            replace(rows, **wrong)
    with pytest.raises(ValueError, match="numbered from 0"):
        replace(rows, cluster=rows.cluster - 1)
    with pytest.raises(ValueError, match="draws are numbers below 4"):
        replace(rows, draws=rows.draws + 1)
    with pytest.raises(ValueError, match="clusters are numbers below 1; got 1"):
        TwoLevel(Resamples(1, 5, 0), "these dilemmas")(rows)
    with pytest.raises(ValueError, match="the estimand is"):
        TwoLevel(Resamples(2, 5, 0), "all")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="draws within a dilemma are"):
        TwoLevel(Resamples(2, 5, 0), "these dilemmas", "both")  # type: ignore[arg-type]
    # a column without rows has no value, and says so
    found = intervals(TwoLevel(Resamples(2, 20, 0), "dilemmas like these")(replace(rows, column=rows.column + 1)))
    assert found.value.tolist() == [None, 1.0]
    assert found.reason[0] == "no data"
