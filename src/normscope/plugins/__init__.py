"""Finding plug-ins by entry point. Our own built-ins come through the same door (see pyproject.toml)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
    """All plug-ins of a kind, sorted by name; nothing is imported."""
    return [
        Plugin(kind, name, point.value, point.dist.name if point.dist else "unknown")
        for name, point in sorted(_points(kind).items())
    ]


def load(kind: str, name: str) -> Callable[..., Any]:
    """Import one plug-in. An unknown name is a `UsageError` that lists the known ones."""
    points = _points(kind)
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


def _points(kind: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"normscope.{kind}")}
