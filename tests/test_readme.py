"""The README's code blocks do what the README says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from normscope.cli import main

# in one worker, so that what the offline matcher computed for one page is there for the next
pytestmark = [pytest.mark.xdist_group("offline"), pytest.mark.usefixtures("encoder_remembers")]

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for found, info, body in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        if found == language:
            yield info, body


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for language in ("jsonl", "csv", "yaml"):
        for name, body in blocks(language):
            (tmp_path / name).write_text(body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_blocks_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _, body in blocks("python"):
        exec(compile(body, "README.md", "exec"), {})  # noqa: S102 - our own README
    out = capsys.readouterr().out
    assert "model-x" in out
    assert (folder / "runs" / "mine" / "report.html").is_file()


def commands(body: str) -> list[list[str]]:
    lines = body.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if shlex.split(line, comments=True)]


def test_commands_run(folder: Path) -> None:
    for info, body in blocks("sh"):
        for command in commands(body):
            if command[0] == "make":
                result = subprocess.run([*command, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
                assert result.returncode == 0, result.stderr
            elif info != "not-run":
                run(command)
    assert (folder / "again.html").is_file()


def test_the_study_file_runs(folder: Path) -> None:
    run(["normscope", "run", "study.yaml"])
    assert (folder / "runs" / "ours" / "estimates.json").is_file()


def test_commands_that_need_a_server_are_at_least_spelt_right(folder: Path) -> None:
    for info, body in blocks("sh"):
        for command in commands(body) if info == "not-run" else []:
            options = {word for word in command if word.startswith("--")}
            help_text = subprocess.run(
                [sys.executable, "-c", "from normscope.cli import main; main()", command[1], "--help"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            assert all(option in help_text for option in options)


def run(command: list[str]) -> None:
    assert command[0] == "normscope"
    with pytest.raises(SystemExit) as ended:
        main(command[1:])
    assert ended.value.code == 0, command
