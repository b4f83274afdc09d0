"""Whatever is wrong with the input: one clear message, exit code 3, no traceback, and the store stays whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.cli import main
from normscope.store import FILE_NAME, Store
from normscope.testing import LoopbackServer

GOOD = '{"dilemma_id": "d1", "text": "My friend forgot my birthday. What should I do?", "language": "en"}\n'
ANSWER = '{"dilemma_id": "d1", "responder_id": "anna", "kind": "human", "text": "You should tell her."}\n'

# name, bytes of the dilemma file, words the message must have
DILEMMA_FILES = [
    ("empty", b"", ["d.jsonl"]),
    ("only blank lines", b"\n\n  \n", ["d.jsonl"]),
    ("UTF-16", GOOD.encode("utf-16"), ["d.jsonl", "UTF-8"]),
    ("Latin-1", '{"dilemma_id": "d", "text": "på"}'.encode("latin-1"), ["d.jsonl", "line 1", "UTF-8"]),
    ("a 50 MB line", GOOD.encode() + b'{"text": "' + b"x" * 50_000_000, ["d.jsonl", "line 2"]),
    ("a duplicate id", GOOD.encode() * 2, ["d.jsonl", "line 2", "d1", "line 1"]),
    ("a misspelt column", b'{"dilema_id": "d", "text": "x"}', ["d.jsonl", "dilema_id", "dilemma_id"]),
    ("a number for a text", b'{"dilemma_id": "d", "text": 3}', ["d.jsonl", "line 1", "text", "3"]),
    ("an empty text", b'{"dilemma_id": "d", "text": "  "}', ["d.jsonl", "line 1", "text"]),
    ("unterminated JSON", GOOD.encode() + b'{"dilemma_id": "d2", "te', ["d.jsonl", "line 2"]),
    ("a list for an object", b"[1, 2]\n", ["d.jsonl", "line 1"]),
    ("NUL bytes", b'{"dilemma_id": "d\x00", "text": "x"}', ["d.jsonl", "line 1", "NUL"]),
    ("an escaped NUL", b'{"dilemma_id": "d", "text": "x\\u0000y"}', ["d.jsonl", "line 1", "NUL"]),
    ("a half of a surrogate pair", b'{"dilemma_id": "d", "text": "x\\ud800y"}', ["d.jsonl", "line 1"]),
    ("deeply nested JSON", b'{"dilemma_id": ' + b"[" * 100_000, ["d.jsonl", "line 1"]),
    ("infinity", b'{"dilemma_id": "d", "text": "x", "asked_on": Infinity}', ["d.jsonl", "line 1"]),
]
ANSWER_FILES = [
    ("an unknown dilemma", ANSWER.replace("d1", "d9").encode(), ["a.jsonl", "line 1", "d9"]),
    ("the same answer twice", ANSWER.encode() * 2, ["a.jsonl", "line 2", "anna"]),
    ("an unknown kind", ANSWER.replace("human", "robot").encode(), ["a.jsonl", "line 1", "kind", "robot"]),
    ("a draw that is no number", ANSWER.replace("}", ', "draw": "x"}').encode(), ["a.jsonl", "line 1", "draw"]),
]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run a command in this process; gives its exit code and what it wrote to stderr."""

    def call(*arguments: object) -> tuple[int, str]:
        # the default matcher takes some seconds to be validated
        quick = ("--set", "matcher=lexical") if arguments[0] == "run" and len(arguments) > 1 else ()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in (*arguments, *quick)])
        return int(ended.value.code or 0), capsys.readouterr().err

    return call


Run = Callable[..., tuple[int, str]]


@pytest.mark.parametrize(("content", "words"), [row[1:] for row in DILEMMA_FILES], ids=[row[0] for row in DILEMMA_FILES])
def test_dilemma_files(tmp_path: Path, run: Run, content: bytes, words: list[str]) -> None:
    (tmp_path / "d.jsonl").write_bytes(content)
    code, message = run("run", "--folder", tmp_path / "s", "--dilemmas", tmp_path / "d.jsonl")
    assert code == 3
    assert message.startswith("Error: ")
    assert len(message) < 1000
    for word in words:
        assert word in message


