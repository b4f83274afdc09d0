"""Where a passage that a model quoted stands in a text, exactly."""

from __future__ import annotations

import re
from bisect import bisect_right

__all__ = ["locate"]

_WORD = re.compile(r"\S+")
_PLAIN = str.maketrans("‘’“”„«»‐‑–—", '\'\'"""""----')
"""One character for one character, so that places stay; models write these marks as they please."""


def locate(quoted: str, text: str) -> tuple[int, int] | None:
    r"""Where `quoted` first stands in `text`; white space and kinds of quotation mark may differ. None if nowhere, or blank.

    >>> text = "First, talk\n  to him."
    >>> start, end = locate("talk to him", text)
    >>> text[start:end]
    'talk\n  to him'
    """
    wanted = " ".join(quoted.translate(_PLAIN).split())
    if not wanted:
        return None
    # the text with single spaces, and where each of its words stands in both forms
    words = [(word.group(), word.start()) for word in _WORD.finditer(text.translate(_PLAIN))]
    starts, joined = [], 0
    for word, _ in words:
        starts.append(joined)
        joined += len(word) + 1
    at = " ".join(word for word, _ in words).find(wanted)
    if at < 0:
        return None

    def original(position: int) -> int:
        index = bisect_right(starts, position) - 1
        return words[index][1] + position - starts[index]

    return original(at), original(at + len(wanted) - 1) + 1
