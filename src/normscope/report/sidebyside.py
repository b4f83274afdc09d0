"""One dilemma at a time: every responder's own words side by side, with the labels between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from normscope.records import Basis, Dilemma, Match, Responder, Response, Solution, Stance
from normscope.report.data import ReportData
from normscope.report.grid import Grid, grids

__all__ = ["Exchange", "Numbered", "Side", "SideBySide", "side_by_side"]

R = TypeVar("R", Response, Solution, Match)

Source = tuple[str, int]
"""A responder's id and the draw."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Numbered:
    """A solution with its number within the dilemma, and what its responder says of it."""

    number: int
    says: str
    text: str
    main: bool


@dataclass(frozen=True)
class Exchange:
    """One solution shown to a responder: its number (None where unknown), the question, the answer, and the answer's label."""

    number: int | None
    question: str
    answer: str
    label: str


@dataclass(frozen=True)
class Side:
    """One responder's conversation; the text is cut in three so that the main solution's evidence can be marked."""

    responder: str
    kind: str
    draw: int | None
    outcome: str
    reason: str
    before: str
    marked: str
    after: str
    solutions: tuple[Numbered, ...]
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class SideBySide:
    """One dilemma with all its sides and the labels between them. `topic` is the index of its topic on the page."""

    number: int
    dilemma: Dilemma
    topic: int
    language: str
    sides: tuple[Side, ...]
    grids: tuple[Grid, ...]


def side_by_side(data: ReportData) -> Iterator[SideBySide]:
    """The dilemmas in the order given; responders in the order given, each with its draws."""
    responses, solutions, matches = _by_dilemma(data.responses), _by_dilemma(data.solutions), _by_dilemma(data.matches)
    people = {r.responder_id: r for r in data.responders}
    order = {name: i for i, name in enumerate(people)}
    topics = {topic: i for i, topic in enumerate(data.topics)}
    several = {r.responder_id for r in data.responses if r.draw > 0}
    for number, dilemma in enumerate(data.dilemmas, start=1):
        said = {(r.responder_id, r.draw): r for r in responses[dilemma.dilemma_id]}
        read: dict[Source, list[Solution]] = defaultdict(list)
        for s in sorted(solutions[dilemma.dilemma_id], key=lambda s: not s.main):
            read[s.responder_id, s.draw].append(s)
        # people's coded solutions may come without a text; they still get their place
        sources = sorted({*said, *read}, key=lambda source: (order.get(source[0], len(order)), source))
        numbers = {s.solution_id: i for i, s in enumerate((s for source in sources for s in read[source]), start=1)}
        labels = matches[dilemma.dilemma_id]
        shown = {(m.responder_id, m.draw, m.solution_id): m.label.value for m in labels if m.basis is Basis.EXPLICIT}
        sides = tuple(
            _side(source, said.get(source), read[source], numbers, shown, people.get(source[0]), source[0] in several)
            for source in sources
        )
        names = {source: _name(source, source[0] in several) for source in sources}
        owners = {s.solution_id: source for source in sources for s in read[source]}
        tag = dilemma.language if dilemma.language != "und" and _LANGUAGE.fullmatch(dilemma.language) else ""
        yield SideBySide(number, dilemma, topics[dilemma.topic], tag, sides, grids(labels, names, numbers, owners))


def _by_dilemma(records: Iterable[R]) -> dict[str, list[R]]:
    grouped: dict[str, list[R]] = defaultdict(list)
    for record in records:
        grouped[record.dilemma_id].append(record)
    return grouped


def _side(
    source: Source,
    response: Response | None,
    solutions: Sequence[Solution],
    numbers: Mapping[str, int],
    labels: Mapping[tuple[str, int, str], str],
    responder: Responder | None,
    several: bool,
) -> Side:
    name, draw = source
    before, marked, after = _marked(response.text if response else "", solutions)
    return Side(
        responder=name,
        kind=responder.kind.value if responder else "",
        draw=draw if several else None,
        outcome=response.outcome.value if response else "",
        reason=(response.reason or "") if response else "no text; these solutions were coded by people",
        before=before,
        marked=marked,
        after=after,
        solutions=tuple(Numbered(numbers[s.solution_id], _says(s), s.text, s.main) for s in solutions),
        exchanges=tuple(_exchanges(source, response, numbers, labels)) if response else (),
    )


def _marked(text: str, solutions: Iterable[Solution]) -> tuple[str, str, str]:
    """The text before, in and after the main solution's evidence; unmarked where there is no span or it does not fit."""
    for s in solutions:
        if s.main and s.start is not None and s.end is not None and 0 <= s.start < s.end <= len(text):
            return text[: s.start], text[s.start : s.end], text[s.end :]
    return text, "", ""


def _says(solution: Solution) -> str:
    return "recommends" if solution.stance is Stance.RECOMMENDS else "advises against"


def _exchanges(
    source: Source, response: Response, numbers: Mapping[str, int], labels: Mapping[tuple[str, int, str], str]
) -> Iterator[Exchange]:
    """The explicit turns in pairs of question and answer; a question without an answer keeps its place."""
    question, solution_id = "", ""
    for turn in (t for t in response.turns if t.stage == "explicit"):
        if turn.role == "user":
            if question:
                yield Exchange(numbers.get(solution_id), question, "", "no answer")
            question, solution_id = turn.text, turn.solution_id or ""
        else:
            answered = turn.solution_id or solution_id
            yield Exchange(numbers.get(answered), question, turn.text, labels.get((*source, answered), "not labelled"))
            question = ""
    if question:
        yield Exchange(numbers.get(solution_id), question, "", "no answer")


def _name(source: Source, several: bool) -> str:
    name, draw = source
    return f"{name}, draw {draw}" if several else name
