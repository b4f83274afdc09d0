"""Splitting a response into sentences with exact character offsets: list markers and markup are left outside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

__all__ = ["Span", "sentences"]


class Span(NamedTuple):
    """`text[start:end]` of the text it was found in; never empty."""

    start: int
    end: int


_LINE = re.compile(r"[^\n\r\v\f\u0085\u2028\u2029]+")
_MARKER = re.compile(r"\s*+(?:(?:[-*+•·–—>]|#{1,6}|\(?\d{1,2}[.)]|\(?[a-hA-H]\))\s++)*+")
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]*_]*+(?=\s|$)")  # the look-behind keeps a long run of dots linear
_LAST_WORD = re.compile(r"[^\s(\[\"'“«*_]+$")
_MARKUP = "*_`~#>| \t\u00a0"
_LONGEST_WORD = 24


def sentences(text: str, abbreviations: Collection[str] = ()) -> list[Span]:
    """Where the sentences of `text` stand, in order, without overlap.

    A line is a sentence of its own, as in lists, unless the next line goes on in lower case (a wrapped line). A full stop
    after one of the `abbreviations` (lower case, without the last dot), a single letter, or a number that goes on in lower
    case (Danish ordinals) does not end a sentence. Bullets, numbers of items and Markdown marks around a sentence are
    outside its span. A text without letters or digits has no sentence.

    >>> text = "- **Talk** to Mr. Holm.\\n2) Then wait! It helps"
    >>> [text[a:b] for a, b in sentences(text, {"mr"})]
    ['Talk** to Mr. Holm.', 'Then wait!', 'It helps']
    """
    found: list[Span] = []
    for start, end in _blocks(text):
        begin = start
        for mark in _END.finditer(text, start, end):
            if not _ends_sentence(text, mark, end, abbreviations):
                continue
            _add(found, text, begin, mark.end())
            begin = mark.end()
        _add(found, text, begin, end)
    return found


def _blocks(text: str) -> Iterator[Span]:
    """Lines without their list markers; a line that goes on in lower case is joined to the one before."""
    held: Span | None = None
    for line in _LINE.finditer(text):
        marker = _MARKER.match(text, line.start(), line.end())
        begin = marker.end() if marker else line.start()
        if begin >= line.end():
            continue
        goes_on = marker is not None and not marker.group().strip() and text[begin].islower()
        adjacent = held is not None and not text[held.end : line.start()].replace("\r\n", "\n")[1:]
        if held is not None and goes_on and adjacent and text[held.end - 1] not in ".!?:":
            held = Span(held.start, line.end())
            continue
        if held is not None:
            yield held
        held = Span(begin, line.end())
    if held is not None:
        yield held


def _ends_sentence(text: str, mark: re.Match[str], end: int, abbreviations: Collection[str]) -> bool:
    if mark.group()[0] != "." or mark.group().startswith(".."):
        return True
    before = _LAST_WORD.search(text, max(0, mark.start() - _LONGEST_WORD), mark.start())
    if before is None:
        return True
    word = before.group().lower()
    if word in abbreviations or (len(word) == 1 and word.isalpha() and word != "i"):
        return False
    following = text[mark.end() : min(end, mark.end() + 8)].lstrip()
    return not (word.isdigit() and following[:1].islower())


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while start < end and (text[start] in _MARKUP or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in _MARKUP or text[end - 1].isspace()):
        end -= 1
    if any(character.isalnum() for character in text[start:end]):
        found.append(Span(start, end))
