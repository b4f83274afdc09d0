"""How a notebook shows our objects: a plain HTML table in the notebook's own colours, every text in it escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["html_table", "notebook_text"]

LIMIT = 500
"""The longest text that a cell shows, in characters."""

NO_FORMULAS = "tex2jax_ignore mathjax_ignore"
"""Keeps notebooks from setting `$x$` in a text as a formula, which can hold links."""

_JOINERS = "\u200c\u200d"
"""Needed to write Persian, several Indic scripts and many emoji."""


def notebook_text(text: str) -> str:
    """Text from a stranger as HTML text: bounded, unseen characters made visible, its direction kept to itself.

    >>> notebook_text("<b>" + chr(0x202E))
    '<bdi>&lt;b&gt;⟨U+202E⟩</bdi>'
    """
    cut = text if len(text) <= LIMIT else f"{text[:LIMIT]} … ({len(text):,} characters in all)"
    return f"<bdi>{escape(''.join(map(_visible, cut)))}</bdi>"


def html_table(caption: str, rows: Iterable[Sequence[str]], *, head: Sequence[str] = ()) -> str:
    """Rows of text as a table; the first cell of each row is its heading. Neither script nor colour is in it.

    >>> html_table("A & B", [["n", "3"]]).split("><tr>")[1]
    '<th><bdi>n</bdi></th><td><bdi>3</bdi></td></tr></tbody></table>'
    """
    title = f"<caption>{notebook_text(caption)}</caption>" if caption else ""
    top = f"<thead><tr>{''.join(f'<th>{notebook_text(name)}</th>' for name in head)}</tr></thead>" if head else ""
    body = "".join(
        f"<tr><th>{notebook_text(first)}</th>{''.join(f'<td>{notebook_text(cell)}</td>' for cell in rest)}</tr>"
        for first, *rest in rows
    )
    return f'<table class="{NO_FORMULAS}">{title}{top}<tbody>{body}</tbody></table>'


def _visible(character: str) -> str:
    if character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs":
        return character
    return " " if character in "\n\t" else f"⟨U+{ord(character):04X}⟩"
