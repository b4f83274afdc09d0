"""The other contenders: a bare aiohttp loop, the `openai` client, and an Inspect eval of one sample per call.

`python -m benchmarks.fleet_peers NAME PORT CALLS CONNECTIONS LOOP` prints what one of them took. It runs under any
interpreter that has the contender installed and needs nothing of normscope. Inspect chooses its own event loop.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.fleet_window import DILEMMA, Window, loop_name, run

MESSAGES = [{"role": "user", "content": DILEMMA}]
MAX_TOKENS = 512
WARM_UP = 50
"""Calls before the measured ones, so that imports and caches are not counted."""
INSPECT_WARM_UP = 20


async def share(calls: int, workers: int, ask: Callable[[int], Awaitable[None]]) -> None:
    """Make `calls` calls from `workers` tasks, each taking the next number as soon as it is free."""
    numbers = iter(range(calls))

    async def work() -> None:
        for number in numbers:
            await ask(number)

    await asyncio.gather(*(work() for _ in range(workers)))


async def measured(calls: int, hold: Callable[[int], Awaitable[None]]) -> None:
    """Warm up and measure. `hold` makes so many calls with a client of its own, which opens its connections: as ours does."""
    await hold(WARM_UP)
    with Window(calls) as window:
        await hold(calls)
    window.print(loop_name())


async def bare_aiohttp(port: int, calls: int, connections: int) -> None:
    """What a careful person writes in ten lines: no key, no retry, nothing stored."""
    import aiohttp

    url = f"http://127.0.0.1:{port}/v1/chat/completions"

    async def hold(calls: int) -> None:
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=300)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

            async def ask(number: int) -> None:
                body = {"model": "m", "messages": MESSAGES, "max_tokens": MAX_TOKENS}
                async with session.post(url, json=body) as response:
                    answer = await response.json()
                assert answer["choices"][0]["message"]["content"]

            await share(calls, connections, ask)

    await measured(calls, hold)


async def openai_client(port: int, calls: int, connections: int) -> None:
    """The `openai` package as it comes, without retries."""
    from openai import AsyncOpenAI

    messages: Any = MESSAGES

    async def hold(calls: int) -> None:
        async with AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none", max_retries=0, timeout=300) as client:

            async def ask(number: int) -> None:
                answer = await client.chat.completions.create(model="m", messages=messages, max_tokens=MAX_TOKENS)
                assert answer.choices[0].message.content

            await share(calls, connections, ask)

    await measured(calls, hold)


def inspect_eval(port: int, calls: int, connections: int) -> None:
    """An Inspect task of one sample per call, its log written as ever."""
    os.environ |= {"LOCAL_BASE_URL": f"http://127.0.0.1:{port}/v1", "LOCAL_API_KEY": "none", "INSPECT_DISPLAY": "none"}
    import inspect_ai
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import GenerateConfig
    from inspect_ai.solver import generate, solver

    loops: list[str] = []

    def note_loop() -> Any:
        async def solve(state: Any, ask: Any) -> Any:
            loops.append(loop_name())
            return state

        return solve

    noting: Any = solver(note_loop)  # as a decorator it is untyped where Inspect is not installed

    def evaluate(samples: int, solvers: list[Any], folder: str) -> None:
        task = inspect_ai.Task(
            dataset=MemoryDataset([Sample(id=n, input=DILEMMA) for n in range(samples)]),
            solver=solvers,
            config=GenerateConfig(max_connections=connections, max_tokens=MAX_TOKENS),
        )
        (log,) = inspect_ai.eval(
            task, model="openai-api/local/m", max_samples=connections, display="none", log_dir=folder, score=False
        )
        assert log.status == "success", log.error
        assert log.results is None or log.results.completed_samples == samples

    with tempfile.TemporaryDirectory() as folder:
        evaluate(INSPECT_WARM_UP, [noting(), generate()], folder)
        with Window(calls) as window:
            evaluate(calls, [generate()], folder)
    window.print(loops[0])


def main() -> None:
    name, *numbers, loop = sys.argv[1:]
    port, calls, connections = (int(number) for number in numbers)
    if name == "inspect_eval":
        inspect_eval(port, calls, connections)
    else:
        run({"bare_aiohttp": bare_aiohttp, "openai": openai_client}[name](port, calls, connections), loop)


if __name__ == "__main__":
    main()
