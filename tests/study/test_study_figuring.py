"""`normscope figures` and what a report counts, on the starter study with two models that say what panelists said."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.cli import main
from normscope.errors import StoreError, UsageError
from normscope.models.prices import PICO
from normscope.records import Dilemma, Kind, NotMeasured, Outcome, Responder, Response, Solution, Turn
from normscope.report import ModelCost, OutcomeCount
from normscope.report.drawing import _drawn
from normscope.store import StoredCall
from normscope.study import Study
from normscope.study.report_counts import model_costs, outcome_counts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("figuring") / "s"
    with Study.create(made, matcher="exact", extractor="coded", resamples=20, limit=4) as study:
        study.load()
        people = sorted({s.responder_id for s in study.store.all(Solution)})
        for model, person in (("echo", people[0]), ("parrot", people[1])):
            copied = [
                replace(s, solution_id=f"{model} {s.dilemma_id}", responder_id=model)
                for s in study.store.all(Solution)
                if s.responder_id == person and s.main
            ]
            said = [Response(s.dilemma_id, model, 0, "plain", Outcome.ANSWERED, (Turn("assistant", s.text),)) for s in copied]
            said[0] = replace(said[0], outcome=Outcome.REFUSED, reason="no advice")
            study.store.put([Responder(model, Kind.MODEL), *copied[1:], *said])
        study.match()
        study.agree()
    return made


def exits(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    return ended.value.code


def test_figures_come_with_captions_and_numbers_and_twice_the_same(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    for out in ("a", "b"):
        _drawn.cache_clear()
        only = ("--only", "headline", "--only", "ranks")
        assert exits("figures", str(folder), "--format", "svg,pdf", *only, "--out", str(tmp_path / out)) == 0
    names = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert names == ["captions.md", "headline.csv", "headline.pdf", "headline.svg", "ranks.csv", "ranks.pdf", "ranks.svg"]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    captions = (tmp_path / "a" / "captions.md").read_text(encoding="utf-8")
    assert captions.startswith("## headline\n\nAgreement of each model with all people together")
    assert "## ranks\n\nRank of each model" in captions
    # of all figures, so that one more (--only) beside others takes no caption away
    assert "## topics\n\n" in captions or "## outcomes\n\n" in captions
    assert (tmp_path / "a" / "headline.csv").read_text(encoding="utf-8").startswith("responder,stated,")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "pfd"], "figures have no format 'pfd'. Did you mean 'pdf'? Known: pdf, png, svg. Give some of them"),
        (["--format", ","], "no format was given. Known: pdf, png, svg."),
        (
            ["--only", "rank"],
            "this study's report has no figure 'rank'. Did you mean 'ranks'? Known: agreement_matrix, headline,",
        ),
    ],
)
def test_a_wrong_format_or_figure_is_told_with_what_there_is(
    folder: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("altair")
    assert exits("figures", str(folder), *options) == 3
    assert words in " ".join(capsys.readouterr().err.split())
    assert not (folder / "figures").exists()


def test_without_the_extra_no_figure_is_written_and_the_way_to_it_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    assert exits("figures", str(folder)) == 3
    assert "A figure needs the extra [report]. Install it with: pip install 'normscope[report]'" in capsys.readouterr().err
    assert not (folder / "figures").exists()


def test_a_place_that_cannot_be_written_is_a_store_error(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    (tmp_path / "file").write_text("in the way")
    with Study.open(folder) as study, pytest.raises(StoreError, match="cannot be written"):
        study.figures(["svg"], folder=tmp_path / "file", only=["headline"])
    with Study.open(folder) as study, pytest.raises(UsageError, match="no format was given"):
        study.figures([])


def test_conversations_are_counted_by_responder_topic_outcome_and_reason(folder: Path) -> None:
    with Study.open(folder) as study:
        counts = outcome_counts(study.store)
        topics = {d.topic for d in study.store.all(Dilemma)}
    refused = [c for c in counts if c.outcome is Outcome.REFUSED]
    assert [(c.responder_id, c.reason, c.n) for c in refused] == [("echo", "no advice", 1), ("parrot", "no advice", 1)]
    assert {c.topic for c in counts} == topics
    assert sum(c.n for c in counts) == 5 * 4  # three panelists and two models on four dilemmas
    assert counts == sorted(counts, key=lambda c: (c.responder_id, c.topic, c.outcome.value, c.reason))
    assert isinstance(counts[0], OutcomeCount)


def test_money_is_known_only_where_every_price_is(tmp_path: Path) -> None:
    with Study.create(tmp_path / "s", limit=1) as study:
        assert model_costs(study.settings, study.store) == []
        calls = [
            StoredCall("a", "dear", 0, {}, {"text": "x"}, None, 100, 20, PICO // 4, 0),
            StoredCall("b", "dear", 0, {}, None, "timeout", 0, 0, None, PICO // 2),
            StoredCall("c", "unknown", 0, {}, {"text": "x"}, None, 10, 2, None, 0),
        ]
        for call in calls:
            study.store.calls.put(call)
        assert model_costs(study.settings, study.store) == [
            ModelCost("dear", 1, 1, 100, 20, 0.25, 0, 0.5, "USD"),
            ModelCost("unknown", 1, 0, 10, 2, NotMeasured("no price is known"), 1, 0.0, "USD"),
        ]
