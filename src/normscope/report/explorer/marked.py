"""What was said in one conversation, ready for the page: turns with the main solution's evidence, and what was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from normscope.report.text import TEXT_LIMIT, shown

__all__ = ["Span", "exchanges", "marked", "turns_of"]

Span: TypeAlias = tuple[int, int]

Turn: TypeAlias = Mapping[str, Any]
"""As stored: role, text, stage, solution_id."""

RESPONDER, OTHER = 1, 0

BETWEEN = "\n\n"
"""What stands between two turns of a responder in the text that it is coded by (`Response.text`)."""


def marked(text: str, span: Span | None) -> list[str]:
    """The text as the page prints it, or where `span` fits into it the three texts before, in and after it.

    >>> marked("Talk to her first.", (0, 11)), marked("Talk.", (3, 9))
    (['', 'Talk to her', ' first.'], ['Talk.'])
    """
    if span is None or not 0 <= span[0] < span[1] <= len(text):
        return [shown(text)]
    start, end = (min(_past_return(text, place), TEXT_LIMIT) for place in span)
    if start == end:
        return [shown(text)]
    kept = text[:TEXT_LIMIT]
    # what `shown` says of a text that it cuts comes last, whatever was marked
    note = shown(text)[len(shown(kept)) :] if len(text) > TEXT_LIMIT else ""
    return [shown(kept[:start]), shown(kept[start:end]), shown(kept[end:]) + note]


def _past_return(text: str, place: int) -> int:
    """A carriage return and its line feed are one character on the page: no mark parts them."""
    return place + 1 if 0 < place < len(text) and text[place - 1 : place + 1] == "\r\n" else place


def turns_of(turns: Sequence[Turn], dilemma: str, span: Span | None) -> list[list[Any]]:
    """The unprompted turns: who speaks (1 the responder), then the text or its three parts; not the dilemma, said first.

    `span` is a place in the responder's turns, joined by blank lines.
    """
    said: list[list[Any]] = []
    unprompted = [t for t in turns if t["stage"] != "explicit"]
    lengths = [len(t["text"]) + len(BETWEEN) for t in unprompted if t["role"] == "assistant"]
    if span is not None and not 0 <= span[0] < span[1] <= sum(lengths) - len(BETWEEN):
        span = None
    at = 0
    for i, turn in enumerate(unprompted):
        text = turn["text"]
        if turn["role"] != "assistant":
            if i or text != dilemma:
                said.append([OTHER, shown(text)])
            continue
        said.append([RESPONDER, *marked(text, _within(span, at, len(text)))])
        at += len(text) + len(BETWEEN)
    return said


def _within(span: Span | None, at: int, length: int) -> Span | None:
    """The part of a span that lies in a turn of that length which begins at `at`."""
    if span is None:
        return None
    start, end = max(span[0] - at, 0), min(span[1] - at, length)
    return (start, end) if start < end else None


def exchanges(turns: Sequence[Turn], columns: Mapping[str, int]) -> Iterator[tuple[int, str, str | None]]:
    """What was shown and asked: the solution's column (-1 where it is not known), the question, the answer (None without one)."""
    question, solution_id = "", ""
    for turn in (t for t in turns if t["stage"] == "explicit"):
        if turn["role"] == "user":
            if question:
                yield columns.get(solution_id, -1), shown(question), None
            question, solution_id = turn["text"], turn["solution_id"] or ""
        else:
            yield columns.get(turn["solution_id"] or solution_id, -1), shown(question), shown(turn["text"])
            question = ""
    if question:
        yield columns.get(solution_id, -1), shown(question), None
