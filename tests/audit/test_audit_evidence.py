"""What is gathered from a folder: whom the study asks, who grades, what is known of the matcher, and what is printed of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from normscope.audit import Evidence, Grader, UnderTest
from normscope.cli.auditing import ALIKE, _print_findings
from normscope.plugins import Plugin, installed
from normscope.records import Dilemma, Finding, Kind, Responder, Score, Severity, Verdict
from normscope.study import Study
from normscope.study.auditing import evidence
from normscope.study.validating import card_values
from tests.audit.making import a_card


def gathered(folder: Path, **settings: Any) -> Evidence:
    with Study.create(folder, dilemmas="starter", **settings) as study:
        study.store.put([Dilemma("d1", "Hm?", topic="work"), Responder("old", Kind.MODEL), Responder("h", Kind.HUMAN)])
        study.store.put([Responder(m.responder_id, Kind.MODEL, model=m.model) for m in study.settings.models])
        return evidence(study.settings, study.store, [])


def test_graders_and_models_under_test_are_named(tmp_path: Path) -> None:
    found = gathered(
        tmp_path / "s",
        models=[{"model": "http:org/gpt-4o", "id": "g"}],
        matcher="panel:both-orders:http:claude-a,http:llama-b",
        extractor="judge:http:qwen-c",
        draws=3,
    )
    assert found.graders == [
        Grader("extractor", "http:qwen-c", "qwen"),
        Grader("matcher", "http:claude-a", "claude"),
        Grader("matcher", "http:llama-b", "llama"),
    ]
    assert found.tested == [UnderTest("g", "http:org/gpt-4o", "gpt"), UnderTest("old", "recorded:old", "old")]
    assert found.draws == {"g": 3}
    assert found.opaque == []
    assert found.models == ["g", "old"]
    assert found.topics == ["work"]


def test_a_plug_in_of_others_is_opaque(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(kind: str) -> list[Plugin]:
        return [replace(plugin, package="theirs") if plugin.name == "exact" else plugin for plugin in installed(kind)]

    monkeypatch.setattr("normscope.study.auditing.installed", theirs)
    assert gathered(tmp_path / "s", matcher="exact").opaque == ["the matcher exact"]


@pytest.mark.parametrize(
    ("gold", "own"),
    [
        ("labels given for this study", True),
        ("imported labels of pairs that were not drawn for this study", True),
        ("invented pairs", False),
    ],
)
def test_a_card_counts_as_the_studys_own_by_its_labels(tmp_path: Path, gold: str, own: bool) -> None:
    card = replace(a_card(score=Score(9, 0.9, 0.8, 1.0, 0.8, 0.8, 0.7, 0.9)), gold=gold)
    with Study.create(tmp_path / "s", dilemmas="starter", matcher="exact") as study:
        study.store.set_fact("card", json.dumps(card_values(card)))
        found = evidence(study.settings, study.store, [])
    assert found.own_labels is own
    assert found.card == card


def test_many_findings_alike_are_counted_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    alike = [Finding("weak_topic", Severity.WARNING, Verdict.INCONCLUSIVE, f"number {i}.", "Mend.") for i in range(ALIKE + 3)]
    other = [Finding("weak_topic", Severity.WARNING, Verdict.NOT_MEASURED, "none.", "Measure.")]
    _print_findings([*alike, *other], level=0.95)
    out = capsys.readouterr().out
    assert f"number {ALIKE - 1}." in out
    assert f"number {ALIKE}." not in out
    assert out.count("as above") == ALIKE - 1
    assert "none." in out
    assert "weak_topic: 3 more inconclusive; --json and findings.json have them all." in out
