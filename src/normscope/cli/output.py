"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from normscope.cli.visible import visible

__all__ = ["print_json", "print_table"]

PLAIN_WIDTH = 140
LONGEST = 2_000
"""Characters of a cell that are printed; a name or topic from a stranger may be a book."""

_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]|#(?=#\\[)")
"""What would steer a terminal, turn the order of what is read, cannot be written as UTF-8, or commands GitHub Actions (`##[`)."""


def print_json(values: Any) -> None:
    """One JSON document on stdout; characters that do something where they are looked at are written as escapes."""
    text = json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False)
    click.echo(_UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text))


def print_table(rows: Sequence[Mapping[str, str]], *, title: str, right: Sequence[str] = ()) -> None:
    """A table on stdout; the columns named in `right` are aligned right. Wide and without colour where stdout is no terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in rows[0] if rows else ():
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        # Text, not markup, and nothing that steers a terminal: ids and topics are data from strangers
        table.add_row(*(Text(visible(_cut(str(value)))) for value in row.values()))
    console.print(table)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"
