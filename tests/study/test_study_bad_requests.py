"""A request that the judge's server refuses for good (too long, its filter) costs its own answer and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from normscope.errors import ModelError
from normscope.extract.judge import make as make_extractor
from normscope.match.judge import make as make_judge
from normscope.match.stance import make as make_stance
from normscope.models.asker import Asker
from normscope.models.base import AskFor
from normscope.models.http import HttpModel
from normscope.records import Dilemma, Extraction, Judgement, Label, Matcher, Outcome, Question, Response, Turn
from normscope.study import Study
from normscope.study.loop import run
from normscope.study.reporting import report_data
from normscope.testing import LoopbackServer

REFUSED = "Say the forbidden word."


class Calls:
    """A call log in memory."""

    def get(self, key: str) -> None:
        return None

    async def put(self, call: object) -> None:
        pass


def asked(work: Callable[[AskFor], Any], *, faults: Callable[[int, dict[str, Any]], str], answer: str) -> Any:
    with LoopbackServer(faults=faults, answer=lambda _: answer) as server:

        async def main() -> Any:
            asker = Asker({"http:j": HttpModel("j", base_url=server.url)}, Calls(), retries=0)
            try:
                return await work(asker.ask_for)
            finally:
                await asker.close()

        return run(main())


def refusing(_: int, body: dict[str, Any]) -> str:
    return "400" if "forbidden" in json.dumps(body["messages"]) else "ok"


def labels(make: Callable[[str, AskFor], Matcher], texts: list[str], solutions: list[str], **given: Any) -> list[Judgement]:
    questions = [Question("Should I talk to him?", text, solution) for text in texts for solution in solutions]
    found: list[Judgement] = asked(lambda ask_for: make("http:j", ask_for)(questions), **given)
    return found


AGREE = '{"evidence": "Talk to him", "label": "agree"}'
NONE = Judgement(Label.UNCLEAR, 0.0)


def everything(_: int, __: dict[str, Any]) -> str:
    return "400"


@pytest.mark.parametrize("options", ["singly:", "no-evidence:", ""])
def test_one_refused_text_has_no_label_and_the_others_have_theirs(options: str) -> None:
    def make(model: str, ask_for: AskFor) -> Matcher:
        return make_judge(options + model, ask_for)

    given: dict[str, Any] = {"faults": refusing, "answer": AGREE}
    refused, other = labels(make, [REFUSED, "Talk to him."], ["Talk"], **given)
    assert (refused, other.label) == (NONE, Label.AGREE)
    assert labels(make, [REFUSED], ["Talk", "Go"], **given) == [NONE, NONE], "both solutions of one text"


def test_a_refused_text_has_no_standing() -> None:
    answer = '{"evidence": "Talk to him", "label": "yes"}'
    refused, other = labels(make_stance, [REFUSED, "Talk to him."], ["Talk to him now"], faults=refusing, answer=answer)
    assert (refused.label, refused.score) == (Label.UNCLEAR, 0.0)
    assert other.label is Label.AGREE


@pytest.mark.parametrize("make", [make_judge, make_stance])
def test_where_everything_is_refused_or_fails_otherwise_it_is_an_error(make: Callable[[str, AskFor], Matcher]) -> None:
    texts = [f"Text {n}." for n in range(6)]
    with pytest.raises(ModelError, match="the request was refused"):
        labels(make, texts, ["Talk"], faults=everything, answer=AGREE)
    with pytest.raises(ModelError, match="no such model"):
        labels(make, texts[:1], ["Talk"], faults=lambda *_: "404", answer=AGREE)


def extracted(texts: list[str], faults: Callable[[int, dict[str, Any]], str]) -> list[Extraction]:
    dilemma = Dilemma("d", "Should I talk to him?", "en")
    items = [
        (dilemma, Response("d", f"m{n}", 0, "ask", Outcome.ANSWERED, (Turn("user", "?"), Turn("assistant", text))))
        for n, text in enumerate(texts)
    ]
    answer = '{"refusal": true, "solutions": []}'
    found: list[Extraction] = asked(lambda ask_for: make_extractor("http:j", ask_for)(items), faults=faults, answer=answer)
    return found


def test_one_refused_response_is_not_read_and_the_others_are() -> None:
    assert extracted([REFUSED, "No."], refusing) == [Extraction((), "bad_request"), Extraction((), "refused")]
    with pytest.raises(ModelError, match="5 of 5 responses were not read"):
        extracted([f"No {n}." for n in range(5)], everything)
    with pytest.raises(ModelError, match="no such model"):
        extracted(["No."], lambda *_: "404")


def test_refused_requests_are_counted_and_shown(tmp_path: Path) -> None:
    with LoopbackServer(faults=lambda number, _: "400" if number == 2 else "ok") as server:
        judges = [{"model": "http:j", "base_url": server.url}]
        given: dict[str, Any] = {"matcher": "judge:singly:http:j", "judges": judges}
        with Study.create(tmp_path / "s", dilemmas=["starter"], limit=3, **given) as study:
            study.load()
            study.extract()
            study.match()
            study.store.set_fact("extraction", '{"bad_request": 1}')
            notes = report_data(study.settings, study.store).notes
    assert "Requests to http:j that its server refused as bad ones: 1." in notes
    assert "Answered responses that the extractor's server refused to read: 1." in notes
