"""Other people's text on one line, for formats in which a line break means something."""

from __future__ import annotations

import re

from normscope.report.text import shown

__all__ = ["one_line"]

_BREAKS = re.compile(r"[ \t\n]+")


def one_line(text: str) -> str:
    """Text as the page shows it (bounded, unseen characters visible), every run of spaces and line breaks one space.

    >>> one_line("a\\n\\n  # b\\t")
    'a # b'
    """
    return _BREAKS.sub(" ", shown(text)).strip(" ")
