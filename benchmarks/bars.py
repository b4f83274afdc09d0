"""A figure, the bar it is held against, and how a benchmark prints them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from normscope.records import NotMeasured

__all__ = ["Bar", "read_arguments", "show"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A measured value and its bar: `at most` or `at least` so much. A bar of None makes the figure an informative one.

    An informative figure holds. A figure that was not measured never holds, with or without a bar, and its value says why
    it was not: `{"not_measured": reason}` in JSON. `note` says under which conditions the value was measured.

    >>> Bar(2.7, 2.5, "at least").holds, Bar(2.7, 2.5).holds, Bar(2.7, None).holds
    (True, False, True)
    >>> Bar(NotMeasured("no such program"), None).holds
    False
    """

    value: float | NotMeasured
    bar: float | None
    direction: Literal["at most", "at least"] = "at most"
    note: str = ""

    @property
    def holds(self) -> bool:
        if isinstance(self.value, NotMeasured):
            return False
        if self.bar is None:
            return True
        return self.value <= self.bar if self.direction == "at most" else self.value >= self.bar

    def as_json(self) -> dict[str, Any]:
        """`value`, `bar` and `holds`, and `note` where there is one."""
        value = asdict(self.value) if isinstance(self.value, NotMeasured) else round(self.value, 4)
        return {"value": value, "bar": self.bar, "holds": self.holds} | ({"note": self.note} if self.note else {})

    def __str__(self) -> str:
        value = f"not measured: {self.value.reason}" if isinstance(self.value, NotMeasured) else f"{self.value:.3f}"
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        bar = "no bar" if self.bar is None else f"bar {self.direction} {self.bar:g}, {verdict}"
        return f"{value} ({bar}{'; ' if self.note else ''}{self.note})"


def read_arguments(
    description: str | None, *, options: Mapping[str, str] | None = None, arguments: Sequence[str] | None = None
) -> argparse.Namespace:
    """The options every benchmark has, and further ones that take a value: `options` maps `--NAME` to its help."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smaller run, in under 50 seconds")
    parser.add_argument("--json", action="store_true", help="print JSON")
    for name, words in (options or {}).items():
        parser.add_argument(name, help=words)
    return parser.parse_args(arguments)


def show(figures: Mapping[str, Bar], *, as_json: bool) -> None:
    """Print the figures; a bar that does not hold says so."""
    if as_json:
        print(json.dumps({name: figure.as_json() for name, figure in figures.items()}))
        return
    for name, figure in figures.items():
        print(f"{name}: {figure}")
