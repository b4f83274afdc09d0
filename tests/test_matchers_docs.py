"""The code in docs/matchers.md does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from normscope.match.options import JUDGE_OPTIONS, SAME_FAMILY

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "matchers.md").read_text(encoding="utf-8")


def test_python_blocks_print_what_their_comments_say(capsys: pytest.CaptureFixture[str]) -> None:
    for body in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        exec(compile(body, "docs/matchers.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.splitlines() == ["['agree', 'silent']", "1 of 2 went to the third judge"]


def test_every_option_is_explained_in_its_order() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \| ", PAGE.partition("## Options")[2].partition("## What")[0], re.MULTILINE)
    assert listed == [*SAME_FAMILY, *JUDGE_OPTIONS]
