"""The code blocks of docs/ranking.md do what the page says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.agree.section_rows import SECTIONS
from normscope.cli import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ranking.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_blocks_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], study_of: Callable[..., Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(("mine", "other")):
        study_of(tmp_path / "runs" / name, seed=seed)
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
    assert "Ranking by stated agreement with people" in out
    assert "Kendall tau-b" in out
    assert "among_best" in out


def test_every_section_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in SECTIONS)
