"""The long format: one row per dilemma (`dilemma_id, text, …`) or one row per answer (`dilemma_id, responder_id, text, …`)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from normscope.dilemmas.loaded import Loaded
from normscope.dilemmas.long_answers import ANSWER_COLUMNS, read_answers
from normscope.dilemmas.long_dilemmas import DILEMMA_COLUMNS, read_dilemmas
from normscope.dilemmas.rows import columns_line, read_rows
from normscope.errors import DataError, UsageError

__all__ = ["COLUMNS", "ROLES", "read", "recognises", "require_role"]

ROLES = ("any", "dilemmas", "responses")
"""What a file may be expected to hold."""

COLUMNS = "dilemma_id, text (dilemmas), or dilemma_id, responder_id, text (answers)"
"""What makes a file a long one, in words."""

_REQUIRED = {"dilemmas": ("dilemma_id", "text"), "responses": ("dilemma_id", "responder_id", "text")}


def require_role(role: str) -> None:
    """Refuse, as a `UsageError`, a role that is not one of `ROLES`."""
    if role not in ROLES:
        raise UsageError(f"no role named {role!r}. Allowed: {', '.join(ROLES)}.")


def recognises(names: Sequence[str]) -> bool:
    """Whether columns of these names look like a long file, perhaps with a misspelt column that `read` will point out."""
    return any(field in names or _near(field, names) for field in ("dilemma_id", "responder_id"))


def read(path: str | Path, *, role: str = "any") -> Loaded:
    """What a long JSONL, JSON, CSV, TSV or Parquet file holds: a file with a `responder_id` holds answers, else dilemmas.

    `role` is what the file is expected to hold: `dilemmas`, `responses` or `any`. Whatever is wrong with the file is a
    `DataError` that names file, line and field.
    """
    require_role(role)
    path = Path(path)
    rows = read_rows(path)
    first = next(rows)
    names = tuple(first.values)
    found = "responses" if "responder_id" in names or _near("responder_id", names) else "dilemmas"
    if role not in ("any", found):
        raise DataError(
            f"the file holds {found}, not {role}",
            file=path,
            line=columns_line(path, first),
            got=", ".join(names),
            allowed=f"the columns {', '.join(_REQUIRED[role])}",
        )
    for field in _REQUIRED[found]:
        if field not in names:
            raise _missing(path, columns_line(path, first), field, names)
    reader = read_answers if found == "responses" else read_dilemmas
    return reader(path, chain([first], rows))


def _missing(path: Path, line: int, field: str, names: Sequence[str]) -> DataError:
    known = {*DILEMMA_COLUMNS, *ANSWER_COLUMNS}
    near = _near(field, [name for name in names if name not in known])
    do = f"Did you mean {field!r} where the file has {near!r}? Rename the column" if near else f"Give a column {field!r}"
    return DataError("a column is missing", file=path, line=line, field=field, got=", ".join(names), allowed=COLUMNS, do=do)


def _near(field: str, names: Sequence[str]) -> str | None:
    """The column that is most likely a misspelling of `field`."""
    plain = {name.lower().replace(" ", "_").replace("-", "_"): name for name in names}
    close = difflib.get_close_matches(field, plain, n=1, cutoff=0.85)
    return plain[close[0]] if close else None
