"""Finding the sentences of a text that give advice, and what they advise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from normscope.extract.cues import Cues
from normscope.extract.sentences import Span, sentences
from normscope.records import Stance

__all__ = ["ENOUGH", "LONGEST", "MOST_CUTS", "Advice", "advice_in", "declines", "strengths"]

ENOUGH = 2
"""The strengths of a sentence's cues must add up to this much."""

LONGEST = 600
"""A sentence is read, and quoted, up to this many characters."""

MOST_CUTS = 8
"""A sentence is cut in two at most this many times over."""

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})  # one character for one, so that offsets stay true
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{1,500}\)")
_MARKS = re.compile(r"\*+|__+|`+|~~")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Advice:
    """One course of action read from `text[start:end]`.

    `closing` says that it was given as the upshot; `conditions` are the clauses of the passage that say in which case it
    holds ("if he refuses again"), as they stand there.
    """

    start: int
    end: int
    text: str
    stance: Stance
    strength: int
    closing: bool
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Negation:
    start: int
    end: int
    reach: int
    """Up to here the sentence belongs together and is not cut."""
    affirm: str
    strength: int


def advice_in(text: str, cues: Cues) -> list[Advice]:
    """What `text` advises, in its order.

    `text[start:end]` is the evidence; `Advice.text` is the same passage without markup, and stated positively where it is
    advised against. A sentence that holds both ("Don't call her, write a letter") is cut in two at the mark between them.

    >>> from normscope.extract.cues import cues_for
    >>> for advice in advice_in("Hm. You shouldn't **call** her; write a letter.", cues_for("en")):
    ...     print(advice.stance.value, "|", advice.text)
    advises_against | You should call her
    recommends | Write a letter.
    """
    found: list[Advice] = []
    spans = sentences(text, cues.abbreviations)
    for place, (start, end) in enumerate(spans):
        span = Span(start, start + len(text[start : min(end, start + LONGEST)].rstrip()))
        plain = text[span.start : span.end].translate(_STRAIGHT)
        if cues.weights is None:
            found.extend(_read(text, span, cues))
        elif cues.weights.passes(plain, place, len(spans), cues.found(plain), strengths(plain, cues)):
            found.extend(_read(text, span, cues, enough=0))
    return found


def _read(text: str, span: Span, cues: Cues, *, enough: int = ENOUGH, cuts: int = MOST_CUTS) -> Iterator[Advice]:
    plain = text[span.start : span.end].translate(_STRAIGHT)
    if any(pattern.search(plain) for pattern in cues.never):
        return
    if refusal := _refusal(plain, cues):
        # "I can't decide that for you, but I would call her": what follows the mark may be advice
        for pattern in cues.cut:
            for mark in pattern.finditer(plain, refusal):
                rest = plain[mark.end() :]
                if _negation(rest, cues) or _strength(rest, cues) >= ENOUGH:
                    yield from _read(text, Span(span.start + mark.end(), span.end), cues, cuts=cuts)
                    return
        return
    closing = any(pattern.search(plain) for pattern in cues.closing)
    negation = _negation(plain, cues)
    if negation is None:
        strength = _strength(plain, cues)
        if strength >= enough:
            yield _for(text, span, strength, closing, cues)
        return
    marks = (mark for pattern in cues.cut for mark in pattern.finditer(plain)) if cuts else ()
    for mark in marks:
        left, right = Span(span.start, span.start + mark.start()), Span(span.start + mark.end(), span.end)
        before, after = plain[: mark.start()], plain[mark.end() :]
        if mark.end() <= negation.start and (strength := _strength(before, cues)) >= ENOUGH:
            yield _for(text, left, strength, closing, cues)
        elif mark.start() >= negation.reach and (_negation(after, cues) or _strength(after, cues) >= ENOUGH):
            yield _against(text, left, negation, closing, cues)
        else:
            continue
        yield from _read(text, right, cues, cuts=cuts - 1)
        return
    yield _against(text, span, negation, closing, cues)


def strengths(plain: str, cues: Cues) -> tuple[int, int]:
    """How strongly the cues of a sentence speak for, and against, a course of action; 0 where none does."""
    negation = _negation(plain, cues)
    return _strength(plain, cues), negation.strength if negation else 0


def _strength(plain: str, cues: Cues) -> int:
    return sum(cue.strength for cue in cues.recommends if cue.pattern.search(plain))


def _negation(plain: str, cues: Cues) -> _Negation | None:
    """The first wording that advises against, and what it turns into when the course is stated positively."""
    first: _Negation | None = None
    for cue in cues.advises_against:
        match = cue.pattern.search(plain)
        needed = cue.needs.search(plain, match.end()) if match and cue.needs else match
        if match is None or needed is None:
            continue
        if first is None or match.start() < first.start:
            first = _Negation(match.start(), match.end(), needed.end(), match.expand(cue.affirm), cue.strength)
    return first


def _refusal(plain: str, cues: Cues) -> int:
    """Where the wording of a refusal ends in a sentence; 0 where there is none."""
    return max((match.end() for pattern in cues.refuses if (match := pattern.search(plain))), default=0)


def declines(text: str, cues: Cues) -> bool:
    """Whether a text says somewhere that it declines to advise.

    >>> from normscope.extract.cues import cues_for
    >>> declines("I'm sorry, but I can't give advice on this.", cues_for("en"))
    True
    """
    spans = sentences(text, cues.abbreviations)
    return any(_refusal(text[start : min(end, start + LONGEST)].translate(_STRAIGHT), cues) for start, end in spans)


def _conditions(passage: str, cues: Cues) -> tuple[str, ...]:
    plain = passage.translate(_STRAIGHT)
    spans = [match.span("clause") for pattern in cues.conditions for match in pattern.finditer(plain) if match["clause"]]
    return tuple(dict.fromkeys(passage[start:end].strip() for start, end in sorted(spans)))


def _for(text: str, span: Span, strength: int, closing: bool, cues: Cues) -> Advice:
    passage = text[span.start : span.end]
    return Advice(*span, _clean(passage), Stance.RECOMMENDS, strength, closing, _conditions(passage, cues))


def _against(text: str, span: Span, negation: _Negation, closing: bool, cues: Cues) -> Advice:
    passage = text[span.start : span.end]
    course = _clean(passage[: negation.start] + negation.affirm + passage[negation.end :])
    if not any(character.isalnum() for character in course):  # "Don't." names no course: leave it as it was said
        course = _clean(passage)
    conditions = _conditions(passage, cues)
    return Advice(*span, course, Stance.ADVISES_AGAINST, negation.strength, closing, conditions)


def _clean(passage: str) -> str:
    """Without Markdown marks and doubled blanks, with a capital at the start.

    >>> _clean(" call **Mr.  Holm**, see [this page](http://x.example/y) ")
    'Call Mr. Holm, see this page'
    """
    plain = _SPACE.sub(" ", _MARKS.sub("", _LINK.sub(r"\1", passage))).strip()
    return plain[:1].upper() + plain[1:]
