"""The study folder's contents: every record, every call, and a few facts about the folder itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

import polars as pl

from normscope.errors import StoreError
from normscope.records import KINDS, Record
from normscope.store.batches import BatchTable
from normscope.store.calls import CallTable
from normscope.store.database import Database
from normscope.store.judgements import JudgementTable
from normscope.store.parts import drop_parts, read_parts, write_parts
from normscope.store.rows import record_of, row_of
from normscope.store.schema import COLUMNS, KEYS, insert, known
from normscope.store.writer import Writer

__all__ = ["MATCHES_IN_SQLITE", "Store"]

R = TypeVar("R", bound=Record)
V = TypeVar("V", dict[str, Any], list[Any])

MATCHES_IN_SQLITE = 1_000_000
"""Up to so many labels stay in SQLite; a larger table goes to Parquet parts (docs/decisions/0002)."""

_TYPES = {"TEXT": pl.String, "JSON": pl.String, "INTEGER": pl.Int64, "REAL": pl.Float64, "BOOLEAN": pl.Boolean}
_NAME_OF: dict[type, str] = {record: name for name, record in KINDS.items()}


class Store:
    """One study folder. Open it with `create=True` to make it; everything written is committed when the call returns."""

    def __init__(self, folder: str | Path, *, create: bool = False, matches_in_sqlite: int = MATCHES_IN_SQLITE) -> None:
        self.folder = Path(folder)
        self._limit = matches_in_sqlite
        self._database = Database(self.folder, create=create)
        self.calls = CallTable(self._database)
        self.batches = BatchTable(self._database)
        self.judgements = JudgementTable(self._database)

    def put(self, records: Iterable[Record]) -> None:
        """Write records; one with a known key replaces what was there. All of them or none."""
        rows: dict[str, list[Sequence[Any]]] = {}
        for record in records:
            kind = _NAME_OF[type(record)]
            rows.setdefault(kind, []).append(row_of(kind, record))
        with self._database.write() as db:
            for kind, values in rows.items():
                db.executemany(insert(kind), values)

    def writer(self) -> Writer:
        """A writer for many tasks of one event loop."""
        return Writer(self.folder)

    def outcomes(self) -> list[tuple[str, str, str | None, int]]:
        """(responder, outcome, reason, number of responses), sorted; without reading any text."""
        with self._database.read() as db:
            return db.execute(
                "SELECT responder_id, outcome, reason, count(*) FROM responses GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            ).fetchall()

    def held(self, responder_id: str) -> set[tuple[str, str, int]]:
        """(dilemma, responder, draw) of a responder's conversations that did not fail; without reading any text."""
        with self._database.read() as db:
            return {
                (dilemma_id, responder_id, draw)
                for dilemma_id, draw in db.execute(
                    "SELECT dilemma_id, draw FROM responses WHERE responder_id = ? AND outcome <> 'failed'", (responder_id,)
                )
            }

    def replace(self, kind: str, records: Sequence[Record], *, facts: Mapping[str, str] | None = None) -> None:
        """Write these records in place of all of that kind, and the facts about them, in one transaction."""
        with self._database.write() as db:
            db.execute(f"DELETE FROM {known(kind)}")
            db.executemany(insert(kind), (row_of(kind, record) for record in records))
            db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", (facts or {}).items())

    def all(self, kind: type[R]) -> list[R]:
        """Every record of a kind, ordered by key."""
        name = _NAME_OF[kind]
        make = record_of(name)
        if name == "matches":
            return [cast("R", make(row)) for row in self.frame(name).iter_rows()]
        return [cast("R", make(row)) for row in self._rows(name)]

    def frame(self, kind: str, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Every record of a kind as a frame, ordered by key; nested values are JSON text. Of `columns` only these are read."""
        parts = self._parts_in_use(kind)
        if parts is not None:
            return (parts if columns is None else parts.select(columns)).collect()
        types = COLUMNS[known(kind)]
        schema = {name: _TYPES[types[name]] for name in (types if columns is None else columns)}
        values = list(zip(*self._rows(kind, schema), strict=True)) or [()] * len(schema)
        return pl.DataFrame(
            [
                pl.Series(name, column, dtype=pl.Int8).cast(pl.Boolean)
                if dtype is pl.Boolean
                else pl.Series(name, column, dtype=dtype)
                for (name, dtype), column in zip(schema.items(), values, strict=True)
            ]
        )

    def scan(self, kind: str) -> pl.LazyFrame:
        """Every record of a kind, of which no more is read than what is asked for where it lies in Parquet parts."""
        parts = self._parts_in_use(kind)
        return self.frame(kind).lazy() if parts is None else parts

    def count(self, kind: str) -> int:
        """How many records of a kind there are."""
        parts = self._parts_in_use(kind)
        if parts is not None:
            return int(parts.select(pl.len()).collect().item())
        with self._database.read() as db:
            return int(db.execute(f"SELECT count(*) FROM {known(kind)}").fetchone()[0])

    def replace_matches(self, frame: pl.DataFrame, *, facts: Mapping[str, str] | None = None) -> None:
        """Write the label table in place of the old one, and the facts about it: all of it or nothing.

        The labels go to SQLite, or beyond `matches_in_sqlite` rows to Parquet parts.
        """
        about = "INSERT OR REPLACE INTO facts VALUES (?, ?)"
        columns = list(COLUMNS["matches"])
        if frame.height <= self._limit:
            with self._database.write() as db:
                db.execute("DELETE FROM matches")
                db.execute("DELETE FROM facts WHERE name = 'match_parts'")
                db.executemany(insert("matches"), frame.select(columns).iter_rows())
                db.executemany(about, (facts or {}).items())
            drop_parts(self._parts, keep=None)
            return
        old = self.fact("match_parts")
        new = f"{int(old) + 1 if old else 1:06d}"
        drop_parts(self._parts, keep=old)
        write_parts(frame.select(columns).sort(KEYS["matches"]), self._parts / new)
        with self._database.write() as db:
            db.execute("DELETE FROM matches")
            db.executemany(about, {**(facts or {}), "match_parts": new}.items())
        drop_parts(self._parts, keep=new)

    def fact(self, name: str) -> str | None:
        """A stored fact about the folder, e.g. its settings as JSON; None where it was never set."""
        with self._database.read() as db:
            row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def values(self, name: str, kind: type[V]) -> V:
        """A fact kept as JSON: an object (`dict`) or a `list`, empty where it was never set; a `StoreError` for anything else."""
        text = self.fact(name)
        try:
            found = json.loads(text) if text else kind()
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, kind):
            raise StoreError(f"{self.folder} holds {name!r} in a form that normscope did not write. Make the study anew.")
        return found

    def set_fact(self, name: str, value: str) -> None:
        """Store a fact about the folder."""
        with self._database.write() as db:
            db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def _parts(self) -> Path:
        return self.folder / "matches"

    def _parts_in_use(self, kind: str) -> pl.LazyFrame | None:
        pointer = self.fact("match_parts") if kind == "matches" else None
        return None if pointer is None else read_parts(self._parts / pointer)

    def _rows(self, kind: str, names: Iterable[str] | None = None) -> list[tuple[Any, ...]]:
        columns = ", ".join(f'"{name}"' for name in (COLUMNS[known(kind)] if names is None else names))
        order = ", ".join(f'"{name}"' for name in KEYS[kind])
        with self._database.read() as db:
            return db.execute(f"SELECT {columns} FROM {kind} ORDER BY {order}").fetchall()
