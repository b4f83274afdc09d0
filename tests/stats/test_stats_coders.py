"""Agreement of any number of coders: published examples, second implementations, invariances, recovery."""

from __future__ import annotations

import tracemalloc
from itertools import combinations, permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from normscope.errors import Undefined
from normscope.stats import (
    Codings,
    Intervals,
    Resamples,
    coders,
    coders_kappa,
    coders_kappa_interval,
    intervals,
    nominal_alpha,
    replicate,
)
from normscope.stats.bootstrap import Floats, Masked
from normscope.stats.coders import mean_kappa

Row = tuple[int, int, str]
"""Item, coder, label."""


def table(rows: list[Row]) -> Codings:
    return Codings(np.array([r[0] for r in rows]), np.array([r[1] for r in rows]), np.array([r[2] for r in rows]))


def grid(*coders: str) -> list[Row]:
    """One string per coder, one character per item, * where the coder gave no label."""
    return [(i, c, label) for c, labels in enumerate(coders) for i, label in enumerate(labels.replace(" ", "")) if label != "*"]


CODINGS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=30, unique_by=lambda r: r[:2]
)


def test_alpha_published_examples() -> None:
    # Krippendorff (2011), example C: four observers, twelve units, gaps: nominal alpha 0.743
    four = grid("1 2 3 3 2 1 4 1 2 * * *", "1 2 3 3 2 2 4 1 2 5 * 3", "* 3 3 3 2 3 4 2 2 5 1 *", "1 2 3 3 2 4 4 1 2 5 1 *")
    assert nominal_alpha(table(four)) == pytest.approx(0.743, abs=5e-4)
    # the example of the usual encyclopedia article: three coders, fifteen units, gaps: nominal alpha 0.691
    three = grid("* * * * * 3 4 1 2 1 1 3 3 * 3", "1 * 2 1 3 3 4 3 * * * * * * *", "* * 2 1 3 4 4 * 2 1 1 3 3 * 4")
    assert nominal_alpha(table(three)) == pytest.approx(0.691, abs=5e-4)


def test_alpha_by_hand() -> None:
    # aa, ab, bb, bb: one of four items differs. Coincidences: 2 of n = 8 values differ (ab and ba);
    # labels: 3 a, 5 b: by chance 2 · 3 · 5 / (8 - 1) = 30/7 differ; alpha = 1 - 2 / (30/7) = 0.5333
    assert nominal_alpha(table(grid("aabb", "abbb"))) == pytest.approx(1 - 2 / (30 / 7))


