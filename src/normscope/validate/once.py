"""A matcher that is asked each distinct question once, so that the tests of a card can share questions."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.records import Judgement, Matcher, Question

__all__ = ["Once"]


class Once:
    """The matcher, with its answers kept: a question that any test asked before is not asked again."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._known: dict[Question, Judgement] = {}

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        """One judgement per question, in order; questions may repeat."""
        new = [question for question in dict.fromkeys(questions) if question not in self._known]
        if new:
            self._known.update(zip(new, await self._matcher(new), strict=True))
        return [self._known[question] for question in questions]
