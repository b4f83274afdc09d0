"""One writer for many tasks: what they write within a hundredth of a second is committed in one transaction, off the loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from normscope.errors import StoreError
from normscope.records import KINDS, Record
from normscope.store.calls import StoredCall, call_row, put_calls
from normscope.store.database import Database
from normscope.store.lock import only_writer
from normscope.store.rows import row_of
from normscope.store.schema import insert
from normscope.store.sieve import Sieve

__all__ = ["Writer"]

LINGER_SECONDS = 0.01
"""A commit costs as much as ten rows: a hundredth of a second, beside seconds of waiting for a model, saves most of that."""

MOST_ROWS = 256
"""The most rows of one statement. SQLite gives up Python's lock at every statement, and a busy event loop returns it late."""

CALLS = "calls"
_NAME_OF: dict[type, str] = {record: name for name, record in KINDS.items()}


@dataclass(slots=True)
class _Batch:
    """Rows by table, and who waits for them to be on disk."""

    rows: dict[str, list[Sequence[Any]]] = field(default_factory=dict)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)


class Writer:
    """Commits in batches, on a thread and a connection of its own, so that neither rows nor a slow disk hold up the loop.

    `call` returns when its call is on disk. `record` does not wait: a record is made of calls that are on disk already, and a
    record lost in a kill is made of them again. After a failed commit every further one is refused with the same error, so
    that nothing is asked that could not be kept. Belongs to one event loop; close it to commit the rest. `StoreError` where
    somebody writes to this folder already.
    """

    def __init__(self, folder: Path, *, linger: float = LINGER_SECONDS) -> None:
        self._lock = only_writer(folder)
        try:
            self._database = Database(folder)
        except BaseException:
            self._lock.release()
            raise
        self._linger = linger
        self._sieve: Sieve | None = None
        self._batch = _Batch()
        self._due = False
        self._failed: StoreError | None = None
        self._batches: SimpleQueue[_Batch | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def may_hold(self, key: str) -> bool:
        """Whether a call may be in the store; a no is certain, since nobody else writes.

        A look into the database before each of a million calls would take a fifth of what our side of a call takes.
        """
        if self._sieve is None:
            with self._database.read() as db:
                self._sieve = Sieve(key for (key,) in db.execute("SELECT key FROM calls"))
        return key in self._sieve

    async def call(self, call: StoredCall) -> None:
        """Commit one call; raises `StoreError` where that is not possible."""
        if self._sieve is not None:
            self._sieve.add(call.key)
        loop = self._add(CALLS, call_row(call))
        committed = loop.create_future()
        self._batch.waiting.append(committed)
        await committed

    def record(self, record: Record) -> None:
        """Have a record committed with what comes next; one with a known key replaces what was there."""
        kind = _NAME_OF[type(record)]
        self._add(kind, row_of(kind, record))

    def close(self) -> None:
        """Commit what is left and close the connection; raises the `StoreError` of a commit that failed."""
        if self._thread is not None:
            self._hand_over()
            self._batches.put(None)
            self._thread.join()
        self._database.close()
        self._lock.release()
        if self._failed is not None:
            raise self._failed

    def _add(self, table: str, row: Sequence[Any]) -> asyncio.AbstractEventLoop:
        if self._failed is not None:
            raise self._failed
        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, args=(loop,), name="normscope-writer", daemon=True)
            self._thread.start()
        rows = self._batch.rows.get(table)
        if rows is None:
            rows = self._batch.rows[table] = []
        rows.append(row)
        if not self._due:
            self._due = True
            loop.call_later(self._linger, self._hand_over)
        return loop

    def _hand_over(self) -> None:
        if self._batch.rows:
            batch, self._batch = self._batch, _Batch()
            self._batches.put(batch)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """The thread's work: one batch after the other, until there is None."""
        while (batch := self._batches.get()) is not None:
            try:
                # after a failure nothing is written any more: a gap in what is kept would be worse than its end
                if self._failed is None:
                    self._commit(batch.rows)
            except StoreError as error:
                self._failed = error
            except Exception as error:  # a value that no column holds: said to those who wait, who would wait without end
                self._failed = StoreError(f"a record cannot be written ({type(error).__name__}: {error})")
            # a loop that is closed has nobody left who waits
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._committed, batch.waiting)

    def _commit(self, rows: dict[str, list[Sequence[Any]]]) -> None:
        with self._database.write() as db:
            for table, values in rows.items():
                for part in _parts(values):
                    statement = put_calls(len(part)) if table == CALLS else insert(table, len(part))
                    db.execute(statement, [value for row in part for value in row])

    def _committed(self, waiting: Iterable[asyncio.Future[None]]) -> None:
        for committed in waiting:
            if committed.done():
                continue  # nobody waits any more
            if self._failed is None:
                committed.set_result(None)
            else:
                committed.set_exception(self._failed)
        self._due = bool(self._batch.rows)
        if self._due:
            asyncio.get_running_loop().call_later(self._linger, self._hand_over)


def _parts(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    for start in range(0, len(rows), MOST_ROWS):
        yield rows[start : start + MOST_ROWS]
