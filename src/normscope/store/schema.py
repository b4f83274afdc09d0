"""The shape of `study.db`: one table per kind of record, one for the calls, one for facts about the folder."""

from __future__ import annotations

from functools import lru_cache

from normscope.store.batches import BATCHES_DDL
from normscope.store.judgements import JUDGEMENTS_DDL

__all__ = ["APPLICATION_ID", "COLUMNS", "DDL", "KEYS", "LAYOUT_VERSION", "insert", "known", "places", "record_table"]

APPLICATION_ID = 0x6E6F726D
"""Marks the file as ours ("norm" in ASCII), so that another program's database is not taken for a study."""

LAYOUT_VERSION = 4
"""Version of the tables; a study folder of another version is refused with an explanation. 2: calls have their cost, batches
are kept, millions of rows are counted from indexes. 3: labels keep their votes, solutions their conditions, questions are
drawn for people to label, judgements are remembered. 4: estimates say their reading and reference policy; a folder of version 3
is brought to it as it is opened (`upgrades.py`)."""

KEYS: dict[str, tuple[str, ...]] = {
    "dilemmas": ("dilemma_id",),
    "responders": ("responder_id",),
    "responses": ("dilemma_id", "responder_id", "draw"),
    "solutions": ("solution_id", "extractor"),
    "matches": ("dilemma_id", "responder_id", "draw", "basis", "solution_id"),
    "label_items": ("dilemma_id", "responder_id", "draw", "basis", "solution_id"),
    "golds": ("gold_id", "coder"),
    "estimates": ("metric", "pairing", "responder_id", "target_id", "topic", "reading", "policy"),
}
"""What identifies a record; writing a record with a known key replaces it."""

COLUMNS: dict[str, dict[str, str]] = {
    "dilemmas": {
        "dilemma_id": "TEXT", "text": "TEXT", "language": "TEXT", "topic": "TEXT", "asked_on": "TEXT", "cluster": "TEXT",
        "extra": "JSON",
    },
    "responders": {
        "responder_id": "TEXT", "kind": "TEXT", "model": "TEXT", "persona": "TEXT", "note": "TEXT", "system_prompt": "TEXT",
    },
    "responses": {
        "dilemma_id": "TEXT", "responder_id": "TEXT", "draw": "INTEGER", "protocol": "TEXT", "outcome": "TEXT",
        "turns": "JSON", "reason": "TEXT",
    },
    "solutions": {
        "solution_id": "TEXT", "dilemma_id": "TEXT", "responder_id": "TEXT", "draw": "INTEGER", "text": "TEXT",
        "stance": "TEXT", "main": "BOOLEAN", "extractor": "TEXT", "start": "INTEGER", "end": "INTEGER",
        "prompt_hash": "TEXT", "conditions": "JSON", "hedged": "BOOLEAN",
    },
    "matches": {
        "dilemma_id": "TEXT", "responder_id": "TEXT", "draw": "INTEGER", "basis": "TEXT", "solution_id": "TEXT",
        "label": "TEXT", "score": "REAL", "matcher": "TEXT", "evidence": "TEXT", "prompt_hash": "TEXT",
        "votes": "JSON",
    },
    "label_items": {
        "item_id": "TEXT", "dilemma_id": "TEXT", "responder_id": "TEXT", "draw": "INTEGER", "basis": "TEXT",
        "solution_id": "TEXT", "flip": "BOOLEAN", "dilemma": "TEXT", "text": "TEXT", "solution": "TEXT", "asked": "TEXT",
        "inclusion": "REAL", "plan": "TEXT", "rank": "INTEGER", "stratum": "TEXT", "twice": "BOOLEAN", "language": "TEXT",
        "topic": "TEXT",
    },
    "golds": {
        "gold_id": "TEXT", "dilemma": "TEXT", "text": "TEXT", "solution": "TEXT", "asked": "TEXT", "label": "TEXT",
        "coder": "TEXT", "language": "TEXT", "kind": "TEXT", "cluster": "TEXT", "topic": "TEXT",
    },
    "estimates": {
        "metric": "TEXT", "pairing": "TEXT", "responder_id": "TEXT", "target_id": "TEXT", "topic": "TEXT",
        "value": "JSON", "low": "JSON", "high": "JSON", "level": "REAL", "method": "TEXT", "estimand": "TEXT",
        "n_dilemmas": "INTEGER", "excluded": "JSON", "matcher": "TEXT", "n_labels": "INTEGER",
        "reading": "TEXT", "policy": "TEXT",
    },
}  # fmt: skip
"""Columns of each record table in the order of the record's fields; JSON columns hold the nested values as text."""

_CALLS = """
CREATE TABLE calls (
  key TEXT NOT NULL UNIQUE, model TEXT NOT NULL, draw INTEGER NOT NULL, request TEXT NOT NULL, completion TEXT, reason TEXT,
  prompt_tokens INTEGER, completion_tokens INTEGER, cost INTEGER, may_have_cost INTEGER NOT NULL
)
"""
"""Rows are appended and only their short keys go to random places: with the key as the table's own order, every call would
touch another page of long texts."""

_INDEXES = (
    # what is counted and summed over millions of rows must not read their texts
    "CREATE INDEX calls_by_outcome ON calls (model, reason, prompt_tokens, completion_tokens, cost, may_have_cost)",
    "CREATE INDEX responses_by_outcome ON responses (responder_id, outcome, reason, dilemma_id, draw)",
)


def record_table(name: str) -> str:
    """The statement that makes the empty table of a kind of record."""
    # a column declared JSON would turn the text "0.5" into a number
    columns = ", ".join(f'"{column}" {"TEXT" if kind == "JSON" else kind}' for column, kind in COLUMNS[name].items())
    key = ", ".join(f'"{column}"' for column in KEYS[name])
    # responses are long and come in any order: like calls, they are appended and only their keys go to random places
    return f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({key})){'' if name == 'responses' else ' WITHOUT ROWID'}"


DDL: tuple[str, ...] = (
    *(record_table(name) for name in COLUMNS),
    _CALLS,
    BATCHES_DDL,
    JUDGEMENTS_DDL,
    *_INDEXES,
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {LAYOUT_VERSION}",
)
"""Statements that lay an empty study database."""


def known(kind: str) -> str:
    """The name of a record table, or a `ValueError` that lists them."""
    if kind not in COLUMNS:
        raise ValueError(f"no kind of record {kind!r}; known: {', '.join(COLUMNS)}")
    return kind


@lru_cache(maxsize=256)
def insert(kind: str, rows: int = 1) -> str:
    """The statement that writes so many records at once; one with a known key is replaced."""
    return f"INSERT OR REPLACE INTO {known(kind)} VALUES {places(len(COLUMNS[kind]), rows)}"


def places(columns: int, rows: int) -> str:
    """The places of so many rows in a statement.

    >>> places(2, 3)
    '(?, ?), (?, ?), (?, ?)'
    """
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)
