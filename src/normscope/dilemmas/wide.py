"""The wide format: one row per dilemma, and for each model and run k the columns `<model>_label_k` and `<model>_reason_k`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from normscope.dilemmas.answers import coded_solutions, draw_from, recorded
from normscope.dilemmas.fields import Fields, named
from normscope.dilemmas.loaded import Loaded, Origin
from normscope.dilemmas.long import require_role
from normscope.dilemmas.long_dilemmas import OPTIONAL, make_dilemma, refuse_repeated
from normscope.dilemmas.row import Row
from normscope.dilemmas.rows import columns_line, read_rows
from normscope.errors import DataError
from normscope.records import Dilemma, Kind, Outcome, Responder, Response, Solution

__all__ = ["COLUMNS", "read", "recognises"]

COLUMNS = "an id, a text, and <model>_label_1, <model>_reason_1, … for each model and run"
"""What makes a file a wide one, in words."""

_IDS = ("dilemma_id", "submission_id", "post_id", "id")
_TEXTS = ("dilemma", "selftext", "body", "text")
_ANSWER = re.compile(r"(?P<model>.+)_(?P<part>label|reason)_(?P<run>[0-9]{1,6})")
_NO_LABEL = frozenset({"none", "null", "nan"})
"""How the absence of a label is written out by programs; compared in lower case."""


@dataclass(slots=True)
class _Cell:
    """The two columns of one model's run."""

    label: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column is what. `cells` holds the columns of each (model, draw)."""

    dilemma_id: str
    text: str | None
    title: str | None
    cells: dict[tuple[str, int], _Cell] = field(default_factory=dict)

    def used(self) -> set[str]:
        names = {self.dilemma_id, self.text, self.title, *OPTIONAL}
        names.update(name for cell in self.cells.values() for name in (cell.label, cell.reason))
        return {name for name in names if name is not None}


def recognises(names: Iterable[str]) -> bool:
    """Whether columns of these names look like a wide file."""
    given = set(names)
    has_dilemma = given & set(_IDS) and given & {*_TEXTS, "title"}
    return bool(has_dilemma) and any(_ANSWER.fullmatch(name) for name in given)


def read(path: str | Path, *, role: str = "any") -> Loaded:
    """The dilemmas of a wide file and every model's recorded answers to them, its labels as coded solutions.

    The text of a dilemma is its title and its body. A cell pair without label and reason is an empty response. A wide file
    holds dilemmas and answers, so that any `role` is met.
    """
    require_role(role)
    path = Path(path)
    rows = read_rows(path)
    first = next(rows)
    layout = _layout(path, first)
    used = layout.used()
    dilemmas: list[Dilemma] = []
    responses: list[Response] = []
    solutions: list[Solution] = []
    lines: dict[str, int] = {}
    response_lines: list[int] = []
    for row in chain([first], rows):
        fields = Fields(path, row)
        dilemma = make_dilemma(fields, fields.identifier(layout.dilemma_id), _text(fields, layout), used=used)
        refuse_repeated(fields, layout.dilemma_id, dilemma.dilemma_id, lines)
        if late := next((name for name in dilemma.extra if _ANSWER.fullmatch(name)), None):
            raise fields.error("the first row does not have this column", late, do="Give every row all columns, null where empty")
        dilemmas.append(dilemma)
        for (model, draw), cell in layout.cells.items():
            response, coded = _answer(fields, dilemma, model, draw, cell)
            responses.append(response)
            solutions += coded
            response_lines.append(fields.line)
    return Loaded(
        dilemmas=tuple(dilemmas),
        responders=tuple(Responder(model, Kind.MODEL) for model in dict.fromkeys(model for model, _ in layout.cells)),
        responses=tuple(responses),
        solutions=tuple(solutions),
        notes=_notes(path, dilemmas, responses, solutions),
        origin=Origin(path, tuple(lines.values()), tuple(response_lines)),
    )


def _layout(path: Path, first: Row) -> _Layout:
    names = tuple(first.values)
    dilemma_id = next((name for name in _IDS if name in names), None)
    text = next((name for name in _TEXTS if name in names), None)
    title = "title" if "title" in names else None
    found = [(name, match) for name in names if (match := _ANSWER.fullmatch(name))]
    for missing, allowed in (
        (dilemma_id is None, f"a column for the id: {', '.join(_IDS)}"),
        (text is None and title is None, f"a column for the text: {', '.join(_TEXTS)}, title"),
        (not found, "columns such as gpt_label_1 and gpt_reason_1"),
    ):
        if missing:
            line = columns_line(path, first)
            raise DataError("a column is missing", file=path, line=line, got=", ".join(names), allowed=allowed)
    layout = _Layout(dilemma_id or "", text, title)
    draws = draw_from([int(match["run"]) for _, match in found])
    for (name, match), draw in zip(found, draws, strict=True):
        cell = layout.cells.setdefault((match["model"], draw), _Cell())
        if getattr(cell, match["part"]) is not None:
            what = f"the column means the same as {getattr(cell, match['part'])!r}"
            raise DataError(what, file=path, line=columns_line(path, first), field=name, do="Rename or remove one of them")
        setattr(cell, match["part"], name)
    return layout


def _text(fields: Fields, layout: _Layout) -> str:
    title = fields.optional_text(layout.title) if layout.title else None
    if title is None:
        return fields.text(layout.text or "title")
    body = fields.optional_text(layout.text) if layout.text else None
    return title if body is None else f"{title}\n\n{body}"


def _answer(fields: Fields, dilemma: Dilemma, model: str, draw: int, cell: _Cell) -> tuple[Response, tuple[Solution, ...]]:
    label = fields.label(cell.label) if cell.label else None
    if label is not None and label.lower() in _NO_LABEL:
        label = None
    reason = fields.optional_text(cell.reason) if cell.reason else None
    response = recorded(
        dilemma.dilemma_id,
        model,
        draw,
        text=reason,
        coded=label is not None,
        question=dilemma.text,
        nothing="no label and no reason in the file",
    )
    return response, coded_solutions(dilemma.dilemma_id, model, draw, accepted=() if label is None else (label,))


def _notes(path: Path, dilemmas: list[Dilemma], responses: list[Response], solutions: list[Solution]) -> tuple[str, ...]:
    notes = []
    empty = sum(response.outcome is Outcome.EMPTY for response in responses)
    if without_label := len(responses) - empty - len(solutions):
        notes.append(f"{path.name}: {without_label} of {len(responses)} answers have a reason and no label.")
    if wordless := sum(response.outcome is Outcome.ANSWERED and not response.turns for response in responses):
        notes.append(f"{path.name}: {wordless} of {len(responses)} answers have a label and no reason.")
    if empty:
        notes.append(f"{path.name}: {empty} of {len(responses)} answers are empty.")
    if extra := {name for dilemma in dilemmas for name in dilemma.extra}:
        notes.append(f"{path.name}: columns not used as answers are kept with each dilemma as text: {named(extra)}.")
    return tuple(notes)
