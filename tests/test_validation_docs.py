"""The code blocks of docs/validation.md do what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope.study import Study
from tests.pages import DOCS, run_blocks

PAGE = DOCS / "validation.md"


def test_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with Study.create("runs/mine", dilemmas=["starter"], limit=3, matcher="exact", resamples=20) as study:
        study.load()
    run_blocks(PAGE)
    out = capsys.readouterr().out
    assert "# Can the matcher `exact` be trusted?" in out
    assert "Placebo(" in out
