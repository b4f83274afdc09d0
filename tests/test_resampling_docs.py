"""The code blocks of docs/statistics/resampling.md run, one after the other."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.pages import DOCS, blocks, run_python

PAGE = DOCS / "statistics" / "resampling.md"


def test_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    found = blocks(PAGE)
    assert [language for language, _ in found] == ["python"] * 3
    names: dict[str, Any] = {}
    for _, body in found:
        run_python(PAGE, body, names)
    out = capsys.readouterr().out
    assert "cluster-robust delta method, Student t" in out
    assert "these dilemmas [" in out


def test_every_call_that_is_named_exists() -> None:
    import normscope.stats

    named = set(re.findall(r"`(\w+)\(", PAGE.read_text(encoding="utf-8")))
    assert {"delta_intervals", "bootstrap_intervals", "permutation_test", "jackknife", "TwoLevel"} <= named
    assert all(hasattr(normscope.stats, name) for name in named)
