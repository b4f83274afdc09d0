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


def places_by_round(gate: Gate, clock: Clock, rounds: int, *, seconds_after_a_rise: float = 1.0) -> list[int]:
    """The places after each round of a second, in which all calls of a server without limits are answered at its end; the
    first round after a rise takes `seconds_after_a_rise`."""

    async def main() -> list[int]:
        tasks = [asyncio.create_task(gate.enter()) for _ in range(10_000)]  # there is always somebody who waits
        await asyncio.sleep(0)
        seen, before = [], gate.places
        for _ in range(rounds):
            clock.now += seconds_after_a_rise if gate.places > before else 1.0
            before = gate.places
            for _ in range(gate.in_use):
                gate.answered()
                gate.leave()
            seen.append(gate.places)
        for task in tasks:
            task.cancel()
        return seen

    return asyncio.run(main())


def test_places_are_doubled_after_every_round_that_pays() -> None:
    clock = Clock()
    # 16 answers are needed to judge, so that the first 8 places are looked at for two rounds
    assert places_by_round(Gate(512, 8, clock=clock), clock, 8) == [8, 16, 32, 64, 128, 256, 512, 512]


def test_a_slow_first_round_after_a_rise_is_followed_by_a_longer_look() -> None:
    clock = Clock()
    # 32 answers in 1.9 s are 1.05 times the rate of 16 in a second: doubtful. 96 in 3.9 s are 1.54 times as many: it pays
    assert places_by_round(Gate(64, 16, clock=clock), clock, 4, seconds_after_a_rise=1.9) == [32, 32, 32, 64]


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
