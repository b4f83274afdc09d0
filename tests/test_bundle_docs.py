"""The code blocks of docs/bundle.md do what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope.study import Study
from tests.bundle.keys import PRIVATE, public
from tests.pages import DOCS, run_blocks


def test_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key.pem").write_bytes(PRIVATE)
    (tmp_path / "public.pem").write_bytes(public())
    with Study.create("runs/mine", dilemmas=["starter"], limit=2, matcher="exact", resamples=20) as study:
        study.load()
    run_blocks(DOCS / "bundle.md")
    out = capsys.readouterr().out
    assert out.count("Unchanged: ") == 4
    assert "whose key that is, you must know" in out
    assert "as required" in out
    assert "Same records: runs/mine" in out
    assert "None not audited" in out
