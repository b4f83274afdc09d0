"""A process that asks in batches is killed with SIGKILL: nothing is submitted twice, and nothing that was paid for is lost."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from normscope.store import FILE_NAME
from normscope.testing import LoopbackServer
from normscope.testing.batches import BatchScript

CALLS = 12
PER_BATCH = 4

CHILD = """
import asyncio, hashlib, os, signal, sys
from dataclasses import asdict
from pathlib import Path
from normscope.models import Message, Params
from normscope.models.batch_api import BatchApi
from normscope.models.batching import Batching, BatchRecord
from normscope.models.chat import read_completion, request_body
from normscope.models.connection import Connection
from normscope.store.batches import BATCHES_DDL, BatchTable, StoredBatch
from normscope.store.calls import CallTable, StoredCall
from normscope.store.database import Database

folder, url, moment, calls, per_batch = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])


def now(at):
    if at == moment:
        os.kill(os.getpid(), signal.SIGKILL)


class Log:
    def __init__(self, table):
        self.table = table

    def open(self, model):
        return [BatchRecord(**asdict(batch)) for batch in self.table.open(model)]

    def save(self, record):
        now(f"before {record.status}")
        self.table.save(StoredBatch(**asdict(record)))
        now(f"after {record.status}")


class Killed(Connection):
    async def send(self, method, path, **given):
        content = await super().send(method, path, **given)
        now(f"reply to {method} {path.split('/')[1]}{'/content' if path.endswith('content') else ''}")
        return content


async def hurry(seconds):
    await asyncio.sleep(min(seconds, 0.02))


async def main():
    with Database(folder, create=True) as database:
        with database.write() as db:
            db.execute(BATCHES_DDL)
        store = CallTable(database)
        connection = Killed(url, name="http:m")
        batching = Batching(
            BatchApi(connection, sleep=hurry),
            Log(BatchTable(database)),
            model="http:m",
            body_of=lambda messages, params: request_body("m", messages, params, {}),
            read=read_completion,
            most_requests=per_batch,
            is_kept=lambda key: store.get(key) is not None,
            sleep=hurry,
        )

        async def ask(text):
            key = hashlib.sha256(text.encode()).hexdigest()
            if store.get(key) is not None:
                return
            completion = await batching.ask(key, [Message("user", text)], Params())
            now("before the first is kept")
            store.put(StoredCall(key, "http:m", 0, {}, {"text": completion.text}, None))
            now("after the first is kept")
            batching.kept(key)

        await asyncio.gather(*(ask(f"dilemma {n}") for n in range(calls)))
        assert not batching._batch_of and not BatchTable(database).open("http:m")
        await batching.close()
        await connection.close()


asyncio.run(main())
"""

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


def child(folder: Path, url: str, moment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(folder), url, moment, str(CALLS), str(PER_BATCH)])


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
        assert child(tmp_path, server.url, moment).wait(timeout=60) == -signal.SIGKILL
        assert child(tmp_path, server.url, "never").wait(timeout=60) == 0
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
            # about 0.3 s pass before the first request
            time.sleep(chance.uniform(0.25, 0.8))
            os.kill(process.pid, signal.SIGKILL)
            kills += process.wait(timeout=60) == -signal.SIGKILL
        assert child(tmp_path, server.url, "never").wait(timeout=60) == 0
        check(server, tmp_path, batches=len(server.batches.created))
        assert kills > 2
