"""Asking a local model in a benchmark: one call at a time, each distinct call once, and how far it is on the error output."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from normscope.errors import ModelError
from normscope.models.base import Completion, Message, Model, Params

__all__ = ["Once", "say"]

STARTED = time.monotonic()


@dataclass
class Once:
    """Asks a model one call at a time and each distinct call once, as the call store of a study does; says how far it is.

    A call that the model refuses (too long for it) counts in `refused` and has the empty answer, which a judge cannot use.
    """

    model: Model
    calls: int = 0
    refused: int = 0
    answers: dict[tuple[tuple[Message, ...], Params, int], Completion] = field(default_factory=dict, repr=False)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def __call__(self, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        key = (tuple(messages), params, draw)
        async with self.turn:
            if key not in self.answers:
                self.answers[key] = await self._answer(messages, params)
                self.calls += 1
                if self.calls % 20 == 0:
                    say(f"{self.calls} calls")
            return self.answers[key]

    async def _answer(self, messages: Sequence[Message], params: Params) -> Completion:
        try:
            return await self.model.complete(messages, params)
        except ModelError as error:
            if error.reason != "bad_request":
                raise
            self.refused += 1
            return Completion("", "refused", 0, 0)


def say(words: str) -> None:
    """How far a benchmark is, with the seconds since its start."""
    print(f"{time.monotonic() - STARTED:6.0f} s  {words}", file=sys.stderr, flush=True)
