"""Opening `study.db` (SQLite, WAL): one writer, committed before anything is used, clear words for what can go wrong."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from normscope.errors import StoreError
from normscope.store.schema import APPLICATION_ID, DDL, LAYOUT_VERSION
from normscope.store.upgrades import UPGRADABLE, upgrade

__all__ = ["FILE_NAME", "Database"]

FILE_NAME = "study.db"
BUSY_SECONDS = 30
CACHED_STATEMENTS = 8
"""A statement that writes 256 rows takes a third of a megabyte, and there is one for every number of rows."""


class Database:
    """A connection to a study's database.

    `create=True` lays a new one where there is none. One that may not be written can be read. `StoreError` for a write into
    it, a file that is not a study's, a study of another version, a damaged file, and a full disk; what was committed before
    stays readable.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self._lock = threading.RLock()
        if not self.path.exists():
            if not create:
                raise StoreError(f"{folder} holds no study (no {FILE_NAME}). Make one with: normscope run STUDY.yaml")
            _make_folder(folder)
        with self._words():
            address, uri = self._address()
            self._connection = sqlite3.connect(
                address, timeout=BUSY_SECONDS, check_same_thread=False, cached_statements=CACHED_STATEMENTS, uri=uri
            )
        try:
            with self._words():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _writable(self) -> bool:
        return os.access(self.path, os.W_OK) and os.access(self.folder, os.W_OK)

    def _address(self) -> tuple[str, bool]:
        """Where the database is, and whether that is a URI: what may not be written is read as it lies.

        Else SQLite would lay a log beside it before it reads. Where there is a log somebody else may be writing.
        """
        log = self.path.with_name(f"{FILE_NAME}-wal")
        sealed = self.path.exists() and not self._writable() and not log.exists()
        return (f"{self.path.absolute().as_uri()}?immutable=1" if sealed else str(self.path)), sealed

    def _prepare(self) -> None:
        db = self._connection
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if tables and application != APPLICATION_ID:
            raise StoreError(f"{self.path} is a database of another program. Choose another study folder.")
        writable = self._writable()
        if tables and version in UPGRADABLE and not writable:
            raise StoreError(
                f"{self.path} was written with schema version {version} and must be brought to version {LAYOUT_VERSION}, but it "
                "cannot be written. Copy the folder to where you may write and open the copy."
            )
        if tables and version != LAYOUT_VERSION and version not in UPGRADABLE:
            raise StoreError(
                f"{self.path} was written with schema version {version}; this normscope reads version {LAYOUT_VERSION}. "
                "Open it with the normscope that wrote it and export it (normscope export), or start a new folder."
            )
        if writable:
            # WAL survives a kill at any moment; NORMAL loses nothing but on a power cut, where the last commits may go
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            # a checkpoint waits for the disk: every 64 MB of log instead of every 4, so that a run of many small writes
            # seldom does
            db.execute("PRAGMA wal_autocheckpoint = 16384")
            # what a statement of many rows may have to undo is no reason for a file
            db.execute("PRAGMA temp_store = MEMORY")
        if tables and version in UPGRADABLE:
            upgrade(db)
        if not tables:
            with db:
                db.execute("BEGIN IMMEDIATE")
                for statement in DDL:
                    db.execute(statement)

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on disk when the block ends, or none of it."""
        with self._lock, self._words(), self._connection:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The connection for queries."""
        with self._lock, self._words():
            yield self._connection

    def first(self, query: str, values: tuple[Any, ...]) -> Any:
        """The first row of a query, or None: `read` for the one look that is taken before every call to a model."""
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise StoreError(self._explain(error)) from error

    def close(self) -> None:
        """Close the connection. Closing twice does nothing."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextlib.contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(self._explain(error)) from error

    def _explain(self, error: sqlite3.Error) -> str:
        name = getattr(error, "sqlite_errorname", "")
        if "FULL" in name or "full" in str(error):
            return (
                f"the disk that holds {self.path} is full. Nothing that was stored before is lost. Free some space and run again."
            )
        if "READONLY" in name or "CANTOPEN" in name or "PERM" in name:
            return f"{self.path} cannot be written or opened ({error}). Check the permissions of the file and its folder."
        if "NOTADB" in name or "CORRUPT" in name:
            return f"{self.path} is not a readable SQLite database ({error}). Restore it from a copy or choose another folder."
        if "BUSY" in name or "LOCKED" in name:
            return f"{self.path} is in use by another process. Wait for that run to end, or stop it."
        if "IOERR" in name:
            return f"reading or writing {self.path} failed ({error}). Check the disk: it may be full or gone."
        closed = f"the study in {self.folder} was closed. Open it again: Study.open({str(self.folder)!r})."
        return closed if "closed database" in str(error) else f"{self.path}: {error}."


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the study folder {folder} cannot be made ({error.strerror}). Choose a folder that you may write."
        ) from error
    if not os.access(folder, os.W_OK):
        raise StoreError(f"the study folder {folder} cannot be written. Choose another folder or change its permissions.")
