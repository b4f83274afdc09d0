"""Reading the long file of dilemmas."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from normscope.dilemmas.fields import Fields, named
from normscope.dilemmas.loaded import Loaded, Origin
from normscope.dilemmas.row import Row
from normscope.errors import did_you_mean
from normscope.records import UNSPECIFIED, Dilemma

__all__ = ["DILEMMA_COLUMNS", "make_dilemma", "read_dilemmas", "refuse_repeated"]

OPTIONAL = ("language", "topic", "asked_on", "cluster")
DILEMMA_COLUMNS = ("dilemma_id", "text", *OPTIONAL)
"""The columns with a meaning; all others are kept in `Dilemma.extra` as text."""


def read_dilemmas(path: Path, rows: Iterable[Row]) -> Loaded:
    """All rows as dilemmas, in their order."""
    dilemmas: list[Dilemma] = []
    lines: dict[str, int] = {}
    without_topic = 0
    for row in rows:
        fields = Fields(path, row)
        dilemma = make_dilemma(fields, fields.identifier("dilemma_id"), fields.text("text"), used=DILEMMA_COLUMNS)
        refuse_repeated(fields, "dilemma_id", dilemma.dilemma_id, lines)
        without_topic += dilemma.topic == UNSPECIFIED
        dilemmas.append(dilemma)
    notes = []
    if without_topic:
        notes.append(f"{path.name}: {without_topic} of {len(dilemmas)} dilemmas have no topic.")
    if extra := {name for dilemma in dilemmas for name in dilemma.extra}:
        notes.append(f"{path.name}: further columns are kept with each dilemma as text: {named(extra)}.{_hints(extra)}")
    return Loaded(dilemmas=tuple(dilemmas), notes=tuple(notes), origin=Origin(path, dilemma_lines=tuple(lines.values())))


def make_dilemma(
    fields: Fields, dilemma_id: str, text: str, *, used: Iterable[str], language: str = "und", cluster: str | None = None
) -> Dilemma:
    """A dilemma with the optional columns of its row; columns not in `used` go into `extra`."""
    return Dilemma(
        dilemma_id=dilemma_id,
        text=text,
        language=fields.language("language") or language,
        topic=(fields.optional_text("topic") or UNSPECIFIED).strip(),
        asked_on=fields.date("asked_on"),
        cluster=fields.label("cluster") or cluster,
        extra=fields.others((*used, *OPTIONAL)),
    )


def refuse_repeated(fields: Fields, field: str, dilemma_id: str, lines: dict[str, int]) -> None:
    """Refuse an id that an earlier row has; `lines` maps each id to its line and learns this one."""
    before = lines.setdefault(dilemma_id, fields.line)
    if before != fields.line:
        raise fields.error(f"the id is already used on line {before}", field, do="Give each dilemma an id of its own")


def _hints(extra: Iterable[str]) -> str:
    """A question for each further column that looks like a misspelt known one."""
    found = []
    for name in sorted(extra)[:50]:
        hint = did_you_mean(name, DILEMMA_COLUMNS).partition(" Known: ")[0]
        if hint.startswith("Did you mean"):
            found.append(f" Column {name!r:.60}: {hint[0].lower()}{hint[1:]}")
    return "".join(found)
