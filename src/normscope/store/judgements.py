"""What a matcher that asks nobody has already judged, so that each distinct question is worked on once, ever."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from normscope.records import Judgement, Label

if TYPE_CHECKING:
    from normscope.store.database import Database

__all__ = ["JUDGEMENTS_DDL", "JudgementTable"]

JUDGEMENTS_DDL = """
CREATE TABLE judgements (
  key BLOB PRIMARY KEY, label TEXT NOT NULL, score REAL NOT NULL, evidence TEXT, votes TEXT NOT NULL
) WITHOUT ROWID
"""

AT_ONCE = 500
"""Keys in one statement; SQLite allows some thousands."""


class JudgementTable:
    """Judgements by a key that holds all that they depend on. Judges that ask a model are remembered by their calls instead."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Judgement]:
        """Those of the keys that are known, with their judgements."""
        found: dict[bytes, Judgement] = {}
        with self._database.read() as db:
            for start in range(0, len(keys), AT_ONCE):
                some = keys[start : start + AT_ONCE]
                places = ", ".join("?" * len(some))
                rows = db.execute(f"SELECT key, label, score, evidence, votes FROM judgements WHERE key IN ({places})", some)
                for key, label, score, evidence, votes in rows:
                    found[key] = Judgement(Label(label), score, evidence, json.loads(votes))
        return found

    def put(self, judgements: Mapping[bytes, Judgement]) -> None:
        """Keep judgements, all of them or none."""
        rows = [
            (key, j.label.value, j.score, j.evidence, json.dumps(j.votes, ensure_ascii=False)) for key, j in judgements.items()
        ]
        with self._database.write() as db:
            db.executemany("INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?)", rows)
