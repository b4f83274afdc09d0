"""The benchmark of pooling computes its figures from few studies as from many."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # benchmarks are not installed

from benchmarks import pooling


def test_figures_of_few_studies() -> None:
    figures = pooling.topic_figures(20) | pooling.panel_figures(1)
    assert len(figures) == 8
    values = {name: figure.value for name, figure in figures.items() if isinstance(figure.value, float)}
    assert values["topics, lowest share of intervals that hold the truth"] > 0.85
    assert values["best attainable, largest bias"] < values["best attainable, largest bias of the naive share"]
    assert pooling.topic_figures(20) == {name: figure for name, figure in figures.items() if name.startswith("topics")}
