"""Phrases: which languages there are, and what a broken file of phrases says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from normscope.elicit import languages, phrases_for
from normscope.elicit.phrases import parse
from normscope.errors import DataError, UsageError


def test_a_tag_finds_its_longest_prefix() -> None:
    assert [phrases_for(tag).language for tag in ("en", "en-GB", "da-DK", "EN_us")] == ["en", "en", "da", "en"]


def test_norwegian_without_more_is_bokmal_and_nynorsk_is_not() -> None:
    assert [phrases_for(tag).language for tag in ("nb", "nb-NO", "no", "no-NO", "NO")] == ["nb"] * 5
    with pytest.raises(UsageError, match="'nn'"):
        phrases_for("nn")


@pytest.mark.parametrize("tag", ["fi", "nn", "nn-NO", "und", "", "eng", "not"])
def test_a_missing_language_lists_the_present_ones(tag: str) -> None:
    with pytest.raises(UsageError, match=re.escape(", ".join(languages()))):
        phrases_for(tag)


GOOD: dict[str, Any] = {
    "language": "xx",
    "commit": "So?",
    "explicit": ["{solution}?"],
    "hedges": ["perhaps"],
    "recommends": ["do"],
    "refusals": ["no"],
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"commit": ""}, "commit"),
        ({"commit": False}, "commit"),
        ({"explicit": "{solution}?"}, "explicit"),
        ({"explicit": ["no place for it"]}, "explicit"),
        ({"hedges": ["(unclosed"]}, "hedges"),
        ({"refusals": [False]}, "refusals"),
        ({"recommends": None}, "recommends"),
    ],
)
def test_a_broken_file_is_named_with_its_field(change: dict[str, Any], field: str) -> None:
    assert parse(GOOD, file="xx.yaml").language == "xx"
    with pytest.raises(DataError, match=f"xx.yaml, field '{field}'"):
        parse(GOOD | change, file="xx.yaml")


def test_a_file_that_is_no_mapping_is_named_too() -> None:
    with pytest.raises(DataError, match=r"xx\.yaml"):
        parse(["language"], file="xx.yaml")
