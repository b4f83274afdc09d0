"""The learnt weights of English: they fit the cues, hold nothing that a person told, and are what decides."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from normscope.extract import advice_in, cues_for, languages
from normscope.extract.features import Lists, grams
from normscope.extract.weights import Weights, weights_for

NO_WORDS: frozenset[str] = frozenset()
LISTS = Lists(frozenset({"call", "her"}), frozenset({"i"}), frozenset({"you"}), NO_WORDS, NO_WORDS, endings=("s",))
SMALL = Weights(
    1.0, 0.5, LISTS, {"imperative": 2.0}, {"ends in ?": -1.5, "1 of first person": -0.25, "place": 0.5}, {"call her": 0.25}
)


def english() -> Weights:
    weights = weights_for("en")
    assert weights is not None
    return weights


def test_the_score_is_a_sum() -> None:
    # place 2 of 0 ... 4: 0.5 * 2 / 4 = 0.25; "I" -0.25; ? -1.5; the cue 2; "call her" 0.25
    assert SMALL.score("Should I call her?", 2, 5, ["imperative"]) == pytest.approx(0.25 - 0.25 - 1.5 + 2 + 0.25)
    assert SMALL.score("Call her.", 0, 5, []) == pytest.approx(0.25)


def test_a_strong_cue_needs_less_and_few_words_without_a_cue_never_do() -> None:
    # 0.5 (last) + 0.25 = 0.75 lies between the two thresholds
    assert [SMALL.passes("Now call her.", 1, 2, [], (strength, 0)) for strength in (0, 2, 3)] == [False, False, True]
    assert not SMALL.passes("Call her.", 0, 1, ["imperative"], (0, 0))
    assert SMALL.passes("Call her.", 0, 1, ["imperative"], (1, 0))


def test_what_plainly_advises_against_is_not_weighed() -> None:
    assert not SMALL.passes("I am afraid of what you did there?", 0, 5, [], (3, 2))
    assert SMALL.passes("I am afraid of what you did there?", 0, 5, [], (0, 3))


def test_every_cue_has_its_weight_and_every_weight_its_cue() -> None:
    # after a change of cues/en.yaml: python -m training.advice_cues PATH
    assert {name for name, _ in cues_for("en").named} == set(english().cues)


def test_the_words_are_of_grammar_and_advice_alone() -> None:
    weights = english()
    known = weights.lists.common | {"^", "$", "<number>", "<other>", *"?!:;,", *(f"<-{each}>" for each in weights.lists.endings)}
    assert {part for gram in weights.words for part in gram.split()} <= known
    assert max(len(gram.split()) for gram in weights.words) <= 4  # three words after the mark of the beginning


def test_what_is_not_common_is_seen_by_its_kind() -> None:
    assert grams("Maxine42 phones her", LISTS) == {
        "<number>", "<-s>", "her", "<number> <-s>", "<-s> her", "^ <number>", "^ <number> <-s>", "^ <number> <-s> her", "her $",
    }  # fmt: skip


def test_the_file_is_readable_and_finite() -> None:
    given = json.loads((files("normscope.extract") / "weights" / "en.json").read_text(encoding="utf-8"))
    assert all(abs(value) < 5 for part in ("cues", "shape", "words") for value in given[part].values())


def test_other_languages_are_read_by_their_strengths() -> None:
    assert [cues_for(language).weights is None for language in languages()] == [language != "en" for language in languages()]


@pytest.mark.parametrize(
    "text", ["Oh dear.", "Hm.", "I was so sad when it happened to us last year.", "How old is he?", "Same here!"]
)
def test_no_advice(text: str) -> None:
    assert advice_in(text, cues_for("en")) == []


@pytest.mark.parametrize(
    "text",
    [
        "You shouldn't move out.",
        "On second thought, you shouldn't call her.",
        "Under no circumstances would I lend him the money; you should say no and leave it at that.",
        "1. **Talk to your manager.** Explain what happened and ask for a meeting.",
        "I'd recommend that you write to the landlord first.",
        "It might help to see a therapist together.",
        "Consider setting a clear boundary with your mother.",
    ],
)
def test_plain_advice_is_advice(text: str) -> None:
    assert advice_in(text, cues_for("en"))


def test_advice_is_found_wherever_it_stands_in_a_long_answer() -> None:
    filler = "That is a hard place to be in, and many people have been there before."
    for place in range(12):
        lines = [filler] * 12
        lines[place] = "Talk to your sister and tell her how you feel."
        text = "\n\n".join(lines)
        assert lines[place] in [advice.text for advice in advice_in(text, cues_for("en"))]
