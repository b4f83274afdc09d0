"""The code blocks of a page of the docs: found, and run as a reader would."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from normscope.cli import main

__all__ = ["DOCS", "blocks", "run_blocks", "run_python"]

DOCS = Path(__file__).resolve().parents[1] / "docs"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    """The language and the text of every code block, in order."""
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def run_python(page: Path, body: str, names: dict[str, Any] | None = None) -> None:
    """Run a block; `names` are kept for the next one."""
    exec(compile(body, page.name, "exec"), {} if names is None else names)  # noqa: S102 - our own page


def run_blocks(page: Path) -> None:
    """Run every block: Python as it stands, each line of a shell block as a command of `normscope` that must end with 0."""
    found = blocks(page)
    assert {language for language, _ in found} == {"sh", "python"}
    for language, body in found:
        if language == "python":
            run_python(page, body)
            continue
        for line in body.splitlines():
            with pytest.raises(SystemExit) as ended:
                main(shlex.split(line)[1:])
            assert ended.value.code == 0, line
