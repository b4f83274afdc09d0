"""A study's records as lines of canonical JSON, in the order of their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator

from normscope.bundle.canonical import canonical_line
from normscope.bundle.digests import RecordDigests, digest_lines
from normscope.records import KINDS, SCHEMA_VERSION
from normscope.store import Store
from normscope.store.schema import COLUMNS, KEYS

__all__ = ["digests_of", "key_at", "record_lines"]

ROWS = 50_000


def record_lines(store: Store, kind: str) -> Iterator[bytes]:
    """Each record as `to_dict` gives it, in canonical JSON: what `normscope export` writes, line by line, made canonical."""
    names = sorted(COLUMNS[kind])  # given in order, there is nothing left to sort
    nested = [i for i, name in enumerate(names) if COLUMNS[kind][name] == "JSON"]
    for part in store.frame(kind).select(names).iter_slices(ROWS):
        for row in part.iter_rows():
            values = list(row)
            for i in nested:
                values[i] = json.loads(values[i])
            yield canonical_line({"schema_version": SCHEMA_VERSION, **dict(zip(names, values, strict=True))})


def digests_of(store: Store, *, key: bytes | None = None, like: dict[str, int] | None = None) -> Iterator[RecordDigests]:
    """The hashes of every kind of record; `like` gives the number of records that share a hash, by kind."""
    for kind in KINDS:
        if like is None or kind in like:
            lines, records = record_lines(store, kind), store.count(kind)
            yield digest_lines(kind, lines, records=records, key=key, block=None if like is None else like[kind])


def key_at(store: Store, kind: str, place: int) -> tuple[str, ...] | None:
    """What identifies the record at a place in the order of keys; None where there are fewer."""
    keys = store.frame(kind, columns=KEYS[kind])
    return tuple(str(value) for value in keys.row(place)) if place < keys.height else None
