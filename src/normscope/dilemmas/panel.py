"""The panel format: the table of the Danish radio data, one row per dilemma with the panel's joint solutions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Container, Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path

from normscope.dilemmas.answers import coded_solutions, recorded
from normscope.dilemmas.fields import Fields, named
from normscope.dilemmas.loaded import Loaded, Origin
from normscope.dilemmas.long import require_role
from normscope.dilemmas.long_dilemmas import make_dilemma
from normscope.dilemmas.negation import is_negated
from normscope.dilemmas.row import Row
from normscope.dilemmas.rows import columns_line, read_rows
from normscope.errors import DataError
from normscope.records import Dilemma, Kind, Outcome, Responder, Response, Solution

__all__ = ["AMBIGUOUS", "COLUMNS", "PANEL", "read", "recognises"]

PANEL = Responder("panel", Kind.HUMAN, note="the panel's joint solutions; panelists heard each other")

AMBIGUOUS = "ambiguous_rejected"
"""The key of `Dilemma.extra` that keeps, as a JSON list, rejected entries whose meaning cannot be known."""

_EPISODE = "episode_filename"
_SEGMENT = "intro_dillema_segment_id_estimation"
_FIRST, _ORIGINAL = "first_person_dilemma", "original_dilemma"
_ACCEPTED, _REJECTED = "acceptable_solutions", "not_acceptable_solutions"
_USED = (_EPISODE, _SEGMENT, _FIRST, _ACCEPTED, _REJECTED)
_REQUIRED = (_EPISODE, _SEGMENT, _ACCEPTED, _REJECTED)
COLUMNS = f"{', '.join(_REQUIRED)}, and {_FIRST} or {_ORIGINAL}"
"""What makes a file a panel table, in words."""


def recognises(names: Iterable[str]) -> bool:
    """Whether columns of these names look like a panel table."""
    given = set(names)
    return _ACCEPTED in given and bool(given & {_FIRST, _ORIGINAL})


def read(path: str | Path, *, role: str = "any") -> Loaded:
    """The dilemmas of a panel table and the panel as one human responder with coded solutions.

    Accepted entries are recommended, the first as the main one; rejected entries are advised against. A rejected entry that
    is itself a negation ("do not call her" among the *rejected*) can mean either: it is not used, is counted in a note and
    is kept in `Dilemma.extra["ambiguous_rejected"]`. A panel table holds dilemmas and answers, so that any `role` is met.
    """
    require_role(role)
    path = Path(path)
    rows = read_rows(path)
    first = next(rows)
    _require_columns(path, first)
    dilemmas: dict[str, Dilemma] = {}
    responses: list[Response] = []
    solutions: list[Solution] = []
    lines: list[int] = []
    seen: Counter[str] = Counter()
    for row in chain([first], rows):
        fields = Fields(path, row)
        text, dilemma_id = _text(fields, seen), _dilemma_id(fields, dilemmas, seen)
        accepted, listed = fields.texts(_ACCEPTED), fields.texts(_REJECTED)
        ambiguous = [entry for entry in listed if is_negated(entry)]
        rejected = [entry for entry in listed if not is_negated(entry)]
        cluster = fields.identifier(_EPISODE)
        dilemma = make_dilemma(fields, dilemma_id, text, used=_USED, language="da", cluster=cluster)
        if ambiguous:
            kept = {**dilemma.extra, AMBIGUOUS: json.dumps(ambiguous, ensure_ascii=False)}
            dilemma = replace(dilemma, extra=kept)
        coded = coded_solutions(dilemma_id, PANEL.responder_id, 0, accepted=accepted, rejected=rejected)
        nothing = "the panel gave only ambiguous solutions" if ambiguous else "the panel gave no solution"
        response = recorded(dilemma_id, PANEL.responder_id, 0, text=None, coded=bool(coded), nothing=nothing)
        dilemmas[dilemma_id] = dilemma
        responses.append(response)
        solutions += coded
        lines.append(fields.line)
        seen["ambiguous"] += len(ambiguous)
        seen["in dilemmas"] += bool(ambiguous)
        seen["repeated"] += len(accepted) + len(rejected) - len(coded)
        seen["empty"] += response.outcome is Outcome.EMPTY
    return Loaded(
        dilemmas=tuple(dilemmas.values()),
        responders=(PANEL,),
        responses=tuple(responses),
        solutions=tuple(solutions),
        notes=_notes(path, seen, dilemmas.values()),
        origin=Origin(path, tuple(lines), tuple(lines)),
    )


def _require_columns(path: Path, first: Row) -> None:
    names = tuple(first.values)
    missing = [name for name in _REQUIRED if name not in names]
    if not missing and not {_FIRST, _ORIGINAL} & set(names):
        missing = [_FIRST]
    if missing:
        line = columns_line(path, first)
        raise DataError("a column is missing", file=path, line=line, field=missing[0], got=", ".join(names), allowed=COLUMNS)


def _text(fields: Fields, seen: Counter[str]) -> str:
    text = fields.optional_text(_FIRST)
    if text is None:
        text = fields.text(_ORIGINAL)
        seen["original"] += 1
    return text


def _dilemma_id(fields: Fields, taken: Container[str], seen: Counter[str]) -> str:
    """Episode and segment; the segment is an estimate, so it may be missing or be the same for two dilemmas of an episode."""
    given = fields.any_text(_SEGMENT)
    whole = re.fullmatch(r"([0-9]+)\.0", given)
    segment = whole[1] if whole else given[:100]
    seen["no segment"] += not segment
    stem = f"{fields.identifier(_EPISODE)}#{segment or 'unknown'}"
    dilemma_id, number = stem, 1
    while dilemma_id in taken:
        number += 1
        dilemma_id = f"{stem}-{number}"
    seen["same segment"] += number > 1
    return dilemma_id


def _notes(path: Path, seen: Counter[str], dilemmas: Collection[Dilemma]) -> tuple[str, ...]:
    of = f"of {len(dilemmas)} dilemmas"
    said = {
        "original": f"{seen['original']} {of} have no {_FIRST}; their {_ORIGINAL} is used.",
        "no segment": f"{seen['no segment']} {of} have no {_SEGMENT}; their ids end in #unknown.",
        "same segment": f"{seen['same segment']} {of} have the episode and segment of an earlier one; their ids are numbered.",
        "empty": f"for {seen['empty']} {of} the panel gave no usable solution.",
        "ambiguous": (
            f"{seen['ambiguous']} rejected entries in {seen['in dilemmas']} dilemmas say not to do something: what was rejected "
            f"is unclear; they are not used and kept under {AMBIGUOUS}."
        ),
        "repeated": f"{seen['repeated']} solutions stand twice in one list and are kept once.",
    }
    notes = [f"{path.name}: {sentence}" for name, sentence in said.items() if seen[name]]
    if extra := {name for dilemma in dilemmas for name in dilemma.extra} - {AMBIGUOUS}:
        notes.append(f"{path.name}: further columns are kept with each dilemma as text: {named(extra)}.")
    notes.append(f"{path.name}: {PANEL.note}.")
    return tuple(notes)
