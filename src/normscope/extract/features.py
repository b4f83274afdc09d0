"""What the weights of a language look at in one sentence: its shape, its place in the reply, its common words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Lists", "grams", "shape"]

_WORD = re.compile(r"[\w']+")
_TOKEN = re.compile(r"[\w']+|[?!:;,]")


@dataclass(frozen=True, slots=True)
class Lists:
    """The word lists of a language that the features are made of; all in lower case.

    `common` are the words that are seen as they are: frequent ones, of grammar and of advice. Any other word is only seen as
    one of its kind: a number, a word with one of the `endings`, or some other word. So nothing that a person told is in the
    features. A word is of the past where it is listed there or has one of `past_endings`.
    """

    common: frozenset[str]
    first_person: frozenset[str]
    second_person: frozenset[str]
    third_person: frozenset[str]
    past: frozenset[str]
    past_endings: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()


def shape(plain: str, place: int, of: int, lists: Lists) -> dict[str, float]:
    """The features of form of a sentence that is number `place` (from 0) of the `of` sentences of its reply.

    1 where a feature holds, and two numbers (`place` from 0 to 1, `log of words` from 0 to about 2); what is 0 is left out.

    >>> some = frozenset
    >>> lists = Lists(some(), first_person=some({"i"}), second_person=some({"you"}), third_person=some(), past=some({"was"}))
    >>> sorted(shape("Was I?", 1, 9, lists))[:3]
    ['1 of first person', '1 of past', '3 words or fewer']
    """
    words = _WORD.findall(plain.lower())
    first, second, third = (
        sum(word in known for word in words) for known in (lists.first_person, lists.second_person, lists.third_person)
    )
    past = sum(word in lists.past or word.endswith(lists.past_endings) for word in words)
    end = plain.rstrip()
    holds = {
        _length(len(words)): True,
        "ends in ?": end.endswith("?"),
        "ends in !": end.endswith("!"),
        "has ?": "?" in plain,
        "two commas": plain.count(",") > 1,
        "first": place == 0,
        "second": place == 1,
        "last": place == of - 1,
        "only": of == 1,
        "of 2": of == 2,
        "of 3 to 5": 3 <= of <= 5,
        "of more than 8": of > 8,
        "1 of first person": first == 1,
        "2 of first person": first == 2,
        "3 of first person": first > 2,
        "1 of second person": second == 1,
        "2 of second person": second == 2,
        "3 of second person": second > 2,
        "of third person": third > 0,
        "3 of third person": third > 2,
        "1 of past": past == 1,
        "2 of past": past == 2,
        "3 of past": past > 2,
        "first person in the past": first > 0 and past > 0,
        "first person without second": first > 0 and second == 0,
        "second person without first": second > 0 and first == 0,
        "neither person": first == 0 and second == 0,
    }
    numbers = {"place": place / max(1, of - 1), "log of words": math.log(max(1, len(words))) / 3}
    return {name: 1.0 for name, held in holds.items() if held} | {name: value for name, value in numbers.items() if value}


def _length(words: int) -> str:
    """
    >>> [_length(n) for n in (3, 4, 40, 41)]
    ['3 words or fewer', '4 to 6 words', '26 to 40 words', 'more than 40 words']
    """
    below = 3
    for most in (3, 6, 10, 16, 25, 40):
        if words <= most:
            return "3 words or fewer" if most == 3 else f"{below + 1} to {most} words"
        below = most
    return "more than 40 words"


def grams(plain: str, lists: Lists) -> set[str]:
    """The words of a sentence one by one and in pairs, the first ones marked by `^` and the last one by `$`.

    >>> lists = Lists(frozenset({"call", "the"}), *[frozenset()] * 4, endings=("s",))
    >>> sorted(grams("Call the plumbers!", lists))
    ['!', '! $', '<-s>', '<-s> !', '^ call', '^ call the', '^ call the <-s>', 'call', 'call the', 'the', 'the <-s>']
    """
    words = [_kind(word, lists) for word in _TOKEN.findall(plain.lower())]
    found = {*words, *(f"{one} {two}" for one, two in pairwise(words))}
    found.update("^ " + " ".join(words[:n]) for n in (1, 2, 3) if len(words) >= n)
    found.update(f"{word} $" for word in words[-1:])
    return found


def _kind(word: str, lists: Lists) -> str:
    if word in lists.common or word in "?!:;,":
        return word
    if any(character.isdigit() for character in word):
        return "<number>"
    for ending in lists.endings:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return f"<-{ending}>"
    return "<other>"
