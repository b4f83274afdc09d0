"""`inspect eval normscope/dilemmas` as a process of its own, its log imported, beside the same held by our own backend."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from normscope.records import Dilemma, Outcome, Responder, Response
from normscope.store import Store
from normscope.testing import LoopbackServer, plain_answer

pytestmark = pytest.mark.inspect

Eval = Callable[..., Path]
Command = Callable[..., "subprocess.CompletedProcess[str]"]
MODEL = "openai-api/local/m"
SECRET = "sk-test-0123456789abcdef"


def mixed(body: dict[str, Any]) -> str:
    """Answers of every outcome, by the words of the dilemma; hedges where only a question for a decision helps."""
    messages = body["messages"]
    first: str = next(m["content"] for m in messages if m["role"] == "user")
    if len([m for m in messages if m["role"] == "user"]) > 1:
        return "You should talk to her."
    kind = sum(first.encode()) % 4
    answers: list[str] = ["", "I'm sorry, but I can't help with that.", "It depends. What do you want?", plain_answer(body)]
    return answers[kind]


def responses(folder: Path, responder: str) -> list[Response]:
    with Store(folder) as store:
        return [r for r in store.all(Response) if r.responder_id == responder]


def plain(found: list[Response]) -> list[tuple[Any, ...]]:
    return [(r.dilemma_id, r.draw, r.protocol, r.outcome, r.reason, r.turns) for r in found]


def ours(normscope: Command, folder: Path, server: LoopbackServer, *options: str) -> list[Response]:
    """The same conversations through the `http` backend, held by `normscope run`."""
    ended = normscope(
        "run",
        "--folder",
        str(folder),
        "--dilemmas",
        "starter",
        "--model",
        "http:m",
        "--base-url",
        server.url,
        "--set",
        "explicit.per_side=0",
        *options,
    )
    assert ended.returncode in (0, 2), ended.stderr
    return responses(folder, "http:m")


def test_the_same_conversations_as_our_own_backend(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    """Both directions of the same study: same turns, same outcomes, same reasons; and again changes nothing."""
    with LoopbackServer(answer=mixed) as server:
        options = ("-T", "limit=12", "-T", "languages=en", "-T", "draws=2", "-T", "max_tokens=200")
        log = inspect_eval(server, *options)
        sets = [word for s in ("limit=12", "languages=[en]", "draws=2", "params.max_tokens=200") for word in ("--set", s)]
        expected = ours(normscope_command, tmp_path / "ours", server, *sets)
        # an empty first answer ends a conversation, a hedge gets one more question: both sides asked equally often
        bodies = [json.dumps([b["messages"], b["max_tokens"]]) for b in server.requests]
    half = len(bodies) // 2
    assert sorted(bodies[:half]) == sorted(bodies[half:]), "the same requests, word for word"

    first = normscope_command("import", "theirs", "--from", str(log))
    assert first.returncode == 0, first.stderr
    found = responses(tmp_path / "theirs", MODEL)
    assert len(found) == 24
    assert {r.outcome for r in found} == {Outcome.ANSWERED, Outcome.REFUSED, Outcome.EMPTY}
    assert any(turn.stage == "commit" for r in found for turn in r.turns)
    assert plain(found) == plain(expected)
    assert "24 responses, 24 of them new" in first.stdout

    again = normscope_command("import", "theirs", "--from", str(log))
    assert "24 responses, 0 of them new" in again.stdout
    assert responses(tmp_path / "theirs", MODEL) == found
    with Store(tmp_path / "theirs") as store:
        assert len(store.all(Dilemma)) == 12
        (responder,) = store.all(Responder)
    assert (responder.kind.value, responder.model, responder.persona) == ("model", f"inspect:{MODEL}", None)


def test_the_shares_in_the_log_are_counts_and_failures_have_reasons(
    tmp_path: Path, inspect_eval: Eval, normscope_command: Command
) -> None:
    """Server errors beyond Inspect's retries are our outcome `failed`, not a lost sample; a later log fills the holes."""
    from inspect_ai.log import read_eval_log

    def faults(number: int, body: dict[str, Any]) -> str:
        return "400" if sum(body["messages"][0]["content"].encode()) % 2 else "ok"

    options = ("-T", "limit=6", "-T", "languages=en", "--max-retries", "1")
    with LoopbackServer(faults=faults) as server:
        log = inspect_eval(server, *options)
    read = read_eval_log(str(log))
    assert read.status == "success"
    assert read.results is not None
    shares = {score.name: score.metrics[metric].value for score in read.results.scores for metric in score.metrics}
    ended = normscope_command("import", "study", "--from", str(log))
    assert ended.returncode == 0, ended.stderr
    found = responses(tmp_path / "study", MODEL)
    failed = [r for r in found if r.outcome is Outcome.FAILED]
    assert 0 < len(failed) < 6
    assert {r.reason for r in failed} == {"bad_request"}
    assert shares == pytest.approx({"answered": 1 - len(failed) / 6, "refused": 0, "empty": 0, "failed": len(failed) / 6})

    with LoopbackServer() as server:
        inspect_eval(server, *options)
    filled = normscope_command("import", "study", "--from", str(tmp_path / "logs" / "*.eval"))
    assert f"6 responses, {len(failed)} of them new" in filled.stdout, filled.stderr
    assert {r.outcome for r in responses(tmp_path / "study", MODEL)} == {Outcome.ANSWERED}


