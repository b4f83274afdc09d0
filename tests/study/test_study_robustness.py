"""A study's readings and reference policies: computed with the rest, kept, and told apart from what tables show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.agree import PEOPLE, summary
from normscope.cli import main
from normscope.records import Estimate, Kind, NotMeasured, Outcome, Placebo, Policy, Reading, Responder, Response, Solution, Turn
from normscope.study import Study

MODEL = "parrot"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The starter study with a model that says the main advice of one panelist word for word."""
    with Study.create(tmp_path / "s", matcher="exact", extractor="coded", resamples=20, limit=4) as study:
        study.load()
        first = sorted({s.responder_id for s in study.store.all(Solution)})[0]
        copied = [
            replace(s, solution_id=f"{MODEL} {s.dilemma_id}", responder_id=MODEL)
            for s in study.store.all(Solution)
            if s.responder_id == first and s.main
        ]
        said = [Response(s.dilemma_id, MODEL, 0, "plain", Outcome.ANSWERED, (Turn("assistant", s.text),)) for s in copied]
        study.store.put([Responder(MODEL, Kind.MODEL), *copied, *said])
        study.match()
        study.agree()
    return tmp_path / "s"


def test_all_readings_under_all_policies_are_kept(folder: Path) -> None:
    with Study.open(folder) as study:
        estimates = study.estimates()
        table = study.table()
    stated = {
        (e.reading, e.policy): e
        for e in estimates
        if (e.metric, e.responder_id, e.target_id, e.topic) == ("stated", MODEL, PEOPLE, "all")
    }
    assert stated.keys() == {(reading.value, policy.value) for reading in Reading for policy in Policy}
    # one of three panelists says the same in the same words; by `exact` no other words agree
    assert stated["main", "union"].number() == 1.0
    assert stated["main", "each"].number() < 1.0
    written = json.loads((folder / "estimates.json").read_text(encoding="utf-8"))["estimates"]
    assert len(written) == len(estimates)
    shown = [e for e in estimates if (e.reading, e.policy) == ("main", "each")]
    assert table.to_dicts() == summary(shown)
    assert {e.metric for e in shown} >= {"random_pair", "placebo", "hedge", "ratio_to_ceiling", "equivalent_to_ceiling"}


def test_the_command_says_how_far_a_model_moves(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["agree", str(folder)])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "lowest and highest over all readings and reference policies" in printed
    assert f"  {MODEL}: 0." in printed


def test_the_same_study_gives_the_same_bytes(folder: Path) -> None:
    before = (folder / "estimates.json").read_bytes()
    with Study.open(folder) as study:
        found: list[Estimate] = study.agree()
    assert (folder / "estimates.json").read_bytes() == before
    assert len({(e.metric, e.pairing, e.responder_id, e.target_id, e.topic, e.reading, e.policy) for e in found}) == len(found)


def test_the_placebo_is_that_of_the_card(folder: Path) -> None:
    with Study.open(folder) as study:
        (before,) = (e for e in study.estimates() if e.metric == "placebo")
        assert isinstance(before.value, NotMeasured)
        card = study.validate(whole=False)
        assert isinstance(card.placebo, Placebo)
        (after,) = (e for e in study.agree() if e.metric == "placebo")
    rate = card.placebo.agree.overall
    assert (after.value, after.low, after.high, after.level) == (rate.value, rate.low, rate.high, card.level)
    assert f"{rate.n} pairs with answers to other dilemmas" in after.method