@pytest.mark.parametrize(("content", "words"), [row[1:] for row in ANSWER_FILES], ids=[row[0] for row in ANSWER_FILES])
def test_answer_files(tmp_path: Path, run: Run, content: bytes, words: list[str]) -> None:
    (tmp_path / "d.jsonl").write_text(GOOD)
    (tmp_path / "a.jsonl").write_bytes(content)
    code, message = run("run", "--folder", tmp_path / "s", "--dilemmas", tmp_path / "d.jsonl", "--answers", tmp_path / "a.jsonl")
    assert code == 3
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode(), GOOD.replace("}", ', "mood": "sad"}').encode()],
    ids=["BOM", "CRLF", "an unknown column"],
)
def test_harmless_oddities_are_read(tmp_path: Path, run: Run, content: bytes) -> None:
    (tmp_path / "d.jsonl").write_bytes(content)
    (tmp_path / "a.jsonl").write_text(ANSWER)
    code, message = run("run", "--folder", tmp_path / "s", "--dilemmas", tmp_path / "d.jsonl", "--answers", tmp_path / "a.jsonl")
    assert code == 0, message
    if b"mood" in content:
        assert "mood" in message


def test_no_file_a_folder_an_unknown_format(tmp_path: Path, run: Run) -> None:
    assert run("run", "--folder", tmp_path / "s", "--dilemmas", tmp_path / "none.jsonl")[0] == 3
    assert run("run", "--folder", tmp_path / "s", "--dilemmas", tmp_path)[0] == 3
    (tmp_path / "d.xlsx").write_text("x")
    code, message = run("run", "--folder", tmp_path / "s", "--dilemmas", tmp_path / "d.xlsx")
    assert code == 3
    assert "jsonl" in message


def test_usage_errors_are_3_not_2(tmp_path: Path, run: Run) -> None:
    assert run("run")[0] == 3
    assert run("no-such-command")[0] == 3
    assert run("report")[0] == 3
    assert run("report", "--no-such-option", tmp_path)[0] == 3
    assert run("status", tmp_path)[0] == 3


def test_a_folder_of_another_version(tmp_path: Path, run: Run) -> None:
    Store(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("PRAGMA user_version = 99")
    code, message = run("status", tmp_path)
    assert code == 3
    assert "version 99" in message


def test_a_folder_that_cannot_be_made(run: Run) -> None:
    code, message = run("run", "--folder", "/proc/normscope", "--dilemmas", "starter")
    assert code == 3
    assert "cannot be made" in message


def asked(tmp_path: Path, run: Run, url: str, *more: str) -> tuple[int, str]:
    (tmp_path / "d.jsonl").write_text(GOOD)
    (tmp_path / "a.jsonl").write_text(ANSWER)
    sources = ["--dilemmas", tmp_path / "d.jsonl", "--answers", tmp_path / "a.jsonl", "--set", "retries=0"]
    return run("run", "--folder", tmp_path / "s", *sources, "--model", "http:m", "--base-url", url, *more)


def test_an_unreachable_server(tmp_path: Path, run: Run) -> None:
    code, message = asked(tmp_path, run, "http://127.0.0.1:9/v1")
    assert code == 3
    assert "unreachable" in message
    with Store(tmp_path / "s") as store:
        assert store.calls.counts() == [("http:m", "unreachable", 1)]


def test_a_wrong_key_is_said_and_never_shown(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    with LoopbackServer(key="another") as server:
        code, message = asked(tmp_path, run, server.url, "--key-env", "MY_KEY")
    assert code == 3
    assert "wrong_key" in message
    assert "sk-very-secret" not in message
    for path in (tmp_path / "s").rglob("*"):
        assert b"sk-very-secret" not in path.read_bytes()


@pytest.mark.parametrize("fault", ["html", "truncated", "500"])
def test_a_server_that_answers_nonsense(tmp_path: Path, run: Run, fault: str) -> None:
    with LoopbackServer(faults=lambda _, __: fault) as server:
        code, message = asked(tmp_path, run, server.url)
    assert code == 3
    assert "failed" in message
    assert "Traceback" not in message


def test_a_model_that_returns_garbage_has_a_named_outcome(tmp_path: Path, run: Run) -> None:
    with LoopbackServer(answer=lambda _: "\x00\x01� \ud83d") as server:
        code, message = asked(tmp_path, run, server.url)
    assert "Traceback" not in message
    with Store(tmp_path / "s") as store:
        outcomes = store.frame("responses").filter(responder_id="http:m")["outcome"].to_list()
    assert code in (0, 3)
    assert len(outcomes) == 1


def test_an_empty_answer_has_a_named_outcome(tmp_path: Path, run: Run) -> None:
    with LoopbackServer(answer=lambda _: "  ") as server:
        code, _ = asked(tmp_path, run, server.url)
    assert code == 0
    with Store(tmp_path / "s") as store:
        assert store.frame("responses").filter(responder_id="http:m")["outcome"].to_list() == ["empty"]
