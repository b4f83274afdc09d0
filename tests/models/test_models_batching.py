"""Many calls as few batches, against a real server on loopback that fails in every way a batch can."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from normscope.errors import Halted, ModelError, StoreError
from normscope.models import Message, Params
from normscope.models.batch_api import BatchApi
from normscope.models.batching import Batching, BatchRecord
from normscope.models.chat import read_completion, request_body
from normscope.models.connection import Connection
from normscope.testing import LoopbackServer
from normscope.testing.batches import BatchScript

MODEL = "http:m"


class Log:
    """A log in memory, with the history of every status that was saved."""

    def __init__(self) -> None:
        self.records: dict[str, BatchRecord] = {}
        self.history: list[tuple[str, str]] = []

    def open(self, model: str) -> list[BatchRecord]:
        return [r for r in self.records.values() if r.model == model and r.status != "closed"]

    def save(self, record: BatchRecord) -> None:
        self.records[record.token] = record
        self.history.append((record.token, record.status))


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def body_of(messages: Sequence[Message], params: Params) -> dict[str, Any]:
    return request_body("m", messages, params, {})


async def hurry(seconds: float) -> None:
    """Sleep, but not for long."""
    await asyncio.sleep(min(seconds, 0.01))


@asynccontextmanager
async def asking(server: LoopbackServer, log: Log, **settings: Any) -> AsyncIterator[Batching]:
    connection = Connection(server.url, name=MODEL, timeout=10)
    attempts = settings.pop("attempts", 20)
    api = BatchApi(connection, name=MODEL, attempts=attempts, sleep=hurry)
    tokens = itertools.count(len(log.records))
    settings = {"sleep": hurry, "make_token": lambda: f"token-{next(tokens)}", **settings}
    batching = Batching(api, log, model=MODEL, body_of=body_of, read=read_completion, **settings)
    try:
        yield batching
    finally:
        await batching.close()
        await connection.close()


async def ask(batching: Batching, text: str, *, keep: bool = True) -> str:
    """The answer, or the reason for which there is none; kept at once as the asker does."""
    try:
        answer = (await batching.ask(key(text), [Message("user", text)], Params())).text
    except ModelError as error:
        answer = f"{error.reason}{' retry' if error.retry else ''}"
    if keep:
        batching.kept(key(text))
    return answer


async def ask_all(batching: Batching, texts: Sequence[str], *, keep: bool = True) -> list[str]:
    return await asyncio.gather(*(ask(batching, text, keep=keep) for text in texts))


def echo(body: dict[str, Any]) -> str:
    return f"re: {body['messages'][0]['content']}"


TEXTS = [f"dilemma {n}" for n in range(25)]
ANSWERS = [f"re: {text}" for text in TEXTS]


def serve() -> LoopbackServer:
    return LoopbackServer(answer=echo)


@pytest.mark.parametrize(
    ("limits", "expected"),
    # a line has about 200 bytes; one that is larger than a batch may be goes alone
    [({"most_requests": 10}, [10, 10, 5]), ({"most_bytes": 2_000}, [9, 9, 7]), ({"most_bytes": 100}, [1] * 25)],
)
def test_every_call_gets_its_own_answer(limits: dict[str, int], expected: list[int]) -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log, **limits) as batching:
            assert await ask_all(batching, TEXTS) == ANSWERS

    with serve() as server:
        server.batches.script = BatchScript(shuffle=3, polls=2)
        log = Log()
        asyncio.run(run(server, log))
        sizes = [shown["request_counts"]["total"] for shown in server.batches.created]
        assert sizes == expected
        assert set(server.batches.submitted.values()) == {1}
        assert len(server.batches.submitted) == 25
        assert log.open(MODEL) == []
        steps = ["intended", "uploaded", "submitted", "closed"]
        assert [status for token, status in log.history if token == "token-0"] == steps
        assert all(not record.keys for record in log.records.values())


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (BatchScript(ends="expired", done=0.4), "expired retry"),
        (BatchScript(ends="cancelled", done=0.4), "cancelled"),
        (BatchScript(ends="failed", done=0.4), "server_error retry"),
        (
            BatchScript(ends="failed", done=0.4, errors=({"code": "token_limit_exceeded", "message": "queue"},)),
            "rate_limited retry",
        ),
        (BatchScript(ends="failed", done=0.4, errors=({"code": "invalid_json_line", "message": "line 3"},)), "bad_request"),
        (BatchScript(missing=frozenset(key(text) for text in TEXTS[10:])), "bad_answer retry"),
    ],
    ids=["expired", "cancelled", "failed", "queue full", "invalid", "missing"],
)
def test_what_was_run_counts_however_the_batch_ends(script: BatchScript, reason: str) -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log) as batching:
            assert await ask_all(batching, TEXTS) == ANSWERS[:10] + [reason] * 15
            assert log.open(MODEL) == []
            server.batches.script = BatchScript()
            assert await ask_all(batching, TEXTS[10:]) == ANSWERS[10:]

    with serve() as server:
        server.batches.script = script
        asyncio.run(run(server, Log()))
        assert [server.batches.submitted[key(text)] for text in TEXTS] == [1] * 10 + [2] * 15


def test_a_failure_is_told_once_and_asked_anew_without_being_kept() -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log) as batching:
            assert await ask_all(batching, ["a", "b"], keep=False) == ["server_error retry", "re: b"]
            server.batches.script = BatchScript()
            assert await ask(batching, "a") == "re: a"
            # the answer of b is not kept yet: asked again it is there, and its batch is open
            assert await ask(batching, "b", keep=False) == "re: b"
            assert [record.token for record in log.open(MODEL)] == ["token-0"]
            batching.kept(key("b"))
            assert log.open(MODEL) == []

    with serve() as server:
        server.batches.script = BatchScript(statuses={key("a"): 500})
        asyncio.run(run(server, Log()))
        assert server.batches.submitted == {key("a"): 2, key("b"): 1}


@pytest.mark.parametrize("seed", range(6))
def test_faults_on_every_endpoint_change_nothing(seed: int) -> None:
    chance = random.Random(seed)
    kinds = ["ok", "ok", "429", "500", "close", "503", "lost", "garbage"]

    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log, most_requests=5) as batching:
            assert await ask_all(batching, TEXTS) == ANSWERS

    with serve() as server:
        endpoints = ("upload", "create", "list", "retrieve", "content")
        faults = {endpoint: [chance.choice(kinds) for _ in range(12)] for endpoint in endpoints}
        server.batches.script = BatchScript(polls=2, shuffle=seed, faults=faults)
        log = Log()
        asyncio.run(run(server, log))
        assert len(server.batches.created) == 5
        assert server.batches.submitted == dict.fromkeys(map(key, TEXTS), 1)
        assert log.open(MODEL) == []


def test_a_later_run_takes_up_what_was_not_kept() -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log, most_requests=5) as batching:
            await ask_all(batching, TEXTS[:10], keep=False)
            for text in TEXTS[:3]:
                batching.kept(key(text))
        assert len(log.open(MODEL)) == 2
        asked = dict(server.batches.requests)
        kept = {key(text) for text in TEXTS[:5]}
        async with asking(server, log, is_kept=kept.__contains__) as batching:
            assert await ask_all(batching, TEXTS[5:12]) == ANSWERS[5:12]
        assert log.open(MODEL) == []
        # the first batch was closed without a look at it
        assert server.batches.requests["content"] == asked["content"] + 2

    with serve() as server:
        asyncio.run(run(server, Log()))
        assert server.batches.submitted == dict.fromkeys(map(key, TEXTS[:12]), 1)
        assert len(server.batches.created) == 3


def test_a_call_in_two_batches_waits_for_the_later_one() -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log) as batching:
            server.batches.script = BatchScript(statuses={key("a"): 500})
            assert await ask_all(batching, ["a", "b"], keep=False) == ["server_error retry", "re: b"]
            server.batches.script = BatchScript()
            assert await ask(batching, "a", keep=False) == "re: a"
        # as after a kill: neither batch is closed, and a stands in both
        first = next(record for record in log.records.values() if record.token == "token-0")
        assert len(log.open(MODEL)) == 2
        assert first.keys == (key("a"), key("b"))
        async with asking(server, log) as batching:
            assert await ask(batching, "a") == "re: a"
            assert await ask(batching, "b") == "re: b"
        assert log.open(MODEL) == []

    with serve() as server:
        asyncio.run(run(server, Log()))
        assert server.batches.submitted == {key("a"): 2, key("b"): 1}


@pytest.mark.parametrize("saved", ["intended", "uploaded"])
@pytest.mark.parametrize("made", [True, False])
def test_a_batch_without_an_id_is_looked_for(saved: str, made: bool) -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log) as batching:
            await ask_all(batching, TEXTS[:3], keep=False)
        (record,) = log.records.values()
        file_id = record.input_file_id if saved == "uploaded" else None
        token = record.token if made else "another"
        if not made and file_id:
            file_id = "file-other"
        log.records = {token: replace(record, token=token, input_file_id=file_id, batch_id=None, status=saved)}
        async with asking(server, log, make_token=lambda: "new") as batching:
            assert await ask_all(batching, TEXTS[:4]) == ANSWERS[:4]
        assert log.open(MODEL) == []

    with serve() as server:
        asyncio.run(run(server, Log()))
        times = 1 if made else 2
        assert [server.batches.submitted[key(text)] for text in TEXTS[:4]] == [times] * 3 + [1]


def test_a_batch_or_its_results_may_be_gone() -> None:
    async def run(log: Log) -> None:
        with serve() as server:
            async with asking(server, log) as batching:
                await ask_all(batching, TEXTS[:3], keep=False)
            server.batches.files = {k: v for k, v in server.batches.files.items() if b"choices" not in v}
            async with asking(server, log) as batching:
                assert await ask_all(batching, TEXTS[:3], keep=False) == ["bad_answer retry"] * 3
                assert await ask_all(batching, TEXTS[:3], keep=False) == ANSWERS[:3]
        with serve() as other:
            async with asking(other, log) as batching:
                assert await ask_all(batching, TEXTS[:3]) == ANSWERS[:3]
            assert set(other.batches.submitted.values()) == {1}
        assert log.open(MODEL) == []

    asyncio.run(run(Log()))


def test_a_batch_that_cannot_be_followed_stays_on_record() -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log, attempts=3) as batching:
            server.batches.script = BatchScript(faults={"retrieve": ["401"]})
            assert await ask(batching, "a") == "wrong_key"
            server.batches.script.faults = {"retrieve": ["500"] * 3}
            assert await ask(batching, "a") == "server_error"
            assert [record.status for record in log.open(MODEL)] == ["submitted"]
            assert await ask(batching, "a") == "re: a"
            assert log.open(MODEL) == []
            server.batches.script.faults = {"create": ["lost"], "list": ["404"]}
            assert await ask(batching, "b") == "no_such_model"
            assert [record.status for record in log.open(MODEL)] == ["uploaded"]
            assert await ask(batching, "b") == "re: b"

    with serve() as server:
        asyncio.run(run(server, Log()))
        assert server.batches.submitted == {key("a"): 1, key("b"): 1}


@pytest.mark.parametrize(("endpoint", "status"), [("upload", "401"), ("create", "402"), ("upload", "500")])
def test_a_batch_that_was_surely_not_made_is_not_kept(endpoint: str, status: str) -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log, attempts=3) as batching:
            server.batches.script.faults = {endpoint: [status] * (3 if status == "500" else 1)}
            assert await ask(batching, "a") in ("wrong_key", "out_of_credit", "server_error retry")
            assert log.open(MODEL) == []
            assert await ask(batching, "a") == "re: a"

    with serve() as server:
        asyncio.run(run(server, Log()))
        assert server.batches.submitted == {key("a"): 1}


def test_nothing_is_sent_that_could_not_be_put_on_record() -> None:
    class Full(Log):
        full = True

        def save(self, record: BatchRecord) -> None:
            if self.full:
                raise StoreError("the disk is full")
            super().save(record)

    async def run(server: LoopbackServer, log: Full) -> None:
        async with asking(server, log) as batching:
            with pytest.raises(StoreError):
                await ask(batching, "a")
            assert server.batches.requests["upload"] == 0
            log.full = False
            assert await ask(batching, "a") == "re: a"

    with serve() as server:
        asyncio.run(run(server, Full()))


def test_asked_twice_at_once_is_submitted_once() -> None:
    async def run(server: LoopbackServer) -> None:
        quiet = asyncio.Event()

        async def sleep(_: float) -> None:
            await quiet.wait()

        async with asking(server, Log(), sleep=sleep) as batching:
            first, second = (asyncio.create_task(ask(batching, "a")) for _ in range(2))
            left = asyncio.create_task(ask(batching, "b"))
            await asyncio.sleep(0.01)
            first.cancel()
            left.cancel()  # nobody wants b any more, and it was not sent yet
            await asyncio.sleep(0.01)
            quiet.set()
            assert await second == "re: a"

    with serve() as server:
        asyncio.run(run(server))
        assert server.batches.submitted == {key("a"): 1}


def test_close_leaves_the_batches_at_work() -> None:
    async def run(server: LoopbackServer, log: Log) -> None:
        async with asking(server, log, most_requests=3) as batching:
            server.batches.script.polls = 10_000
            tasks = [asyncio.create_task(batching.ask(key(t), [Message("user", t)], Params())) for t in TEXTS[:4]]
            while len(server.batches.created) < 2:
                await asyncio.sleep(0.01)
            await batching.close()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(end) for end in ends] == [Halted] * 4
            server.batches._batches["batch_00000001"].script = BatchScript()
            server.batches._batches["batch_00000002"].script = BatchScript()
            # the same batching, used again, goes on where it was stopped
            assert await ask_all(batching, TEXTS[:4]) == ANSWERS[:4]
        assert server.batches.requests["cancel"] == 0

    with serve() as server:
        asyncio.run(run(server, Log()))
        assert server.batches.submitted == dict.fromkeys(map(key, TEXTS[:4]), 1)


def test_looks_slow_down_and_are_reported() -> None:
    waits: list[float] = []
    seen: list[tuple[Any, ...]] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    async def run(server: LoopbackServer) -> None:
        async with asking(server, Log(), sleep=sleep, progress=lambda *look: seen.append(look)) as batching:
            await ask_all(batching, TEXTS)

    with serve() as server:
        server.batches.script = BatchScript(polls=12, statuses={key(TEXTS[0]): 400})
        asyncio.run(run(server))
    looks = [wait for wait in waits if wait != 1.0]  # 1.0 is the linger
    assert looks[:4] == [5.0, 7.5, 11.25, 16.875]
    assert max(looks) == 60.0
    assert looks[-1] == 5.0  # a new status: finalizing
    assert seen[-1] == (MODEL, "batch_00000001", 24, 1, 25, "completed")
    assert [look[2] for look in seen] == sorted(look[2] for look in seen)
