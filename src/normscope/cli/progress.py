"""What is shown while a stage works: on stderr, live on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from normscope.study import ModelProgress, Progress

__all__ = ["plain_lines", "progress_shown"]

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A bar per stage, and one line per model that is being asked: rate, time left, money, failures by reason."""
    if not sys.stderr.isatty():
        yield plain_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = Progress(
        # plain text, not markup: ids of models and words of servers are data from strangers
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[more]}", markup=False),
        console=Console(stderr=True),
    )
    tasks: dict[str, Any] = {}
    begun: dict[str, tuple[float, int]] = {}

    def line(name: str, done: int, total: int, more: str) -> None:
        if name not in tasks:
            tasks[name] = bar.add_task(name, total=total, more=more)
        bar.update(tasks[name], completed=done, total=total, more=more)

    def show(stage: str, done: int, total: int, models: Sequence[ModelProgress] = ()) -> None:
        if not models:
            line(stage, done, total, "")
        for model in models:
            line(model.responder_id, model.done, model.total, _more(model, begun))

    with bar:
        yield show


def plain_lines() -> Progress:
    """A line per stage, or per model that is being asked, every few seconds and at the end."""
    last: dict[str, float] = {}
    begun: dict[str, tuple[float, int]] = {}

    def show(stage: str, done: int, total: int, models: Sequence[ModelProgress] = ()) -> None:
        now = time.monotonic()
        if done < total and now - last.setdefault(stage, now) < SECONDS_BETWEEN_LINES:
            for model in models:
                begun.setdefault(model.responder_id, (now, model.done))
            return
        last[stage] = now
        if not models:
            click.echo(f"{stage}: {done} of {total}", err=True)
        for model in models:
            more = _more(model, begun, left=True)
            click.echo(f"{stage} {model.responder_id}: {model.done} of {model.total}{', ' if more else ''}{more}", err=True)

    return show


def _more(model: ModelProgress, begun: dict[str, tuple[float, int]], *, left: bool = False) -> str:
    """Rate, time left, money, places and failures of one model, as far as they are known."""
    now = time.monotonic()
    start, first = begun.setdefault(model.responder_id, (now, model.done))
    rate = (model.done - first) / (now - start) if now > start else 0.0
    parts = []
    if rate:
        parts.append(f"{rate:.1f}/s")
        if left and model.done < model.total:
            parts.append(f"{_duration((model.total - model.done) / rate)} left")
    if model.spent:
        parts.append(f"spent {model.spent}")
    if model.places is not None and model.done < model.total:
        parts.append(f"{model.places} at a time")
    if model.failed:
        parts.append("failed: " + ", ".join(f"{reason} {n}" for reason, n in sorted(model.failed.items())))
    if model.note:
        parts.append(model.note)
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    """A time in the two largest units.

    >>> _duration(59), _duration(3725)
    ('59 s', '1 h 2 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
