"""What the lexical matcher knows of one language: its word lists, read from `words/<language>.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["LANGUAGES", "UNKNOWN", "Role", "Vocabulary", "fold", "language_of", "vocabulary"]

LANGUAGES = ("da", "en")
"""The languages with word lists, as primary BCP-47 subtags."""

UNKNOWN = "und"

SHORTEST_STEM = 3
UNKNOWN_STEM = 6
PUNCTUATION = ".,;:!?()–—…"
DETECT_FROM = 2_000
"""Characters that are looked at to tell the language of a text that names none."""

_WORD = r"\w+(?:'\w+)*"
# writing without spaces: each character is a word of its own
_CHARACTER = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_WORDS = re.compile(_WORD)


class Role(Enum):
    """What a token does in a sentence; a token without a role is a content word."""

    NOTHING = "stop_words"
    NEGATES_AHEAD = "negators"
    NEGATES_CLAUSE = "clause_negators"
    ENDS_CLAUSE = "clause_ends"
    ENDS_SOFTLY = "soft_ends"


@dataclass(frozen=True)
class Vocabulary:
    """The word lists of one language; `words/en.yaml` says what each is for.

    `roles` is by token; `opposites` by stem. `tokens` splits a folded text into known phrases, words and punctuation.
    `shown` finds the phrases that agree, disagree or leave open, by label.
    """

    language: str
    roles: Mapping[str, Role]
    opposites: Mapping[str, str | None]
    suffixes: tuple[str, ...]
    shown: Mapping[str, re.Pattern[str]]
    tokens: re.Pattern[str]

    def stem(self, word: str) -> str:
        """The word without its ending, so that forms of one word meet.

        >>> english = vocabulary("en")
        >>> [english.stem(word) for word in ("reminding", "reminds", "cut", "cutting", "make", "making")]
        ['remind', 'remind', 'cut', 'cut', 'mak', 'mak']
        """
        return _stem(word, self.suffixes)


def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a BCP-47 tag; of a language without word lists, one that holds none.

    >>> vocabulary("en-GB").language, vocabulary("fi").language
    ('en', 'und')
    """
    primary = language.partition("-")[0].lower()
    return _load(primary if primary in LANGUAGES else UNKNOWN)


def language_of(text: str) -> str:
    """The language of `LANGUAGES` that has most of the text's words as stop words; `und` where two have as many.

    >>> language_of("What should I do about it?"), language_of("Hvad skal jeg gøre ved det?"), language_of("Mitä teen?")
    ('en', 'da', 'und')
    """
    words = _WORDS.findall(fold(text[:DETECT_FROM]))
    (most, best), (second, _) = sorted(
        ((sum(_load(name).roles.get(word) is Role.NOTHING for word in words), name) for name in LANGUAGES), reverse=True
    )
    return best if most > second else UNKNOWN


def fold(text: str) -> str:
    """Lower case and straight apostrophes: the form in which word lists are written."""
    return text.casefold().replace("’", "'")


@lru_cache(maxsize=1 << 16)
def _stem(word: str, suffixes: tuple[str, ...]) -> str:
    word = word.removesuffix("'s")
    if not suffixes:
        return word[:UNKNOWN_STEM]
    for suffix in suffixes:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_STEM:
            word = word.removesuffix(suffix)
            break
    return word[:-1] if len(word) > SHORTEST_STEM and word[-1] == word[-2] else word


@cache
def _load(language: str) -> Vocabulary:
    given: Mapping[str, object] = {}
    if language != UNKNOWN:
        import yaml

        given = yaml.safe_load(files(__package__).joinpath("words", f"{language}.yaml").read_text(encoding="utf-8"))
    suffixes = tuple(sorted(_strings(given, "suffixes"), key=len, reverse=True))
    # a word of two lists has the role of the later one: an "if" that ends a clause also says nothing by itself
    roles = dict.fromkeys([*str(given.get("stop_words", "")).split(), *_strings(given, "not_negators")], Role.NOTHING)
    roles |= dict.fromkeys(PUNCTUATION, Role.ENDS_CLAUSE)
    roles |= {word: role for role in Role if role is not Role.NOTHING for word in _strings(given, role.value)}
    phrases = [word for word in roles if " " in word]
    shown = _mapping(given, "shown")
    return Vocabulary(
        language=language,
        roles=roles,
        opposites={
            _stem(negative, suffixes): None if positive is None else _stem(str(positive), suffixes)
            for negative, positive in _mapping(given, "opposites").items()
        },
        suffixes=suffixes,
        shown={label: re.compile(_any_of(_strings(shown, label))) for label in shown},
        tokens=re.compile("|".join([*([_any_of(phrases)] if phrases else []), _CHARACTER, _WORD, f"[{PUNCTUATION}]"])),
    )


def _any_of(phrases: Iterable[str]) -> str:
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return rf"(?<!\w)(?:{'|'.join(re.escape(phrase) for phrase in longest_first)})(?![\w'])"


def _strings(given: Mapping[str, object], name: str) -> frozenset[str]:
    listed = given.get(name, [])
    # YAML reads a bare `no` as false; such a slip in a word list must not pass in silence
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise TypeError(f"word list {name!r} is not a list of strings: {listed!r}")
    return frozenset(listed)


def _mapping(given: Mapping[str, object], name: str) -> dict[str, object]:
    listed = given.get(name, {})
    if not isinstance(listed, dict) or not all(isinstance(key, str) for key in listed):
        raise TypeError(f"word list {name!r} is not a mapping: {listed!r}")
    return listed
