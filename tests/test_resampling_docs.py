"""The code blocks of docs/statistics/resampling.md run, one after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "statistics" / "resampling.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert [language for language, _ in found] == ["python"] * 3
    names: dict[str, Any] = {}
    for _, body in found:
        exec(compile(body, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    out = capsys.readouterr().out
    assert "cluster-robust delta method, Student t" in out
    assert "these dilemmas [" in out


def test_every_call_that_is_named_exists() -> None:
    import normscope.stats

    named = set(re.findall(r"`(\w+)\(", PAGE.read_text(encoding="utf-8")))
    assert {"delta_intervals", "bootstrap_intervals", "permutation_test", "jackknife", "TwoLevel"} <= named
    assert all(hasattr(normscope.stats, name) for name in named)
