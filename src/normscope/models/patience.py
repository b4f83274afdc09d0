"""How long a failing model is tried: the wait before the next attempt, and the point where it is not asked any more."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from normscope.errors import Halted, ModelError

__all__ = ["HOPELESS", "Breaker", "wait_before_retry"]

FIRST_WAIT = 0.5
FIRST_WAIT_RATE_LIMITED = 2.0
LONGEST_BACKOFF = 30.0

HOPELESS = frozenset({"unreachable", "wrong_key", "no_such_model", "out_of_credit", "bad_weights"})
"""Reasons that hold for the next call as much as for this one."""


def wait_before_retry(error: ModelError, attempt: int, *, seed: int, key: str) -> float:
    """Seconds to wait after the failure of attempt 0, 1, …: exponential backoff with full jitter, in [0, 30].

    A server that said how long to wait is taken at its word, plus a little jitter so that waiting calls do not return at once.
    The jitter depends only on (seed, key, attempt): the same run waits the same.

    >>> busy = ModelError("busy", reason="rate_limited", retry=True, retry_after=7.0)
    >>> 7.0 <= wait_before_retry(busy, 0, seed=0, key="k") <= 7.5
    True
    """
    jitter = _share(f"{seed}:{key}:{attempt}")
    if error.retry_after is not None:
        return error.retry_after + FIRST_WAIT * jitter
    # most services count per minute: a rate limit needs more patience than a hiccup
    first = FIRST_WAIT_RATE_LIMITED if error.reason == "rate_limited" else FIRST_WAIT
    # the exponent is bounded too: 2.0 ** 1100 overflows
    return float(min(LONGEST_BACKOFF, first * 2.0 ** min(attempt, 16)) * jitter)


@dataclass(slots=True)
class Breaker:
    """Counts the calls to one model that failed in a row for a reason that will not pass; opens at `limit`."""

    limit: int = 20
    in_a_row: int = 0
    answered: bool = False
    last: ModelError | None = None

    def succeeded(self) -> None:
        """A call was answered."""
        self.in_a_row, self.answered = 0, True

    def failed(self, error: ModelError) -> None:
        """A call failed for good."""
        if error.reason in HOPELESS:
            self.in_a_row, self.last = self.in_a_row + 1, error
        else:
            self.in_a_row = 0

    def patient(self, error: ModelError) -> bool:
        """Whether to try again: not when a model that never answered fails hopelessly once more."""
        return self.answered or self.in_a_row == 0 or error.reason not in HOPELESS

    def refusal(self, model: str) -> Halted | None:
        """The error for a call that is not made any more, with the reason of the last failure; None while there is hope."""
        if self.last is None or self.in_a_row < self.limit:
            return None
        text = f"{model} is not asked any more in this run: {self.in_a_row} calls in a row failed. The last: {self.last}"
        return Halted(text, reason=self.last.reason)


def _share(text: str) -> float:
    """A number in [0, 1) that depends only on the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
