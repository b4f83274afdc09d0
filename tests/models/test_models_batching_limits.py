"""How large a batch may be, and how small a call that waits for one is."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any

import pytest

from normscope.errors import UsageError
from normscope.models import Message, Params
from normscope.models.batch_api import BatchApi
from normscope.models.batching import Batching, BatchRecord
from normscope.models.chat import read_completion, request_body


class Nobody:
    """A log without records, and a server that is never asked."""

    def open(self, model: str) -> list[BatchRecord]:
        return []

    def save(self, record: BatchRecord) -> None:
        raise AssertionError(record)

    async def send(self, method: str, path: str, *, body: bytes | None = None, content_type: str = "application/json") -> bytes:
        raise AssertionError(path)


def batching(**settings: Any) -> Batching:
    api, log = BatchApi(Nobody()), Nobody()
    return Batching(api, log, model="http:m", body_of=lambda m, p: request_body("m", m, p, {}), read=read_completion, **settings)


@pytest.mark.parametrize("most", [0, 50_001])
def test_impossible_sizes(most: int) -> None:
    with pytest.raises(UsageError, match="Allowed: 1 to 50000"):
        batching(most_requests=most)


def test_a_waiting_call_is_small() -> None:
    count = 4_000
    # the line has about 200 bytes; the task, its frames and its future are the rest
    most = 3_000

    async def run() -> float:
        asked = batching(linger=60.0)
        message = [Message("user", "x")]
        tracemalloc.start()
        tasks = [asyncio.create_task(asked.ask(f"{n:064x}", message, Params())) for n in range(count)]
        await asyncio.sleep(0)
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # nothing of them stays
        assert (asked._lines, asked._bytes, asked._waiting) == ({}, 0, {})
        await asked.close()
        return used / count

    assert asyncio.run(run()) < most
