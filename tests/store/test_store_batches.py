"""Batches on disk: what is saved is there after a new start, in the order in which it was begun."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.errors import StoreError
from normscope.store.batches import BATCHES_DDL, BatchTable, StoredBatch
from normscope.store.database import FILE_NAME, Database

FIRST = StoredBatch("b-token", "http:m", ("k1", "k2"), None, None, "intended")
SECOND = StoredBatch("a-token", "http:m", ("k3",), "file-1", None, "uploaded")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path, create=True) as database:
        with database.write() as db:
            db.execute(BATCHES_DDL)
        yield database


def test_round_trip_in_the_order_of_the_beginning(database: Database, tmp_path: Path) -> None:
    table = BatchTable(database)
    table.save(FIRST)
    table.save(SECOND)
    table.save(replace(FIRST, model="http:other", token="c-token"))
    submitted = replace(FIRST, input_file_id="file-2", batch_id="batch_1", status="submitted")
    table.save(submitted)
    assert table.open("http:m") == [submitted, SECOND]
    with Database(tmp_path) as again:
        assert BatchTable(again).open("http:m") == [submitted, SECOND]
        assert [batch.token for batch in BatchTable(again).open("http:other")] == ["c-token"]
    assert table.open("http:nobody") == []


def test_a_closed_batch_is_not_open(database: Database) -> None:
    table = BatchTable(database)
    table.save(FIRST)
    table.save(replace(FIRST, keys=(), status="closed"))
    assert table.open("http:m") == []
    with database.read() as db:
        assert db.execute("SELECT status, keys FROM batches").fetchall() == [("closed", "[]")]


def test_many_keys(database: Database) -> None:
    keys = tuple(f"{n:064x}" for n in range(50_000))
    BatchTable(database).save(replace(FIRST, keys=keys))
    assert BatchTable(database).open("http:m")[0].keys == keys


@pytest.mark.parametrize("keys", ["{}", "[1]", '"k1"'])
def test_damage_is_said(database: Database, tmp_path: Path, keys: str) -> None:
    BatchTable(database).save(FIRST)
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("UPDATE batches SET keys = ?", (keys,))
    with pytest.raises(StoreError, match="batch b-token is damaged in the store"):
        BatchTable(database).open("http:m")
