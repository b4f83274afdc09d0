"""docs/report_formats.md does what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from normscope.study import Study
from tests.pages import DOCS, blocks, run_python
from tests.ranking.conftest import make
from tests.report.test_report_latex import PREAMBLE

PAGE = DOCS / "report_formats.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with Study.open(make(tmp_path / "runs" / "mine", dilemmas=6)) as study:
        study.agree()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands_run(here: Path, command_here: Any) -> None:
    lines = [line for language, body in blocks(PAGE) if language == "sh" for line in body.splitlines()]
    assert len(lines) == 5
    for line in lines:
        assert command_here(here, *line.split()[1:]).returncode == 0, line
    assert (here / "runs" / "mine" / "report.md").is_file()
    assert (here / "report.tex").is_file()


def test_python_blocks_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for language, body in blocks(PAGE):
        if language == "python":
            run_python(PAGE, body)
    told = capsys.readouterr().out
    assert "normscope-report 1 ['summary', " in told
    assert "m1 0." in told
    assert "'stated_low', 'stated_high'" in told


def test_the_preamble_is_the_one_that_compiles() -> None:
    (body,) = [body for language, body in blocks(PAGE) if language == "latex"]
    assert body.startswith(PREAMBLE)
