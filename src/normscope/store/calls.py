"""Every call to a model, kept before anything uses it: the log that makes a study resumable and re-scorable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from normscope.errors import StoreError
from normscope.store.database import Database

__all__ = ["CallTable", "StoredCall"]


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One row of the call table: `request` and `completion` are JSON values; `completion` is None for a failed call."""

    key: str
    model: str
    draw: int
    request: dict[str, Any]
    completion: dict[str, Any] | None
    reason: str | None


class CallTable:
    """Calls by key. A failed call is a row with a reason; asking again replaces it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored completion of a call that succeeded, as JSON values."""
        with self._database.read() as db:
            row = db.execute("SELECT completion FROM calls WHERE key = ? AND completion IS NOT NULL", (key,)).fetchone()
        return _object(row[0], key) if row else None

    def put(self, call: StoredCall) -> None:
        """Commit one call. An answer that is stored is never overwritten by a failure."""
        values = (
            call.key,
            call.model,
            call.draw,
            json.dumps(call.request, ensure_ascii=False),
            None if call.completion is None else json.dumps(call.completion, ensure_ascii=False),
            call.reason,
        )
        with self._database.write() as db:
            db.execute(
                "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
                " completion = excluded.completion, reason = excluded.reason WHERE calls.completion IS NULL",
                values,
            )

    def counts(self) -> list[tuple[str, str, int]]:
        """(model, `answered` or the reason of failure, number of calls), sorted."""
        with self._database.read() as db:
            return db.execute(
                "SELECT model, CASE WHEN completion IS NULL THEN reason ELSE 'answered' END AS outcome, count(*)"
                " FROM calls GROUP BY 1, 2 ORDER BY 1, 2"
            ).fetchall()


def _object(text: str, key: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise StoreError(f"call {key} is damaged in the store: its completion is not an object")
    return value
