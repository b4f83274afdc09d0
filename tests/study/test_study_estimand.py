"""`estimand: these dilemmas` from study.yaml's setting to the estimates and the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from normscope.agree import PEOPLE
from normscope.records import Kind, NotMeasured, Outcome, Responder, Response, Solution, Turn
from normscope.study import Study


@pytest.mark.usefixtures("undrawn")
def test_the_setting_reaches_the_estimates_and_the_report(tmp_path: Path) -> None:
    with Study.create(
        tmp_path / "s", matcher="exact", extractor="coded", resamples=100, limit=12, estimand="these dilemmas"
    ) as study:
        study.load()
        advice = [s for s in study.store.all(Solution) if s.main]
        panelists = sorted({s.responder_id for s in advice})
        # in its first conversation the model speaks as one panelist, in its second it says what nobody says
        mine = [
            replace(s, solution_id=f"m {s.dilemma_id} {k}", responder_id="m", draw=k, text=s.text if k == 0 else "Hm.")
            for s in advice
            if s.responder_id == panelists[0]
            for k in range(2)
        ]
        said = [Response(s.dilemma_id, "m", s.draw, "plain", Outcome.ANSWERED, (Turn("assistant", s.text),)) for s in mine]
        study.store.put([Responder("m", Kind.MODEL), *mine, *said])
        study.match()
        found = {
            (e.metric, e.responder_id, e.target_id): e
            for e in study.agree()
            if (e.topic, e.reading, e.policy) == ("all", "main", "each")
        }
        page = study.report().read_text(encoding="utf-8")
    stated = found["stated", "m", PEOPLE]
    assert stated.estimand == "these dilemmas"
    assert stated.method.endswith("people's answers taken as given")
    assert not isinstance(stated.low, NotMeasured)
    assert stated.low < stated.number()
    assert isinstance(found["ceiling", "", ""].low, NotMeasured)
    assert found["refused", "m", ""].estimand == "dilemmas like these"
    assert "these dilemmas" in page