def naive_alpha(rows: list[Row]) -> float:
    """Observed over expected disagreement, from every ordered pair of values."""
    units: dict[int, list[str]] = {}
    for item, _, label in rows:
        units.setdefault(item, []).append(label)
    kept = [values for values in units.values() if len(values) > 1]
    values = [v for unit in kept for v in unit]
    observed = sum(sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in kept) / len(values)
    expected = sum(a != b for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - observed / expected


def naive_kappa(rows: list[Row]) -> float:
    """Mean of sklearn's kappas by shared items."""
    given_labels: dict[int, dict[int, str]] = {}
    for item, coder, label in rows:
        given_labels.setdefault(coder, {})[item] = label
    up = down = 0.0
    for a, b in combinations(given_labels.values(), 2):
        shared = sorted(a.keys() & b.keys())
        first, second = [a[i] for i in shared], [b[i] for i in shared]
        if len({*first, *second}) > 1:
            up += len(shared) * metrics.cohen_kappa_score(first, second)
            down += len(shared)
    return up / down


@settings(deadline=None)
@given(CODINGS)
def test_second_implementations(rows: list[Row]) -> None:
    for ours, theirs in ((nominal_alpha, naive_alpha), (coders_kappa, naive_kappa)):
        try:
            expected = theirs(rows)
        except ZeroDivisionError:
            with pytest.raises(Undefined):
                ours(table(rows))
        else:
            assert ours(table(rows)) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(CODINGS, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(rows: list[Row], random: Random) -> None:
    def both(codings: Codings) -> list[float | str]:
        found: list[float | str] = []
        for statistic in (nominal_alpha, coders_kappa):
            try:
                found.append(round(statistic(codings), 9))
            except Undefined:
                found.append("undefined")
        return found

    names = random.sample(range(100), 9)
    other = [(names[item], -coder, "ø" + label) for item, coder, label in rows]
    random.shuffle(other)
    assert both(table(rows)) == both(table(other))


def noisy(seed: int, *, noise: float, items: int, coders: int = 5, seen: float = 0.6) -> Codings:
    """Coders who with probability `noise` say any of four labels, instead of the true one."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, items)
    labels = np.where(rng.random((items, coders)) < noise, rng.integers(0, 4, (items, coders)), truth[:, None])
    rows, columns = np.nonzero(rng.random((items, coders)) < seen)
    return Codings(rows, columns, labels[rows, columns])


@pytest.mark.parametrize(("noise", "printed"), [(0.1, 0.80), (0.2, 0.63), (0.3, 0.48), (0.4, 0.36)])
def test_recovers_known_agreement(noise: float, printed: float) -> None:
    # two coders agree beyond chance where neither made a label up: (1 - noise)². The authors of the alternative annotator
    # test print the agreement of their simulated annotators, made in the same way: 0.80, 0.63, 0.48, 0.36
    found = noisy(1, noise=noise, items=6000)
    assert coders_kappa(found) == pytest.approx((1 - noise) ** 2, abs=0.015)
    assert nominal_alpha(found) == pytest.approx((1 - noise) ** 2, abs=0.015)
    assert coders_kappa(found) == pytest.approx(printed, abs=0.025)


def test_interval_covers_the_truth() -> None:
    covered = []
    for seed in range(150):
        found = coders_kappa_interval(noisy(seed, noise=0.3, items=80, coders=3), Resamples(80, 200, seed))
        covered.append(found.low[0] <= 0.49 <= found.high[0])
    assert 0.89 <= np.mean(covered) <= 0.98


def test_interval_is_of_the_value_and_wider_by_cluster() -> None:
    found = noisy(3, noise=0.3, items=60)
    each = coders_kappa_interval(found, Resamples(60, 400, 0))
    assert each.value[0] == pytest.approx(coders_kappa(found))
    assert each.low[0] < each.value[0] < each.high[0]
    # every item five times over, as a cluster of its five copies, says no more than every item once
    copies = Codings(
        np.tile(found.items, 5) + np.repeat(1000 * np.arange(5), found.items.size),
        np.tile(found.coders, 5),
        np.tile(found.labels, 5),
    )
    clustered = coders_kappa_interval(copies, Resamples(60, 400, 0), np.tile(np.arange(60), 5)[: copies.item_names.size])
    if copies.item_names.size == 300:  # every item was labelled by somebody
        assert (clustered.low[0], clustered.high[0]) == pytest.approx((each.low[0], each.high[0]))


def test_too_little_is_undefined_and_wrong_input_an_error() -> None:
    with pytest.raises(Undefined, match="no pair of 2 coders on 2 items does"):
        coders_kappa(table([(0, 0, "a"), (1, 1, "b")]))
    with pytest.raises(Undefined, match="0 of 2 have them"):
        nominal_alpha(table([(0, 0, "a"), (1, 1, "b")]))
    with pytest.raises(Undefined, match="all 2 are the same"):
        nominal_alpha(table([(0, 0, "a"), (0, 1, "a")]))
    with pytest.raises(Undefined):
        coders_kappa_interval(table([(0, 0, "a")]), Resamples(1, 10, 0))
    with pytest.raises(ValueError, match="more than once"):
        table([(0, 0, "a"), (0, 0, "b")])
    with pytest.raises(ValueError, match="one length"):
        Codings(np.array([1]), np.array([1, 2]), np.array(["a"]))
    with pytest.raises(ValueError, match="cluster number from 0 to 1"):
        coders_kappa_interval(table(grid("ab", "ba")), Resamples(2, 10, 0), [0, 2])


def dense_interval(codings: Codings, resamples: Resamples) -> Intervals:
    """Second implementation: all items, pairs and draws at once, as it was done before pairs were taken in blocks."""
    codes, n = codings.codes, codings.label_names.size
    pairs = list(combinations(range(codes.shape[1]), 2))
    tables = np.zeros((codes.shape[0], len(pairs), n, n))
    for p, (a, b) in enumerate(pairs):
        for i in np.flatnonzero((codes[:, a] >= 0) & (codes[:, b] >= 0)):
            tables[i, p, codes[i, a], codes[i, b]] = 1
    cells = tables.reshape(codes.shape[0], -1)

    def of_cells(*sums: Floats) -> Masked:
        return mean_kappa(np.stack(sums, axis=-1).reshape(*sums[0].shape, *tables.shape[1:]))

    return intervals(replicate(resamples, of_cells, *(cell[:, None] for cell in cells.T)))


@pytest.mark.parametrize("block", [coders.CELLS, 1, 5000])
def test_blocks_of_pairs_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = noisy(4, noise=0.3, items=40)
    items = found.item_names.size
    expected = dense_interval(found, Resamples(items, 100, 3))
    monkeypatch.setattr(coders, "CELLS", block)
    blocked = coders_kappa_interval(found, Resamples(items, 100, 3))
    for name in ("value", "low", "high"):
        assert getattr(blocked, name)[0] == pytest.approx(getattr(expected, name)[0], rel=1e-12)
    assert (blocked.reason, blocked.method) == (expected.reason, expected.method)


def test_memory_does_not_grow_with_items_times_pairs() -> None:
    # 200 items, 20 coders: 190 pairs x 200 items x 16 cells x 8 bytes = 4.9 MB at once, and more for the draws
    found = noisy(5, noise=0.3, items=200, coders=20, seen=0.3)
    resamples = Resamples(200, 20, 0)
    assert resamples.weights.shape == (20, 200)
    tracemalloc.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coders, "CELLS", 2**15)
        coders_kappa_interval(found, resamples, np.arange(found.item_names.size))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


def test_pairs_are_counted_up_to_a_bound() -> None:
    found = table(grid("ab*", "ab*", "*ba", "**a"))  # 0 and 1 share two items, 0 and 2, 1 and 2 one, 2 and 3 one
    assert coders.coder_pairs(found) == [(0, 1), (0, 2), (1, 2), (2, 3)]
    assert [coders.more_pairs_than(found, n) for n in (3, 4)] == [True, False]


def test_many_items_of_many_coders_are_no_table_until_one_is_needed() -> None:
    n = 30_000  # items x coders in 8 bytes each: 7 GB
    found = Codings(np.arange(n), np.arange(n), np.zeros(n))
    assert found.counts.shape == (n, 1)
    with pytest.raises(ValueError, match="more than once"):
        Codings(np.array([1, 1]), np.array([2, 2]), np.array(["a", "b"]))
