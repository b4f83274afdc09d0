"""Finding plug-ins by entry point. Our own built-ins come through the same door (see pyproject.toml)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from normscope.errors import UsageError, did_you_mean

__all__ = ["GROUPS", "Plugin", "installed", "load", "split"]

GROUPS = {
    "models": "backends: `make(spec: ModelSpec) -> Model`",
    "formats": "dilemma and response files: `read(path, *, role) -> Loaded`",
    "protocols": "conversations: `protocol(brief: Brief) -> Generator`",
    "extractors": "`make(argument: str, ask_for: AskFor) -> Extractor`",
    "matchers": "`make(argument: str, ask_for: AskFor) -> Matcher`",
}
"""The kinds of plug-in and the shape of each; the entry-point group is `normscope.<kind>`."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed plug-in: its kind, its name, where it is loaded from, and the package that brings it."""

    kind: str
    name: str
    target: str
    package: str


def installed(kind: str) -> list[Plugin]:
    """All plug-ins of a kind, sorted by name; nothing is imported.

    What is installed while a process runs is seen by the next one, as everything that is imported.
    """
    return list(_installed(kind, tuple(sys.path)))


def load(kind: str, name: str) -> Callable[..., Any]:
    """Import one plug-in. An unknown name is a `UsageError` that lists the known ones."""
    points = _points(kind, tuple(sys.path))
    if name not in points:
        raise UsageError(f"no {kind.removesuffix('s')} named {name!r}. {did_you_mean(name, points)}")
    loaded: Callable[..., Any] = points[name].load()
    return loaded


def split(text: str) -> tuple[str, str]:
    """`name:argument` as written by a user; the argument may hold colons or be empty.

    >>> split("judge:http:gpt-4o"), split("rules")
    (('judge', 'http:gpt-4o'), ('rules', ''))
    """
    name, _, argument = text.partition(":")
    return name, argument


@cache
def _installed(kind: str, path: tuple[str, ...]) -> tuple[Plugin, ...]:
    points = _points(kind, path)
    return tuple(Plugin(kind, name, p.value, p.dist.name if p.dist else "unknown") for name, p in sorted(points.items()))


@cache  # the lists of all packages are read, which takes 20 ms, and whoever opens a study asks for several kinds
def _points(kind: str, _: tuple[str, ...]) -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"normscope.{kind}")}
