"""The HTTP backend against a real server on loopback: every status and every way an answer can be broken."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable

import pytest

from normscope.errors import ModelError, UsageError
from normscope.models import Completion, HttpModel, Message, ModelSpec, Params
from normscope.models.connection import base_address
from normscope.models.http import make
from normscope.testing import LoopbackServer

HELLO = [Message("user", "My neighbour is loud. What should I do?")]
SCHEMA = '{"type":"object","properties":{"label":{"enum":["agree","disagree"]}},"required":["label"]}'
SECRET = "sk-test-0123456789abcdef"


def ask(
    url: str,
    params: Params = Params(),  # noqa: B008 - frozen
    *,
    key_env: str | None = None,
    timeout: float = 5.0,
    extra_body: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> Completion:
    async def run() -> Completion:
        model = HttpModel("m", base_url=url, key_env=key_env, timeout=timeout, extra_body=extra_body, headers=headers)
        try:
            return await model.complete(HELLO, params)
        finally:
            await model.close()

    return asyncio.run(run())


def failure(call: Callable[[], object]) -> ModelError:
    with pytest.raises(ModelError) as caught:
        call()
    # nothing of aiohttp's own exceptions, which hold the request, may hang on ours
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_answer_and_what_was_sent() -> None:
    with LoopbackServer() as server:
        params = Params(max_tokens=7, temperature=0.0, seed=3, json_schema=SCHEMA, logprobs=2)
        completion = ask(server.url, params, extra_body={"top_p": 0.5, "seed": None}, headers={"X-Team": "norms"})
    (sent,) = server.requests
    assert sent["messages"] == [{"role": "user", "content": HELLO[0].content}]
    assert sent["model"] == "m"
    assert (sent["max_tokens"], sent["temperature"], sent["top_p"], sent["logprobs"], sent["top_logprobs"]) == (
        7,
        0,
        0.5,
        True,
        2,
    )
    assert "seed" not in sent, "None in extra_body removes a field"
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert completion.text in ('{"label": "agree"}', '{"label": "disagree"}')
    assert completion.prompt_tokens == 8
    assert [len(alternatives) for _, alternatives in completion.logprobs] == [2, 2]


def test_unset_parameters_are_left_to_the_server() -> None:
    with LoopbackServer() as server:
        ask(server.url)
    assert set(server.requests[0]) == {"model", "messages", "max_tokens"}


@pytest.mark.parametrize(
    ("fault", "reason", "retry", "says"),
    [
        ("400", "bad_request", False, "the request was refused"),
        ("401", "wrong_key", False, "Incorrect API key"),
        ("404", "no_such_model", False, "--base-url"),
        ("429", "rate_limited", True, "slow down"),
        ("500", "server_error", True, "something broke"),
        ("html", "bad_answer", True, "Please log in"),
        ("truncated", "bad_answer", True, "broke off"),
        ("garbage", "bad_answer", True, "is not JSON"),
        ("empty", "bad_answer", True, "It is empty"),
        ("no-choices", "bad_answer", True, "it has no choices"),
        ("close", "unreachable", True, "closed the connection"),
    ],
)
def test_faults_become_reasons(fault: str, reason: str, retry: bool, says: str) -> None:
    with LoopbackServer(faults=[fault]) as server:
        error = failure(lambda: ask(server.url))
        assert (error.reason, error.retry) == (reason, retry)
        assert says in str(error)
        assert str(error).startswith(("http:m at http://127", "the answer of http:m at http://127"))
        assert server.count == 1, "the backend itself never retries"


def test_retry_after_is_passed_on() -> None:
    with LoopbackServer(faults=["429-retry-after"]) as server:
        assert failure(lambda: ask(server.url)).retry_after == 1.0


def test_hanging_server_is_a_timeout() -> None:
    with LoopbackServer(faults=["hang"]) as server:
        error = failure(lambda: ask(server.url, timeout=0.2))
    assert (error.reason, error.retry) == ("timeout", True)
    assert "0.2 s" in str(error)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        error = failure(lambda: ask(f"http://127.0.0.1:{free.getsockname()[1]}"))
    assert (error.reason, error.retry) == ("unreachable", True)
    assert "Is the server running?" in str(error)


def test_server_killed_in_the_middle() -> None:
    with LoopbackServer(delay=5.0) as server:

        def kill() -> None:
            while not server.count:
                time.sleep(0.01)
            server.stop()

        killer = threading.Thread(target=kill)
        killer.start()
        assert failure(lambda: ask(server.url)).reason == "unreachable"
        killer.join()
        assert failure(lambda: ask(server.url)).reason == "unreachable"


def test_https_to_a_server_without_it() -> None:
    with LoopbackServer() as server:
        error = failure(lambda: ask(server.url.replace("http:", "https:")))
    assert (error.reason, error.retry) == ("unreachable", False)
    assert "over TLS" in str(error)


def test_name_that_does_not_resolve() -> None:
    assert failure(lambda: ask("http://nowhere.invalid/v1")).reason == "unreachable"


def reply(status: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def raw(response: bytes) -> ModelError:
    """What becomes of one raw HTTP response."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(response)

        thread = threading.Thread(target=serve)
        thread.start()
        error = failure(lambda: ask(f"http://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join()
        return error


@pytest.mark.parametrize(
    ("response", "reason", "says"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "bad_answer", "did not answer in HTTP"),
        (reply("302 Found\r\nLocation: https://elsewhere/v2"), "bad_request", "https://elsewhere/v2"),
        (reply("402 Payment Required"), "out_of_credit", "gave no explanation"),
        (reply("429 No", b'{"error":{"message":"pay","code":"insufficient_quota"}}'), "out_of_credit", "pay: insufficient_quota"),
        (reply("200 OK", b'{"error":{"message":"upstream is gone","code":502}}'), "server_error", "upstream is gone"),
        (reply("200 OK", b'{"error":"upstream is gone"}'), "bad_answer", "upstream is gone"),
        (reply("200 OK", b"[" * 100_000), "bad_answer", "is not JSON"),
        (reply("200 OK", b'{"choices":[{"message":{"content":"caf\xe9"}}]}'), "bad_answer", "is not JSON"),
        (reply("503 Busy", b"no\x1b[31mway\x07 out\r\nplease!"), "server_error", "no?[31mway? out please!"),
    ],
)
def test_raw_responses(response: bytes, reason: str, says: str) -> None:
    error = raw(response)
    assert error.reason == reason
    assert says in str(error)
    assert len(str(error)) < 700


def test_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normscope.models.connection.LARGEST_ANSWER", 50_000)
    with LoopbackServer(answer=lambda _: "x" * 60_000) as server:
        error = failure(lambda: ask(server.url))
    assert (error.reason, error.retry) == ("bad_answer", False)


def test_a_server_without_json_schemas_is_asked_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        __import__("normscope.testing.loopback", fromlist=["STATUSES"]).STATUSES, "400", "unknown response_format"
    )

    def refuse_schemas(_: int, body: dict[str, object]) -> str:
        return "400" if "response_format" in body else "ok"

    async def twice(url: str) -> list[str]:
        model = HttpModel("m", base_url=url)
        try:
            return [(await model.complete(HELLO, Params(json_schema=SCHEMA))).text for _ in range(2)]
        finally:
            await model.close()

    with LoopbackServer(faults=refuse_schemas) as server:
        assert all(asyncio.run(twice(server.url)))
        assert ["response_format" in body for body in server.requests] == [True, False, False]
    with LoopbackServer(faults=["400", "400"]) as server:
        assert "unknown response_format" in str(failure(lambda: ask(server.url, Params(json_schema=SCHEMA))))
        assert server.count == 2


