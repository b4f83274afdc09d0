"""Texts from strangers on a terminal: nothing in them can move the cursor, hide, or turn the order of what is read."""

from __future__ import annotations

import os
import re
import textwrap
import unicodedata

__all__ = ["visible", "visible_line", "wrapped"]

_JOINERS = frozenset("\u200c\u200d")
"""Needed to write Persian, several Indic scripts and many emoji."""
_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{4})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
"""More marks on one letter than any language writes cover the lines above and below."""
_COMMANDS = re.compile(r":(?=:)|#(?=#\[)")
"""What GitHub Actions takes for a command to the machine that runs the job: a line that begins with `::`, and `##[` anywhere."""


def visible(text: str) -> str:
    r"""The text with every control and invisible formatting character written out; line ends stay, tabs become spaces.

    Within GitHub Actions (environment variable `GITHUB_ACTIONS`) also the signs by which printed text would be a command.

    >>> visible("a\x1b[2Jb\u202ec\r\nd")
    'a<U+001B>[2Jb<U+202E>c\nd'
    """
    lines = _LINE_ENDS.sub("\n", text).expandtabs(4)
    seen = "".join(c if c == "\n" or _harmless(c) else _named(c) for c in _STACKED.sub(r"\1", lines))
    return _COMMANDS.sub(lambda sign: _named(sign[0]), seen) if os.environ.get("GITHUB_ACTIONS") else seen


def visible_line(text: str) -> str:
    r"""The `visible` text on one line, so that none of it stands where a line of ours could stand.

    >>> visible_line("x\nSigned by me.")
    'x Signed by me.'
    """
    return " ".join(visible(text).split())


def _named(character: str) -> str:
    return f"<U+{ord(character):04X}>"


def _harmless(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def wrapped(text: str, width: int, *, indent: str = "") -> str:
    """`visible` text in lines of at most `width` columns, each begun with `indent`; wide characters count as two.

    >>> print(wrapped("one two three", 9, indent="| "))
    | one two
    | three
    """
    from rich.cells import chop_cells

    room = max(width - len(indent), 10)
    lines: list[str] = []
    for paragraph in visible(text).split("\n"):
        broken = textwrap.wrap(paragraph, room) or [""]
        lines += [piece for line in broken for piece in chop_cells(line, room) or [""]]
    return "\n".join(f"{indent}{line}".rstrip() for line in lines)
