"""The code blocks of docs/ranking.md do what the page says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.agree.section_rows import SECTIONS
from tests.pages import DOCS, run_blocks

PAGE = DOCS / "ranking.md"


def test_blocks_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], study_of: Callable[..., Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(("mine", "other")):
        study_of(tmp_path / "runs" / name, seed=seed)
    run_blocks(PAGE)
    out = capsys.readouterr().out
    assert "Ranking by stated agreement with people" in out
    assert "Kendall tau-b" in out
    assert "among_best" in out


def test_every_section_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in SECTIONS)
