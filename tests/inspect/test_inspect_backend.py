"""The backend `inspect:PROVIDER/MODEL` against a real server on loopback: what is sent, what is read, every way to fail."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from normscope.errors import ModelError, UsageError
from normscope.models import Asker, CallRecord, Completion, HttpModel, Message, ModelSpec, Params
from normscope.models.inspect import make
from normscope.testing import LoopbackServer

pytestmark = pytest.mark.inspect

HELLO = [Message("system", "You are kind."), Message("user", "My neighbour is loud. What should I do?")]
SCHEMA = '{"type":"object","properties":{"label":{"enum":["agree","disagree"]}},"required":["label"]}'
SECRET = "sk-test-0123456789abcdef"
NAME = "inspect:openai-api/local/m"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMSCOPE_TEST_KEY", SECRET)
    monkeypatch.delenv("LOCAL_API_KEY", raising=False)


def spec(url: str, **given: Any) -> ModelSpec:
    values: dict[str, Any] = {"base_url": url, "key_env": "NORMSCOPE_TEST_KEY", "timeout": 5.0, **given}
    return ModelSpec("inspect", "openai-api/local/m", **values)


def ask(url: str, params: Params = Params(), **given: Any) -> Completion:  # noqa: B008 - frozen
    async def run() -> Completion:
        model = make(spec(url, **given))
        try:
            return await model.complete(HELLO, params)
        finally:
            await model.close()

    return asyncio.run(run())


def failure(call: Callable[[], object]) -> ModelError:
    with pytest.raises(ModelError) as caught:
        call()
    # nothing of the providers' own exceptions, which hold the request, may hang on ours
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert SECRET not in str(caught.value)
    return caught.value


def test_answer_and_what_was_sent() -> None:
    with LoopbackServer(key=SECRET) as server:
        params = Params(max_tokens=7, temperature=0.0, seed=3, json_schema=SCHEMA, logprobs=2)
        completion = ask(server.url, params, extra_body={"top_p": 0.5, "guided": True, "seed": None})
    (sent,) = server.requests
    assert sent["messages"] == [{"role": m.role, "content": m.content} for m in HELLO]
    assert (sent["model"], sent["max_tokens"], sent["temperature"], sent["top_p"], sent["guided"]) == ("m", 7, 0, 0.5, True)
    assert (sent["logprobs"], sent["top_logprobs"]) == (True, 2)
    assert "seed" not in sent, "None in extra_body removes a field"
    wanted = sent["response_format"]["json_schema"]
    assert (wanted["strict"], wanted["schema"]["properties"]) == (True, {"label": {"enum": ["agree", "disagree"]}})
    assert completion.text in ('{"label": "agree"}', '{"label": "disagree"}')
    assert completion.finish_reason == "stop"
    assert [len(alternatives) for _, alternatives in completion.logprobs] == [2, 2]


def test_the_http_backend_reads_the_same() -> None:
    async def by_http(url: str) -> Completion:
        model = HttpModel("m", base_url=url)
        try:
            return await model.complete(HELLO, Params(logprobs=2))
        finally:
            await model.close()

    with LoopbackServer() as server:
        assert ask(server.url, Params(logprobs=2)) == asyncio.run(by_http(server.url))


@pytest.mark.parametrize(
    ("fault", "reason", "retry"),
    [
        ("400", "bad_request", False),
        ("401", "wrong_key", False),
        ("404", "no_such_model", False),
        ("429", "rate_limited", True),
        ("500", "server_error", True),
        ("html", "bad_answer", True),
        ("truncated", "bad_answer", True),
        ("garbage", "bad_answer", True),
        ("empty", "bad_answer", True),
        ("no-choices", "bad_answer", True),
        ("close", "unreachable", True),
    ],
)
def test_faults_become_reasons(fault: str, reason: str, retry: bool) -> None:
    with LoopbackServer(faults=[fault]) as server:
        error = failure(lambda: ask(server.url))
        assert (error.reason, error.retry) == (reason, retry), str(error)
        assert str(error).startswith(f"{NAME} at http://127.0.0.1:")
        assert server.count == 1, "neither Inspect nor the provider's client may retry"


def test_retry_after_is_passed_on() -> None:
    with LoopbackServer(faults=["429-retry-after"]) as server:
        assert failure(lambda: ask(server.url)).retry_after == 1.0


def test_hanging_server_is_a_timeout() -> None:
    with LoopbackServer(faults=["hang"]) as server:
        started = time.monotonic()
        error = failure(lambda: ask(server.url, timeout=0.5))
    assert (error.reason, error.retry) == ("timeout", True)
    assert time.monotonic() - started < 15


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        error = failure(lambda: ask(f"http://127.0.0.1:{free.getsockname()[1]}"))
    assert (error.reason, error.retry) == ("unreachable", True)


def test_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    with LoopbackServer(key="another") as server:
        error = failure(lambda: ask(server.url))
        assert error.reason == "wrong_key"
        assert "[redacted]" in str(error), "the server repeats the key it was sent"
        error = failure(lambda: ask(server.url, key_env="NORMSCOPE_NOT_SET"))
        assert (error.reason, "NORMSCOPE_NOT_SET" in str(error)) == ("wrong_key", True)
        error = failure(lambda: ask(server.url, key_env=None))
        assert (error.reason, "LOCAL_API_KEY" in str(error)) == ("wrong_key", True)
        monkeypatch.setenv("LOCAL_API_KEY", "another")
        assert ask(server.url, key_env=None).text, "Inspect finds the provider's own variable"


def test_an_answer_that_repeats_the_key_is_kept_without_it() -> None:
    with LoopbackServer(answer=lambda body: f"Your key is {SECRET}.") as server:
        assert ask(server.url).text == "Your key is [redacted]."


def test_unknown_provider() -> None:
    model = make(ModelSpec("inspect", "antropic/claude"))
    error = failure(lambda: asyncio.run(model.complete(HELLO, Params())))
    assert error.reason == "no_such_model"


@pytest.mark.parametrize("argument", ["", "m", "openai/", "/m"])
def test_a_name_without_provider_or_model(argument: str) -> None:
    with pytest.raises(UsageError, match="PROVIDER/MODEL"):
        make(ModelSpec("inspect", argument))


def test_what_is_ours_cannot_be_set() -> None:
    with pytest.raises(UsageError, match="cache, max_retries"):
        make(ModelSpec("inspect", "openai-api/local/m", extra_body={"max_retries": 3, "cache": True}))


class Log:
    def __init__(self) -> None:
        self.calls: list[CallRecord] = []

    def get(self, key: str) -> Completion | None:
        return next((c.completion for c in self.calls if c.key == key and c.completion is not None), None)

    async def put(self, call: CallRecord) -> None:
        self.calls.append(call)


def test_through_the_asker() -> None:
    """Our asker retries, stores, and replicates: the 4 draws of 2 questions are 8 answers, whatever fails on the way."""
    faults = ["429", "500", "ok", "truncated", "close", "ok", "garbage"]
    log = Log()

    async def run(url: str) -> list[Completion]:
        asker = Asker(lambda _: make(spec(url)), log, retries=6, sleep=lambda _: asyncio.sleep(0))
        questions = [[Message("user", text)] for text in ("What now?", "And then?")]
        try:
            calls = [asker.ask(NAME, question, Params(), draw=draw) for question in questions for draw in range(4)]
            answers = await asyncio.gather(*calls)
            assert await asker.ask(NAME, questions[0], Params(), draw=3) == answers[3]
            assert asker.counts.from_store == 1
        finally:
            await asker.close()
        return answers

    with LoopbackServer(faults=faults) as server:
        answers = asyncio.run(run(server.url))
        assert server.count == 8 + 5, "8 answers and 5 faults: no retry but ours, nothing from Inspect's cache"
    assert len(answers) == len(log.calls) == 8


def test_many_at_once() -> None:
    """Inspect's own limit on connections (10 or 20 by default) does not hold ours back."""

    async def run(url: str) -> None:
        model = make(spec(url, timeout=60))
        try:
            await asyncio.gather(*(model.complete([Message("user", f"Question {n}?")], Params()) for n in range(60)))
        finally:
            await model.close()

    with LoopbackServer(delay=1.0) as server:
        asyncio.run(run(server.url))
        assert server.most_at_once > 40
