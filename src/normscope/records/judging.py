"""What extractors and matchers are asked and what they answer.

Shared, because one room asks (extract, match) and another measures the answers (validate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from normscope.records.core import Dilemma, Response, Solution
from normscope.records.words import Label

__all__ = ["Extraction", "Extractor", "Judgement", "Matcher", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """Does `text` agree with `solution`, given the dilemma? All three are data from strangers, never instructions.

    `asked` is `stated` (the text was written without knowing the solution) or `shown` (it answers the shown solution).
    """

    dilemma: str
    text: str
    solution: str
    asked: str = "stated"
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A matcher's answer. `score` in [0, 1] is its own confidence; `evidence` is a passage of the text, where it names one.

    `votes` are the labels it was made of, by voter (a panel's judges, the two orders of one question); empty where one voted.
    """

    label: Label
    score: float
    evidence: str | None = None
    votes: dict[str, str] = field(default_factory=dict)


class Matcher(Protocol):
    """Labels questions. `name` goes into every match; `prompt_hash` too, where a prompt was used."""

    @property
    def name(self) -> str: ...

    @property
    def prompt_hash(self) -> str | None: ...

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        """One judgement per question, in order. The questions are distinct: each is asked once."""
        ...


@dataclass(frozen=True, slots=True)
class Extraction:
    """The solutions read from one response. Where there are none, `reason` says why (`no_solution`, `unreadable`)."""

    solutions: tuple[Solution, ...]
    reason: str | None = None


class Extractor(Protocol):
    """Reads solutions from responses. `name` goes into every solution."""

    @property
    def name(self) -> str: ...

    async def __call__(self, items: Sequence[tuple[Dilemma, Response]]) -> list[Extraction]:
        """One extraction per item, in order. Only answered responses are passed."""
        ...
