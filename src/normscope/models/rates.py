"""Requests and tokens per minute: how long a call must wait so that a server's stated limits are kept."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Rate"]

BURST_SECONDS = 5.0
"""So much of a minute's allowance may be used at once; many services count in windows shorter than their minute."""


class Rate:
    """An allowance per minute, given out evenly with a little burst (the generic cell rate algorithm).

    >>> now = [0.0]
    >>> rate = Rate(60, clock=lambda: now[0])
    >>> [rate.book(1) for _ in range(7)]
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    """

    def __init__(self, per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds_each = 60.0 / per_minute
        self._clock = clock
        self._due = float("-inf")

    def book(self, amount: float) -> float:
        """Count `amount` in, and return the seconds to wait before using it."""
        now = self._clock()
        start = max(self._due, now)
        self._due = start + amount * self._seconds_each
        return max(0.0, start - now - BURST_SECONDS)

    def correct(self, booked: float, used: float) -> None:
        """What was booked turned out to be another amount."""
        self._due += (used - booked) * self._seconds_each
