"""The explicit part under Inspect: people's solutions are chosen and shown as `normscope run` shows them, and are counted."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from normscope.dilemmas.starter_set import starter
from normscope.records import Outcome, Response, Stance
from normscope.store import Store
from normscope.study import Study
from normscope.testing import LoopbackServer

pytestmark = pytest.mark.inspect

Eval = Callable[..., Path]
Command = Callable[..., "subprocess.CompletedProcess[str]"]
MODEL = "openai-api/local/m"
SHOWING = ("-T", "limit=4", "-T", "languages=en", "-T", "per_side=1")


def responses(folder: Path, responder: str = MODEL) -> list[Response]:
    with Store(folder) as store:
        return [r for r in store.all(Response) if r.responder_id == responder]


def imported(normscope: Command, folder: Path, *options: str) -> list[Response]:
    ended = normscope("import", str(folder), "--from", *options)
    assert ended.returncode == 0, ended.stderr
    return responses(folder)


def asked(bodies: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps([b["messages"], b["max_tokens"], b.get("seed")]) for b in bodies)


def test_the_same_solutions_as_normscope_run(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    """Word for word: which solutions, in which order and wording, with which bound on the answers."""
    study = {
        "folder": str(tmp_path / "ours"),
        "languages": ["en"],
        "limit": 4,
        "draws": 2,
        "seed": 7,
        "params": {"max_tokens": 200, "seed": 3},
        "explicit": {"per_side": 1, "max_tokens": 60},
    }
    with LoopbackServer() as server:
        # order and wordings depend on the responder's name: the same name, the same order
        study["models"] = [{"model": "http:m", "id": MODEL, "base_url": server.url}]
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
        ended = normscope_command("run", "study.yaml")
        assert ended.returncode == 0, ended.stderr
        by_run = asked(list(server.requests))
        server.requests.clear()
        options = ("draws=2", "study_seed=7", "max_tokens=200", "seed=3", "explicit_tokens=60")
        log = inspect_eval(server, *SHOWING, *(word for option in options for word in ("-T", option)))
        by_inspect = asked(list(server.requests))
    expected = responses(tmp_path / "ours")
    found = imported(normscope_command, tmp_path / "theirs", str(log))
    assert found == expected
    assert by_inspect == by_run
    assert len(found) == 8
    for response in found:
        shown = [turn for turn in response.turns if turn.stage == "explicit"]
        assert len(shown) == 4, "one accepted and one rejected solution, each with an answer"
        assert len({turn.solution_id for turn in shown}) == 2
    of_draw = [{t.solution_id for r in found if r.draw == n for t in r.turns} for n in (0, 1)]
    assert of_draw[0] != of_draw[1], "another draw is asked about other solutions"


@pytest.mark.parametrize(("options", "bound"), [((), 90), (("-T", "explicit_tokens=512"), 512)])
def test_a_bound_on_the_answers_holds_whatever_else_inspect_is_told(
    inspect_eval: Eval, options: tuple[str, ...], bound: int
) -> None:
    """`--max-tokens` overrides `max_tokens`; `explicit_tokens` bounds the answers to shown solutions all the same."""
    with LoopbackServer() as server:
        inspect_eval(server, *SHOWING, "-T", "protocol=ask", "--max-tokens", "90", *options)
    stated = {b["max_tokens"] for b in server.requests if len(b["messages"]) == 1}
    explicit = {b["max_tokens"] for b in server.requests if len(b["messages"]) > 1}
    assert (stated, explicit) == ({90}, {bound})


def test_explicit_agreement_of_an_imported_model(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    """A model that agrees with all it is shown: right of what people accept, wrong of what they reject."""

    def agrees(body: dict[str, Any]) -> str:
        return "You should talk to them." if len(body["messages"]) == 1 else "Yes, I agree. You should do that."

    with LoopbackServer(answer=agrees) as server:
        log = inspect_eval(server, *SHOWING)
    shown = {turn.solution_id for r in imported(normscope_command, tmp_path / "study", str(log)) for turn in r.turns} - {None}
    sets = ("--set", "limit=4", "--set", "languages=[en]")
    ended = normscope_command("run", "--folder", "study", "--dilemmas", "starter", *sets)
    assert ended.returncode == 0, ended.stderr

    # an answer to a text counts towards everyone who coded that text
    coded = starter().solutions
    texts = {(s.dilemma_id, s.text) for s in coded if s.solution_id in shown}
    accepted = [s.stance is Stance.RECOMMENDS for s in coded if (s.dilemma_id, s.text) in texts]
    assert (len(shown), len(texts)) == (8, 8)
    with Study.open(tmp_path / "study") as study:
        of_people = [e for e in study.estimates() if (e.responder_id, e.target_id, e.topic) == (MODEL, "people", "all")]
    found = {e.metric: e for e in of_people}
    assert found["explicit"].number() == pytest.approx(sum(accepted) / len(accepted))
    assert found["explicit"].n_dilemmas == 4
    assert found["acquiescence"].number() == 1.0
    written = json.loads((tmp_path / "study" / "estimates.json").read_text(encoding="utf-8"))["estimates"]
    at = {"metric": "explicit", "responder_id": MODEL, "target_id": "people", "topic": "all"}
    assert [e["value"] for e in written if at.items() <= e.items()] == [found["explicit"].value]


def test_a_log_that_is_completed_later_shows_the_same(
    tmp_path: Path, inspect_eval: Eval, inspect_command: Eval, normscope_command: Command
) -> None:
    """`inspect eval-retry` makes the task again: the conversations that were missing are shown what they would have been."""
    with LoopbackServer() as server:
        log = inspect_eval(server, *SHOWING, "--log-format", "json")
        whole = imported(normscope_command, tmp_path / "whole", str(log))
        assert all(any(turn.stage == "explicit" for turn in response.turns) for response in whole)
        content = json.loads(log.read_text(encoding="utf-8"))
        content["status"], content["samples"] = "cancelled", content["samples"][:1]
        log.write_text(json.dumps(content), encoding="utf-8")
        completed = inspect_command(server, "eval-retry", str(log))
    assert imported(normscope_command, tmp_path / "completed", str(completed)) == whole


def test_showing_is_part_of_how_a_model_was_asked(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    from normscope.dilemmas.inspect_logs import read_logs

    few = ("-T", "limit=1", "-T", "languages=en")
    with LoopbackServer() as server:
        bare = inspect_eval(server, *few)
        shown = inspect_eval(server, *few, "-T", "per_side=1")
        other = inspect_eval(server, *few, "-T", "per_side=1", "-T", "study_seed=1")
        every = inspect_eval(server, *few, "-T", "per_side=null")
    for first, second in ((bare, shown), (shown, other), (shown, every)):
        ended = normscope_command("import", "study", "--from", str(first), str(second))
        assert ended.returncode == 3
        assert "asked in another way" in ended.stderr
    assert not (tmp_path / "study").exists()
    # what a folder holds of logs from before there was anything to show stays comparable
    assert set(json.loads(read_logs([bare]).asked[MODEL])) == {"model", "persona", "protocol", "params"}
    way = json.loads(read_logs([other]).asked[MODEL])
    assert way["explicit"] == {"per_side": 1, "max_tokens": None, "seed": 1}
    (all_shown,) = read_logs([every]).loaded.responses
    coded = {" ".join(s.text.casefold().split()) for s in starter().solutions if s.dilemma_id == all_shown.dilemma_id}
    assert len([turn for turn in all_shown.turns if turn.stage == "explicit"]) == 2 * len(coded) > 4, "each with an answer"


def test_who_refuses_is_shown_nothing(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    with LoopbackServer(answer=lambda body: "I'm sorry, but I can't help with that.") as server:
        log = inspect_eval(server, *SHOWING)
    found = imported(normscope_command, tmp_path / "study", str(log))
    assert {(r.outcome, len(r.turns)) for r in found} == {(Outcome.REFUSED, 2)}


def test_showing_without_solutions_is_said_plainly(tmp_path: Path) -> None:
    from normscope import _inspect
    from normscope.errors import NormscopeError, UsageError

    bare = tmp_path / "d.jsonl"
    bare.write_text(json.dumps({"dilemma_id": "d1", "text": "My friend lied. What now?", "language": "en"}) + "\n")
    with pytest.raises(UsageError, match=r"per_side=1.*no solutions that people coded.*-T dilemmas=.*per_side=0"):
        _inspect.dilemmas(dilemmas=str(bare), per_side=1)
    _inspect.dilemmas(dilemmas=str(bare))
    with pytest.raises(NormscopeError, match="per_side"):
        _inspect.dilemmas(per_side=-1)
