"""Labels are reported only under the name of the matcher that gave them, and of the solutions that it read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.errors import UsageError
from normscope.records import Match, Solution
from normscope.study import Study
from normscope.study.sample import Wish, ensure_sample

NO_ADDRESS = "judge:http:gpt-x"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the starter study, matched by `exact`, with estimates."""
    with Study.create(tmp_path / "s", matcher="exact", resamples=20, limit=3) as study:
        study.load()
        study.extract()
        study.match()
        study.agree()
    return tmp_path / "s"


def reported_matcher(folder: Path) -> str:
    name: str = json.loads((folder / "estimates.json").read_text(encoding="utf-8"))["matcher"]
    return name


def test_a_matcher_that_failed_gives_its_name_to_nothing(folder: Path) -> None:
    with Study.open(folder, matcher=NO_ADDRESS) as study, pytest.raises(UsageError):
        study.match()
    with Study.open(folder) as study:
        assert study.settings.matcher == "exact", "kept only once it has matched"
        study.agree()
    assert reported_matcher(folder) == "exact"
    with Study.open(folder, matcher="lexical") as study:
        study.match()
    with Study.open(folder) as study:
        assert study.settings.matcher == "lexical"


def test_an_extractor_is_kept_once_it_has_read(folder: Path) -> None:
    with Study.open(folder, extractor=NO_ADDRESS) as study, pytest.raises(UsageError):
        study.extract()
    with Study.open(folder, extractor="coded") as study:
        assert study.settings.extractor == "coded"
        study.extract()
    with Study.open(folder) as study:
        assert study.settings.extractor == "coded"


@pytest.mark.usefixtures("undrawn")
def test_labels_of_another_matcher_are_refused(folder: Path) -> None:
    with Study.open(folder) as study:
        values = study.settings.model_dump() | {"matcher": "lexical"}
    with Study.create(**values) as study:  # as `normscope run --set matcher=…` that was stopped before it matched
        for stage in (study.agree, study.report, lambda: ensure_sample(study.settings, study.store, Wish(plan="tightest"))):
            with pytest.raises(UsageError, match=r"by 'exact', and the study's matcher is 'lexical'. Run: normscope match"):
                stage()
        assert reported_matcher(folder) == "exact"
        study.match()
        with pytest.raises(UsageError, match=r"estimates in .* by 'exact'.*Run: normscope agree"):
            study.report()
        study.agree()
        assert study.report().exists()
    assert reported_matcher(folder) == "lexical"


def test_labels_that_came_without_a_fact_are_known_by_their_matcher(folder: Path) -> None:
    with Study.open(folder) as study:
        with study.store._database.write() as db:
            db.execute("DELETE FROM facts WHERE name = 'matched'")
        study.agree()
        study.store.put([replace(match, matcher="offline") for match in study.store.all(Match)[:1]])
        with pytest.raises(UsageError, match="by 'offline'"):
            study.agree()


def test_labels_of_solutions_that_were_read_anew_are_refused(folder: Path) -> None:
    with Study.open(folder) as study:
        study.extract()
        study.agree()  # the same solutions: nothing to say
        read = study.store.all(Solution)
        study.store.replace("solutions", [replace(solution, text=f"Never: {solution.text}") for solution in read])
        for stage in (study.agree, study.report):
            with pytest.raises(UsageError, match=r"solutions .* have changed .* Run: normscope match"):
                stage()
        study.match()
        study.agree()