def test_persona_names_and_json_logs(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    options = ("-T", "limit=2", "-T", "protocol=ask", "--epochs", "2", "--log-format", "json")
    with LoopbackServer() as server:
        log = inspect_eval(server, *options, "-T", "persona=You are a pirate.", "-T", "seed=5")
        first = list(server.requests)
        bare = inspect_eval(server, *options)
    assert log.suffix == ".json"
    assert {(b["messages"][0]["role"], b["messages"][0]["content"]) for b in first} == {("system", "You are a pirate.")}
    assert sorted(b["seed"] for b in first) == [5, 5, 6, 6], "draw n is asked with seed + n"

    together = normscope_command("import", "study", "--from", str(log), str(bare))
    assert together.returncode == 3
    assert "asked in another way" in together.stderr
    assert not (tmp_path / "study").exists(), "nothing is written of an import that is refused"

    for file, name in ((log, "pirate"), (bare, "plain")):
        assert normscope_command("import", "study", "--from", str(file), "--as", name).returncode == 0
    assert normscope_command("import", "study", "--from", str(log), "--as", "plain").returncode == 3
    with Store(tmp_path / "study") as store:
        assert [(r.responder_id, r.persona) for r in store.all(Responder)] == [("pirate", "You are a pirate."), ("plain", None)]
        assert [(r.responder_id, r.draw) for r in store.all(Response)] == [
            (n, d) for _ in "12" for n in ("pirate", "plain") for d in (0, 1)
        ]


def test_what_inspect_ends_is_failed_with_its_reason(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    with LoopbackServer(delay=0.05) as server:
        log = inspect_eval(server, "-T", "limit=2", "--token-limit", "1")
    ended = normscope_command("import", "study", "--from", str(log))
    assert ended.returncode == 0, ended.stderr
    assert {(r.outcome, r.reason) for r in responses(tmp_path / "study", MODEL)} == {(Outcome.FAILED, "limit:token")}
    assert "2 conversations were ended by Inspect and count as failed (limit:token)" in ended.stderr


def test_a_log_is_checked_against_the_folder(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    dilemmas = tmp_path / "d.jsonl"
    dilemmas.write_text(json.dumps({"dilemma_id": "d1", "text": "My friend lied. What now?", "language": "en"}) + "\n")
    with LoopbackServer() as server:
        first = inspect_eval(server, "-T", f"dilemmas={dilemmas}", "-T", "protocol=ask")
        dilemmas.write_text(json.dumps({"dilemma_id": "d1", "text": "My boss lied. What now?", "language": "en"}) + "\n")
        second = inspect_eval(server, "-T", f"dilemmas={dilemmas}", "-T", "protocol=ask")
    assert normscope_command("import", "study", "--from", str(first)).returncode == 0
    for log in (("--from", str(second), "--as", "other"), ("--from", str(first), str(second))):
        ended = normscope_command("import", "study", *log)
        assert ended.returncode == 3
        assert "d1" in ended.stderr
    assert len(responses(tmp_path / "study", MODEL)) == 1


def test_a_folder_of_imported_answers_becomes_a_study(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    """`status` says what to do with a folder that has no settings; `run` makes it a study, the imported model beside ours."""
    with LoopbackServer() as server:
        log = inspect_eval(server, "-T", "limit=3", "-T", "languages=en")
        assert normscope_command("import", "study", "--from", str(log.parent), "--as", "theirs").returncode == 0
        said = normscope_command("status", "study")
        assert said.returncode == 3
        assert "normscope run" in said.stderr
        ours(normscope_command, tmp_path / "study", server, "--set", "limit=3", "--set", "languages=[en]")
    said = normscope_command("status", "study")
    assert said.returncode == 0, said.stderr
    assert plain(responses(tmp_path / "study", "theirs")) == plain(responses(tmp_path / "study", "http:m"))
    pairs = (tmp_path / "study" / "estimates.json").read_text(encoding="utf-8")
    assert "theirs" in pairs
    clash = normscope_command("import", "study", "--from", str(log), "--as", "http:m")
    assert clash.returncode == 3
    assert "itself asks" in clash.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.eval", None, "there is no log"),
        ("text.eval", b"this is no log", "not a readable log"),
        ("text.json", b"{}", "not a readable log"),
        ("export.json", b'{"dilemma_id": "d1"}', "not a readable log"),
    ],
)
def test_what_is_no_log(tmp_path: Path, normscope_command: Command, name: str, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ended = normscope_command("import", "study", "--from", name)
    assert ended.returncode == 3, ended.stdout
    assert name in ended.stderr
    assert says in ended.stderr
    assert not (tmp_path / "study").exists()


def test_logs_of_another_task_and_unfinished_ones(tmp_path: Path, inspect_eval: Eval, normscope_command: Command) -> None:
    with LoopbackServer() as server:
        log = inspect_eval(server, "-T", "limit=4", "--log-format", "json")
    content = json.loads(log.read_text(encoding="utf-8"))
    other = json.loads(log.read_text(encoding="utf-8"))
    other["eval"]["metadata"], other["eval"]["task"] = None, "arc_easy"
    (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
    ended = normscope_command("import", "study", "--from", "other.json")
    assert ended.returncode == 3
    assert all(word in ended.stderr for word in ("arc_easy", "other.json", "inspect eval normscope/dilemmas"))

    content["status"], content["samples"] = "cancelled", content["samples"][:3]
    content["samples"][1]["store"] = {}  # as Inspect saves what a killed run had not yet written
    log.write_text(json.dumps(content), encoding="utf-8")
    ended = normscope_command("import", "study", "--from", str(log))
    assert ended.returncode == 0, ended.stderr
    assert "1 of 4 conversations are not in the log (its status is 'cancelled')" in ended.stderr
    found = responses(tmp_path / "study", MODEL)
    assert [r.outcome for r in found] == [Outcome.ANSWERED] * 3
    assert all(r.turns for r in found)


def test_a_large_log_is_read_in_pieces(inspect_eval: Eval, monkeypatch: pytest.MonkeyPatch) -> None:
    from normscope.dilemmas import inspect_logs

    with LoopbackServer() as server:
        log = inspect_eval(server, "-T", "limit=3", "-T", "draws=2")
    whole = inspect_logs.read_logs([log])
    monkeypatch.setattr(inspect_logs, "MOST_AT_ONCE", 0)
    assert len(whole.loaded.responses) == 6
    assert sorted(inspect_logs.read_logs([log]).loaded.responses, key=repr) == sorted(whole.loaded.responses, key=repr)


def test_wrong_options_of_the_task_are_said_plainly(tmp_path: Path) -> None:
    from normscope import _inspect

    with pytest.raises(Exception, match="Did you mean 'ask'"):
        _inspect.dilemmas(protocol="aks")
    with pytest.raises(Exception, match="languages"):
        _inspect.dilemmas(languages="xx")
    with pytest.raises(Exception, match="-T player=PROVIDER/MODEL"):
        _inspect.dilemmas(protocol="dialogue")


def test_the_backend_through_normscope_run(tmp_path: Path, normscope_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """End to end: the same answers as by `http`, and the key nowhere in the folder or on the screen."""
    monkeypatch.setenv("NORMSCOPE_TEST_KEY", SECRET)
    with LoopbackServer(key=SECRET, faults=["ok", "429", "500"]) as server:
        common = ["--dilemmas", "starter", "--base-url", server.url, "--key-env", "NORMSCOPE_TEST_KEY"]
        sets = [word for s in ("limit=4", "languages=[en]", "explicit.per_side=1") for word in ("--set", s)]
        said = []
        for model in (f"inspect:{MODEL}", "http:m"):
            ended = normscope_command("run", "--folder", model[:4], "--model", model, *common, *sets)
            assert ended.returncode == 0, ended.stderr
            said.append(ended.stdout + ended.stderr)
    theirs = responses(tmp_path / "insp", f"inspect:{MODEL}")
    assert len(theirs) == 4
    stated = [r.turns[:2] for r in theirs]
    assert stated == [r.turns[:2] for r in responses(tmp_path / "http", "http:m")]
    assert all(any(turn.stage == "explicit" for turn in r.turns) for r in theirs)
    assert SECRET not in "".join(said)
    files = [path for path in (tmp_path / "insp").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
