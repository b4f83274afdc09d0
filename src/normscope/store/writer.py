"""One writer for many tasks: what they write within a hundredth of a second is committed in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from normscope.errors import StoreError
from normscope.records import KINDS, Record
from normscope.store.calls import PUT_CALL, StoredCall, call_row
from normscope.store.database import Database
from normscope.store.rows import row_of
from normscope.store.schema import insert

__all__ = ["Writer"]

LINGER_SECONDS = 0.01
"""A commit costs as much as ten rows: a hundredth of a second, beside seconds of waiting for a model, saves most of that."""

_NAME_OF: dict[type, str] = {record: name for name, record in KINDS.items()}


class Writer:
    """Commits in batches, on the event loop's own thread: writing a few rows to the log costs less than handing them over.

    `call` returns when its call is on disk. `record` does not wait: a record is made of calls that are on disk already, and a
    record lost in a kill is made of them again. After a failed commit every further one is refused with the same error, so
    that nothing is asked that could not be kept. Close it to commit the rest.
    """

    def __init__(self, database: Database, *, linger: float = LINGER_SECONDS) -> None:
        self._database = database
        self._linger = linger
        self._rows: dict[str, list[Sequence[Any]]] = {}
        self._waiting: list[asyncio.Future[None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._failed: StoreError | None = None

    async def call(self, call: StoredCall) -> None:
        """Commit one call; raises `StoreError` where that is not possible."""
        self._add(PUT_CALL, call_row(call))
        committed = asyncio.get_running_loop().create_future()
        self._waiting.append(committed)
        await committed

    def record(self, record: Record) -> None:
        """Have a record committed with what comes next; one with a known key replaces what was there."""
        kind = _NAME_OF[type(record)]
        self._add(insert(kind), row_of(kind, record))

    def close(self) -> None:
        """Commit what is left; raises the `StoreError` of a commit that failed."""
        if self._timer is not None:
            self._timer.cancel()
        self._commit()
        if self._failed is not None:
            raise self._failed

    def _add(self, statement: str, row: Sequence[Any]) -> None:
        if self._failed is not None:
            raise self._failed
        self._rows.setdefault(statement, []).append(row)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._linger, self._commit)

    def _commit(self) -> None:
        self._timer = None
        rows, self._rows = self._rows, {}
        waiting, self._waiting = self._waiting, []
        if not rows:
            return
        try:
            with self._database.write() as db:
                for statement, values in rows.items():
                    db.executemany(statement, values)
        except StoreError as error:
            self._failed = error
        for committed in waiting:
            if committed.done():
                continue  # nobody waits any more
            if self._failed is None:
                committed.set_result(None)
            else:
                committed.set_exception(self._failed)
