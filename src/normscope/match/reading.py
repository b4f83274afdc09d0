"""A text as the lexical matcher sees it: per sentence, which content words are affirmed and which are denied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from normscope.match.vocabulary import Role, Vocabulary, fold

__all__ = ["Sentence", "read"]

_SENTENCES = re.compile(r"(?<=[.!?…。！？])\s[\s.!?…]*|[\r\n]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its words as written, and the sign of each content word's stem: 1 affirmed, -1 denied, 0 both."""

    text: str
    signs: Mapping[str, int]


def read(text: str, vocabulary: Vocabulary) -> tuple[Sentence, ...]:
    """The sentences of a text, in order; those without a content word are left out. Linear in the text's length.

    >>> from normscope.match.vocabulary import vocabulary
    >>> [sentence.signs for sentence in read("Don't report her, just ask. Stop hiding the letters!", vocabulary("en"))]
    [{'report': -1, 'ask': 1}, {'tel': 1, 'letter': 1}]
    """
    sentences = (Sentence(part, _signs(part, vocabulary)) for part in map(str.strip, _SENTENCES.split(text)))
    return tuple(sentence for sentence in sentences if sentence.signs)


@dataclass(slots=True)
class _Clause:
    """The clause being read. `ahead` is the sign that the next word gets, `whole` the sign that all of its words get."""

    words: list[tuple[str, int]] = field(default_factory=list)
    ahead: int = 1
    whole: int = 1
    soft: int | None = None
    """Where a soft end (`and`) stands: a clause of its own begins there if a negation follows."""

    def signed(self) -> Iterable[tuple[str, int]]:
        return ((stem, sign * self.whole) for stem, sign in self.words)


def _signs(sentence: str, vocabulary: Vocabulary) -> dict[str, int]:
    clauses = [_Clause()]
    for token in vocabulary.tokens.findall(fold(sentence)):
        clause = clauses[-1]
        role = vocabulary.roles.get(token)
        if role is None:
            _add(vocabulary.stem(token), clauses, vocabulary)
        elif role is Role.ENDS_CLAUSE:
            if clause.words or clause.ahead < 0 or clause.whole < 0:
                clauses.append(_Clause())
        elif role is Role.ENDS_SOFTLY:
            clause.soft = len(clause.words)
        elif role is Role.NEGATES_AHEAD:
            clause = _own_clause(clauses)
            clause.ahead = -clause.ahead
        elif role is Role.NEGATES_CLAUSE:
            clause = _own_clause(clauses)
            clause.whole = -clause.whole
    return _net(pair for clause in clauses for pair in clause.signed())


def _add(stem: str, clauses: list[_Clause], vocabulary: Vocabulary) -> None:
    if stem not in vocabulary.opposites:
        clauses[-1].words.append((stem, clauses[-1].ahead))
        return
    clause = _own_clause(clauses)
    clause.whole = -clause.whole
    positive = vocabulary.opposites[stem]
    if positive is not None:
        clause.words.append((positive, clause.ahead))


def _own_clause(clauses: list[_Clause]) -> _Clause:
    """The clause that a negation belongs to: what stands since the last soft end, where there is one."""
    before = clauses[-1]
    if before.soft is not None:
        clauses.append(_Clause(words=[(stem, 1) for stem, _ in before.words[before.soft :]]))
        del before.words[before.soft :]
        before.soft = None
    return clauses[-1]


def _net(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for stem, sign in pairs:
        totals[stem] = totals.get(stem, 0) + sign
    return {stem: (total > 0) - (total < 0) for stem, total in totals.items()}
