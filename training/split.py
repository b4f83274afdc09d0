"""Which dilemmas are learnt from and which are kept for measuring."""

from __future__ import annotations

import hashlib

__all__ = ["part_of"]

TEST, DEV = 18, 26
"""Of 100 dilemmas, those below the first number are for the test, up to the second for choosing settings."""


def part_of(group: str) -> str:
    """`test`, `dev` or `train`, by a hash of the dilemma's id, so that new dilemmas never move the old ones.

    Dilemmas that were written in all languages at once (`par-…`) are always for the test: there every language is measured
    on the same dilemmas.

    >>> part_of("par-001"), part_of("en-a-001")
    ('test', 'train')
    """
    if group.startswith("par-"):
        return "test"
    number = int(hashlib.sha256(group.encode()).hexdigest(), 16) % 100
    return "test" if number < TEST else "dev" if number < DEV else "train"
