"""What was read from files: dilemmas, whoever answered, and what was noticed on the way; and how parts are put together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from normscope.errors import DataError, did_you_mean
from normscope.records import Dilemma, Responder, Response, Solution

__all__ = ["Loaded", "Origin", "merge"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that records came from. The line numbers run parallel to `Loaded.dilemmas` and `Loaded.responses`.

    A row of a Parquet file counts as a line.
    """

    file: Path
    dilemma_lines: tuple[int, ...] = ()
    response_lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """Records read from a file, or merged from several.

    `notes` says in plain sentences, with counts, what was noticed or left out. `origin` serves error messages only: it is
    None for records that do not come from one file, and plays no part in equality.
    """

    dilemmas: tuple[Dilemma, ...] = ()
    responders: tuple[Responder, ...] = ()
    responses: tuple[Response, ...] = ()
    solutions: tuple[Solution, ...] = ()
    notes: tuple[str, ...] = ()
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def where_dilemma(self, index: int) -> tuple[Path, int | None]:
        """The file and line of the dilemma at `index`."""
        return _where(self.origin, self.origin.dilemma_lines if self.origin else (), index)

    def where_response(self, index: int) -> tuple[Path, int | None]:
        """The file and line of the response at `index`."""
        return _where(self.origin, self.origin.response_lines if self.origin else (), index)


def merge(*parts: Loaded) -> Loaded:
    """All parts as one, in the order given; the same dilemma in two parts is kept once.

    A `DataError` says which file and line is wrong where a dilemma comes back with other words, a responder with another
    kind, an answer is given twice for one (dilemma, responder, draw), or an answer belongs to no dilemma.

    >>> one = Loaded(dilemmas=(Dilemma("d1", "What now?"),))
    >>> merge(one, one).dilemmas == one.dilemmas
    True
    """
    dilemmas = _merge_dilemmas(parts)
    responders = _merge_responders(parts)
    _refuse_repeated_or_stray_answers(parts, dilemmas)
    return Loaded(
        dilemmas=tuple(dilemmas.values()),
        responders=tuple(responders.values()),
        responses=tuple(response for part in parts for response in part.responses),
        solutions=tuple(solution for part in parts for solution in part.solutions),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _merge_dilemmas(parts: tuple[Loaded, ...]) -> dict[str, Dilemma]:
    merged: dict[str, Dilemma] = {}
    for part in parts:
        for index, dilemma in enumerate(part.dilemmas):
            known = merged.setdefault(dilemma.dilemma_id, dilemma)
            changed = next((name for name in _DILEMMA_FIELDS if getattr(known, name) != getattr(dilemma, name)), None)
            if changed is not None:
                file, line = part.where_dilemma(index)
                raise DataError(
                    f"dilemma {dilemma.dilemma_id!r} was already loaded with another {changed}",
                    file=file,
                    line=line,
                    field=changed,
                    got=getattr(dilemma, changed),
                    allowed=f"what was loaded first ({getattr(known, changed)!r:.80})",
                    do="Give one of the two another id, or remove one",
                )
    return merged


def _merge_responders(parts: tuple[Loaded, ...]) -> dict[str, Responder]:
    merged: dict[str, Responder] = {}
    for part in parts:
        for responder in part.responders:
            known = merged.setdefault(responder.responder_id, responder)
            changed = next((name for name in _RESPONDER_FIELDS if getattr(known, name) != getattr(responder, name)), None)
            if changed is not None:
                raise DataError(
                    f"responder {responder.responder_id!r} was already loaded with another {changed}",
                    file=part.origin.file if part.origin else _NO_FILE,
                    field=changed,
                    got=getattr(responder, changed),
                    allowed=f"what was loaded first ({getattr(known, changed)!r:.80})",
                    do="Give one of the two another id",
                )
            if responder.note is not None and responder.note not in (known.note or "").split("; "):
                note = responder.note if known.note is None else f"{known.note}; {responder.note}"
                merged[responder.responder_id] = replace(known, note=note)
    return merged


def _refuse_repeated_or_stray_answers(parts: tuple[Loaded, ...], dilemmas: dict[str, Dilemma]) -> None:
    first: dict[tuple[str, str, int], tuple[Loaded, int]] = {}
    for part in parts:
        for index, response in enumerate(part.responses):
            if response.dilemma_id not in dilemmas:
                file, line = part.where_response(index)
                raise DataError(
                    f"an answer for an unknown dilemma (responder {response.responder_id!r})",
                    file=file,
                    line=line,
                    field="dilemma_id",
                    got=response.dilemma_id,
                    do=_unknown(response.dilemma_id, dilemmas),
                )
            key = (response.dilemma_id, response.responder_id, response.draw)
            if key not in first:
                first[key] = part, index
            else:
                file, line = part.where_response(index)
                before, before_index = first[key]
                old_file, old_line = before.where_response(before_index)
                place = f"{old_file}, line {old_line}" if old_line is not None else str(old_file)
                raise DataError(
                    f"responder {response.responder_id!r} has a second answer to dilemma {response.dilemma_id!r} as draw "
                    f"{response.draw}; the first is in {place}",
                    file=file,
                    line=line,
                    do="Number repeated answers in a column 'draw', or remove one",
                )


def _unknown(dilemma_id: str, dilemmas: dict[str, Dilemma]) -> str:
    if not dilemmas:
        return "No dilemmas were loaded: give the file that holds them too"
    # the list of all known ids would drown the message: only the closest is worth naming
    closest = did_you_mean(dilemma_id, list(dilemmas)[:_COMPARED]).partition(" Known: ")[0]
    hint = f"{closest} " if closest.startswith("Did you mean") else ""
    return f"{hint}{len(dilemmas)} dilemmas are known; load the file that holds this one, or remove the answer"


def _where(origin: Origin | None, lines: tuple[int, ...], index: int) -> tuple[Path, int | None]:
    if origin is None:
        return _NO_FILE, None
    return origin.file, lines[index] if index < len(lines) else None


_DILEMMA_FIELDS = ("text", "language", "topic", "asked_on", "cluster", "extra")
_RESPONDER_FIELDS = ("kind", "model", "persona")
_NO_FILE = Path("the loaded records")
_COMPARED = 10_000
"""Ids looked at for a near miss; comparing more would take longer than reading the file did."""
