"""The benchmark of the pair table writes parts as a study does and measures in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from benchmarks import pair_table
from normscope.store.parts import read_parts
from normscope.store.schema import COLUMNS, KEYS

ROOT = Path(__file__).resolve().parents[2]
DILEMMAS = 200


def test_a_small_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_table, "ROWS_PER_PART", 30_000)
    assert pair_table.write_study(tmp_path, DILEMMAS, seed=5) == DILEMMAS * 506
    (tmp_path / "dilemmas").write_text(str(DILEMMAS))
    assert len(list((tmp_path / "matches").iterdir())) == 4
    matches = read_parts(tmp_path / "matches").collect()
    assert matches.columns == list(COLUMNS["matches"])
    assert matches.height == DILEMMAS * 506
    assert matches.equals(matches.sort(KEYS["matches"]))
    parts = sorted((tmp_path / "matches").iterdir())
    ends = [pl.read_parquet(path)["dilemma_id"] for path in parts[:2]]
    assert ends[0].max() == ends[1].min(), "a part ends within a dilemma"
    command = [sys.executable, "-m", "benchmarks.pair_table", "--measure", str(tmp_path)]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert 0.02 < found["gigabytes"] < 2
    assert found["seconds"] > 0
