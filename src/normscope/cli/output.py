"""What commands print: tables for people, JSON for programs, progress on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from normscope.study import Progress

__all__ = ["print_json", "print_table", "progress_shown"]

PLAIN_WIDTH = 140
SECONDS_BETWEEN_LINES = 5.0


def print_json(values: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False))


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
        # Text, not markup: ids and topics are data from strangers
        table.add_row(*(Text(str(value)) for value in row.values()))
    console.print(table)


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A progress bar per stage on a terminal, a plain line now and then elsewhere; always on stderr."""
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    tasks: dict[str, Any] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done, total=total)

    with bar:
        yield show


def _plain_lines() -> Progress:
    last: dict[str, float] = {}

    def show(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - last.setdefault(stage, now) < SECONDS_BETWEEN_LINES:
            return
        last[stage] = now
        click.echo(f"{stage}: {done} of {total}", err=True)

    return show
