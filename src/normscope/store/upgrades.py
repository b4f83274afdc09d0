"""What brings the database of an older study folder to today's layout, where that can be done without loss."""

from __future__ import annotations

import sqlite3

from normscope.records import Policy, Reading
from normscope.store.schema import LAYOUT_VERSION, record_table

__all__ = ["UPGRADABLE", "upgrade"]

_ESTIMATES_BEFORE = (
    "metric, pairing, responder_id, target_id, topic, value, low, high, level, method, estimand, n_dilemmas, excluded, matcher, "
    "n_labels"
)

_FROM_3 = (
    # the key grows, and SQLite cannot change a key
    "ALTER TABLE estimates RENAME TO estimates_before",
    record_table("estimates"),
    f"INSERT INTO estimates ({_ESTIMATES_BEFORE}, reading, policy) "
    f"SELECT {_ESTIMATES_BEFORE}, '{Reading.MAIN.value}', '{Policy.EACH.value}' FROM estimates_before",
    "DROP TABLE estimates_before",
    f"PRAGMA user_version = {LAYOUT_VERSION}",
)

UPGRADABLE = {3: _FROM_3}
"""The statements that bring a layout of that version to `LAYOUT_VERSION`."""


def upgrade(db: sqlite3.Connection) -> None:
    """Bring an upgradable database to today's layout, all of it or nothing; another process may have done so meanwhile."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for statement in UPGRADABLE.get(version, ()):
            db.execute(statement)
