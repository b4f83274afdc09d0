"""The protocol `dialogue` under Inspect: a named model plays the person, and the responder never sees what it was asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from normscope.records import Outcome, Response
from normscope.store import Store
from normscope.testing import LoopbackServer

pytestmark = pytest.mark.inspect

Eval = Callable[..., Path]
Command = Callable[..., "subprocess.CompletedProcess[str]"]
MODEL = "openai-api/local/m"
PLAYER = "openai-api/local/player"
DIALOGUE = ("-T", "limit=3", "-T", "languages=en", "-T", "protocol=dialogue", "-T", f"player={PLAYER}")


def asks_back(body: dict[str, Any]) -> str:
    """The player answers questions; the responder asks two, the first of which hedges too, and then gives advice."""
    if body["model"] == "player":
        return f'Me: "I do not know, {len(body["messages"][-1]["content"])}."'
    said = len([m for m in body["messages"] if m["role"] == "assistant"])
    return ("It depends. How long has this been going on?", "Did you talk to them?", "You should talk to them.")[min(said, 2)]


def responses(folder: Path, responder: str = MODEL) -> list[Response]:
    with Store(folder) as store:
        return [r for r in store.all(Response) if r.responder_id == responder]


def imported(normscope: Command, folder: Path, *logs: Path) -> list[Response]:
    ended = normscope("import", str(folder), "--from", *map(str, logs))
    assert ended.returncode == 0, ended.stderr
    return responses(folder)


def by_run(tmp_path: Path, normscope: Command, server: LoopbackServer, **settings: Any) -> list[Response]:
    """The same dialogues held by `normscope run`, with a model of the same name."""
    study = {
        "folder": str(tmp_path / "ours"),
        "languages": ["en"],
        "limit": 3,
        "protocol": "dialogue",
        "explicit": {"per_side": 0},
        "retries": 0,
        "models": [{"model": "http:m", "id": MODEL, "base_url": server.url}],
        "judges": [{"model": "http:player", "base_url": server.url}],
        **settings,
    }
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    ended = normscope("run", "study.yaml")
    assert ended.returncode in (0, 3), ended.stderr  # 3: conversations failed
    return responses(tmp_path / "ours")


def asked(bodies: list[dict[str, Any]]) -> list[str]:
    compared = ("model", "messages", "max_tokens", "temperature", "seed")
    return sorted(json.dumps([body.get(name) for name in compared]) for body in bodies)


def test_the_same_dialogues_as_normscope_run(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    with LoopbackServer(answer=asks_back) as server:
        settings = {"dialogue": {"player": "http:player", "turns": 2}, "draws": 2, "params": {"max_tokens": 200, "seed": 5}}
        expected = by_run(tmp_path, normscope_command, server, **settings)
        theirs = asked(list(server.requests))
        server.requests.clear()
        options = ("draws=2", "turns=2", "max_tokens=200", "seed=5")
        log = inspect_eval(server, *DIALOGUE, *(word for option in options for word in ("-T", option)))
        ours = asked(list(server.requests))
    found = imported(normscope_command, tmp_path / "theirs", log)
    assert found == expected
    assert ours == theirs, "the same requests, of the player too: its own bound, temperature 0, the draw's seed"
    assert {r.outcome for r in found} == {Outcome.ANSWERED}
    assert {tuple(t.stage for t in r.turns[::2]) for r in found} == {("ask", "dialogue", "dialogue")}


def test_turns_are_those_of_a_study_by_default(inspect_eval: Eval) -> None:
    def never_advises(body: dict[str, Any]) -> str:
        return "I do not know." if body["model"] == "player" else "How long has this been going on?"

    with LoopbackServer(answer=never_advises) as server:
        inspect_eval(server, *DIALOGUE, "-T", "limit=1")
    assert [b["model"] for b in server.requests].count("player") == 3


def test_the_responder_never_sees_the_player(inspect_eval: Eval) -> None:
    """Inspect's conversation of a sample is the responder's; what Inspect is told for the responder does not reach the player."""
    from inspect_ai.log import read_eval_log

    with LoopbackServer(answer=asks_back) as server:
        log = inspect_eval(server, *DIALOGUE, "--system-message", "You are a pirate.", "--temperature", "0.7")
    assert {b["model"] for b in server.requests} == {"m", "player"}
    for body in server.requests:
        said = json.dumps(body["messages"])
        assert ("<dilemma code" in said) == (body["model"] == "player")
        assert ("You are a pirate." in said) == (body["model"] == "m")
        assert body["temperature"] == (0.7 if body["model"] == "m" else 0.0)
    samples = read_eval_log(str(log)).samples
    assert samples
    for sample in samples:
        assert [m.role for m in sample.messages] == ["user", "assistant"] * 3
        assert not any("<dilemma code" in str(message.content) for message in sample.messages)
        assert sample.output.completion == "You should talk to them."


def test_a_model_can_play_its_own_asker(inspect_eval: Eval) -> None:
    """Of the same name as the model under test, and still asked in its own way."""

    def both(body: dict[str, Any]) -> str:
        return asks_back({**body, "model": "player" if "<dilemma code" in json.dumps(body["messages"]) else "m"})

    options = ("--temperature", "0.7", "-T", "limit=1", "-T", "languages=en", "-T", "protocol=dialogue", "-T", f"player={MODEL}")
    with LoopbackServer(answer=both) as server:
        inspect_eval(server, *options)
    plays = [b for b in server.requests if "<dilemma code" in json.dumps(b["messages"])]
    assert [(b["temperature"], b["max_tokens"]) for b in plays] == [(0.0, 512)] * 2


@pytest.mark.parametrize(
    ("player", "reason"),
    [
        ("400", "player:bad_request"),
        ("", "player:empty"),
        ("I'm sorry, but I can't help with that.", "player:refused"),
    ],
)
def test_a_player_that_fails(tmp_path: Path, inspect_eval: Eval, normscope_command: Command, player: str, reason: str) -> None:
    def faults(number: int, body: dict[str, Any]) -> str:
        return "400" if (player, body["model"]) == ("400", "player") else "ok"

    def answer(body: dict[str, Any]) -> str:
        return player if body["model"] == "player" else asks_back(body)

    with LoopbackServer(answer=answer, faults=faults) as server:
        expected = by_run(tmp_path, normscope_command, server, dialogue={"player": "http:player"})
        log = inspect_eval(server, *DIALOGUE, "--max-retries", "0")
    found = imported(normscope_command, tmp_path / "theirs", log)
    assert found == expected
    assert {(r.outcome, r.reason, len(r.turns)) for r in found} == {(Outcome.FAILED, reason, 2)}


def test_the_player_is_part_of_how_a_model_was_asked(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    from normscope.dilemmas.inspect_logs import read_logs
    from normscope.elicit import player_prompt

    with LoopbackServer(answer=asks_back) as server:
        first = inspect_eval(server, *DIALOGUE, "-T", "limit=1")
        other = inspect_eval(server, *DIALOGUE, "-T", "limit=1", "-T", f"player={MODEL}")
    ended = normscope_command("import", "study", "--from", str(first), str(other))
    assert ended.returncode == 3
    assert "asked in another way" in ended.stderr
    way = json.loads(read_logs([first]).asked[MODEL])
    assert way["dialogue"] == {"player": f"inspect:{PLAYER}", "turns": 3, "prompt": player_prompt().sha256}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"protocol": "dialogue"}, r"-T player=PROVIDER/MODEL"),
        ({"protocol": "dialogue", "player": "nobody/m"}, r"inspect:nobody/m is of no provider"),
        ({"protocol": "dialogue", "player": "openai-api/local/m", "turns": 0}, "turns"),
        ({"protocol": "ask", "player": "openai-api/local/m"}, r"-T protocol=dialogue"),
    ],
)
def test_wrong_options_are_said_plainly(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], says: str) -> None:
    from normscope import _inspect
    from normscope.errors import NormscopeError

    monkeypatch.setenv("LOCAL_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("LOCAL_API_KEY", "sk-test-0123456789abcdef")
    with pytest.raises(NormscopeError, match=says):
        _inspect.dilemmas(**options)
