"""The alpha benchmark runs, its two ways give one value, and its figures have their bars; tiny tables say nothing about speed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # benchmarks are not installed

from benchmarks import alpha
from normscope.stats import Ratings, ScaleLevel


def test_every_case_is_timed_against_the_package() -> None:
    figures = alpha.measure(3, units=50, raters=6)
    assert len(figures) == 2 * 5
    ratios = {name: figure for name, figure in figures.items() if name.endswith("package / normscope")}
    assert set(ratios) == {"nominal: package / normscope", "interval: package / normscope"}
    assert all((figure.bar, figure.direction) == (1.0, "at least") for figure in ratios.values())
    assert all(figure.as_json()["bar"] is None for name, figure in figures.items() if name not in ratios)
    assert all(isinstance(figure.value, float) and figure.value > 0 for figure in figures.values())


def test_different_values_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(ratings: Ratings, level: ScaleLevel) -> float:
        return 0.5

    monkeypatch.setattr(alpha, "krippendorff_alpha", wrong)
    with pytest.raises(AssertionError, match="nominal: the values differ"):
        alpha.measure(1, units=50, raters=6)


def test_a_fifth_is_missing() -> None:
    ratings = alpha.made_up(2000, 10, 7, np.random.default_rng(0))
    assert np.isnan(ratings).mean() == pytest.approx(0.2, abs=0.01)
    assert set(np.unique(ratings[~np.isnan(ratings)])) == set(range(1, 8))
