"""When two texts are the same text: the one rule that `exact`, the plan and every matcher's shortcut share."""

from __future__ import annotations

import unicodedata

import polars as pl

__all__ = ["normalised", "normalised_column"]


def normalised(text: str) -> str:
    r"""The text without what never changes its meaning: case, kinds and amounts of white space, ways to encode a letter.

    >>> normalised("  Talk to\nHIM. ") == normalised("talk to him.")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def normalised_column(texts: pl.Series) -> pl.Series:
    """`normalised` of a whole column; each distinct text is worked on once."""
    distinct = texts.unique()
    return texts.replace_strict(distinct, pl.Series([normalised(text) for text in distinct], dtype=pl.String))
