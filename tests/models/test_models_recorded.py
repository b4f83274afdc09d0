"""Replaying recorded answers: what is found, what is refused, and which line of the file is to blame."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from normscope.errors import DataError, ModelError, UsageError
from normscope.models import Message, ModelSpec, Params, RecordedModel
from normscope.models.recorded import make, read

Q = Message("user", "My sister wants a loan. What should I do?")
A = Message("assistant", "Say no.")
COMMIT = Message("user", "One thing?")


def answer(model: RecordedModel, *messages: Message, draw: int = 0) -> str:
    return asyncio.run(model.complete_draw(messages, Params(), draw=draw)).text


def test_whole_conversations_come_before_last_messages(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(
        '\ufeff{"user": "One thing?", "text": "It depends."}\n\n'
        '{"messages": [{"role": "user", "content": "My sister wants a loan. What should I do?"},'
        ' {"role": "assistant", "content": "Say no."}, {"role": "user", "content": "One thing?"}],'
        ' "text": "Say no.", "reasoning": "Hm."}\r\n'
        '{"user": "One thing?", "text": "Still depends.\u2028"}',
        encoding="utf-8",
    )
    model = make(ModelSpec("recorded", str(file)))
    assert model.name == f"recorded:{file}"
    assert answer(model, Q, A, COMMIT) == "Say no."
    assert answer(model, COMMIT) == "It depends."
    assert answer(model, COMMIT, draw=1) == "Still depends.\u2028"
    assert asyncio.run(model.complete([COMMIT], Params())).text == "It depends."


@pytest.mark.parametrize(("messages", "draw", "says"), [([Q], 0, "0 answers"), ([COMMIT], 1, "1 answers"), ([], 0, "0 answers")])
def test_what_was_not_recorded_is_an_error(messages: list[Message], draw: int, says: str) -> None:
    model = RecordedModel("recorded:x", {COMMIT.content: ["It depends."]})
    with pytest.raises(ModelError, match=says) as caught:
        answer(model, *messages, draw=draw)
    assert (caught.value.reason, caught.value.retry) == ("not_recorded", False)


def test_draws_may_be_numbered_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"user": "q", "text": "b", "draw": 1}\n{"user": "q", "text": "a", "draw": 0}\n')
    assert [c.text for c in read(file)["q"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('{"user": "q", "text": "a"}\n{"user"', "line 2: the line is not JSON"),
        ("[1]", "line 1: the line is not an object"),
        ('{"user": "q", "text": "a", "txet": 1}', "unknown fields"),
        ('{"text": "a"}', "must say what it answers"),
        ('{"user": "q", "messages": [], "text": "a"}', "must say what it answers"),
        ('{"user": "q"}', "field 'text'"),
        ('{"user": "q", "text": null}', "field 'text'"),
        ('{"user": 3, "text": "a"}', "field 'user'"),
        ('{"messages": [], "text": "a"}', "no messages"),
        ('{"messages": [{"role": "user"}], "text": "a"}', "not a message"),
        ('{"user": "q", "text": "a", "draw": -1}', "field 'draw'"),
        ('{"user": "q", "text": "a", "draw": 0}\n{"user": "q", "text": "a", "draw": 0}', "line 2, field 'draw'"),
        ('{"user": "q", "text": "a", "draw": 0}\n{"user": "q", "text": "a"}', "line 2, field 'draw'"),
        ('{"user": "q", "text": "a", "draw": 1}', "gap at 0"),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, lines: str, says: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(lines)
    with pytest.raises(DataError) as caught:
        read(file)
    assert says in str(caught.value)
    assert "a.jsonl" in str(caught.value)


def test_broken_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be opened"):
        read(tmp_path / "none.jsonl")
    (tmp_path / "utf16.jsonl").write_text("{}", encoding="utf-16")
    with pytest.raises(DataError, match="not UTF-8"):
        read(tmp_path / "utf16.jsonl")
