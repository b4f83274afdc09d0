"""A figure, the bar it must stay below, and how a benchmark prints them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Bar", "read_arguments", "show"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A measured value and the bar that it must not reach."""

    value: float
    bar: float

    @property
    def holds(self) -> bool:
        return self.value < self.bar


def read_arguments(description: str | None) -> argparse.Namespace:
    """The options every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a smaller run, in under 50 seconds")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def show(figures: Mapping[str, Bar], *, as_json: bool) -> None:
    """Print the figures; a bar that does not hold says so."""
    if as_json:
        values = {name: {"value": round(f.value, 4), "bar": f.bar, "holds": f.holds} for name, f in figures.items()}
        print(json.dumps(values))
        return
    for name, figure in figures.items():
        print(f"{name}: {figure.value:.3f} (bar {figure.bar:g}, {'holds' if figure.holds else 'DOES NOT HOLD'})")
