"""A study's records out to JSONL or Parquet files and back in, without loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from normscope.errors import DataError, StoreError, UsageError
from normscope.records import KINDS, SCHEMA_VERSION, Record, from_json, to_json
from normscope.store.rows import record_of, row_of
from normscope.store.schema import COLUMNS
from normscope.store.store import Store

__all__ = ["FORMATS", "export_records", "import_records"]

FORMATS = ("jsonl", "parquet")
BATCH = 10_000


def export_records(store: Store, folder: Path, *, to: str = "jsonl") -> dict[str, int]:
    """Write every kind of record as one file each; returns how many of each. `to` is `jsonl` or `parquet`."""
    if to not in FORMATS:
        raise UsageError(f"cannot export to {to!r}. Allowed: {', '.join(FORMATS)}.")
    written = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, record in KINDS.items():
            records = store.all(record)
            _WRITERS[to](kind, records, folder / f"{kind}.{to}")
            written[kind] = len(records)
    except OSError as error:
        raise StoreError(f"cannot write the export to {folder} ({error.strerror}). Choose another folder.") from error
    return written


def import_records(store: Store, folder: Path) -> dict[str, int]:
    """Read what `export_records` wrote into a study; returns how many of each kind. A damaged line is a `DataError`."""
    files = [(kind, folder / f"{kind}.{to}") for kind in KINDS for to in FORMATS if (folder / f"{kind}.{to}").is_file()]
    if not files:
        raise UsageError(f"{folder} holds no exported records. Expected files such as dilemmas.jsonl or dilemmas.parquet.")
    read = {}
    for kind, path in files:
        records = list(_read_jsonl(kind, path) if path.suffix == ".jsonl" else _read_parquet(kind, path))
        for start in range(0, len(records), BATCH):
            store.put(records[start : start + BATCH])
        read[kind] = len(records)
    return read


def _write_jsonl(kind: str, records: list[Record], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{to_json(record)}\n" for record in records)


def _write_parquet(kind: str, records: list[Record], path: Path) -> None:
    types = {"INTEGER": pl.Int64, "REAL": pl.Float64, "BOOLEAN": pl.Boolean}
    schema = {name: types.get(column, pl.String) for name, column in COLUMNS[kind].items()}
    frame = pl.DataFrame([row_of(kind, record) for record in records], schema=schema, orient="row")
    frame.with_columns(schema_version=pl.lit(SCHEMA_VERSION)).write_parquet(path)


def _read_jsonl(kind: str, path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            try:
                yield from_json(KINDS[kind], line)
            except ValueError as error:
                raise DataError(f"not a record of {kind} ({error})", file=path, line=number) from error


def _read_parquet(kind: str, path: Path) -> Iterator[Record]:
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(f"not a readable Parquet file ({error})", file=path) from error
    missing = [name for name in [*COLUMNS[kind], "schema_version"] if name not in frame.columns]
    if missing:
        raise DataError("a column is missing", file=path, field=missing[0], got=frame.columns)
    versions = frame["schema_version"].unique().to_list()
    if versions not in ([], [SCHEMA_VERSION]):
        raise DataError("another schema version", file=path, got=versions, allowed=str(SCHEMA_VERSION))
    make = record_of(kind)
    for row in frame.select(list(COLUMNS[kind])).iter_rows():
        try:
            yield make(row)
        except (ValueError, TypeError) as error:
            raise DataError(f"not a record of {kind} ({error})", file=path) from error


_WRITERS: dict[str, Callable[[str, list[Record], Path], None]] = {"jsonl": _write_jsonl, "parquet": _write_parquet}
