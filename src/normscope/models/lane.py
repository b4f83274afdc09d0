"""One model in a run: the model, and everything that bounds how it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from normscope.errors import UsageError
from normscope.models.base import Completion, Message, Model, Params
from normscope.models.gate import Gate
from normscope.models.patience import Breaker
from normscope.models.rates import Rate
from normscope.models.tokens import likely_tokens
from normscope.records import NotMeasured

__all__ = ["Bounded", "Drawing", "Lane", "Limits"]


@runtime_checkable
class Bounded(Protocol):
    """A model that says how many calls it answers at a time (a local one)."""

    @property
    def concurrency(self) -> int: ...


@runtime_checkable
class Drawing(Protocol):
    """A model whose answer depends on the draw itself (a recorded one)."""

    async def complete_draw(self, messages: Sequence[Message], params: Params, *, draw: int) -> Completion: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How one model may be asked: calls at a time (at most, and to begin with), and what its server allows per minute."""

    concurrency: int = 64
    first: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    def __post_init__(self) -> None:
        rates = [rate for rate in (self.requests_per_minute, self.tokens_per_minute) if rate is not None]
        if self.concurrency < 1 or self.first < 1 or any(rate <= 0 for rate in rates):
            raise UsageError(f"a model cannot be asked with {self}. Allowed: concurrency and first from 1, rates above 0.")


class Lane:
    """The bounds of one model in one run. A model that states its own `concurrency` is held to that."""

    def __init__(self, model: Model, limits: Limits, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self.model = model
        self.breaker = Breaker()
        if isinstance(model, Bounded):
            self.gate = Gate(model.concurrency, model.concurrency)
        else:
            self.gate = Gate(limits.concurrency, limits.first)
        self._drawing = model if isinstance(model, Drawing) else None
        self._requests = Rate(limits.requests_per_minute) if limits.requests_per_minute else None
        self._tokens = Rate(limits.tokens_per_minute) if limits.tokens_per_minute else None
        self._sleep = sleep

    async def complete(self, messages: Sequence[Message], params: Params, draw: int) -> Completion:
        """Ask the model once, when the rates allow it."""
        booked = 0.0
        if self._requests is not None or self._tokens is not None:
            booked = await self._wait(messages, params)
        if self._drawing is not None:
            completion = await self._drawing.complete_draw(messages, params, draw=draw)
        else:
            completion = await self.model.complete(messages, params)
        if self._tokens is not None:
            used = (completion.prompt_tokens, completion.completion_tokens)
            self._tokens.correct(booked, sum(booked / 2 if isinstance(n, NotMeasured) else n for n in used))
        return completion

    async def _wait(self, messages: Sequence[Message], params: Params) -> float:
        seconds = self._requests.book(1) if self._requests is not None else 0.0
        booked = 0.0
        if self._tokens is not None:
            # servers count the tokens that an answer may have, until they know better
            booked = float(sum(likely_tokens(message.content) for message in messages) + params.max_tokens)
            seconds = max(seconds, self._tokens.book(booked))
        if seconds > 0:
            await self._sleep(seconds)
        return booked
