"""Places for calls: more while that pays, half after a refusal, never more than allowed, none lost."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.models.gate import COOL_SECONDS, Gate
from normscope.models.rates import BURST_SECONDS, Rate


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def served(gate: Gate, calls: int, *, seconds: float, capacity: int, scale: float = 0.01) -> int:
    """Hold calls against a server that works on `capacity` of them at a time; returns the most places that were given."""
    work = asyncio.Semaphore(capacity)
    most = 0

    async def call() -> None:
        nonlocal most
        await gate.enter()
        most = max(most, gate.in_use)
        async with work:
            await asyncio.sleep(seconds * scale)
        gate.answered()
        gate.leave()

    await asyncio.gather(*(call() for _ in range(calls)))
    return most


def test_places_grow_where_a_server_takes_them() -> None:
    async def main() -> tuple[int, int]:
        gate = Gate(64, 4)
        return await served(gate, 1500, seconds=1, capacity=1000), gate.in_use

    most, left = asyncio.run(main())
    assert (most, left) == (64, 0)


def test_places_do_not_grow_where_more_calls_are_not_answered_faster() -> None:
    async def main() -> int:
        return await served(Gate(256, 4), 400, seconds=1, capacity=4)

    assert asyncio.run(main()) <= 16


def test_a_refusal_halves_once_and_only_for_calls_sent_since() -> None:
    clock = Clock()
    gate = Gate(100, 64, clock=clock)
    clock.now = 10
    gate.pushed_back(started=9)
    gate.pushed_back(started=9)
    assert gate.places == 32
    clock.now = 10 + COOL_SECONDS + 1
    gate.pushed_back(started=9.5)
    assert gate.places == 32, "sent before the places were halved"
    gate.pushed_back(started=11)
    assert gate.places == 16
    for n in range(20):
        clock.now += 10
        gate.pushed_back(started=clock.now - 1)
        assert gate.places == max(1, 16 >> (n + 1))


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32))
def test_no_place_is_lost_or_given_twice(most: int, first: int, seed: int) -> None:
    chance = random.Random(seed)

    async def main() -> None:
        gate = Gate(most, first)

        async def call() -> None:
            await gate.enter()
            try:
                assert gate.in_use <= most
                await asyncio.sleep(0)
                if chance.random() < 0.2:
                    gate.pushed_back(float("inf"))
                else:
                    gate.answered()
            finally:
                gate.leave()

        tasks = [asyncio.create_task(call()) for _ in range(30)]
        for task in tasks:
            await asyncio.sleep(0)
            if chance.random() < 0.3:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert gate.in_use == 0
        await asyncio.wait_for(gate.enter(), 1)

    asyncio.run(main())


@pytest.mark.parametrize("per_minute", [6, 60, 6000])
def test_a_rate_is_kept_over_any_minute(per_minute: int) -> None:
    clock = Clock()
    rate = Rate(per_minute, clock=clock)
    starts = []
    for _ in range(3 * per_minute):
        starts.append(clock.now + rate.book(1))
        clock.now = starts[-1]
    for first, start in enumerate(starts):  # they are in order
        in_the_minute = bisect_left(starts, start + 60) - first
        assert in_the_minute <= per_minute * (1 + BURST_SECONDS / 60) + 1


def test_what_was_not_used_is_given_back() -> None:
    clock = Clock()
    rate = Rate(6000, clock=clock)
    assert rate.book(1000) == 0
    rate.correct(1000, 100)
    assert rate.book(100) == 0
    assert rate.book(6000) == 0
    assert rate.book(1) > 50
