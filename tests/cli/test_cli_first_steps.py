"""What a newcomer types first: the command does what the words say, or says why not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from normscope.cli import main
from normscope.cli.making import parse_changes
from normscope.study import Study


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """A study of which agreement was not computed yet."""
    with Study.create(tmp_path / "s", dilemmas=["starter"], limit=3, matcher="exact") as study:
        study.load()
    return tmp_path / "s"


def done(*arguments: object) -> object:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code


@pytest.mark.parametrize(
    ("name", "start"), [("x.md", "# "), ("x.tex", "% A report"), ("x.json", "{"), ("x.page", "<!doctype html>")]
)
def test_the_name_of_the_file_says_the_form(loaded: Path, tmp_path: Path, name: str, start: str) -> None:
    assert done("report", loaded, "--out", tmp_path / name) == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert done("report", loaded, "--out", tmp_path / name, "--to", "json") == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("{")


@pytest.mark.parametrize(
    ("given", "title"),
    [("Advice: before #1", "Advice: before #1"), ('"Advice: before #1"', "Advice: before #1"), ("2026", "2026"), (" no ", "no")],
)
def test_a_title_is_words(given: str, title: str) -> None:
    assert parse_changes([f"title={given}"]) == {"title": title}


def test_a_bundle_without_numbers_says_so(loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert done("bundle", loaded, "-o", tmp_path / "x.zip") == 0
    said = capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "x.zip") as bundle:
        assert "- Agreement was not computed: no number is in this bundle." in bundle.read("limits.md").decode()
    assert f"the study holds no estimates. Run: normscope agree {loaded}" in said
    assert f"No findings are in it. Run before: normscope audit {loaded}" in said
