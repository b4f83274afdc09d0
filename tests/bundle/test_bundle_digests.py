"""Hashes of records: by hand, and the first difference is the one that was made."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.bundle import Difference, digest_lines, first_difference, hashed
from normscope.bundle.digests import MOST, RecordDigests

LINES = [f"record {n}".encode() for n in range(7)]


def digests(lines: list[bytes], *, block: int | None = None, key: bytes | None = None) -> RecordDigests:
    return digest_lines("golds", lines, records=len(lines), block=block, key=key)


def test_each_line_has_its_hash_and_all_have_one() -> None:
    found = digests(LINES)
    assert found.blocks == tuple(hashlib.sha256(line).hexdigest() for line in LINES)
    assert found.whole == hashlib.sha256(b"".join(line + b"\n" for line in LINES)).hexdigest()  # that of a JSONL file


def test_a_block_is_its_lines_joined_by_line_ends() -> None:
    found = digests(LINES, block=3)
    assert found.blocks == tuple(hashlib.sha256(b"\n".join(LINES[i : i + 3])).hexdigest() for i in (0, 3, 6))


def test_with_a_key_it_is_hmac() -> None:
    found = digests(LINES, key=b"secret")
    assert found.blocks[2] == hmac.new(b"secret", LINES[2], "sha256").hexdigest() == hashed(LINES[2], key=b"secret")
    assert found.whole != digests(LINES).whole


def test_there_are_never_too_many_hashes() -> None:
    lines = [b"x"] * (MOST + 1)
    found = digests(lines)
    assert (found.block, len(found.blocks)) == (2, MOST // 2 + 1)


def test_text_and_back() -> None:
    found = digests(LINES, block=2)
    assert RecordDigests.read("golds", found.text(), records=7, whole=found.whole, block=2) == found
    assert RecordDigests.read("golds", found.text(), records=9, whole=found.whole, block=2) is None
    assert RecordDigests.read("golds", found.text().replace(found.blocks[0], "x" * 64), records=7, whole="", block=2) is None
    assert RecordDigests.read("golds", "", records=0, whole=digests([]).whole, block=1) == digests([])


@pytest.mark.parametrize(
    ("study", "what", "place"),
    [
        (LINES, None, None),
        ([*LINES[:2], b"other", *LINES[3:]], "changed", 2),
        (LINES[:2] + LINES[3:], "missing", 2),
        ([*LINES[:2], b"other", *LINES[2:]], "added", 2),
        (LINES[:-1], "missing", 6),
        ([*LINES, b"other"], "added", 7),
        ([], "missing", 0),
        ([*LINES[:-1], b"other"], "changed", 6),
    ],
)
def test_the_first_difference_is_named(study: list[bytes], what: str | None, place: int | None) -> None:
    found = first_difference(digests(LINES), digests(study))
    assert found == (None if what is None or place is None else Difference("golds", what, place, place))


def test_in_blocks_the_difference_is_one_of_several() -> None:
    study = [*LINES[:4], b"other", *LINES[5:]]
    assert first_difference(digests(LINES, block=3), digests(study, block=3)) == Difference("golds", "changed", 3, 5)
    assert first_difference(digests(LINES, block=3), digests(LINES[:-1], block=3)) == Difference("golds", "changed", 6, 6)


@given(st.lists(st.binary(max_size=3), max_size=8), st.lists(st.binary(max_size=3), max_size=8), st.integers(1, 4))
def test_there_is_a_difference_exactly_where_the_records_differ(a: list[bytes], b: list[bytes], block: int) -> None:
    a, b = ([line.replace(b"\n", b"") for line in lines] for lines in (a, b))
    found = first_difference(digests(a, block=block), digests(b, block=block))
    assert (found is None) == (a == b)
    if found is not None:
        same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
        assert found.first <= same <= max(found.last, found.first)
