"""How many calls to one model run at a time: more while that pays, half as many when the server pushes back."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

__all__ = ["Gate"]

PAYS_AT_ONCE = 0.5
"""The share of a rise in places that must come back as a rise in answers per second in its first round of answers."""

PAYS = 0.3
"""The share that must come back over `LONG_LOOK` rounds where it did not in the first; else the rise is taken back."""

LONG_LOOK = 3
"""Rounds of answers. The first one after a rise has connections to open, and few answers are a matter of chance."""

WINDOW = 16
"""The fewest answers that a judgement rests on."""

PATIENCE = 8
"""Windows to wait before a rise that did not pay is tried again."""

COOL_SECONDS = 1.0
"""One trouble of the server's is many refusals: it halves the places once."""


class Gate:
    """Places for calls to one model, at most `most`, `first` to begin with.

    While calls wait for a place, the number of places is doubled, and stays doubled where the answers per second rose with it:
    after every round of answers as long as they clearly do, so that 500 places are reached from 8 in seven rounds.
    A refusal (429) halves it; from then on it grows by one per round of answers, as TCP does. One event loop at a time.
    """

    def __init__(self, most: int, first: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._limit = self._settled = min(first, most)
        self._clock = clock
        self._in_use = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._answers = 0
        self._since = clock()
        self._rate = 0.0
        self._doubtful = False
        self._patience = 0
        self._creeping = False
        self._cut_at = float("-inf")

    @property
    def places(self) -> int:
        """How many calls may run at a time now."""
        return self._limit

    @property
    def in_use(self) -> int:
        """How many run now."""
        return self._in_use

    async def enter(self) -> None:
        """Take a place, in the order of asking."""
        if self._in_use < self._limit and not self._waiting:
            self._in_use += 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # it was given in the same moment
                self.leave()
            raise

    def leave(self) -> None:
        """Give a place back."""
        self._in_use -= 1
        self._admit()

    def answered(self) -> None:
        """A call was answered; asked while it still holds its place."""
        if self._limit >= self._most:
            return
        if not self._waiting:  # nobody waits: more places would change nothing, and the rate says nothing
            self._look_again(self._clock())
            return
        self._answers += 1
        if self._creeping:
            if self._answers >= self._limit:
                self._answers = 0
                self._raise_to(self._limit + 1)
        elif self._answers >= max(self._limit, WINDOW) * (LONG_LOOK if self._doubtful else 1):
            now = self._clock()
            self._judge(self._answers / max(now - self._since, 1e-9), now)

    def pushed_back(self, started: float) -> None:
        """The server refused a call that was sent at `started` (by the same clock) because it has too many."""
        now = self._clock()
        if started < self._cut_at or now - self._cut_at < COOL_SECONDS:
            return
        self._limit = self._settled = max(1, self._limit // 2)
        self._cut_at, self._creeping, self._answers = now, True, 0

    def _look_again(self, now: float) -> None:
        self._answers, self._since, self._doubtful = 0, now, False

    def _judge(self, rate: float, now: float) -> None:
        rise = self._limit / self._settled - 1
        if rise and rate < self._rate * (1 + (PAYS if self._doubtful else PAYS_AT_ONCE) * rise):
            if not self._doubtful:
                self._doubtful = True  # looked at for longer, from the same beginning
                return
            self._limit, self._patience = self._settled, PATIENCE
            self._look_again(now)
            return
        self._settled, self._rate = self._limit, rate
        self._look_again(now)
        if self._patience:
            self._patience -= 1
        else:
            self._raise_to(2 * self._limit)

    def _raise_to(self, limit: int) -> None:
        self._limit = min(limit, self._most)
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._in_use < self._limit:
            place = self._waiting.popleft()
            if not place.done():
                self._in_use += 1
                place.set_result(None)
