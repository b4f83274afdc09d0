"""The benchmark of the resampling engine measures what it says, on small cases."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from benchmarks import agree, alpha, pair_table, resampling, resampling_scale

ROOT = Path(__file__).resolve().parents[2]


def test_agreement_is_that_of_every_pair() -> None:
    complete, ones = resampling.agreement(600, 4, missing=0.0, seed=0)
    agreed, both = resampling.agreement(600, 4, missing=0.1, seed=0)
    assert complete.shape == agreed.shape == both.shape == (600, 6)
    assert ones.shape == (600, 1)
    assert ones.all()
    assert not (agreed & ~both).any()
    assert np.array_equal(agreed, complete & both)
    # half keep to the favourite of three courses, so two agree with probability (2/3)² + 2 · (1/6)² = 1/2
    assert complete.mean() == pytest.approx(0.5, abs=0.03)
    assert both.mean() == pytest.approx(0.81, abs=0.03)
    # if the first pair and the second agree, so does the third of these responders: pairs stand in the order of combinations
    first = [list(combinations(range(4), 2)).index(pair) for pair in ((0, 1), (1, 2), (0, 2))]
    assert complete[complete[:, first[0]] & complete[:, first[1]], first[2]].all()


def test_figures_of_a_small_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "DILEMMAS", 200)
    monkeypatch.setattr(resampling, "DRAWS", 500)
    figures = resampling.figures(quick=True)
    assert figures["delta_error_over_bootstrap_error_least"].holds
    assert figures["delta_error_over_bootstrap_error_most"].holds
    assert "3 of the 78 pairs" in figures["scipy_seconds"].note
    assert figures["bootstrap_seconds"].bar == 1.0


def test_the_large_case_is_measured_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "benchmarks.resampling_scale", "300", "5", "40", "0.1"]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert found["pairs"] == 10
    assert 0.02 < found["gigabytes"] < 1
    assert found["seconds"] > 0


def test_all_figures_are_called_in_one_run() -> None:
    assert set(agree.FIGURES.values()) == {part.figures for part in (resampling, resampling_scale, alpha, pair_table)}
