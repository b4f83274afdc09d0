"""The batches that a study has handed to providers: written before anything is sent, so that no kill loses one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from normscope.errors import StoreError

if TYPE_CHECKING:
    from normscope.store.database import Database

__all__ = ["BATCHES_DDL", "BatchTable", "StoredBatch"]

BATCHES_DDL = """
CREATE TABLE IF NOT EXISTS batches (
  token TEXT PRIMARY KEY, model TEXT NOT NULL, status TEXT NOT NULL, input_file_id TEXT, batch_id TEXT, keys TEXT NOT NULL
)
"""
"""Lays the table. It keeps its row numbers: they are the order in which batches were begun."""

CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """One row: the batch with our `token`, and the `keys` of its calls. The ids are the provider's, None until it gave them.

    `status` is the writer's word for how far the batch is; a batch is open until it is `closed`.
    """

    token: str
    model: str
    keys: tuple[str, ...]
    input_file_id: str | None
    batch_id: str | None
    status: str


class BatchTable:
    """Batches by token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, model: str) -> list[StoredBatch]:
        """The batches of a model that are not closed, in the order in which they were begun."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT token, model, keys, input_file_id, batch_id, status FROM batches"
                " WHERE model = ? AND status <> ? ORDER BY rowid",
                (model, CLOSED),
            ).fetchall()
        return [StoredBatch(token, name, _keys(keys, token), *ids) for token, name, keys, *ids in rows]

    def save(self, batch: StoredBatch) -> None:
        """Commit a batch as it stands now; one with a known token is replaced and keeps its place."""
        values = (batch.token, batch.model, batch.status, batch.input_file_id, batch.batch_id, json.dumps(batch.keys))
        with self._database.write() as db:
            db.execute(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (token) DO UPDATE SET status = excluded.status,"
                " input_file_id = excluded.input_file_id, batch_id = excluded.batch_id, keys = excluded.keys",
                values,
            )


def _keys(text: str, token: str) -> tuple[str, ...]:
    value = json.loads(text)
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise StoreError(f"batch {token} is damaged in the store: its keys are not a list of texts")
    return tuple(value)
