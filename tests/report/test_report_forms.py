"""The same report in every form: golden files of the small study of `test_report_page`, and the command that writes them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from normscope.errors import UsageError
from normscope.records import NotMeasured
from normscope.report import FILES, ReportData, content, content_text, report_text, schema_text, table_frame
from normscope.report.latex_text import typeset
from normscope.report.markdown import escaped
from normscope.report.one_line import one_line
from normscope.study import Study
from tests.ranking.conftest import make
from tests.report import test_report_page
from tests.report.frames import frames
from tests.report.latex_reader import check
from tests.report.test_report_hostile import PAYLOADS, _study

Command = Callable[..., subprocess.CompletedProcess[str]]

tiny = test_report_page.tiny

WRITTEN: dict[str, Callable[[str], str]] = {"html": str, "md": escaped, "json": one_line, "latex": typeset}
"""How each form writes a text."""


@pytest.mark.parametrize("to", ["md", "json", "latex"])
def test_report_is_the_golden_one(tiny: ReportData, golden: Callable[[str, str], None], to: str) -> None:
    golden(FILES[to], report_text(tiny, to))


def test_every_form_says_the_same_and_needs_no_drawing_library(tiny: ReportData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    tables = content(tiny).tables()
    for to, written in WRITTEN.items():
        text = report_text(tiny, to)
        assert text == report_text(tiny, to)
        told = unescape(text) if to == "html" else text
        assert [table.name for table in tables if written(table.caption) not in told] == []
        # the distance of `careful` to the ceiling, and why people have no explicit agreement
        for words in ("below the ceiling", "0.45", "no solutions were shown to people"):
            assert words in told, (to, words)


@pytest.mark.parametrize("text", PAYLOADS)
def test_a_hostile_study_is_printed_in_every_form(text: str) -> None:
    said = content(_study(text))
    json.loads(content_text(said, "json"))
    check(content_text(said, "latex"))
    told = content_text(said, "md")
    assert "<" not in told
    assert "](" not in told
    for to in WRITTEN.keys() - {"html"}:
        assert not set("\x00\x1b\u202e\u2066\u2028\ud800") & set(content_text(said, to))


def test_a_hostile_study_has_the_shape_of_the_schema() -> None:
    Draft202012Validator(json.loads(schema_text("report"))).validate(json.loads(report_text(_study(PAYLOADS[7]), "json")))


def test_an_empty_study_is_printed_in_every_form() -> None:
    empty = ReportData("", "", "0", 1, [], [], estimates=[], card=NotMeasured("there is no study"), **frames())
    Draft202012Validator(json.loads(schema_text("report"))).validate(json.loads(report_text(empty, "json")))
    check(report_text(empty, "latex"))
    assert "there is no study" in report_text(empty, "md")


def test_a_form_that_does_not_exist(tiny: ReportData) -> None:
    with pytest.raises(UsageError, match=r"no report in the form 'jason'. Did you mean 'json'\? Known: html, json, latex, md"):
        report_text(tiny, "jason")
    with pytest.raises(UsageError, match="cannot be printed as 'html'"):
        content_text(content(tiny), "html")


def test_the_command_writes_every_form(tmp_path: Path, command_here: Command) -> None:
    forms = {to: name for to, name in FILES.items() if to != "html"}  # the page is written by many other tests
    with Study.open(make(tmp_path / "s", dilemmas=3)) as study:
        study.agree()
        for to, name in forms.items():
            assert study.report(to=to) == tmp_path / "s" / name
            assert study.report(tmp_path / "new" / name, to=to).read_bytes() == (tmp_path / "s" / name).read_bytes()
        texts = {to: study.report_text(to) for to in forms}
        assert next(table.name for table in study.content().tables()) == "headline"
        assert all(table_frame(table).height == len(table.rows) for table in study.content().tables())
    for to, name in forms.items():
        (tmp_path / "s" / name).unlink()
        done = command_here(tmp_path, "report", "s", "--to", to)
        assert (done.returncode, done.stdout) == (0, f"Report: {Path('s') / name}\n")
        assert (tmp_path / "s" / name).read_text(encoding="utf-8") == texts[to]
    printed = command_here(tmp_path, "report", "s", "--to", "md", "--out", "-")
    assert printed.stdout == texts["md"]
    assert command_here(tmp_path, "report", "s", "--to", "md", "-o", "x.md").returncode == 0
    assert (tmp_path / "x.md").read_text(encoding="utf-8") == texts["md"]
    wrong = command_here(tmp_path, "report", "s", "--to", "docx")
    assert wrong.returncode == 3
    assert "'html', 'md', 'json', 'latex'" in wrong.stderr


@pytest.mark.parametrize(("option", "name"), [(("--schema",), "report"), (("--schema", "estimates"), "estimates")])
def test_the_command_prints_the_schemas(tmp_path: Path, command_here: Command, option: tuple[str, ...], name: str) -> None:
    done = command_here(tmp_path, "report", *option)
    assert (done.returncode, done.stdout) == (0, schema_text(name))
    with pytest.raises(ValueError, match="there are: report, estimates"):
        schema_text("card")
