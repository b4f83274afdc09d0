"""The coverage benchmark runs, its made-up studies have the rates they say, and its cells are judged as its text says."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # benchmarks are not installed

from benchmarks import coverage, coverage_methods
from benchmarks.coverage_made_up import LABELS, LAYOUTS, ROWS, Judge, Layout, labelled, labelled_pairs, rates, two_rates
from benchmarks.coverage_methods import ON_SUMS, PPI, PPI_DIFFERENCES, ROGAN_GLADEN


def correlation(successes: np.ndarray, rows: np.ndarray, rate: float) -> float:
    """The intra-cluster correlation: by how much the variance of a cluster's sum exceeds that of independent rows."""
    variance = float(((successes - rate * rows) ** 2).sum())
    return (variance / (rate * (1 - rate)) - float(rows.sum())) / float((rows * (rows - 1)).sum())


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout.rows != "a row per dilemma"])
def test_made_up_rates(layout: Layout) -> None:
    rng = np.random.default_rng(0)
    sizes = layout.sizes(100)
    for rate in (0.1, 0.95):
        successes, rows = rates(sizes, rate, layout.icc, 2000, rng)
        assert successes.sum() / rows.sum() == pytest.approx(rate, abs=0.003)
        assert correlation(successes, rows, rate) == pytest.approx(layout.icc, abs=0.02)
    first, rows, second, _ = two_rates(sizes, 0.5, 0.6, layout.icc, 2000, rng)
    assert (first.sum() / rows.sum(), second.sum() / rows.sum()) == pytest.approx((0.5, 0.6), abs=0.005)
    # half of the rows meet the same chance, where the first agrees only if the second does
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] > 0.35


def test_sizes_of_clusters() -> None:
    assert [sorted(set(layout.sizes(30).tolist())) for layout in LAYOUTS] == [
        [1],
        [ROWS],
        [ROWS],
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5],
    ]
    assert [int(layout.sizes(31).sum()) for layout in LAYOUTS[::3]] == [31, 31]  # the last episode is cut


def test_made_up_labels() -> None:
    rng = np.random.default_rng(1)
    judge = Judge(0.7, 0.95)
    study = labelled(100, 0.3, 0.3, judge, 200, rng)
    assert study.truth.mean() == pytest.approx(0.3, abs=0.01)
    assert study.machine[study.truth == 1].mean() == pytest.approx(0.7, abs=0.01)
    assert study.machine[study.truth == 0].mean() == pytest.approx(0.05, abs=0.01)
    assert study.drawn.shape == (200, LABELS[100])
    assert study.probability == LABELS[100] / 500
    assert all(np.unique(drawn).size == drawn.size for drawn in study.drawn)
    pairs = labelled_pairs(100, 0.95, 0.9, 0.0, judge, 200, rng)
    assert (pairs.truth[:, ::2].mean(), pairs.truth[:, 1::2].mean()) == pytest.approx((0.95, 0.9), abs=0.01)
    assert set((pairs.drawn[:, 1::2] - pairs.drawn[:, ::2]).ravel().tolist()) == {1}


def test_every_method_gives_one_interval_per_study() -> None:
    rng = np.random.default_rng(2)
    sums = two_rates(LAYOUTS[0].sizes(30), 0.5, 0.6, 0.0, 7, rng)
    for method in ON_SUMS:
        for found in (method(*sums), method(*sums[:2])):
            assert found.low.shape == found.high.shape == found.printed.shape == found.cautious.shape == (7,)
            assert np.all(found.low[found.printed] <= found.high[found.printed])
    study = labelled(30, 0.5, 0.0, Judge(0.95, 0.95), 3, rng)
    pairs = labelled_pairs(30, 0.5, 0.6, 0.0, Judge(0.95, 0.95), 3, rng)
    for given, methods in ((study, (*PPI, *ROGAN_GLADEN)), (pairs, PPI_DIFFERENCES)):
        assert all(named(given).printed.all() for named in methods)
    # a judge that tells nothing: Rogan-Gladen's interval is refused
    useless = labelled(30, 0.5, 0.0, Judge(0.6, 0.5), 5, rng)
    assert not ROGAN_GLADEN[1](useless).printed.any()


def cell(covered: int, printed: int = 400, *, studies: int = 400, cautious: int = 0) -> coverage.Cell:
    return coverage.Cell("stated accuracy", ("a row", "0", "0.5"), 30, "trusted", studies, printed, covered, cautious, 0.1)


def test_cells_are_judged_by_what_is_compatible_with_the_count() -> None:
    # 362 of 400 is 90.5 %, Wilson's interval 87.2-93.0; 361 of 400 is 90.25 %, 87.0-92.8: below 93 % as a whole
    assert (cell(362).verdict, cell(361).verdict) == ("in the band", "too little")
    # 395 of 400: 97.1-99.5
    assert (cell(394).verdict, cell(395).verdict) == ("in the band", "too much")
    assert (cell(10, 19).verdict, cell(19, 20).verdict) == ("refused", "in the band")
    assert (str(cell(380)), str(cell(361)), str(cell(400, cautious=200))) == ("95.0", "90.2↓", "100.0↑*")
    assert (str(cell(285, 300)), str(cell(0, 0))) == ("95.0 (75)", "none")


def test_figures_and_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "DILEMMAS", (30, 100))
    monkeypatch.setattr(coverage_methods, "DRAWS", 50)
    size = coverage.Size(on_sums=20, on_labels=2, on_bootstrap=10)
    cells = [*coverage.on_sums(size, np.random.default_rng(0)), *coverage.on_labels(size, np.random.default_rng(1))]
    assert len(cells) == 2 * (5 * 3 * 3 * 3 + 2 * 3 * (4 * 4 + 2 * 2))
    figures = coverage.measure(cells, 1.0)
    barred = [name for name, figure in figures.items() if figure.bar is not None]
    assert len(barred) == 6  # a trusted method for each of five quantities, and the share of cells
    assert all("trusted" in name for name in barred)
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{coverage.START}\nold\n", encoding="utf-8")
    coverage.write_tables(page, cells)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Page\n")
    assert "old" not in text
    assert text.count("\n|---|") == 5
    assert sum(line.startswith("| ") for line in text.splitlines()) == 5 + 15 + 30 + 24 + 24 + 12
