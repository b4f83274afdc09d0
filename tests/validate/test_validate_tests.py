"""The tests of a card, with matchers whose behaviour is known: what always agrees, tosses a coin, reads one text only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.records import Gold, Judgement, Label, NotMeasured, Question
from normscope.stats import wilson
from normscope.validate import load_injections, load_pairs
from normscope.validate.once import Once
from normscope.validate.orders import order_changes
from normscope.validate.placebo import Advice, advice_of_golds, placebo, placebo_pairs
from normscope.validate.polarity import polarity
from normscope.validate.rated import Rating
from normscope.validate.repeats import repeat_changes
from normscope.validate.spread import spread

A, D, S = Label.AGREE, Label.DISAGREE, Label.SILENT
T = TypeVar("T")


class By:
    """Labels by a rule, and remembers what it was asked."""

    name = "by rule"
    prompt_hash = None

    def __init__(self, rule: Callable[[Question], Label], score: float = 1.0) -> None:
        self.rule, self.score, self.asked = rule, score, list[Question]()

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        self.asked += questions
        return [Judgement(self.rule(q), self.score) for q in questions]


def yes(_: Question) -> Label:
    return A


def always(label: Label) -> Callable[[Question], Label]:
    return lambda _: label


def run(work: Coroutine[Any, Any, T | NotMeasured]) -> T:
    found = asyncio.run(work)
    assert not isinstance(found, NotMeasured)
    return found


def gold(i: int, *, asked: str = "stated", language: str = "en", topic: str = "home") -> Gold:
    return Gold(f"g{i}", f"dilemma {i}", f"text {i}", f"solution {i}", asked, A, "me", language, topic=topic)


def test_orders_are_swapped_and_only_stated_pairs_are_asked() -> None:
    matcher = By(lambda q: A if q.text.startswith("text") else S)
    golds = [gold(i, asked="shown" if i == 3 else "stated") for i in range(4)]
    found = run(order_changes(Once(matcher), golds))
    assert (found.overall.value, found.overall.n) == (1.0, 3)  # the first text decides, so every label changes
    assert Question("dilemma 0", "solution 0", "text 0", "stated", "en") in matcher.asked
    assert run(order_changes(Once(By(yes)), golds)).overall.value == 0.0


def test_order_rate_by_hand() -> None:
    # 3 of 12 change: those whose number is below 3
    matcher = By(lambda q: D if q.text in ("solution 0", "solution 1", "solution 2") else A)
    found = run(order_changes(Once(matcher), [gold(i) for i in range(12)]))
    assert found.overall.value == 0.25
    assert found.by_language["en"] == found.by_topic["home"] == found.overall
    # Wilson, z = 1.96: (0.25 + 3.8415/24) / (1 + 3.8415/12) = 0.3106; half 1.96 * sqrt(0.1875/12 + 3.8415/576) / 1.3201 = 0.2217
    assert found.overall.low == pytest.approx(0.0889, abs=1e-3)
    assert found.overall.high == pytest.approx(0.5323, abs=1e-3)


def test_without_stated_pairs_there_is_no_order() -> None:
    found = asyncio.run(order_changes(Once(By(yes)), [gold(0, asked="shown")]))
    assert found == NotMeasured("there are no stated pairs whose order could be changed")


def test_repeats_find_a_matcher_that_changes_its_mind() -> None:
    golds = [gold(i) for i in range(20)]
    assert run(repeat_changes(Once(By(yes)), By(yes), golds)).overall.value == 0.0
    fickle = By(lambda q: D if int(q.text.split()[1]) < 5 else A)
    found = run(repeat_changes(Once(By(yes)), fickle, golds))
    assert (found.overall.value, found.overall.n) == (0.25, 20)
    assert len(fickle.asked) == 20  # it was asked, not answered from what is known


def test_a_sample_is_asked_where_not_all_may_be() -> None:
    matcher = By(yes)
    golds = [gold(i) for i in range(50)]
    assert run(order_changes(Once(matcher), golds, most=10, seed=1)).overall.n == 10
    assert len(matcher.asked) == 20
    first, again = (run(repeat_changes(Once(By(yes)), By(yes), golds, most=7, seed=s)) for s in (1, 1))
    assert first == again


def test_polarity_of_who_says_the_same_to_everything_is_a_half() -> None:
    for label in Label:
        found = run(polarity(Once(By(always(label))), load_pairs()))
        assert (found.ordered.overall.value, found.auc) == (0.5, 0.5)
    agrees = run(polarity(Once(By(yes)), load_pairs()))
    assert (agrees.paraphrases.value, agrees.opposites.value, agrees.paraphrases.n) == (1.0, 0.0, 96)


def test_polarity_of_who_knows_is_one_and_of_who_is_wrong_is_zero() -> None:
    labels = {(g.text, g.solution): g.label for g in load_pairs()}
    knows = run(polarity(Once(By(lambda q: labels[q.text, q.solution])), load_pairs()))
    assert (knows.ordered.overall.value, knows.auc, knows.paraphrases.value, knows.opposites.value) == (1.0, 1.0, 1.0, 1.0)
    wrong = run(polarity(Once(By(lambda q: D if labels[q.text, q.solution] is A else A)), load_pairs()))
    assert (wrong.ordered.overall.value, wrong.auc) == (0.0, 0.0)
    assert set(knows.ordered.by_language) == {"da", "de", "en", "es", "fr", "pt"}
    assert not any(isinstance(found, NotMeasured) for found in knows.ordered.by_language.values())
    assert len(knows.ordered.by_topic) == 20


def test_polarity_needs_both_of_a_context() -> None:
    only = [g for g in load_pairs() if g.kind == "reworded"]
    found = asyncio.run(polarity(Once(By(yes)), only))
    assert found == NotMeasured("no context has both a paraphrase and an opposite")


def test_placebo_of_who_always_agrees_is_one() -> None:
    advice = advice_of_golds(load_pairs())
    found = run(placebo(Once(By(yes)), advice, n=100, source="here"))
    assert (found.agree.overall.value, found.agree.overall.n, found.disagree.value) == (1.0, 100, 0.0)
    never = run(placebo(Once(By(lambda _: S)), advice, n=100, source="here"))
    assert (never.agree.overall.value, never.disagree.value) == (0.0, 0.0)


def test_placebo_recovers_a_known_yes_bias() -> None:
    rng = np.random.default_rng(3)
    advice = [Advice(f"d{i}", f"t{i}") for i in range(60)]
    found = run(placebo(Once(By(lambda _: A if rng.random() < 0.2 else S)), advice, n=1000, source="here"))
    low, high = found.agree.overall.low, found.agree.overall.high
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 0.2 < high
    assert found.agree.overall.clustered  # several pairs are asked about one dilemma


def test_placebo_pairs_with_one_dilemmas_solutions_go_together() -> None:
    # a matcher that agrees with whatever is held against a solution to dilemma 0 or 1 of 4
    advice = [Advice(f"d{i}", f"t{i} {j}") for i in range(4) for j in range(20)]
    found = run(placebo(Once(By(lambda q: A if q.dilemma in ("d0", "d1") else S)), advice, n=400, source="here"))
    low, high = found.agree.overall.low, found.agree.overall.high
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert high - low > 0.8  # from 0 of 4 to 4 of 4 dilemmas; 400 independent pairs would give 0.1
    together = [replace(one, cluster="one") for one in advice]
    alone = run(placebo(Once(By(yes)), together, n=10, source="here")).agree.overall
    assert isinstance(alone.low, NotMeasured)


def test_placebo_pairs_are_of_two_dilemmas_in_one_language() -> None:
    advice = advice_of_golds(load_pairs())
    pairs = placebo_pairs(advice, 300, seed=4)
    assert len(set(pairs)) == 300
    assert all(a.dilemma != b.dilemma and a.language == b.language and a.text != b.text for a, b in pairs)
    assert pairs == placebo_pairs(advice[::-1], 300, seed=4)
    assert pairs != placebo_pairs(advice, 300, seed=5)


def test_placebo_needs_two_dilemmas_in_a_language() -> None:
    advice = [Advice("a", "x", "en"), Advice("b", "y", "da"), Advice("c", "x", "en")]
    assert placebo_pairs(advice, 5, seed=0) == []  # the only two in one language say the same
    found = asyncio.run(placebo(Once(By(yes)), advice, n=5, source="here"))
    assert found == NotMeasured("no language has answers to two dilemmas")


def test_a_question_is_asked_once() -> None:
    matcher = By(yes)
    ask = Once(matcher)
    question = Question("d", "t", "s")
    assert len(asyncio.run(ask([question, question]))) == 2
    asyncio.run(ask([question]))
    assert matcher.asked == [question]


def test_rates_by_part() -> None:
    assert Rating().rate([1.0, 0.5], ["x", "y"]).value == 0.75
    parts = Rating().by_part([True] * 10 + [False], list("abcdefghijk"), ["b"] * 10 + ["a"])
    assert list(parts) == ["a", "b"]
    assert isinstance(parts["a"], NotMeasured)


def test_pairs_of_one_dilemma_count_as_one_in_the_interval_by_hand() -> None:
    # 6 dilemmas with 10 pairs each, 3 of them change always and 3 never. A resample has k of 6 changing dilemmas, k binomial:
    # P(k = 0) = 1/64 = 0.016 < 0.025 < P(k <= 1) = 7/64, so the 2.5 % percentile is 1/6, and 5/6 is that of 97.5 %.
    # Wilson would take 60 pairs as independent: [0.38, 0.62].
    golds = [replace(gold(i), cluster=f"c{i // 10}") for i in range(60)]
    changes = {f"solution {i}" for i in range(30)}
    fickle = By(lambda q: D if q.text in changes else A)
    orders = run(order_changes(Once(fickle), golds)).overall
    changes |= {f"text {i}" for i in range(30)}
    repeats = run(repeat_changes(Once(By(yes)), fickle, golds)).overall
    for found in (orders, repeats):
        assert (found.value, found.n, found.clustered) == (0.5, 60, True)
        assert found.low == pytest.approx(1 / 6)
        assert found.high == pytest.approx(5 / 6)


def test_clusters_whose_resamples_are_all_equal_have_the_interval_of_so_many_dilemmas() -> None:
    none = Rating().rate([0.0] * 60, [f"c{i // 10}" for i in range(60)])
    assert (none.low, none.high) == wilson(0, 6)
    alone = Rating().rate([1.0, 0.0], ["c", "c"])
    assert alone.value == 0.5
    assert isinstance(alone.low, NotMeasured)
    assert alone.low == alone.high == NotMeasured("an interval needs data on at least 2 clusters of dilemmas; 1 has them")


def test_a_rate_by_clusters_against_a_second_implementation() -> None:
    """The percentiles of sums over drawn clusters, one draw after the other."""
    rng = np.random.default_rng(7)
    clusters = rng.integers(0, 25, 120)
    hits = (rng.random(120) < rng.random(25)[clusters]).astype(float)
    found = Rating(draws=4000, seed=3).rate(hits.tolist(), [f"c{c}" for c in clusters])
    items = [hits[clusters == c] for c in np.unique(clusters)]
    rates = [np.concatenate([items[i] for i in rng.integers(0, len(items), len(items))]).mean() for _ in range(4000)]
    assert found.value == pytest.approx(hits.mean())
    assert found.low == pytest.approx(np.quantile(rates, 0.025), abs=0.02)
    assert found.high == pytest.approx(np.quantile(rates, 0.975), abs=0.02)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcd")), min_size=2, max_size=12))
def test_a_pair_that_is_written_three_times_tells_no_more(rows: list[tuple[bool, str]]) -> None:
    rating = Rating(draws=50)
    rows = [*rows, rows[0]]
    once = rating.rate([hit for hit, _ in rows], [c for _, c in rows])
    thrice = rating.rate([hit for hit, _ in rows for _ in range(3)], [c for _, c in rows for _ in range(3)])
    for a, b in ((once.value, thrice.value), (once.low, thrice.low), (once.high, thrice.high)):
        assert a == b if isinstance(a, NotMeasured) else a == pytest.approx(b)


def test_intervals_cover_the_rate_of_dilemmas_like_these() -> None:
    """Simulation: 40 dilemmas with 10 pairs that mostly go together; Wilson's interval would cover far less often."""
    rng = np.random.default_rng(8)
    clusters = [f"c{i // 10}" for i in range(400)]
    covered = plain = 0
    for seed in range(200):
        hits = rng.random(400) < np.repeat(rng.beta(0.3, 0.7, 40), 10)  # mean 0.3
        found = Rating(draws=200, seed=seed).rate(hits.tolist(), clusters)
        low, high = wilson(float(hits.sum()), 400)
        assert isinstance(found.low, float)
        assert isinstance(found.high, float)
        covered += found.low <= 0.3 <= found.high
        plain += low <= 0.3 <= high
    assert covered >= 180
    assert plain < 150


def test_injections_are_spread_over_techniques_and_languages() -> None:
    everything = load_injections()
    chosen = spread(everything, 84, seed=2)
    assert len({(i.technique, i.language) for i in chosen}) == 84  # 14 techniques in 6 languages, one of each
    assert chosen == spread(everything, 84, seed=2)
    assert spread(everything, None, seed=0) == everything
    assert spread(everything, 0, seed=0) == []
