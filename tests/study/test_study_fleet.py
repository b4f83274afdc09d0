"""A study that asks many models: batches, budget, dialogue, prompts of products, and what `status` says of them."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from normscope.errors import DataError, StoreError, UsageError
from normscope.models.prices import PICO
from normscope.records import Outcome
from normscope.store import Store
from normscope.study import ModelProgress, Study
from normscope.study.loop import run
from normscope.testing import LoopbackServer

COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()"]
PRICE = {"input": 1, "output": 2}


def a_study(folder: Path, url: str, *, models: int = 1, **settings: Any) -> Study:
    given = [{"model": f"http:m{n}", "base_url": url, "price": PRICE, "timeout": 10} for n in range(models)]
    values: dict[str, Any] = {
        "dilemmas": ["starter"],
        "limit": 12,
        "models": given,
        "protocol": "ask",
        "explicit": {"per_side": 0},
        "matcher": "lexical",
    }
    study = Study.create(folder, **(values | settings))
    study.load()
    return study


def test_all_models_are_asked_at_the_same_time(tmp_path: Path) -> None:
    lines: list[list[ModelProgress]] = []

    def watch(stage: str, done: int, total: int, models: Any = ()) -> None:
        lines.append(list(models))

    with LoopbackServer(delay=0.05) as server, a_study(tmp_path, server.url, models=5, first_concurrency=2) as study:
        study.progress = watch
        assert study.elicit() == {"answered": 60}
        assert server.most_at_once >= 8
    assert [(line.done, line.total) for line in lines[-1]] == [(12, 12)] * 5
    assert all(line.spent.endswith("USD") and line.places for line in lines[-1])


def test_models_on_this_machine_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normscope.study.eliciting.takes_turns", lambda model: model.model != "http:m2")
    order: list[str] = []

    def answer(body: dict[str, Any]) -> str:
        order.append(body["model"])
        return "Wait."

    with LoopbackServer(delay=0.01, answer=answer) as server:
        with a_study(tmp_path, server.url, models=3, concurrency=1, first_concurrency=1) as study:
            assert study.elicit() == {"answered": 36}
        assert server.most_at_once == 2
    assert [model for model in order if model != "m2"] == ["m0"] * 12 + ["m1"] * 12


def test_the_budget_of_a_study_holds_over_its_runs(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        with a_study(tmp_path, server.url, models=2, params={"max_tokens": 50}, budget=0.003) as study:
            study.elicit()
            now = study.status()
            first = server.count
        assert 0 < first < 24
        assert sum(row.to_do for row in now.responders) == 24 - first
        assert all("leaves no room" in words for words in now.last_errors.values())
        with Study.open(tmp_path) as study:
            study.elicit()
            spent = sum(total.cost for total in study.store.calls.totals())
        assert server.count == first, "the next run has no more to spend"
        assert 0 < spent <= 0.003 * PICO
        with Study.open(tmp_path, budget=1.0) as study:
            assert study.elicit() == {"answered": 24}
        assert server.count == 24


def test_what_a_killed_run_may_have_spent_counts(tmp_path: Path) -> None:
    with LoopbackServer() as server, a_study(tmp_path, server.url, budget=0.003) as study:
        study.store.set_fact("in_flight", str(round(0.003 * PICO)))  # as a killed run leaves it
        study.elicit()
        assert server.count == 0
        assert study.store.fact("may_be_lost") == str(round(0.003 * PICO))


def test_the_budget_binds_judges_too_and_a_finished_stage_leaves_nothing_in_flight(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        judge = {"model": "http:judge", "base_url": server.url}
        settings: dict[str, Any] = {"budget": 1.0, "extractor": "judge:http:judge"}
        with a_study(tmp_path / "priced", server.url, judges=[judge | {"price": PRICE}], limit=3, **settings) as study:
            study.elicit()
            study.extract()
            assert study.store.fact("in_flight") == "0"
            assert study.store.fact("may_be_lost") is None
        asked = server.count
        with a_study(tmp_path / "unpriced", server.url, judges=[judge], limit=3, **settings) as study:
            study.elicit()
            with pytest.raises(UsageError, match="no price is known for http:judge"):
                study.extract()
        assert server.count == asked + 3


def test_a_budget_without_prices_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        with a_study(tmp_path, server.url, models=0, budget=1.0) as study:
            study.add_models([{"model": "http:x", "base_url": server.url}])
            with pytest.raises(UsageError, match="no price is known for http:x"):
                study.elicit()
        assert server.count == 0


def test_batches_give_the_same_answers_as_calls(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"protocol": "ask-then-commit", "explicit": {"per_side": 1}}
    with LoopbackServer() as server:
        with a_study(tmp_path / "calls", server.url, **settings) as study:
            study.elicit()
            expected = study.store.frame("responses")
        calls = server.count
        with a_study(tmp_path / "batches", server.url, batch=True, batch_seconds=0.01, **settings) as study:
            study.elicit()
            assert study.store.frame("responses").equals(expected)
            assert study.store.batches.open("http:m0") == []
        assert server.count == calls, "nothing was asked one by one"


def test_a_killed_run_picks_its_batches_up(tmp_path: Path, command_here: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    with LoopbackServer() as server:
        server.batches.script.polls = 5
        model = {"model": "http:m0", "base_url": server.url}
        settings = {
            "folder": "study", "dilemmas": "starter", "limit": 10, "models": [model], "protocol": "ask", "batch": True,
            "explicit": {"per_side": 0}, "batch_seconds": 0.05, "resamples": 20, "matcher": "lexical",
        }  # fmt: skip
        (tmp_path / "study.yaml").write_text(json.dumps(settings))
        for _ in range(2):
            process = subprocess.Popen([*COMMAND, "run", "study.yaml"], cwd=tmp_path, stderr=subprocess.DEVNULL)
            patience = time.monotonic() + 30
            while not server.batches.created and time.monotonic() < patience:
                time.sleep(0.02)
            time.sleep(0.2)
            process.send_signal(signal.SIGKILL)
            process.wait()
        done = command_here(tmp_path, "run", "study.yaml")
        assert done.returncode == 0, done.stderr
        assert "answered" not in done.stderr
        assert len(server.batches.created) == 1
        assert set(server.batches.submitted.values()) == {1}
    with Store(tmp_path / "study") as store:
        assert store.outcomes()[0] == ("http:m0", Outcome.ANSWERED.value, None, 10)


def test_a_dialogue_through_a_study(tmp_path: Path) -> None:
    def answer(body: dict[str, Any]) -> str:
        if body["model"] == "player":
            return "I do not know."
        return "How long has this been so?" if len(body["messages"]) < 3 else "You should talk to them."

    settings: dict[str, Any] = {"protocol": "dialogue", "dialogue": {"player": "http:player", "turns": 2}}
    with LoopbackServer(answer=answer) as server:
        judges = [{"model": "http:player", "base_url": server.url, "price": PRICE}]
        with a_study(tmp_path, server.url, judges=judges, **settings) as study:
            assert study.elicit() == {"answered": 12}
            asked = [response for response in study.responses() if response.responder_id == "http:m0"]
            assert all([turn.stage for turn in response.turns[::2]] == ["ask", "dialogue"] for response in asked)
    with pytest.raises(DataError, match="named model that plays"):
        Study.create(tmp_path / "x", protocol="dialogue")


def test_a_product_s_prompt_comes_before_a_persona(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        model = {"model": "http:m", "base_url": server.url, "system_prompt": "You are Ada of ACME.", "persona": "Be brief."}
        with a_study(tmp_path, server.url, models=0, limit=1) as study:
            study.add_models([model])
            study.elicit()
        (body,) = server.requests
    assert body["messages"][0] == {"role": "system", "content": "You are Ada of ACME.\n\nBe brief."}


def test_status_says_what_was_spent_and_what_is_unknown(tmp_path: Path) -> None:
    with LoopbackServer() as server, a_study(tmp_path, server.url) as study:
        study.add_models([{"model": "http:unpriced", "base_url": server.url}])
        study.elicit()
        now = study.status()
    money = {row.model: row for row in now.money}
    assert money["http:m0"].spent.endswith(" USD")
    assert money["http:m0"].prompt_tokens > 0
    assert (money["http:unpriced"].spent, money["http:unpriced"].unknown_calls) == ("unknown", 12)
    assert now.spent.endswith("12 calls of unknown cost")


def test_one_run_asks_at_a_time_and_scoring_needs_no_turn(tmp_path: Path) -> None:
    with LoopbackServer() as server, a_study(tmp_path, server.url) as study:
        study.elicit()
        held = study.store.writer()  # another run asks
        with Study.open(tmp_path, draws=2) as another:
            with pytest.raises(StoreError, match="models are being asked for"):
                another.elicit()
            assert server.count == 12, "nothing was asked before the turn was refused"
            assert another.status().responders[0].to_do == 12
        study.extract()
        study.match()
        held.close()
        with Study.open(tmp_path, draws=2) as another:
            assert another.elicit() == {"answered": 24}


def test_work_runs_in_a_loop_of_its_own() -> None:
    async def main() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run(main()).split(".")[0] in {"uvloop", "asyncio"}
