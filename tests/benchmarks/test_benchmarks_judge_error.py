"""The judge error benchmark runs and its figures are of the right kind; two studies say nothing about coverage."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # benchmarks are not installed

from benchmarks import judge_error


def test_the_made_up_study_has_the_rates_that_it_says() -> None:
    studies = [judge_error.made_up(judge_error.Judge(0.1, 0.02), np.random.default_rng(seed)) for seed in range(10)]
    truth = np.stack([study.truth for study in studies])
    machine = np.stack([study.machine for study in studies])
    assert abs(truth.mean() - judge_error.OVERALL_RATE) < 0.01
    assert abs(truth[:, : judge_error.DILEMMAS].mean() - judge_error.PAIR_RATE) < 0.02
    assert abs(machine[truth == 0].mean() - 0.1) < 0.005
    assert abs(1 - machine[truth == 1].mean() - 0.02) < 0.005


def test_every_interval_is_counted() -> None:
    figures = judge_error.measure(2)
    assert len(figures) == 3 * (2 + 2 * 5 + 2) + 1
    assert all(isinstance(figure.value, float) and 0 <= figure.value <= 1 for figure in figures.values())
    naive = [figure for name, figure in figures.items() if name.startswith("naive")]
    assert all(figure.bar is None for figure in naive)
    assert all(figure.as_json()["bar"] is not None for name, figure in figures.items() if name.startswith(("PPI++", "Rogan")))
    assert {name: figure.as_json() for name, figure in judge_error.measure(2).items()} == {
        name: figure.as_json() for name, figure in figures.items()
    }
