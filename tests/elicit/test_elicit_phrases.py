"""Phrases: which languages there are, and what a broken file of phrases says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from normscope.elicit import languages, phrases_for
from normscope.elicit.answers import is_refusal, undecided
from normscope.elicit.phrases import parse
from normscope.errors import DataError, UsageError


def test_a_tag_finds_its_longest_prefix() -> None:
    assert [phrases_for(tag).language for tag in ("en", "en-GB", "da-DK", "EN_us")] == ["en", "en", "da", "en"]


@pytest.mark.parametrize("tag", ["fi", "und", "", "eng"])
def test_a_missing_language_lists_the_present_ones(tag: str) -> None:
    with pytest.raises(UsageError, match=re.escape(", ".join(languages()))):
        phrases_for(tag)


@pytest.mark.parametrize("language", languages())
def test_every_language_has_several_wordings_and_keeps_the_solution_as_it_is(language: str) -> None:
    phrases = phrases_for(language)
    shown = {phrases.show("Use {solution} \\1 and “quotes”.", wording=n) for n in range(len(phrases.explicit))}
    assert len(shown) == len(phrases.explicit) >= 3
    assert all("Use {solution} \\1 and “quotes”." in text for text in shown)


GOOD: dict[str, Any] = {
    "language": "xx",
    "commit": "So?",
    "explicit": ["{solution}?"],
    "hedges": ["perhaps"],
    "recommends": ["do"],
    "refusals": ["no"],
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"commit": ""}, "commit"),
        ({"commit": False}, "commit"),
        ({"explicit": "{solution}?"}, "explicit"),
        ({"explicit": ["no place for it"]}, "explicit"),
        ({"hedges": ["(unclosed"]}, "hedges"),
        ({"refusals": [False]}, "refusals"),
        ({"recommends": None}, "recommends"),
    ],
)
def test_a_broken_file_is_named_with_its_field(change: dict[str, Any], field: str) -> None:
    assert parse(GOOD, file="xx.yaml").language == "xx"
    with pytest.raises(DataError, match=f"xx.yaml, field '{field}'"):
        parse(GOOD | change, file="xx.yaml")


def test_a_file_that_is_no_mapping_is_named_too() -> None:
    with pytest.raises(DataError, match=r"xx\.yaml"):
        parse(["language"], file="xx.yaml")


@pytest.mark.parametrize(
    ("language", "answer", "reason"),
    [
        ("en", "I'd go over and talk to him, calmly.", None),
        ("en", "Leave it.", None),
        ("en", "You should tell her. Do you want help with the wording?", None),
        ("en", "Ultimately the decision is yours, but you could tell her.", "hedges"),
        ("en", "There’s no right or wrong answer here.", "hedges"),
        ("en", "How long have you known him? Could you tell me more?", "asks_back"),
        ("en", "That sounds hard, and your feelings are valid.", "recommends_nothing"),
        ("en", "", "recommends_nothing"),
        ("da", "Sig det til hende i morgen.", None),
        ("da", "Det kommer an på, hvad du selv vil.", "hedges"),
        ("da", "Hvor gammel er han?", "asks_back"),
        ("da", "Sikke en historie.", "recommends_nothing"),
    ],
)
def test_when_a_decision_is_asked_for(language: str, answer: str, reason: str | None) -> None:
    assert undecided(answer, phrases_for(language)) == reason


@pytest.mark.parametrize(
    ("language", "answer", "refused"),
    [
        ("en", "I'm sorry, but I can't assist with that request.", True),
        ("en", "As an AI language model, I cannot provide advice on this.", True),
        ("en", "I can't tell you what she feels. I'd ask her.", False),
        ("en", "I'm sorry you are going through this.", False),
        ("en", "Refuse. I cannot help with that, you tell him.", False),
        ("da", "Beklager, men jeg kan ikke hjælpe med det.", True),
        ("da", "Jeg kan ikke give dig noget sikkert svar. Du skal spørge ham.", False),
    ],
)
def test_a_refusal_is_read_narrowly(language: str, answer: str, refused: bool) -> None:
    assert is_refusal(answer, phrases_for(language)) is refused


def test_hostile_text_takes_no_time() -> None:
    for text in ("as an ai " * 10_000, "*" * 100_000, "sorry " * 10_000, ", " * 50_000, "i'm sorry i'm " * 10_000):
        for language in languages():
            undecided(text, phrases_for(language))
            is_refusal(text, phrases_for(language))
