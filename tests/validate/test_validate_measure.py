"""The card's figures: by hand, by a second implementation, and where there is nothing to measure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from normscope.records import Alternative, Card, Gold, Judgement, Label, Labelled, NotMeasured, People, Question, Score
from normscope.validate import Effort, Material, validate
from normscope.validate.measure import score

LABELS = st.sampled_from(Label)
LEFT_OUT = NotMeasured("left out")
GOLD_ONLY = Effort(*[LEFT_OUT] * 6)


def gold(
    i: int, label: Label, *, context: str | None = None, asked: str = "stated", language: str = "en", kind: str = "k"
) -> Gold:
    return Gold(f"g{i}", "?", f"text {i}", "s", asked, label, "me", language, kind, context)


class Says:
    """Gives each text the label it was told."""

    name = "told"
    prompt_hash = "ff"

    def __init__(self, labels: dict[str, Label]) -> None:
        self.labels = labels
        self.asked: list[Question] = []

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        self.asked += questions
        return [Judgement(self.labels[q.text], 1.0) for q in questions]


def card(golds: list[Gold], labels: list[Label], draws: int = 50) -> Card:
    matcher = Says({g.text: label for g, label in zip(golds, labels, strict=True)})
    return asyncio.run(validate(matcher, Material(golds, "made up"), effort=GOLD_ONLY, draws=draws))


def test_figures_by_hand() -> None:
    a, d = Label.AGREE, Label.DISAGREE
    golds = [gold(i, label, context=f"c{i % 5}") for i, label in enumerate([a] * 6 + [d] * 4)]
    s = card(golds, [a, a, a, a, d, d, d, d, d, a], draws=1000).overall
    assert s.n == 10
    assert s.accuracy == pytest.approx(0.7)  # 4 + 3 of 10
    assert s.confusion["agree"] == {"agree": 4, "disagree": 2, "silent": 0, "unclear": 0}
    assert s.confusion["disagree"] == {"agree": 1, "disagree": 3, "silent": 0, "unclear": 0}
    # chance: people 0.6 / 0.4, matcher 0.5 / 0.5, so 0.5; (0.7 - 0.5) / (1 - 0.5)
    assert s.kappa == pytest.approx(0.4)
    assert [s.precision["agree"], s.precision["disagree"]] == [4 / 5, 3 / 5]
    assert [s.recall["agree"], s.recall["disagree"]] == [4 / 6, 3 / 4]
    assert s.precision["silent"] == NotMeasured("this label was never given by the matcher")
    assert s.recall["silent"] == NotMeasured("this label was never given by people")
    # F1 of agree: 2 * 4 / (6 + 5) ; of disagree: 2 * 3 / (4 + 5)
    assert s.macro_f1 == pytest.approx((8 / 11 + 6 / 9) / 2)
    for value, low, high in ((s.accuracy, s.accuracy_low, s.accuracy_high), (s.kappa, s.kappa_low, s.kappa_high)):
        assert not isinstance(value, NotMeasured)
        assert not isinstance(low, NotMeasured)
        assert not isinstance(high, NotMeasured)
        assert low < value < high


@settings(deadline=None)
@given(st.lists(st.tuples(LABELS, LABELS), min_size=2, max_size=30))
def test_figures_against_scikit_learn(pairs: list[tuple[Label, Label]]) -> None:
    truth, given_labels = [a.value for a, _ in pairs], [b.value for _, b in pairs]
    s = score([gold(i, a) for i, (a, _) in enumerate(pairs)], [b for _, b in pairs], level=0.95, draws=10, seed=0)
    assert s.accuracy == pytest.approx(accuracy_score(truth, given_labels))
    if len(set(truth)) > 1:
        assert s.kappa == pytest.approx(cohen_kappa_score(truth, given_labels))
        used = sorted(set(truth) | set(given_labels))
        assert s.macro_f1 == pytest.approx(f1_score(truth, given_labels, average="macro", labels=used, zero_division=0))
    else:
        assert isinstance(s.kappa, NotMeasured)
        assert isinstance(s.macro_f1, NotMeasured)


def test_pairs_of_one_context_are_not_independent() -> None:
    def width(context_size: int) -> float:
        golds = [gold(i, Label.AGREE if i % 2 else Label.SILENT, context=f"c{i // context_size}") for i in range(200)]
        right = np.random.default_rng(0).random(200)[np.arange(200) // context_size] < 0.7
        labels = [g.label if ok else Label.UNCLEAR for g, ok in zip(golds, right, strict=True)]
        s = score(golds, labels, level=0.95, draws=500, seed=1)
        assert not isinstance(s.accuracy_high, NotMeasured)
        assert not isinstance(s.accuracy_low, NotMeasured)
        return s.accuracy_high - s.accuracy_low

    # ten pairs that are right or wrong together tell as much as one: about sqrt(10) times wider
    assert width(10) > 2 * width(1)


def test_parts_add_up() -> None:
    golds = [
        gold(0, Label.AGREE, asked="stated", language="en", kind="x"),
        gold(1, Label.SILENT, asked="stated", language="da", kind="y"),
        gold(2, Label.UNCLEAR, asked="shown", language="en", kind="y"),
    ]
    made = card(golds, [Label.AGREE] * 3)
    for parts, names in ((made.by_asked, ["shown", "stated"]), (made.by_language, ["da", "en"]), (made.by_kind, ["x", "y"])):
        assert list(parts) == names
        assert sum(s.n for s in parts.values()) == made.overall.n
    assert (made.matcher, made.prompt_hash, made.gold) == ("told", "ff", "made up")


def test_two_coders_of_one_pair_are_one_item_and_one_question() -> None:
    golds = [Gold("g", "?", "t", "s", "stated", Label.AGREE, coder) for coder in ("a", "b")]
    matcher = Says({"t": Label.AGREE})
    made = asyncio.run(validate(matcher, Material(golds, "made up"), effort=GOLD_ONLY, draws=10))
    assert len(matcher.asked) == 1
    assert (made.overall.n, made.overall.accuracy) == (1, 1.0)


def test_two_coders_who_toss_coins_agree_as_by_chance() -> None:
    """Simulation: where nobody settles differences, the ties say how far people agree; without them kappa would be 1."""
    rng = np.random.default_rng(6)
    labels = list(Label)
    golds = [
        Gold(f"g{i}{who}", "?", f"text {i}", "s", "stated", labels[rng.integers(4)], who, cluster=f"c{i}")
        for i in range(100)
        for who in ("ane", "bo")
    ]
    matcher = Says({gold.text: gold.label for gold in golds})  # it is bo
    made = asyncio.run(validate(matcher, Material(golds, "made up"), effort=GOLD_ONLY, draws=200))
    assert isinstance(made.people, People)
    assert made.people.n == 100
    expected = cohen_kappa_score([g.label.value for g in golds[::2]], [g.label.value for g in golds[1::2]])
    assert made.people.kappa == pytest.approx(expected)
    assert expected == pytest.approx(0.0, abs=0.15)
    assert made.people.matcher == pytest.approx((expected + 1) / 2)  # as ane with bo, and bo with bo
    # only what both said has a label that counts; there the matcher is right by construction
    assert isinstance(made.labelled, Labelled)
    assert (made.overall.n, made.overall.accuracy) == (100 - made.labelled.tied, 1.0)


def test_without_labels_nothing_is_measured() -> None:
    made = card([], [])
    assert made.overall.accuracy == NotMeasured("there are no labelled pairs")
    assert made.sentence() == "Matcher 'told' is not validated: there are no labelled pairs."


def test_the_same_seed_gives_the_same_card() -> None:
    golds = [gold(i, Label.AGREE if i % 3 else Label.SILENT) for i in range(30)]
    labels = [Label.AGREE if i % 2 else Label.SILENT for i in range(30)]
    assert card(golds, labels) == card(golds, labels)


def test_one_context_has_figures_and_no_interval() -> None:
    s: Score = card([gold(0, Label.AGREE, context="c"), gold(1, Label.SILENT, context="c")], [Label.AGREE] * 2).overall
    assert s.accuracy == 0.5
    assert isinstance(s.accuracy_low, NotMeasured)


@settings(deadline=None)
@given(st.lists(st.tuples(LABELS, LABELS, st.integers(1, 4)), min_size=2, max_size=20))
def test_a_weight_counts_like_so_many_pairs(rows: list[tuple[Label, Label, int]]) -> None:
    """A pair of weight 3 gives the figures that three copies of it in the same context give."""
    golds = [gold(i, a) for i, (a, _, _) in enumerate(rows)]
    weighted = score(golds, [b for _, b, _ in rows], weights=[w for *_, w in rows], level=0.95, draws=10, seed=0)
    copies = [(gold(i, a, context=f"g{i}"), b) for i, (a, b, w) in enumerate(rows) for _ in range(w)]
    written = score([g for g, _ in copies], [b for _, b in copies], level=0.95, draws=10, seed=0)
    for name in ("accuracy", "accuracy_low", "macro_f1", "kappa", "kappa_high", "precision", "recall"):
        assert getattr(weighted, name) == pytest.approx(getattr(written, name)) or getattr(weighted, name) == getattr(
            written, name
        )
    assert weighted.n == len(rows)
    assert sum(sum(row.values()) for row in weighted.confusion.values()) == len(rows)


def test_parts_with_few_pairs_are_counted() -> None:
    golds = [gold(i, Label.AGREE if i % 2 else Label.SILENT, language="en" if i else "da") for i in range(11)]
    made = card(golds, [Label.AGREE] * 11)
    assert made.by_language["da"].accuracy == NotMeasured("1 item; a part needs at least 10")
    assert made.by_language["da"].n == 1
    assert made.by_language["en"].accuracy == 0.5
    assert made.by_topic == {}  # nobody gave topics


def test_ties_count_for_the_alternative_annotator_test() -> None:
    """Three coders, each saying something else on every third of 90 pairs: the test is held on all of them."""
    said = {"ane": Label.AGREE, "bo": Label.AGREE, "cy": Label.AGREE}
    differ = {"ane": Label.AGREE, "bo": Label.SILENT, "cy": Label.UNCLEAR}
    golds = [
        Gold(f"g{i}{who}", "?", f"text {i}", "s", "stated", label, who, cluster=f"c{i}")
        for i in range(90)
        for who, label in (said if i % 3 else differ).items()
    ]
    made = asyncio.run(
        validate(Says({g.text: Label.AGREE for g in golds}), Material(golds, "made up"), effort=GOLD_ONLY, draws=10)
    )
    assert isinstance(made.alternative, Alternative)
    assert [row.items for row in made.alternative.against] == [90, 90, 90]
    assert made.overall.n == 60
