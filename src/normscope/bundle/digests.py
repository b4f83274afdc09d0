"""Hashes of a study's records, by which somebody with the study can show later that it is the same data."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

__all__ = ["HMAC", "MOST", "SHA256", "Difference", "RecordDigests", "digest_lines", "first_difference", "hashed"]

SHA256, HMAC = "sha256", "hmac-sha256"
"""How texts and records are hashed: as they are, or with a secret."""

MOST = 65_536
"""So many hashes of one kind of record at most; where there are more records, each hash is of several in a row."""

_DIGEST = re.compile("[0-9a-f]{64}")


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RecordDigests:
    """What identifies the records of one kind: how many there are, the hash of them all, and a hash for each `block` in a row.

    A record is hashed as its line of canonical JSON (`canonical_line`), several as their lines joined by line ends.
    """

    kind: str
    records: int
    whole: str
    block: int
    blocks: tuple[str, ...]

    def text(self) -> str:
        """The hashes of the blocks, one on a line."""
        return "".join(f"{digest}\n" for digest in self.blocks)

    @staticmethod
    def read(kind: str, text: str, *, records: int, whole: str, block: int) -> RecordDigests | None:
        """What `text` was written of; None where it is not that."""
        blocks = tuple(text.splitlines())
        right = block > 0 and len(blocks) == -(-records // block) and all(_DIGEST.fullmatch(one) for one in blocks)
        return RecordDigests(kind, records, whole, block, blocks) if right else None


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which a study's records are not those of a bundle.

    `what`: `changed`, `missing` (the bundle has it, the study has not) or `added` (the other way round). `first:last` are
    places in the order of the records' keys, counted from 0: one record, or the several that share one hash.
    """

    kind: str
    what: str
    first: int
    last: int


def hashed(text: bytes, *, key: bytes | None = None) -> str:
    """SHA-256 of the bytes as 64 hexadecimal digits; with a `key`, HMAC-SHA-256."""
    found = _hash(key)
    found.update(text)
    return found.hexdigest()


def digest_lines(
    kind: str, lines: Iterable[bytes], *, records: int, key: bytes | None = None, block: int | None = None
) -> RecordDigests:
    """The hashes of so many records, given as lines in the order of their keys.

    `block`: so many records share a hash; by default as many as keeps the hashes at `MOST`.

    >>> digest_lines("golds", [b"{}", b"[]"], records=2).blocks[0][:8], hashed(b"{}")[:8]
    ('44136fa3', '44136fa3')
    """
    block = block or max(1, -(-records // MOST))
    whole, part, n, blocks = _hash(key), _hash(key), 0, []
    for n, line in enumerate(lines, start=1):
        whole.update(line + b"\n")
        part.update(line if n % block == 1 or block == 1 else b"\n" + line)
        if n % block == 0:
            blocks.append(part.hexdigest())
            part = _hash(key)
    if n % block:
        blocks.append(part.hexdigest())
    return RecordDigests(kind, n, whole.hexdigest(), block, tuple(blocks))


def first_difference(bundled: RecordDigests, ours: RecordDigests) -> Difference | None:
    """Where a study's records first differ from a bundle's; both with the same `block`. None: they are the same."""
    place = next((i for i, (a, b) in enumerate(zip(bundled.blocks, ours.blocks, strict=False)) if a != b), None)
    if place is None:
        if bundled.records == ours.records:
            return None if bundled.whole == ours.whole else Difference(ours.kind, "changed", 0, max(ours.records - 1, 0))
        place = min(len(bundled.blocks), len(ours.blocks))
    what = "changed"
    if bundled.block == 1:
        theirs_later = place < len(ours.blocks) and ours.blocks[place] in bundled.blocks[place:]
        ours_later = place < len(bundled.blocks) and bundled.blocks[place] in ours.blocks[place:]
        if place >= len(ours.blocks) or (theirs_later and not ours_later):
            what = "missing"
        elif place >= len(bundled.blocks) or (ours_later and not theirs_later):
            what = "added"
    records = bundled.records if what == "missing" else max(ours.records, bundled.records)
    first = place * bundled.block
    return Difference(ours.kind, what, first, min(first + bundled.block, records) - 1)


def _hash(key: bytes | None) -> _Hash:
    return hashlib.sha256() if key is None else hmac.new(key, digestmod="sha256")
