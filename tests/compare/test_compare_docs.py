"""The code blocks of docs/comparing.md do what the page says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.compare import METRICS
from tests.pages import DOCS, run_blocks

PAGE = DOCS / "comparing.md"


@pytest.mark.usefixtures("undrawn")
def test_blocks_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], study_of: Callable[..., Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    study_of(tmp_path / "runs" / "before", {"m": "+" * 30 + "-" * 18})
    study_of(tmp_path / "runs" / "after", {"m": "+" * 42 + "-" * 6})
    run_blocks(PAGE)
    out = capsys.readouterr().out
    # 30 of 48 before, 42 of 48 after
    assert "m: stated agreement with people 0.62 → 0.88, +0.25 [" in out
    assert "better (n = 48); 12 dilemmas turned towards people, 0 away" in out
    assert "pass: stated of m changed by +0.25" in out
    assert "pass: refused of m" in out
    assert (tmp_path / "comparison.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_every_measure_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in METRICS)
