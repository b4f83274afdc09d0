"""Samples for labelling: inclusion probabilities are what they say, estimates that use them are unbiased, samples nest."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import UsageError
from normscope.validate.sampling import Sampling, Stratified, Tightest, Uniform, permanent_numbers

SEEDS = 500


def frame(n: int = 40) -> pl.DataFrame:
    """`n` comparisons of which every fourth is rated unsure; labels and bases in turn."""
    return pl.DataFrame(
        {
            "comparison": [f"c{i}" for i in range(n)],
            "basis": ["main" if i % 3 else "explicit" for i in range(n)],
            "label": ["agree" if i % 2 else "silent" for i in range(n)],
            "score": [0.55 if i % 4 == 0 else 0.9 + (i % 5) / 50 for i in range(n)],
        }
    )


PLANS: list[Sampling] = [Uniform(12), Stratified(20), Stratified(20, "equal"), Tightest(12)]
NAMES = ["uniform", "stratified", "stratified equal", "tightest"]


@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
def test_frequency_of_being_drawn_is_the_stated_inclusion_and_totals_are_unbiased(plan: Sampling) -> None:
    everything = frame()
    value = {f"c{i}": float(i % 7) for i in range(everything.height)}
    count: dict[str, int] = dict.fromkeys(value, 0)
    stated: dict[str, float] = {}
    totals = []
    for seed in range(SEEDS):
        drawn = plan(everything, seed=seed)
        total = 0.0
        for key, inclusion in drawn.select("comparison", "inclusion").iter_rows():
            count[key] += 1
            assert stated.setdefault(key, inclusion) == inclusion
            total += value[key] / inclusion
        totals.append(total)
    assert set(stated) == set(value), "every comparison can be drawn"
    for key, inclusion in stated.items():
        # 4.5 standard errors of a frequency: with 160 of them, passed by chance once in a thousand runs; seeds are fixed
        assert count[key] / SEEDS == pytest.approx(inclusion, abs=4.5 * np.sqrt(inclusion * (1 - inclusion) / SEEDS) + 1e-9)
    assert np.mean(totals) == pytest.approx(sum(value.values()), abs=4 * np.std(totals) / np.sqrt(SEEDS))


@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
def test_the_same_seed_draws_the_same_whatever_the_order_of_the_frame(plan: Sampling) -> None:
    everything = frame()
    assert plan(everything, seed=3).equals(plan(everything.sample(fraction=1, shuffle=True, seed=1), seed=3))
    assert not plan(everything, seed=3).equals(plan(everything, seed=4))


@pytest.mark.parametrize("plan", [Uniform(99), Stratified(99), Stratified(99, "equal"), Tightest(99)], ids=NAMES)
def test_more_than_there_are_is_all_with_certainty(plan: Sampling) -> None:
    drawn = plan(frame(), seed=0)
    assert drawn.height == 40
    assert drawn["inclusion"].to_list() == [1.0] * 40
    assert drawn["rank"].to_list() == list(range(1, 41))


@given(
    smaller=st.integers(1, 45),
    more=st.integers(0, 30),
    seed=st.integers(0, 1000),
    which=st.sampled_from([Uniform, Stratified, lambda n: Stratified(n, "equal"), Tightest]),
)
@settings(max_examples=80, deadline=None)
def test_a_larger_sample_contains_the_smaller(smaller: int, more: int, seed: int, which: type[Uniform]) -> None:
    less, larger = (which(n)(frame(), seed=seed) for n in (smaller, smaller + more))
    assert set(less["comparison"]) <= set(larger["comparison"])
    assert larger["inclusion"].is_between(0, 1, closed="right").all()


@given(scores=st.lists(st.floats(0, 1), min_size=1, max_size=60), n=st.integers(1, 60), floor=st.floats(0.05, 1))
@settings(deadline=None)
def test_tightest_adds_up_to_what_is_asked_for(scores: list[float], n: int, floor: float) -> None:
    inclusion = Tightest(n, floor).inclusion(np.array(scores))
    assert inclusion.sum() == pytest.approx(min(n, len(scores)))
    assert ((inclusion > 0) & (inclusion <= 1)).all()
    order = np.argsort(np.maximum(np.array(scores), 0.5))
    assert (np.diff(inclusion[order]) <= 1e-9).all(), "never more for a surer label"


def test_tightest_by_hand() -> None:
    # e = 0, ½, ½, 0.2: √(e(1−e)) = 0, 0.5, 0.5, 0.4; mean 0.35; weights 0.2 + 0.8·s/0.35 = 0.2, 1.3429, 1.3429, 1.1143
    # (they sum to 4); n = 2 doubles nothing over 1, so inclusion = weight / 2
    found = Tightest(2).inclusion(np.array([1.0, 0.5, 0.1, 0.8]))
    assert found.round(4).tolist() == [0.1, 0.6714, 0.6714, 0.5571]
    # n = 3: ·3/4 gives 0.15, 1.007, 1.007, 0.836: the two are certain, the rest share 1 place as 0.2 : 1.1143
    assert Tightest(3).inclusion(np.array([1.0, 0.5, 0.1, 0.8])).round(4).tolist() == [0.1522, 1.0, 1.0, 0.8478]


def test_tightest_makes_a_corrected_total_steadier_than_uniform() -> None:
    # a matcher whose score is honest: it errs with probability 1 − score
    chance = np.random.default_rng(5)
    scores = np.where(np.arange(400) % 5 == 0, 0.6, 0.98)
    wrong = dict(zip((f"c{i}" for i in range(400)), chance.random(400) > scores, strict=True))
    everything = pl.DataFrame({"comparison": list(wrong), "score": scores})

    def spread(plan: Sampling) -> float:
        estimates = []
        for seed in range(150):
            drawn = plan(everything, seed=seed)
            weights = 1 / drawn["inclusion"].to_numpy()
            estimates.append(weights @ np.array([wrong[key] for key in drawn["comparison"]]) / weights.sum())
        return float(np.std(estimates))

    assert spread(Tightest(80)) < 0.85 * spread(Uniform(80))


def test_strata_have_two_places_each_even_where_fewer_are_asked_for() -> None:
    drawn = Stratified(1)(frame(), seed=0)
    # 12 strata, of which one has a single comparison: all of that, two of the others
    assert sorted(drawn.group_by("stratum").len()["len"].to_list()) == [1] + [2] * 11
    assert drawn.filter(pl.col("stratum").is_in(["explicit agree low", "main silent high"])).height == 4


def test_a_beginning_of_the_order_of_labelling_is_itself_a_smaller_sample() -> None:
    for which in (Uniform, Tightest):
        smaller, larger = which(8)(frame(), seed=2), which(20)(frame(), seed=2)
        assert larger["comparison"].to_list()[: smaller.height] == smaller["comparison"].to_list()


def test_proportional_places_by_hand() -> None:
    # two each, then Sainte-Laguë: 60/5=12 · 60/7=8.6 · 60/9=6.7, against 30/5=6 and 10/5=2; 3 more go to the first, one of
    # 60/11=5.45 < 6 to the second
    assert Stratified(9).places([60, 30, 10]) == [5, 2, 2]
    assert Stratified(10).places([60, 30, 10]) == [5, 3, 2]
    assert Stratified(200).places([60, 30, 10]) == [60, 30, 10]


def test_random_numbers_are_uniform_and_uses_are_independent() -> None:
    keys = [str(i) for i in range(4000)]
    a, b = (permanent_numbers(keys, seed=0, use=use) for use in ("sample", "order"))
    assert np.histogram(a, bins=10, range=(0, 1))[0] == pytest.approx(400, abs=4.5 * np.sqrt(400 * 0.9))
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(4000)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        Uniform(0)(frame(), seed=0)
    with pytest.raises(ValueError, match="score"):
        Tightest(3)(frame().drop("score"), seed=0)
    with pytest.raises(ValueError, match="twice"):
        Uniform(3)(pl.concat([frame(), frame()]), seed=0)
    assert Uniform(3)(frame(0), seed=0).height == 0
    assert Tightest(3)(frame(0), seed=0).height == 0
    assert Stratified(3)(frame(0), seed=0).height == 0
