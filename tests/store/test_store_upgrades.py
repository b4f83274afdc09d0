"""A folder of an older layout: brought to today's without loss, or refused with what to do."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from normscope.errors import StoreError
from normscope.records import Dilemma, Estimate, NotMeasured
from normscope.store import FILE_NAME, Store
from normscope.store.schema import LAYOUT_VERSION

DILEMMA = Dilemma("d", "What now?")
MISSING = NotMeasured("no data")
STATED = Estimate(
    "stated", "model–human", "m", "people", "all", 0.5, 0.25, MISSING, 0.95, "x", "these", 3, {"refused": 1}, "exact"
)
LAYOUT_3 = """
CREATE TABLE estimates (metric TEXT, pairing TEXT, responder_id TEXT, target_id TEXT, topic TEXT, value TEXT, low TEXT, high TEXT,
  level REAL, method TEXT, estimand TEXT, n_dilemmas INTEGER, excluded TEXT, matcher TEXT, n_labels INTEGER,
  PRIMARY KEY (metric, pairing, responder_id, target_id, topic)) WITHOUT ROWID
"""


def folder_of_layout_3(folder: Path) -> Path:
    """A study with a dilemma and an estimate as normscope wrote it before estimates had readings and policies."""
    with Store(folder, create=True) as store:
        store.put([DILEMMA, STATED])
    db = sqlite3.connect(folder / FILE_NAME)
    with db:
        (row,) = db.execute("SELECT * FROM estimates").fetchall()
        db.execute("DROP TABLE estimates")
        db.execute(LAYOUT_3)
        db.execute(f"INSERT INTO estimates VALUES ({', '.join('?' * 15)})", row[:15])
        db.execute("PRAGMA user_version = 3")
    db.close()
    return folder


def test_layout_3_is_brought_to_todays(tmp_path: Path) -> None:
    folder = folder_of_layout_3(tmp_path / "study")
    for _ in range(2):  # the second time there is nothing left to do
        with Store(folder) as store:
            assert store.all(Dilemma) == [DILEMMA]
            assert store.all(Estimate) == [STATED]
            assert (STATED.reading, STATED.policy) == ("main", "each")
            store.put([STATED, Estimate(**{**{f: getattr(STATED, f) for f in STATED.__slots__}, "policy": "union"})])
            assert store.count("estimates") == 2
            store.replace("estimates", [STATED])
    with sqlite3.connect(folder / FILE_NAME) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (LAYOUT_VERSION,)


def test_layout_3_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of_layout_3(tmp_path / "study")
    monkeypatch.setattr("normscope.store.database.os.access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(StoreError, match="schema version 3 and must be brought to version 4, but it cannot be written"):
        Store(folder)
