"""The benchmark of the report measures a study that is what it says, and names what it cannot measure."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import report_browser
from benchmarks.report_study import TOPICS, write_study
from normscope.records import NotMeasured
from normscope.study import Study


def test_the_made_up_study_is_a_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)  # figures take longer than all the rest
    write_study(tmp_path / "s", dilemmas=12, models=3, people=2)
    write_study(tmp_path / "again", dilemmas=12, models=3, people=2)
    with Study.open(tmp_path / "s") as study, Study.open(tmp_path / "again") as again:
        assert {kind: study.store.count(kind) for kind in ("dilemmas", "responders", "responses", "solutions")} == {
            "dilemmas": 12,
            "responders": 5,
            "responses": 60,
            "solutions": 60,
        }
        matches = study.store.frame("matches")
        # every ordered pair of 5 responders, and what each was shown
        assert dict(matches.group_by("basis").len().iter_rows()) == {"main": 12 * 20, "explicit": 12 * 5}
        assert matches.equals(again.store.frame("matches"))
        for response in study.store.frame("responses")["turns"]:
            assert 1_200 < len(response) < 3_500
        page = study.report()
    html = page.read_text(encoding="utf-8")
    assert "3 models and 2 people or panels on 12 dilemmas" in html
    assert all(topic in html for topic in TOPICS)


def test_without_a_browser_its_figures_are_named_and_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    figures = report_browser.in_browser(tmp_path / "page.html", note="nothing")
    assert set(figures) == {"first_paint_seconds", "slowest_filter_ms", "external_requests"}
    for figure in figures.values():
        assert isinstance(figure.value, NotMeasured)
        assert "not installed" in figure.value.reason
        assert not figure.holds