def test_key_is_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMSCOPE_TEST_KEY", SECRET)
    with LoopbackServer(key=SECRET, faults=["ok", "401"], answer=lambda _: f"your key is {SECRET}") as server:
        completion = ask(server.url, key_env="NORMSCOPE_TEST_KEY")
        assert completion.text == "your key is [redacted]"
        error = failure(lambda: ask(server.url, key_env="NORMSCOPE_TEST_KEY"))
    assert "[redacted]" in str(error)
    assert SECRET not in repr(error) + str(vars(error))
    assert "NORMSCOPE_TEST_KEY" in str(error)


def test_short_placeholder_key_does_not_eat_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMSCOPE_TEST_KEY", "none")
    with LoopbackServer(key="none", answer=lambda _: "none of them") as server:
        assert ask(server.url, key_env="NORMSCOPE_TEST_KEY").text == "none of them"


@pytest.mark.parametrize("value", [None, "", "  ", "sk-two\nlines"])
def test_missing_or_broken_key_names_the_variable(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("NORMSCOPE_TEST_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("NORMSCOPE_TEST_KEY", value)
    error = failure(lambda: ask("http://127.0.0.1:1", key_env="NORMSCOPE_TEST_KEY"))
    assert (error.reason, error.retry) == ("wrong_key", False)
    assert "NORMSCOPE_TEST_KEY" in str(error)
    assert "sk-two" not in str(error)


@pytest.mark.parametrize(
    "url", ["localhost:11434", "ftp://h/v1", "http://", "http://h:99999/v1", "http://me:hush@h/v1", "http://[x/v1"]
)
def test_addresses_that_cannot_be_asked(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        base_address(url)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (ModelSpec("http", "m"), "Give --base-url or --profile"),
        (ModelSpec("http", "", base_url="http://h"), "http:MODEL"),
        (ModelSpec("http", "m", base_url="http://h", extra_body={"stream": True}), "stream"),
        (ModelSpec("http", "m", base_url="http://h", timeout=0), "timeout"),
        (ModelSpec("http", "m", base_url="http://h", headers={"X": "sk-a\nb"}), "'X'"),
    ],
)
def test_settings_that_cannot_work(spec: ModelSpec, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(spec)
    assert says in str(caught.value)
    assert "sk-a" not in str(caught.value)


def test_can_be_asked_again_after_close_in_another_loop() -> None:
    with LoopbackServer() as server:
        model = HttpModel("m", base_url=server.url)

        async def once() -> str:
            completion = await model.complete(HELLO, Params())
            await model.close()
            return completion.text

        assert asyncio.run(once()) == asyncio.run(once())
