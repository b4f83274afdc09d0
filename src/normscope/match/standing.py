"""Where a text stands on the yes/no question of a dilemma, and what two standings say of each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from normscope.records import Judgement, Label

__all__ = ["ReadStandings", "Side", "Standing", "compared", "question_of"]

_SENTENCE = re.compile(r"[^.!?…。！？؟\n]*[.!?…。！？؟\n]*")
_ASKS = re.compile(r"[?？؟]")


class Side(StrEnum):
    """How a text answers the asker's question; `SILENT` = not at all."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Standing:
    """A text's side, how sure its reader is of it in [0, 1], and the passage of the text that it rests on."""

    side: Side
    score: float
    evidence: str | None = None


class ReadStandings(Protocol):
    """Reads where texts stand: a named model, or anything else that can tell."""

    async def __call__(self, items: Sequence[tuple[str, str]]) -> list[Standing]:
        """One standing per (dilemma, text), in order. The items are distinct."""
        ...


def compared(text: Standing, solution: Standing) -> Judgement:
    """The label of a text against a solution from where each stands.

    The same side is `agree`, the two opposite ones `disagree`; `silent` where either does not answer the question, else
    `unclear`. `score` is the product of the two. The evidence is the text's.

    >>> yes, no = Standing(Side.YES, 0.9, "Tell her"), Standing(Side.NO, 0.5)
    >>> compared(yes, no).label.value, compared(yes, no).score, compared(yes, yes).label.value
    ('disagree', 0.45, 'agree')
    """
    sides = {text.side, solution.side}
    if Side.SILENT in sides:
        label = Label.SILENT
    elif Side.DEPENDS in sides:
        label = Label.UNCLEAR
    else:
        label = Label.AGREE if len(sides) == 1 else Label.DISAGREE
    return Judgement(label, text.score * solution.score, text.evidence)


def question_of(dilemma: str) -> str | None:
    """The last sentence of a dilemma that ends with a question mark; None where there is none.

    >>> question_of("Is he mad? He left. Should I call him?! I am at a loss.")
    'Should I call him?!'
    >>> question_of("He left.") is None
    True
    """
    asked = [sentence.strip() for sentence in _SENTENCE.findall(dilemma) if _ASKS.search(sentence)]
    return asked[-1] if asked else None
