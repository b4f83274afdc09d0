"""A forecast counts every call that will be made, never less than the worst, and neither asks nor writes anything."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from normscope.cli.costing import print_forecast
from normscope.errors import DataError, UsageError
from normscope.models.prices import PICO, Price, Prices
from normscope.records import Dilemma, NotMeasured, Solution, Stance
from normscope.store import Store
from normscope.study import Study
from normscope.study.costing import Forecast, forecast
from normscope.study.lengths import MEASURED, PRIOR_LENGTHS, Length
from normscope.study.settings import make_settings
from normscope.testing import LoopbackServer

DECIDED = "You should talk to her first, and then tell your brother what the two of you have agreed on."
HEDGED = "It depends. Only you can decide."
PRICED = Prices(models={"http:*": Price(1_000_000, 4_000_000, 500_000)})


def decided(_: dict[str, Any]) -> str:
    return DECIDED


def hedged(body: dict[str, Any]) -> str:
    return DECIDED if any(message["role"] == "assistant" for message in body["messages"]) else HEDGED


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(answer=decided) as running:
        yield running


def study(folder: Path, url: str, **changes: Any) -> Study:
    settings: dict[str, Any] = {
        "models": [{"model": "http:a", "base_url": url}, {"model": "http:b", "base_url": url, "persona": "You are brief."}],
        "languages": ["en"],
        "limit": 6,
        "draws": 2,
        "params": {"max_tokens": 60, "seed": 3},
        "explicit": {"per_side": 1, "max_tokens": 40},
        "protocol": "ask",
        "retries": 0,
    }
    return Study.create(folder, **settings | changes)


def used(store: Store) -> tuple[int, int, int]:
    """Calls, prompt and completion tokens as the server counted them."""
    totals = store.calls.totals()
    return sum(t.answered for t in totals), sum(t.prompt_tokens for t in totals), sum(t.completion_tokens for t in totals)


def at_most(told: Forecast) -> tuple[int, int, int]:
    total = told.total
    assert isinstance(total.calls_at_most, int)
    assert isinstance(total.prompt_at_most, int)
    assert isinstance(total.completion_at_most, int)
    return total.calls_at_most, total.prompt_at_most, total.completion_at_most


def contents(folder: Path) -> dict[str, str]:
    with Store(folder) as store, store._database.read() as db:
        return {"all": hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()}


def test_calls_of_ask_with_solutions_shown_are_exact_and_the_bound_holds(tmp_path: Path, server: LoopbackServer) -> None:
    with study(tmp_path / "s", server.url) as work:
        work.load()
        before = contents(tmp_path / "s")
        told = forecast(work.settings, work.store, prices=PRICED)
        assert server.count == 0, "nothing is asked"
        assert contents(tmp_path / "s") == before, "nothing is written"
        work.elicit()
        calls, prompt, completion = used(work.store)
        assert calls == server.count == told.total.calls == told.total.calls_at_most
        assert told.total.conversations == 6 * 2 * 2
        most = at_most(told)
        assert prompt <= most[1]
        assert completion <= most[2]
        assert all(line.rests_on == "prior" for line in told.lines)
        after = forecast(work.settings, work.store, prices=PRICED)
        assert (after.total.calls, after.total.likely, after.total.at_most) == (0, 0, 0), "what is answered costs nothing"


def test_a_study_that_was_not_begun_needs_no_folder(tmp_path: Path, server: LoopbackServer) -> None:
    with study(tmp_path / "s", server.url) as work:
        work.load()
        stored = forecast(work.settings, work.store, prices=PRICED)
        elsewhere = work.settings.model_copy(update={"folder": tmp_path / "none"})
    assert forecast(elsewhere, None, prices=PRICED) == stored
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("answer", "commits"), [(decided, 0), (hedged, 1)])
def test_a_decision_is_asked_for_in_a_share_of_conversations(tmp_path: Path, answer: Any, commits: int) -> None:
    with LoopbackServer(answer=answer) as server:
        with study(tmp_path / "s", server.url, protocol="ask-then-commit", explicit={"per_side": 0}) as work:
            work.load()
            told = forecast(work.settings, work.store, prices=PRICED)
            assert told.total.conversations < told.total.calls < 2 * told.total.conversations
            assert told.total.calls_at_most == 2 * told.total.conversations
            work.elicit()
            most = at_most(told)
            assert all(real <= bound for real, bound in zip(used(work.store), most, strict=True))
        with study(tmp_path / "s", server.url, protocol="ask-then-commit", explicit={"per_side": 0}, limit=12) as work:
            work.load()
            now = forecast(work.settings, work.store, prices=PRICED)
            line = now.lines[0]
            assert line.rests_on == f"{12 * (1 + commits)} stored answers"
            assert line.conversations == 12
            # of each model 12 conversations are stored, of which all or none commit (c). Behind the other model's stands the
            # prior, 30 % with the weight of 2 answers: (12 c + 0.6) / 14; that stands behind this one's own in the same way
            behind = (12 * commits + 2 * 0.3) / 14
            assert line.calls == round(12 * (1 + (12 * commits + 2 * behind) / 14))
            already = used(work.store)
            work.elicit()
            calls, prompt, completion = (a - b for a, b in zip(used(work.store), already, strict=True))
            assert abs(now.total.calls / calls - 1) < 0.06
            assert abs(now.total.prompt_tokens / prompt - 1) < 0.15
            assert abs(now.total.completion_tokens / completion - 1) < 0.25, "the prior counts as two answers of far more words"


def test_what_pinned_weights_did_before_stands_in_front_of_other_models_answers(tmp_path: Path, server: LoopbackServer) -> None:
    pinned, params = "local:smollm2-135m-instruct", {"max_tokens": 512}
    other = {"model": "http:a", "base_url": server.url}
    with study(tmp_path / "s", server.url, models=[other], params=params) as work:
        work.load()
        work.elicit()
    with study(tmp_path / "s", server.url, models=[other, pinned], params=params) as work:
        work.load()
        (_, line) = forecast(work.settings, work.store).lines
    assert line.rests_on == "measured beforehand"
    # most of its first answers are cut at the bound; the other model's were of a few words
    assert line.completion_tokens > line.conversations * MEASURED[pinned].lengths["ask"].expected(512) > 400 * line.conversations


def test_another_models_answers_stand_in_for_a_new_ones(tmp_path: Path, server: LoopbackServer) -> None:
    with study(tmp_path / "s", server.url, models=[{"model": "http:a", "base_url": server.url}]) as work:
        work.load()
        work.elicit()
        work.add_models([{"model": "http:new", "base_url": server.url}])
        told = forecast(work.settings, work.store)
    old, new = told.lines
    assert (old.calls, old.conversations) == (0, 0)
    assert new.rests_on == f"{server.count} stored answers of other models"


def test_a_conversation_that_failed_costs_only_what_is_missing(tmp_path: Path) -> None:
    model = {"models": [{"model": "http:a", "base_url": ""}], "limit": 2, "draws": 1}
    # the second call of the first conversation fails, then everything of the second one
    with LoopbackServer(answer=decided, faults=["ok", "400", "400"]) as server:
        model["models"][0]["base_url"] = server.url  # type: ignore[index]
        with study(tmp_path / "s", server.url, concurrency=1, **model) as work:
            work.load()
            whole = forecast(work.settings, work.store, prices=PRICED)
            work.elicit()
            rest = forecast(work.settings, work.store, prices=PRICED)
            assert rest.total.conversations == 2
            assert rest.total.calls == rest.total.calls_at_most == whole.total.calls - 1
            answered = server.count - 2
            before = used(work.store)
            assert before[0] == answered == 1
            work.elicit()
            real = [a - b for a, b in zip(used(work.store), before, strict=True)]
            assert real[0] == rest.total.calls
            assert all(n <= bound for n, bound in zip(real, at_most(rest), strict=True))


def test_failed_where_the_decision_was_asked_for(tmp_path: Path) -> None:
    with LoopbackServer(answer=hedged, faults=["ok", "400"]) as server:
        models = [{"model": "http:a", "base_url": server.url}]
        with study(tmp_path / "s", server.url, protocol="ask-then-commit", models=models, limit=1, draws=1) as work:
            work.load()
            work.elicit()
            told = forecast(work.settings, work.store, prices=PRICED).total
            before = used(work.store)
            work.elicit()
            real = [a - b for a, b in zip(used(work.store), before, strict=True)]
    assert told.calls == told.calls_at_most == real[0]
    assert isinstance(told.prompt_at_most, int)
    assert real[1] <= told.prompt_at_most


def test_money(tmp_path: Path, server: LoopbackServer, capsys: pytest.CaptureFixture[str]) -> None:
    with study(tmp_path / "s", server.url) as work:
        work.load()
        line = forecast(work.settings, work.store, prices=PRICED).lines[0]
        # 1 per million prompt tokens, 4 per million completion tokens
        assert line.likely == (line.prompt_tokens + 4 * line.completion_tokens) * PICO // 10**6
        halved = forecast(work.settings.model_copy(update={"batch": True}), work.store, prices=PRICED).lines[0]
        assert isinstance(line.likely, int)
        assert halved.likely == line.likely // 2
        half_known = forecast(work.settings, work.store, prices=Prices(models={"http:a": Price(1, 1)}))
    assert isinstance(half_known.lines[0].likely, int)
    assert isinstance(half_known.total.likely, NotMeasured)
    print_forecast(half_known, False)
    shown = capsys.readouterr().out
    rows = {text.split()[0]: text for text in shown.splitlines() if text.strip()}
    assert "unknown" not in rows["http:a"]
    assert rows["http:b"].count("unknown") == 2
    assert rows["total"].count("unknown") == 2
    assert "no price is known for http:b; add it to prices.yaml" in shown
    print_forecast(half_known, True)
    values = json.loads(capsys.readouterr().out)
    assert values["models"][1]["likely"] == {"not_measured": "no price is known for http:b; add it to prices.yaml"}
    assert values["total"]["calls"] == half_known.total.calls


def test_without_a_bound_on_answers_there_is_no_most(tmp_path: Path) -> None:
    def told(body: dict[str, Any], **changes: Any) -> Forecast:
        model = {"model": "http:a", "base_url": "http://127.0.0.1:1/v1", "extra_body": body}
        return forecast(make_settings({"folder": tmp_path, "models": [model], "limit": 3, **changes}), None, prices=PRICED)

    line = told({"max_tokens": None}).lines[0]
    assert isinstance(line.at_most, NotMeasured)
    assert "nothing bounds the answers" in line.at_most.reason
    assert isinstance(line.likely, int)
    replaced = told({"max_tokens": 7}, explicit={"per_side": 0}, protocol="ask").lines[0]
    assert replaced.completion_at_most == 3 * 7
    assert (
        told({"max_tokens": None, "max_completion_tokens": 9}, protocol="ask", explicit={"per_side": 0})
        .lines[0]
        .completion_at_most
        == 27
    )


def test_what_runs_here_is_free_and_other_errors_have_words(tmp_path: Path) -> None:
    settings = make_settings(
        {"folder": tmp_path, "models": ["local:smollm2-135m-instruct"], "limit": 2, "matcher": "judge:http:j"}
    )
    told = forecast(settings, None)
    assert (told.total.likely, told.total.at_most) == (0, 0)
    assert told.notes == ("What the matcher asks of http:j is not in the forecast.",)
    with pytest.raises(UsageError, match="no dilemma is in the languages"):
        forecast(settings.model_copy(update={"languages": ("xx",)}), None)


def test_prices_stand_in_a_file_or_with_the_model(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text('currency: EUR\nmodels: {"http:*": {input: 2, output: 2}}')
    (tmp_path / "broken.yaml").write_text('currency: EUR\nmodels: {"http:*": {input: -2, output: 2}}')
    models = ["http:a", {"model": "http:b", "price": {"input": 0, "output": 0}}]
    values: dict[str, Any] = {"folder": tmp_path, "models": models, "limit": 2, "prices": tmp_path / "prices.yaml"}
    told = forecast(make_settings(values), None)
    first, second = told.lines
    assert told.currency == "EUR"
    assert first.likely == (first.prompt_tokens + first.completion_tokens) * 2 * PICO // 10**6
    assert second.likely == 0
    with pytest.raises(DataError, match=r"broken\.yaml, field 'models\.http:\*\.input'"):
        forecast(make_settings({**values, "prices": tmp_path / "broken.yaml"}), None)


def questions(body: dict[str, Any]) -> str:
    """A model that asks back once, and as the player says that it does not know."""
    if body["model"] == "player":
        return "I do not know."
    # each in other words, since the player is asked the same only once
    asking = f"How old is he, asks {body['model']}?"
    return DECIDED if any(message["role"] == "assistant" for message in body["messages"]) else asking


@pytest.mark.parametrize("answer", [questions, hedged])
def test_a_dialogue_and_its_player_are_counted(tmp_path: Path, answer: Any) -> None:
    changes: dict[str, Any] = {"protocol": "dialogue", "dialogue": {"player": "http:player", "turns": 2}, "draws": 1}
    with LoopbackServer(answer=answer) as server:
        changes["judges"] = [{"model": "http:player", "base_url": server.url}]
        with study(tmp_path / "s", server.url, **changes) as work:
            work.load()
            told = forecast(work.settings, work.store, prices=PRICED)
            work.elicit()
            assert all(real <= bound for real, bound in zip(used(work.store), at_most(told), strict=True))
            *_, player = told.lines
            assert player.model == "http:player (plays the person)"
            assert player.calls_at_most == 2 * 12
            done = forecast(work.settings, work.store, prices=PRICED)
            assert (done.total.calls, done.total.at_most) == (0, 0)
        with study(tmp_path / "s", server.url, limit=12, **changes) as work:
            work.load()
            rest = forecast(work.settings, work.store, prices=PRICED)
            before = used(work.store)
            work.elicit()
            real = [a - b for a, b in zip(used(work.store), before, strict=True)]
    assert abs(rest.total.calls / real[0] - 1) < 0.1
    assert abs(rest.total.prompt_tokens / real[1] - 1) < 0.25
    assert all(n <= bound for n, bound in zip(real, at_most(rest), strict=True))


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_dialogue_that_failed_goes_on_where_it_was(tmp_path: Path, failing: int) -> None:
    """Requests are the first answer, the player, the answer to it, a shown solution, …; one of them fails."""
    changes: dict[str, Any] = {"protocol": "dialogue", "dialogue": {"player": "http:player", "turns": 1}, "draws": 1}
    with LoopbackServer(answer=questions, faults=["ok"] * failing + ["400"]) as server:
        changes["judges"] = [{"model": "http:player", "base_url": server.url}]
        models = [{"model": "http:a", "base_url": server.url}]
        with study(tmp_path / "s", server.url, models=models, limit=1, **changes) as work:
            work.load()
            work.elicit()
            told = forecast(work.settings, work.store, prices=PRICED)
            before = used(work.store)
            assert before[0] == failing
            work.elicit()
            real = [a - b for a, b in zip(used(work.store), before, strict=True)]
    assert told.total.conversations == 1
    assert told.total.calls == real[0]
    assert all(n <= bound for n, bound in zip(real, at_most(told), strict=True))


def test_answers_of_a_killed_run_are_not_paid_again(tmp_path: Path, server: LoopbackServer) -> None:
    with study(tmp_path / "s", server.url, models=[{"model": "http:a", "base_url": server.url}]) as work:
        work.load()
        work.elicit()
        with work.store._database.write() as db:
            db.execute("DELETE FROM responses WHERE responder_id = 'http:a' AND draw = 1")
        told = forecast(work.settings, work.store, prices=PRICED).total
        asked = server.count
        work.elicit()
    assert server.count == asked
    assert (told.conversations, told.calls, told.calls_at_most) == (6, 0, 0)


def test_the_mean_of_a_bounded_length_is_that_of_a_simulation() -> None:
    import numpy as np

    for length in (PRIOR_LENGTHS["ask"], Length(150, 0.8)):
        drawn = np.random.default_rng(1).lognormal(np.log(length.median), length.log_sd, 400_000)
        for most in (50, 150, 290, 512, 5000):
            mean = np.minimum(drawn, most).mean()
            assert length.expected(most) == pytest.approx(mean, rel=0.005)
            endless = replace(length, endless=0.25)
            assert endless.expected(most) == pytest.approx(0.75 * mean + 0.25 * most, rel=0.005)


def test_a_large_study_is_forecast_in_time(tmp_path: Path) -> None:
    url = "http://127.0.0.1:1/v1"
    models = [{"model": f"http:m{n}", "base_url": url} for n in range(20)]
    settings = make_settings({"folder": tmp_path / "s", "models": models, "draws": 5, "explicit": {"per_side": 2}})
    said = "Talk to her first and ask whether it still suits you both before anyone decides."
    with Store(tmp_path / "s", create=True) as store:
        store.put([Dilemma(f"d{n}", f"Case {n}. " + said * 8, "en") for n in range(3000)])
        store.put(
            Solution(
                f"d{n}-{p}", f"d{n}", f"p{p}", 0, f"{said} {p}", (Stance.RECOMMENDS, Stance.ADVISES_AGAINST)[p % 2], True, "coded"
            )
            for n in range(3000)
            for p in range(3)
        )
        started = time.perf_counter()
        told = forecast(settings, store)
        seconds = time.perf_counter() - started
    assert told.total.conversations == 300_000
    assert told.total.calls == round(300_000 * (1 + 0.3 + 3))
    assert seconds < 15, "2 s on a quiet machine"


@pytest.mark.local_model
def test_tokens_of_a_real_model_are_forecast_from_its_first_answers(tmp_path: Path, shared_data: Path) -> None:
    source = str(shared_data / "strickler_aita" / "dilemmas.jsonl")
    settings: dict[str, Any] = {
        "dilemmas": source,
        "models": ["local:smollm2-135m-instruct"],
        "explicit": {"per_side": 0},
        "params": {"max_tokens": 40, "seed": 1},
        "protocol": "ask",
    }
    with Study.create(tmp_path / "s", limit=2, **settings) as work:
        work.load()
        work.elicit()
        first = used(work.store)
    with Study.create(tmp_path / "s", limit=6, **settings) as work:
        work.load()
        told = forecast(work.settings, work.store).lines[0]
        work.elicit()
        calls, prompt, completion = (a - b for a, b in zip(used(work.store), first, strict=True))
    assert told.rests_on == "2 stored answers"
    assert told.calls == calls == 4
    assert abs((told.prompt_tokens + told.completion_tokens) / (prompt + completion) - 1) < 0.2
    assert isinstance(told.prompt_at_most, int)
    assert isinstance(told.completion_at_most, int)
    assert prompt <= told.prompt_at_most
    assert completion <= told.completion_at_most
