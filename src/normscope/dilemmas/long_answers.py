"""Reading the long file of answers that people or models gave before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from normscope.dilemmas.answers import coded_solutions, draw_from, recorded
from normscope.dilemmas.fields import Fields, named
from normscope.dilemmas.loaded import Loaded, Origin
from normscope.dilemmas.row import Row
from normscope.errors import DataError
from normscope.records import Kind, Outcome, Responder, Response

__all__ = ["ANSWER_COLUMNS", "read_answers"]

ANSWER_COLUMNS = (
    "dilemma_id", "responder_id", "text", "kind", "responder_kind", "responder_note", "draw", "run", "outcome", "reason",
    "verdict", "accepted", "rejected", "main",
)  # fmt: skip
"""The columns with a meaning; all others are named in a note and not used."""

_KINDS = {"human": Kind.HUMAN, "model": Kind.MODEL, "llm": Kind.MODEL}
_OUTCOMES = tuple(outcome.value for outcome in Outcome)
_KNOWN = frozenset(ANSWER_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One row; `number` is the draw or run as the file counts it, or None where it has no such column."""

    fields: Fields
    dilemma_id: str
    responder_id: str
    number: int | None
    text: str | None
    accepted: tuple[str, ...]
    rejected: tuple[str, ...]
    main: str | None


def read_answers(path: Path, rows: Iterable[Row]) -> Loaded:
    """All rows as recorded answers, in their order, with the solutions that were coded with them."""
    responders: dict[str, Responder] = {}
    answers: list[_Answer] = []
    unused: Counter[str] = Counter()
    guessed_kind = 0
    counts_draws = False
    for row in rows:
        fields = Fields(path, row)
        counts_draws = counts_draws or "draw" in row.values
        responder, guessed = _responder(fields, row, responders)
        guessed_kind += guessed
        answers.append(_answer(fields, row, responder.responder_id))
        unused.update(_unused(row))
    draws = _draws(answers, counts_draws)
    _refuse_repeated(answers, draws)
    responses = tuple(_response(answer, draw) for answer, draw in zip(answers, draws, strict=True))
    return Loaded(
        responders=tuple(responders.values()),
        responses=responses,
        solutions=tuple(
            solution
            for answer, draw in zip(answers, draws, strict=True)
            for solution in coded_solutions(
                answer.dilemma_id,
                answer.responder_id,
                draw,
                accepted=answer.accepted,
                rejected=answer.rejected,
                main=answer.main,
            )
        ),
        notes=tuple(f"{path.name}: {note}." for note in _notes(answers, responses, guessed_kind, unused)),
        origin=Origin(path, response_lines=tuple(answer.fields.line for answer in answers)),
    )


def _unused(row: Row) -> list[str]:
    """Columns with a value that nothing is done with."""
    given = row.values.keys()
    names = [] if given <= _KNOWN else [name for name in given if name not in _KNOWN]
    names += [second for first, second in (("draw", "run"), ("kind", "responder_kind")) if first in given and second in given]
    return [name for name in names if row.values[name] is not None]


def _notes(answers: Sequence[_Answer], responses: Sequence[Response], guessed_kind: int, unused: Counter[str]) -> Iterator[str]:
    of = f"of {len(answers)} answers"
    coded = sum(bool(answer.accepted or answer.rejected) for answer in answers)
    if guessed_kind:
        yield f"{guessed_kind} {of} do not say what kind their responder is (column 'kind'): taken for people (human)"
    if 0 < coded < len(answers):
        yield f"{len(answers) - coded} {of} have no coded solution, while the others do"
    if wordless := sum(r.outcome is Outcome.ANSWERED and not r.turns for r in responses):
        yield f"{wordless} {of} have coded solutions and no text"
    for outcome in (Outcome.REFUSED, Outcome.EMPTY, Outcome.FAILED):
        if count := sum(r.outcome is outcome for r in responses):
            yield f"{count} {of} are {outcome.value}"
    if unused:
        yield f"columns that are not used: {named(unused)}"


