"""The client of files and batches against a real server on loopback, and that server against OpenAI's own client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from normscope.errors import ModelError
from normscope.models.batch_api import BatchApi, BatchState, batch_form, batch_line
from normscope.models.connection import Connection
from normscope.testing import LoopbackServer
from normscope.testing.batches import BatchScript

T = TypeVar("T")
BODY = {"model": "m", "messages": [{"role": "user", "content": "Loud neighbour \ud83d\n--normscope-batch--"}]}
FORM = batch_form([batch_line("k1", BODY), batch_line("k2", BODY)])


def using(server: LoopbackServer, work: Callable[[BatchApi], Awaitable[T]], *, attempts: int = 9) -> tuple[T, list[float]]:
    """What the work gives, and how long the client wanted to sleep meanwhile."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def run() -> T:
        connection = Connection(server.url, name="http:m", timeout=5)
        try:
            return await work(BatchApi(connection, name="http:m", attempts=attempts, sleep=sleep))
        finally:
            await connection.close()

    return asyncio.run(run()), [wait for wait in waits if wait]


async def made(api: BatchApi, mark: str = "t") -> BatchState:
    return await api.create(await api.upload(FORM), mark)


def test_the_whole_way() -> None:
    async def work(api: BatchApi) -> tuple[list[BatchState], bytes]:
        states = [await made(api)]
        while not states[-1].ended:
            states.append(await api.retrieve(states[0].batch_id))
        file_id = states[-1].output_file_id
        assert file_id is not None
        return states, await api.content(file_id)

    with LoopbackServer() as server:
        server.batches.script = BatchScript(polls=3)
        (states, content), waits = using(server, work)
        assert [s.status for s in states] == ["validating", "in_progress", "in_progress", "finalizing", "completed"]
        assert waits == []
        last = states[-1]
        assert (last.token, last.completed, last.failed, last.total, last.error_file_id) == ("t", 2, 0, 2, None)
        assert [json.loads(line)["custom_id"] for line in content.splitlines()] == ["k1", "k2"]
        assert server.batches.submitted == {"k1": 1, "k2": 1}
        # what was uploaded is the lines, byte by byte, whatever stands in them
        assert server.batches.files[last.input_file_id or ""] == batch_line("k1", BODY) + batch_line("k2", BODY)


@pytest.mark.filterwarnings("error")
def test_a_large_file_is_sent_in_pieces() -> None:
    lines = [batch_line(f"k{n}", {"model": "m", "messages": [{"role": "user", "content": "Why? " * 200_000}]}) for n in range(3)]

    async def work(api: BatchApi) -> str:
        return await api.upload(batch_form(lines))

    with LoopbackServer() as server:
        file_id, _ = using(server, work)
        assert server.batches.files[file_id] == b"".join(lines)


@pytest.mark.parametrize("fault", ["500", "429", "close", "garbage", "lost", "503"])
def test_a_batch_is_made_once_whatever_happens_to_the_request(fault: str) -> None:
    with LoopbackServer() as server:
        server.batches.script.faults["create"] = [fault]
        state, _ = using(server, made)
        assert [shown["id"] for shown in server.batches.created] == [state.batch_id]
        assert server.batches.requests["create"] == (1 if fault in ("lost", "garbage") else 2)


def test_a_batch_whose_reply_was_lost_is_found_although_listing_fails_at_first() -> None:
    with LoopbackServer() as server:
        server.batches.script.faults = {"create": ["lost"], "list": ["500", "close"]}
        state, _ = using(server, made)
        assert len(server.batches.created) == 1
        assert state.token == "t"
        assert server.batches.requests["list"] == 3


def test_a_batch_that_is_listed_late_is_waited_for() -> None:
    with LoopbackServer() as server:
        server.batches.script = BatchScript(listed_late=3, faults={"create": ["lost"]})
        state, waits = using(server, made)
        assert [shown["id"] for shown in server.batches.created] == [state.batch_id]
        assert waits == [2.0, 8.0, 20.0]


def test_a_refused_batch_was_surely_not_made() -> None:
    with LoopbackServer() as server, pytest.raises(ModelError) as caught:
        using(server, lambda api: api.create("file-unknown", "t"))
    assert (caught.value.reason, caught.value.retry) == ("bad_request", False)


def test_whether_a_batch_was_made_may_stay_unknown() -> None:
    with LoopbackServer() as server:
        server.batches.script.faults = {"create": ["lost"], "list": ["404"]}
        with pytest.raises(ModelError, match="did not say whether it has made a batch") as caught:
            using(server, made)
        assert caught.value.retry


@pytest.mark.parametrize("endpoint", ["upload", "retrieve", "list", "content", "cancel"])
def test_what_passes_is_waited_out(endpoint: str) -> None:
    async def work(api: BatchApi) -> bytes:
        state = await made(api)
        await api.retrieve(state.batch_id)
        assert await api.find("t", None, patiently=False)
        stopped = await api.cancel((await made(api, "u")).batch_id)
        assert stopped.status == "cancelling"
        ended = await api.retrieve(state.batch_id)
        return await api.content(ended.output_file_id or "")

    with LoopbackServer() as server:
        faults = ["429", "500", "close", "502", "garbage"]
        server.batches.script.faults[endpoint] = faults
        content, waits = using(server, work)
        assert content.count(b"\n") == 2
        # aiohttp itself asks again where a connection that was used before closes on it
        assert len(waits) >= len(faults) - 1
        assert all(0 < wait <= 30 for wait in waits)


