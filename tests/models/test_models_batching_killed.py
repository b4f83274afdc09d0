"""A process that asks in batches is killed with SIGKILL: nothing is submitted twice, and nothing that was paid for is lost."""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import os
import random
import runpy
import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from normscope.models import Message, Params
from normscope.models.batch_api import BatchApi
from normscope.models.batching import Batching, BatchRecord
from normscope.models.chat import read_completion, request_body
from normscope.models.connection import Connection
from normscope.store import FILE_NAME
from normscope.store.batches import BATCHES_DDL, BatchTable, StoredBatch
from normscope.store.calls import CallTable, StoredCall
from normscope.store.database import Database
from normscope.testing import LoopbackServer
from normscope.testing.batches import BatchScript

CALLS = 12
PER_BATCH = 4

# processes are forked from one that has imported all this, and has no threads: importing it takes longer than to ask
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "normscope.models.batching", "normscope.store", "normscope.testing.batches"])


class Log:
    """The log of batches in the store; the process kills itself before or after a batch is saved with a status."""

    def __init__(self, table: BatchTable, now: Callable[[str], None]) -> None:
        self.table = table
        self.now = now

    def open(self, model: str) -> list[BatchRecord]:
        return [BatchRecord(**asdict(batch)) for batch in self.table.open(model)]

    def save(self, record: BatchRecord) -> None:
        self.now(f"before {record.status}")
        self.table.save(StoredBatch(**asdict(record)))
        self.now(f"after {record.status}")


class Killed(Connection):
    """A connection; the process kills itself when the server has replied."""

    now: Callable[[str], None]

    async def send(self, method: str, path: str, **given: Any) -> bytes:
        content = await super().send(method, path, **given)
        self.now(f"reply to {method} {path.split('/')[1]}{'/content' if path.endswith('content') else ''}")
        return content


async def hurry(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.02))


def ask_all(folder: Path, url: str, moment: str) -> None:
    """What a process does: ask every call in batches and keep the answers, unless it comes to `moment`."""
    asyncio.run(_ask_all(folder, url, moment))


async def _ask_all(folder: Path, url: str, moment: str) -> None:
    def now(at: str) -> None:
        if at == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    with Database(folder, create=True) as database:
        with database.write() as db:
            db.execute(BATCHES_DDL)
        store, batches = CallTable(database), BatchTable(database)
        connection = Killed(url, name="http:m")
        connection.now = now
        batching = Batching(
            BatchApi(connection, sleep=hurry),
            Log(batches, now),
            model="http:m",
            body_of=lambda messages, params: request_body("m", messages, params, {}),
            read=read_completion,
            most_requests=PER_BATCH,
            is_kept=lambda key: store.get(key) is not None,
            sleep=hurry,
        )

        async def ask(text: str) -> None:
            key = hashlib.sha256(text.encode()).hexdigest()
            if store.get(key) is not None:
                return
            completion = await batching.ask(key, [Message("user", text)], Params())
            now("before the first is kept")
            store.put(StoredCall(key, "http:m", 0, {}, {"text": completion.text}, None))
            now("after the first is kept")
            batching.kept(key)

        await asyncio.gather(*(ask(f"dilemma {n}") for n in range(CALLS)))
        assert not batching._batch_of
        assert not batches.open("http:m")
        await batching.close()
        await connection.close()


MOMENTS = [
    "before intended",
    "after intended",
    "reply to POST files",
    "before uploaded",
    "after uploaded",
    "reply to POST batches",
    "before submitted",
    "after submitted",
    "reply to GET batches",
    "reply to GET files/content",
    "before the first is kept",
    "after the first is kept",
    "before closed",
    "after closed",
]


def echo(body: dict[str, Any]) -> str:
    return f"re: {body['messages'][0]['content']}"


def child(folder: Path, url: str, moment: str) -> BaseProcess:
    # by path: packages that others install may be called `tests` too
    process = PROCESSES.Process(target=runpy.run_path, args=(__file__, {"given": (folder, url, moment)}, "child"))
    process.start()
    return process


def ended(process: BaseProcess) -> int | None:
    process.join(timeout=60)
    return process.exitcode


def check(server: LoopbackServer, folder: Path, *, batches: int) -> None:
    """By the server's own counts every call was submitted once, and every answer is in the store."""
    keys = {hashlib.sha256(f"dilemma {n}".encode()).hexdigest(): f"re: dilemma {n}" for n in range(CALLS)}
    assert server.batches.submitted == dict.fromkeys(keys, 1)
    tokens = [shown["metadata"]["normscope"] for shown in server.batches.created]
    assert len(tokens) == len(set(tokens)) == batches
    with sqlite3.connect(folder / FILE_NAME) as db:
        stored = dict(db.execute("SELECT key, json_extract(completion, '$.text') FROM calls").fetchall())
    assert stored == keys


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at(moment: str, tmp_path: Path) -> None:
    with LoopbackServer(answer=echo) as server:
        server.batches.script = BatchScript(polls=2, shuffle=1, listed_late=2)
        assert ended(child(tmp_path, server.url, moment)) == -signal.SIGKILL
        assert ended(child(tmp_path, server.url, "never")) == 0
        check(server, tmp_path, batches=CALLS // PER_BATCH)


def test_killed_again_and_again_while_the_server_fails(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    chance = random.Random(5)
    faults = {
        endpoint: [chance.choice(["ok", "429", "500", "close", "lost", "garbage"]) for _ in range(60)]
        for endpoint in ("upload", "create", "list", "retrieve", "content")
    }
    with LoopbackServer(answer=echo) as server:
        server.batches.script = BatchScript(polls=6, faults=faults)
        kills = 0
        for _ in range(12 if request.config.getoption("--full-faults") else 6):
            process = child(tmp_path, server.url, "never")
            time.sleep(chance.uniform(0.0, 0.5))
            process.kill()
            kills += ended(process) == -signal.SIGKILL
        assert ended(child(tmp_path, server.url, "never")) == 0
        check(server, tmp_path, batches=len(server.batches.created))
        assert kills > 2


if __name__ == "child":
    ask_all(*globals()["given"])
