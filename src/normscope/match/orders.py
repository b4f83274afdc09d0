"""Both orders of a question: the text towards the solution, and the solution towards the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from normscope.records import Judgement, Label, Question

__all__ = ["both_orders", "swapped"]


def swapped(question: Question) -> Question:
    """The question with text and solution in each other's place.

    >>> swapped(Question("d", "a", "b")) == Question("d", "b", "a")
    True
    """
    return replace(question, text=question.solution, solution=question.text)


def both_orders(question: Question, found: Mapping[Question, Judgement]) -> Judgement:
    """The label that holds in both orders, else `unclear` with score 0.0; `votes` has both.

    A question that was asked in one order only (an answer to a *shown* solution has no other) keeps its judgement.
    """
    first = found[question]
    if question.asked != "stated":
        return first
    second = found[swapped(question)]
    votes = {"text first": first.label.value, "solution first": second.label.value}
    if first.label is not second.label:
        return Judgement(Label.UNCLEAR, 0.0, None, votes)
    return Judgement(first.label, min(first.score, second.score), first.evidence, votes)
