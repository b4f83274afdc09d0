"""Every kind of line in the files of a batch: what it says about its call, and what is not trusted."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from normscope.errors import ModelError
from normscope.models import Completion
from normscope.models.batch_api import BatchState
from normscope.models.batch_results import BatchReader, Outcome
from normscope.models.chat import Unreadable, read_completion

COMPLETED = BatchState("batch_1", "completed", "t", "in", "out", None, 0, 0, 0, ())


def read(body: dict[str, Any]) -> Completion:
    try:
        return read_completion(body)
    except Unreadable as problem:
        raise ModelError(str(problem), reason="bad_answer", retry=True) from None


def outcomes(*lines: str, keys: str = "k", state: BatchState = COMPLETED) -> tuple[dict[str, Outcome], dict[str, int]]:
    reader = BatchReader("http:m", read)
    found = asyncio.run(reader.outcomes(keys, ["\n".join(lines).encode()], state))
    return found, dict(reader.untrusted)


def line(key: str = "k", *, status: object = 200, body: object = None, error: object = None) -> str:
    body = {"choices": [{"message": {"content": f"re: {key}"}}]} if body is None else body
    return json.dumps({"custom_id": key, "response": {"status_code": status, "body": body}, "error": error})


def failure(text: str) -> tuple[str, bool]:
    (error,) = outcomes(text)[0].values()
    assert isinstance(error, ModelError)
    assert "http:m" in str(error) or error.reason == "bad_answer"
    return error.reason, error.retry


def test_an_answer() -> None:
    (answer,) = outcomes(line())[0].values()
    assert isinstance(answer, Completion)
    assert answer.text == "re: k"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ("bad_request", False)),
        (401, ("wrong_key", False)),
        (402, ("out_of_credit", False)),
        (404, ("no_such_model", False)),
        (408, ("rate_limited", True)),
        (429, ("rate_limited", True)),
        (500, ("server_error", True)),
        (503, ("server_error", True)),
    ],
)
def test_the_status_of_a_line_says_why_it_failed(status: int, expected: tuple[str, bool]) -> None:
    assert failure(line(status=status, body={"error": {"message": "no", "code": None}})) == expected


def test_the_servers_words_are_in_the_message() -> None:
    (error,) = outcomes(line(status=400, body={"error": {"message": "context too long", "code": "context_length_exceeded"}}))[
        0
    ].values()
    assert 'The server said: "context too long: context_length_exceeded"' in str(error)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("batch_expired", ("expired", True)),
        ("batch_cancelled", ("cancelled", False)),
        ("token_limit_exceeded", ("rate_limited", True)),
        ("insufficient_quota", ("out_of_credit", False)),
        ("model_not_found", ("no_such_model", False)),
        ("a_new_word", ("server_error", True)),
        (None, ("server_error", True)),
    ],
)
def test_the_code_of_a_line_says_why_it_was_not_run(code: str | None, expected: tuple[str, bool]) -> None:
    given = {"custom_id": "k", "response": None, "error": {"code": code, "message": "so"}}
    assert failure(json.dumps(given)) == expected


@pytest.mark.parametrize("body", [[], "text", 3])
def test_a_line_without_an_answer(body: object) -> None:
    assert failure(line(body=body)) == ("bad_answer", True)
    assert failure('{"custom_id": "k"}') == ("bad_answer", True)
    assert failure(line(body={"choices": []})) == ("bad_answer", True)


def test_what_cannot_be_trusted_is_counted_and_not_used() -> None:
    lines = ("no json", "[1]", '{"response": null}', '{"custom_id": 3}', line("x"), line("a"), line("a", status=500), "", "  ")
    found, untrusted = outcomes(*lines, keys="ab")
    assert isinstance(found["a"], Completion)
    assert isinstance(found["b"], ModelError)
    assert (found["b"].reason, found["b"].retry, found["b"].paid) == ("bad_answer", True, True)
    assert untrusted == {"malformed": 4, "unknown": 1, "duplicate": 1}


def test_a_full_queue_is_given_time() -> None:
    errors = (("token_limit_exceeded", "Enqueued token limit reached for m"), ("other", "x"))
    state = BatchState("batch_1", "failed", "t", "in", None, None, 0, 0, 0, errors)
    (error,) = outcomes(state=state)[0].values()
    assert isinstance(error, ModelError)
    assert (error.reason, error.retry, error.retry_after) == ("rate_limited", True, 120.0)
    assert "Enqueued token limit reached for m" in str(error)


def test_the_key_of_a_line_that_echoes_it_is_not_in_the_message() -> None:
    reader = BatchReader("http:m", read, quoted=lambda text: text.replace("sk-secret", "[redacted]"))
    text = line(status=401, body={"error": {"message": "Incorrect API key provided: sk-secret"}})
    found = asyncio.run(reader.outcomes("k", [text.encode()], COMPLETED))
    assert "sk-secret" not in str(found["k"])
    assert "[redacted]" in str(found["k"])
