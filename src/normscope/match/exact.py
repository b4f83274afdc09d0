"""The matcher for coded verdicts: two texts agree when they are the same text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normscope.errors import UsageError
from normscope.match.same import normalised
from normscope.models.base import AskFor
from normscope.records import Judgement, Label, Question

__all__ = ["Exact", "make"]


@dataclass(frozen=True)
class Exact:
    """Is it the same text, but for case and white space?

    Made for solutions that are codes of a closed list (`accept`, `refuse`, …), where every other value is another verdict:
    `agree` when the texts are the same, else `disagree`, score 1.0. Free text that answers a *shown* solution cannot be
    read this way: there it is `agree` for the same text, else `unclear`, score 0.0.
    """

    @property
    def name(self) -> str:
        return "exact"

    @property
    def prompt_hash(self) -> str | None:
        return None

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        return [_judge(question) for question in questions]


def make(argument: str, ask_for: AskFor) -> Exact:
    """The `exact` matcher. It takes no argument (`UsageError`) and asks no model."""
    if argument:
        raise UsageError(f"the matcher 'exact' takes no argument, got {argument!r}. Write: exact")
    return Exact()


def _judge(question: Question) -> Judgement:
    if normalised(question.text) == normalised(question.solution):
        return Judgement(Label.AGREE, 1.0)
    if question.asked == "shown":
        return Judgement(Label.UNCLEAR, 0.0)
    return Judgement(Label.DISAGREE, 1.0)