def test_patience_ends() -> None:
    with LoopbackServer() as server:
        server.batches.script.faults["retrieve"] = ["500"] * 50
        with pytest.raises(ModelError, match="status 500"):
            using(server, lambda api: api.retrieve("batch_1"), attempts=4)
        assert server.batches.requests["retrieve"] == 4


def test_a_batch_is_found_on_the_last_page_by_token_or_by_file() -> None:
    async def work(api: BatchApi) -> list[BatchState | None]:
        file_id = await api.upload(FORM)
        first = await made(api, "first")
        for number in range(220):
            await api.create(file_id, f"t{number}")
        return [
            first,
            await api.find("first", None, patiently=False),
            await api.find("other", first.input_file_id, patiently=False),
            await api.find("other", "file-other", patiently=True),
        ]

    with LoopbackServer() as server:
        (first, by_token, by_file, absent), waits = using(server, work)
        assert by_token == by_file == first
        assert absent is None
        assert waits == [2.0, 8.0, 20.0]
        assert server.batches.requests["list"] == 3 + 3 + 4 * 3


def test_what_is_not_there() -> None:
    with LoopbackServer() as server:
        for name in ("batch_1", "../files", "a?b#c"):
            with pytest.raises(ModelError) as caught:
                using(server, lambda api, name=name: api.retrieve(name))  # type: ignore[misc]
            assert caught.value.reason == "no_such_model"
        with pytest.raises(ModelError) as caught:
            using(server, lambda api: api.content("file-1"))
        assert caught.value.reason == "no_such_model"
        assert server.batches.requests["content"] == 4  # it may have been written a moment ago


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'{"id": "b", "status": "CANCELED"}', ("cancelled", 0, None, ())),
        (b'{"id": "b", "status": "new-word", "request_counts": {"total": true}, "metadata": []}', ("new-word", 0, None, ())),
        (b'{"id": "b", "errors": [{"code": "c", "message": 3}, 4]}', ("", 0, None, (("c", ""),))),
        (b'{"id": "b", "output_file_id": "", "request_counts": {"total": 3}}', ("", 3, None, ())),
    ],
)
def test_unusual_shapes(answer: bytes, expected: tuple[str, int, str | None, tuple[tuple[str, str], ...]]) -> None:
    class Canned:
        async def send(
            self, method: str, path: str, *, body: bytes | None = None, content_type: str = "application/json"
        ) -> bytes:
            return answer

    state = asyncio.run(BatchApi(Canned()).retrieve("b"))
    assert (state.status, state.total, state.output_file_id, state.errors) == expected


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"id": 3}', b"\xff", b"[" * 100_000])
def test_no_batch_in_the_answer(answer: bytes) -> None:
    class Canned:
        async def send(
            self, method: str, path: str, *, body: bytes | None = None, content_type: str = "application/json"
        ) -> bytes:
            return answer

    with pytest.raises(ModelError, match="where batches are asked for") as caught:
        asyncio.run(BatchApi(Canned(), attempts=1).retrieve("b"))
    assert caught.value.reason == "bad_answer"


def test_the_fake_server_refuses_what_openai_refuses() -> None:
    async def failed(api: BatchApi, *lines: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
        state = await api.retrieve((await api.create(await api.upload(batch_form(lines)), "t")).batch_id)
        return state.status, tuple((code, "") for code, _ in state.errors)

    async def work(api: BatchApi) -> None:
        line = batch_line("k", BODY)
        assert await failed(api, line, line) == ("failed", (("duplicate_custom_id", ""),))
        assert await failed(api, line, b"{}\n") == ("failed", (("invalid_json_line", ""),))
        assert await failed(api) == ("failed", (("empty_file", ""),))

    with LoopbackServer() as server:
        using(server, work)
        assert server.batches.submitted == {}


def test_the_fake_server_speaks_to_openais_own_client() -> None:
    openai = pytest.importorskip("openai")
    with LoopbackServer(key="k") as server, openai.OpenAI(base_url=server.url, api_key="k", max_retries=0) as client:
        lines = batch_line("k1", BODY) + batch_line("k2", BODY)
        file = client.files.create(file=("requests.jsonl", lines), purpose="batch")
        server.batches.script = BatchScript(ends="expired", done=0.5)
        made = [
            client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"normscope": f"t{n}"}
            )
            for n in range(3)
        ]
        assert [b.metadata["normscope"] for b in client.batches.list(limit=1)] == ["t2", "t1", "t0"]
        assert client.batches.cancel(made[2].id).status == "cancelling"
        assert client.batches.retrieve(made[2].id).status == "cancelled"
        assert client.batches.retrieve(made[0].id).status == "in_progress"
        ended = client.batches.retrieve(made[0].id)
        assert (ended.status, ended.request_counts.completed, ended.request_counts.failed) == ("expired", 1, 1)
        (answer,) = client.files.content(ended.output_file_id).text.splitlines()
        (error,) = client.files.content(ended.error_file_id).text.splitlines()
        assert json.loads(answer)["response"]["status_code"] == 200
        assert json.loads(error)["response"] is None
        assert json.loads(error)["error"]["code"] == "batch_expired"
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="wrong").batches.retrieve(made[0].id)
