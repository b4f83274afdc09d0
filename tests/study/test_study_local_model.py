"""The main job with a real model: asked, read, compared, reported; and a real model as the judge."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from normscope.match.judge import Judge
from normscope.models import Asker, CallRecord, Completion, LocalModel
from normscope.records import Label, Outcome, Question, Response
from normscope.study import Study

pytestmark = pytest.mark.local_model

DEMO = Path(__file__).resolve().parents[2] / "examples" / "demo" / "study.yaml"
NAME = "local:smollm2-135m-instruct"


def test_the_demo_on_two_dilemmas(tmp_path: Path) -> None:
    with Study.from_yaml(DEMO, folder=tmp_path / "demo", limit=2, resamples=50) as study:
        study.run()
        asked = [r for r in study.responses() if r.responder_id.startswith("smollm2")]
        calls = study.store.calls.counts()
        study.run()
        assert study.store.calls.counts() == calls, "a second run asks nothing"
    assert len(asked) == 4
    assert all(r.outcome is Outcome.ANSWERED for r in asked)
    assert all(any(turn.stage == "explicit" and turn.text for turn in r.turns) for r in asked)
    estimates = json.loads((tmp_path / "demo" / "estimates.json").read_text())["estimates"]
    assert {"model–human", "model–model", "human–human"} <= {e["pairing"] for e in estimates}
    page = (tmp_path / "demo" / "report.html").read_text()
    assert "Apache-2.0" in page
    assert "<svg" in page


class Memory:
    """A call log that lasts as long as the test."""

    def __init__(self) -> None:
        self.calls: dict[str, CallRecord] = {}

    def get(self, key: str) -> Completion | None:
        return self.calls[key].completion if key in self.calls else None

    async def put(self, call: CallRecord) -> None:
        self.calls[call.key] = call


def test_a_real_model_as_the_judge_gives_labels() -> None:
    questions = [
        Question("My friend forgot my birthday.", "You should tell her that it hurt.", "Tell her how you feel."),
        Question("My friend forgot my birthday.", "Never mention it to her.", "Tell her how you feel."),
    ]

    async def main() -> list[Label]:
        log = Memory()
        asker = Asker({NAME: LocalModel("smollm2-135m-instruct")}, log)
        try:
            judgements = await Judge(NAME, asker.ask_for(NAME), max_tokens=80)(questions)
        finally:
            await asker.close()
        assert log.calls
        assert all(call.completion is not None for call in log.calls.values())
        return [judgement.label for judgement in judgements]

    labels = asyncio.run(main())
    assert len(labels) == 2  # what a model of this size says is not worth asserting; that it is a label is
    assert set(labels) <= set(Label)


def test_the_unprompted_text_is_what_was_said_before_anything_was_shown(tmp_path: Path) -> None:
    with Study.from_yaml(DEMO, folder=tmp_path / "s", limit=1, models=[{"model": NAME, "id": "m"}]) as study:
        study.load()
        study.elicit()
        (response,) = [r for r in study.store.all(Response) if r.responder_id == "m"]
    shown = [turn.text for turn in response.turns if turn.stage == "explicit"]
    assert shown
    assert all(text not in response.text for text in shown if len(text) > 20)
