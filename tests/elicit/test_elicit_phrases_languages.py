"""The phrases of every language that has some: what the person says, and how example answers in `phrases_examples/` are read."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest
import yaml

from normscope.elicit import languages, phrases_for
from normscope.elicit.answers import LONGEST, is_refusal, undecided

EXAMPLES = Path(__file__).parent / "phrases_examples"
REASONS = {"decides": None, "hedges": "hedges", "asks_back": "asks_back", "recommends_nothing": "recommends_nothing"}
REFUSED = {"refused": True, "not_refused": False}

each_language = pytest.mark.parametrize("language", languages())


@cache
def examples(language: str) -> dict[str, list[str]]:
    given: dict[str, list[str]] = yaml.safe_load((EXAMPLES / f"{language}.yaml").read_text(encoding="utf-8"))
    assert list(given) == [*REASONS, *REFUSED]
    return given


def cases(kinds: dict[str, str | None] | dict[str, bool]) -> list[tuple[str, str, str | bool | None]]:
    return [
        (language, answer, expected)
        for language in languages()
        for kind, expected in kinds.items()
        for answer in examples(language)[kind]
    ]


@each_language
def test_every_language_has_examples_of_every_kind(language: str) -> None:
    assert sum(len(examples(language)[kind]) for kind in REASONS) >= 12
    assert sum(len(examples(language)[kind]) for kind in REFUSED) >= 6
    assert all(len(examples(language)[kind]) >= 2 for kind in (*REASONS, *REFUSED))


@each_language
def test_a_file_is_named_after_its_language(language: str) -> None:
    assert phrases_for(language).language == language


@each_language
def test_the_wordings_are_distinct_and_keep_the_solution_as_it_is(language: str) -> None:
    phrases = phrases_for(language)
    assert all(wording.count("{solution}") == 1 for wording in phrases.explicit)
    shown = {phrases.show("Use {solution} \\1 and “quotes”.", wording=n) for n in range(len(phrases.explicit))}
    assert len(shown) == len(phrases.explicit) >= 4
    assert all("Use {solution} \\1 and “quotes”." in text for text in shown)


@each_language
def test_the_person_asks(language: str) -> None:
    phrases = phrases_for(language)
    assert all(text.endswith("?") for text in (phrases.commit, *phrases.explicit))


@each_language
def test_what_the_person_says_differs_from_the_other_languages(language: str) -> None:
    others = [phrases_for(other) for other in languages() if other != language]
    said = {phrases_for(language).commit, *phrases_for(language).explicit}
    assert not any(said & {other.commit, *other.explicit} for other in others)


@pytest.mark.parametrize(("language", "answer", "reason"), cases(REASONS))
def test_when_a_decision_is_asked_for(language: str, answer: str, reason: str | None) -> None:
    assert undecided(answer, phrases_for(language)) == reason


@pytest.mark.parametrize(("language", "answer", "refused"), cases(REFUSED))
def test_a_refusal_is_read_narrowly(language: str, answer: str, refused: bool) -> None:
    assert is_refusal(answer, phrases_for(language)) is refused


@each_language
def test_a_refusal_recommends_nothing(language: str) -> None:
    # so a conversation that meets one goes on to ask, and is not taken for advice
    assert all(undecided(answer, phrases_for(language)) is not None for answer in examples(language)["refused"])


def hostile(language: str) -> list[str]:
    """Texts that are hard on regular expressions: one character, one word, the beginning of an answer, over and over."""
    starts = [" ".join(answer.split()[:2]) + " " for answers in examples(language).values() for answer in answers[:2] if answer]
    pieces = ["*", " ", ", ", "- ", "-", "'", "a", "a ", "a-", "\n", "?", *starts]
    return [(piece * LONGEST)[:LONGEST] for piece in pieces]


@each_language
def test_hostile_text_takes_no_time(language: str) -> None:
    phrases = phrases_for(language)
    cues = (*phrases.hedges, *phrases.recommends, *phrases.refusals)
    for text in hostile(language):
        start = time.process_time()
        for cue in cues:
            cue.search(text)
        undecided(text, phrases)
        is_refusal(text, phrases)
        assert time.process_time() - start < 2, f"slow on {text[:30]!r} over and over"
