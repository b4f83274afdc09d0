"""The report as Markdown, for a pull request or a wiki: sentences, and tables as GitHub reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from normscope.report.cell_text import printed
from normscope.report.content import Cell, Content, Table
from normscope.report.one_line import one_line
from normscope.report.outline import Part, outline
from normscope.report.reason_letters import ReasonLetters

__all__ = ["escaped", "markdown"]

DEEPEST = 6
"""Markdown has no heading below this level."""

_JOINER = "\u2060"
"""Word joiner: unseen; with it `@name`, `#12` and `:smile:` are no mention, reference or picture where they are pasted."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_MARKUP = re.compile(r"[&<>|]")
_SIGNS = re.compile(
    r"(?P<interval>\[[−+-]?[0-9.,]+, [−+-]?[0-9.,]+\](?![\[(:]))"  # no link: it stays as it is, since reports are full of them
    r"|[\\`*_\[\]{}~$#]"
    r"|^[+=-](?![0-9])"
    r"|:(?=//)|(?<=mailto):|(?<=xmpp):|(?<=www)\.",  # what GitHub makes a link without being asked
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^([0-9]{1,9})([.)])(?=\s|$)")
_NAMED = re.compile(r"(?<=@)(?=\w)|(?<=#)(?=[0-9])|(?<=:)(?=[\w+-]+:)")


def markdown(content: Content) -> str:
    """A whole report as Markdown, ending with a line feed.

    Everything is in it but the drawings and the conversations, which only the page has. Text of the study stays text: no part of
    it becomes a link, an element, a heading, a formula or a cell of its own.
    """
    blocks = [f"# {escaped(content.title)}"]
    blocks += _list([f"{name}: {value}" for name, value in content.facts.items()])
    for part in outline(content):
        blocks += _section(part)
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    r"""Text on one line in which Markdown sees nothing but text.

    >>> print(escaped("<b> a|b *c* [d](http://e)\n# f"))
    &lt;b&gt; a&#124;b \*c\* \[d\](http\://e) \# f
    """
    line = _NAMED.sub(_JOINER, one_line(text))
    line = _SIGNS.sub(lambda sign: sign["interval"] or f"\\{sign[0]}", line)
    line = _NUMBERED.sub(r"\1\\\2", line)
    return _MARKUP.sub(lambda sign: _ENTITIES[sign.group()], line)


def _section(part: Part) -> Iterator[str]:
    section = part.section
    yield f"{'#' * min(part.depth + 2, DEEPEST)} {escaped(section.title)}"
    yield from (escaped(line) for line in section.lines)
    yield from _list(section.points)
    for table in part.tables:
        yield from _table(table)


def _list(points: Iterable[str]) -> list[str]:
    """The points as one block; no block where there are none."""
    items = [f"- {escaped(point)}" for point in points]
    return ["\n".join(items)] if items else []


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield _strong(escaped(table.caption))
    width = len(table.columns)
    lines = [
        _row([escaped(column.heading) for column in table.columns]),
        _row(["--:" if column.numeric else ":--" for column in table.columns]),
    ]
    letters = ReasonLetters()
    for index, row in enumerate(table.rows):
        if index in table.groups:
            lines.append(_row([_strong(escaped(table.groups[index])), *[""] * (width - 1)]))
        cells = [_cell(cell, letter) for cell, letter in zip(row, letters.of(row), strict=True)]
        lines.append(_row([_strong(cells[0]), *cells[1:]] if index in table.totals else cells))
    yield "\n".join(lines)
    yield from _list(f"({letter}) {reason}" for reason, letter in letters.letters.items())
    if table.left_out:
        yield f"{table.left_out:,} further rows are in estimates.json."
    if table.note:
        yield escaped(table.note)
    yield from _list(f"{column.heading}: {column.meaning}" for column in table.columns if column.meaning)


def _cell(cell: Cell, letter: str) -> str:
    """What stands there, and in brackets the letter under which the reason of what is missing stands below the table."""
    text = escaped(printed(cell).text)
    return f"{text} ({letter})" if letter else text


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _strong(text: str) -> str:
    return f"**{text}**" if text else ""
