"""The page about coefficients: its code runs, and every coefficient it names is there."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec

import pytest

from normscope import stats
from tests.pages import DOCS, blocks, run_python

PAGE = DOCS / "statistics" / "coefficients.md"


def test_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    found = blocks(PAGE)
    assert [language for language, _ in found] == ["python", "sh"]
    run_python(PAGE, found[0][1])
    assert re.fullmatch(r"alpha 0\.\d{3}\nAC1 0\.\d{3}, AC2 0\.\d{3}\n", capsys.readouterr().out)
    python, option, module, *_ = shlex.split(found[1][1])
    assert (python, option, find_spec(module) is not None) == ("python", "-m", True)


def test_every_coefficient_is_exported() -> None:
    named = re.findall(r"^\| `(\w+)\(", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) == 10
    assert set(named) <= set(stats.__all__)
