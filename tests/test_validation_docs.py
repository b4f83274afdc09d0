"""The code blocks of docs/validation.md do what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from normscope.cli import main
from normscope.study import Study

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with Study.create("runs/mine", dilemmas=["starter"], limit=3, matcher="exact", resamples=20) as study:
        study.load()
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert {language for language, _ in found} == {"sh", "python"}
    for language, body in found:
        if language == "python":
            exec(compile(body, PAGE.name, "exec"), {})  # noqa: S102 - our own page
            continue
        for line in body.splitlines():
            with pytest.raises(SystemExit) as ended:
                main(shlex.split(line)[1:])
            assert ended.value.code == 0, line
    out = capsys.readouterr().out
    assert "# Can the matcher `exact` be trusted?" in out
    assert "Placebo(" in out
