"""What the cues of German, Spanish, Portuguese and French find in sentences that the project wrote."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from normscope.extract import advice_in, cues_for
from normscope.extract.cues import cues_of
from normscope.records import Stance

WRITTEN: dict[str, list[tuple[str, str]]] = yaml.safe_load(
    (Path(__file__).parent / "sentences_written.yaml").read_text(encoding="utf-8")
)


def read(text: str, language: str) -> str:
    """The stance of what is advised first, with the course where it is advised against."""
    found = advice_in(text, cues_for(language))
    if not found:
        return "0"
    return "+" if found[0].stance is Stance.RECOMMENDS else f"- {found[0].text}"


@pytest.mark.parametrize(("language", "text", "expected"), [(lang, *pair) for lang, pairs in WRITTEN.items() for pair in pairs])
def test_sentences(language: str, text: str, expected: str) -> None:
    assert read(text, language) == expected


def test_every_language_has_its_sentences() -> None:
    assert {language: len(pairs) >= 25 for language, pairs in WRITTEN.items()} == dict.fromkeys(("de", "es", "pt", "fr"), True)


def test_a_language_that_is_not_told_is_recognised_by_its_words() -> None:
    guessed = Counter((lang, cues_of(" ".join(text for text, _ in pairs), "und").language) for lang, pairs in WRITTEN.items())
    assert guessed == Counter((language, language) for language in WRITTEN)


def test_a_text_without_known_words_is_read_in_all_languages() -> None:
    assert cues_of("…", "und").language == "und"
    assert cues_of("Anything at all", "fr-CA").language == "fr"
