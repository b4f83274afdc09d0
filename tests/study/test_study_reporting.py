"""What the report says of answers without solutions: every reason that an extractor gives is named with its count."""

from __future__ import annotations

from pathlib import Path

from normscope.study import Study
from normscope.study.reporting import report_data


def test_refusals_that_the_extractor_found_are_named(tmp_path: Path) -> None:
    with Study.create(tmp_path / "s", dilemmas=["starter"], limit=3, matcher="exact") as study:
        study.load()
        study.store.set_fact("extraction", '{"no_solution": 1, "read": 5, "refused": 2}')
        notes = report_data(study.settings, study.store).notes
    assert "Answered responses in which the extractor found no recommendation: 1." in notes
    assert "Answered responses in which the extractor found that they decline to advise: 2." in notes
