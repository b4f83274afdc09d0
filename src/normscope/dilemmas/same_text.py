"""When two texts count as the same: letter case, punctuation and spacing do not matter."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["normalise"]

_WORD = re.compile(r"\w+")


def normalise(text: str) -> str:
    """The words of a text in lower case, joined by single spaces; a text without any word is kept as it stands.

    >>> normalise("Well:  what  NOW?")
    'well what now'
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold())) or text
