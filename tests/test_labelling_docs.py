"""The code blocks of docs/labelling.md do what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from normscope.cli import main
from normscope.records import Gold
from normscope.store import Store

# in one worker, so that what the offline matcher computed for one page is there for the next
pytestmark = [pytest.mark.xdist_group("offline"), pytest.mark.usefixtures("encoder_remembers")]

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[tuple[str, str, str]]:
    return BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    # the README's files of dilemmas and answers, and the page's own
    for language, name, body in [*blocks("README.md"), *blocks("docs/labelling.md")]:
        if language in {"jsonl", "csv"}:
            (tmp_path / name).write_text(body, encoding="utf-8")
    ran = 0
    for language, info, body in blocks("docs/labelling.md"):
        for command in (shlex.split(line, comments=True) for line in body.splitlines() if language == "sh"):
            with pytest.raises(SystemExit) as ended:
                main([*command[1:], "--help"] if info == "not-run" else command[1:])
            assert ended.value.code == 0, (command, capsys.readouterr().err)
            ran += 1
    assert ran > 6
    with Store(tmp_path / "runs" / "gold") as store:
        assert [gold.coder for gold in store.all(Gold)] == ["anna", "anna"]
