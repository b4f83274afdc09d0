"""A table of labels too large for SQLite, as Parquet parts beside the database.

A part is written under another name, flushed to disk and renamed, so that a reader never sees half of one; a new set of
parts goes into a new folder and takes effect when the database points to it. The parts hold nothing that the stored
calls and solutions do not: they can always be rebuilt by matching again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl

from normscope.errors import StoreError

__all__ = ["drop_parts", "read_parts", "write_parts"]

ROWS_PER_PART = 5_000_000


def write_parts(frame: pl.DataFrame, folder: Path, *, rows_per_part: int = ROWS_PER_PART) -> list[Path]:
    """Write the frame as `part-00000.parquet` … in a new `folder`; returns the parts."""
    try:
        folder.mkdir(parents=True)
        return [
            _write(frame.slice(start, rows_per_part), folder / f"part-{n:05d}.parquet")
            for n, start in enumerate(range(0, frame.height, rows_per_part))
        ]
    except (OSError, pl.exceptions.PolarsError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(f"the label table cannot be written to {folder} ({error}). Free some space and match again.") from error


def read_parts(folder: Path) -> pl.LazyFrame:
    """All parts of a folder as one lazy frame. `StoreError` where a part is missing or damaged."""
    parts = sorted(folder.glob("part-*.parquet"))
    if not parts:
        raise StoreError(f"{folder} holds no label table. Rebuild it with: normscope match {folder.parent.parent}")
    return pl.scan_parquet(parts)


def drop_parts(folder: Path, *, keep: str | None) -> None:
    """Remove every set of parts below `folder` but `keep`; a `StoreError` where it is a link, behind which others' files lie."""
    if folder.is_symlink():
        raise StoreError(f"{folder} is a link to another folder, in which nothing is removed. Remove the link and match again.")
    for old in folder.glob("*"):
        if old.name != keep:
            shutil.rmtree(old, ignore_errors=True)


def _write(part: pl.DataFrame, path: Path) -> Path:
    unfinished = path.with_suffix(".unfinished")  # in a folder that was just made
    with unfinished.open("wb") as stream:
        part.write_parquet(stream)
        stream.flush()
        os.fsync(stream.fileno())
    return unfinished.rename(path)