def _responder(fields: Fields, row: Row, known: dict[str, Responder]) -> tuple[Responder, bool]:
    """The row's responder, and whether its kind was guessed."""
    responder_id = fields.identifier("responder_id")
    column = "kind" if "kind" in row.values else "responder_kind"
    word = fields.choice(column, _KINDS)
    if word is None and column in row.values:
        raise fields.error("the kind of responder is missing", column, allowed=", ".join(_KINDS))
    kind = Kind.HUMAN if word is None else _KINDS[word]
    note = fields.label("responder_note")
    responder = known.setdefault(responder_id, Responder(responder_id, kind, note=note))
    if responder.kind is not kind:
        what = f"responder {responder_id!r} is {responder.kind.value} in an earlier row"
        raise fields.error(what, column, allowed="one kind for each responder")
    if note is not None and note != responder.note:
        what = f"responder {responder_id!r} has another note in an earlier row"
        raise fields.error(what, "responder_note", allowed="one note for each responder")
    return responder, word is None


def _answer(fields: Fields, row: Row, responder_id: str) -> _Answer:
    verdict = fields.label("verdict")
    accepted, rejected, main = fields.texts("accepted"), fields.texts("rejected"), fields.label("main")
    if verdict is not None:
        if accepted or rejected or main:
            allowed = "either 'verdict', or 'accepted', 'rejected' and 'main'"
            raise fields.error("the row codes its solutions twice", "verdict", allowed=allowed)
        accepted = (verdict,)
    if main is not None and main not in accepted:
        raise fields.error("the main solution is not among the accepted ones", "main", allowed="one of 'accepted'")
    return _Answer(
        fields=fields,
        dilemma_id=fields.identifier("dilemma_id"),
        responder_id=responder_id,
        number=fields.number("draw" if "draw" in row.values else "run"),
        text=fields.optional_text("text"),
        accepted=accepted,
        rejected=rejected,
        main=main,
    )


def _draws(answers: Sequence[_Answer], counts_draws: bool) -> list[int]:
    """A column `draw` counts from 0 and is taken as it stands; a column `run` may count from 1."""
    numbers = [answer.number or 0 for answer in answers]
    return numbers if counts_draws else draw_from(numbers)


def _refuse_repeated(answers: Sequence[_Answer], draws: Sequence[int]) -> None:
    lines: dict[tuple[str, str, int], int] = {}
    for answer, draw in zip(answers, draws, strict=True):
        before = lines.setdefault((answer.dilemma_id, answer.responder_id, draw), answer.fields.line)
        if before != answer.fields.line:
            what = f"responder {answer.responder_id!r} already answers this dilemma on line {before}, also as draw {draw}"
            raise answer.fields.error(what, "dilemma_id", do="Number repeated answers in a column 'draw', or remove one")


def _response(answer: _Answer, draw: int) -> Response:
    fields, coded = answer.fields, bool(answer.accepted or answer.rejected)
    response = recorded(answer.dilemma_id, answer.responder_id, draw, text=answer.text, coded=coded)
    word = fields.choice("outcome", _OUTCOMES)
    outcome = response.outcome if word is None else Outcome(word)
    if outcome is Outcome.ANSWERED:
        if response.outcome is not outcome:
            raise fields.error("the row is marked as answered and has neither text nor solutions", "outcome")
        return response
    reason = fields.label("reason")
    if coded:
        raise _contradiction(fields, "has coded solutions")
    if outcome is Outcome.EMPTY and answer.text is not None:
        raise _contradiction(fields, "has a text")
    reason = reason or (response.reason if outcome is Outcome.EMPTY else f"marked as {outcome.value} in the file")
    return Response(response.dilemma_id, response.responder_id, draw, response.protocol, outcome, response.turns, reason)


def _contradiction(fields: Fields, what: str) -> DataError:
    return fields.error(f"the outcome does not fit: the row {what}", "outcome", allowed=Outcome.ANSWERED.value)
