"""The one door through which models are asked: answers from the log first, bounds and retries calls, keeps every one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from normscope.errors import ModelError, UsageError, did_you_mean
from normscope.models.base import Ask, CallLog, CallRecord, Completion, Message, Model, Params, call_key
from normscope.models.patience import Breaker, wait_before_retry

__all__ = ["Asker", "Bounded", "Counts", "Drawing"]


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
class Counts:
    """What an asker has done so far. Every finished `ask` is counted once, in one of the first five."""

    answered: int
    """Calls that a model answered."""
    from_store: int
    """Calls answered from the log."""
    shared: int
    """Calls that waited for an identical one already in flight."""
    refused: int
    """Calls that were not made, because the model had failed too often in a row."""
    failed: Mapping[str, int]
    """Calls that failed for good, by reason."""
    attempts: int
    """Requests sent to models, retries included."""


@dataclass(slots=True)
class _Lane:
    """One model and its bounds."""

    model: Model
    places: asyncio.Semaphore
    breaker: Breaker


@dataclass(slots=True)
class _Flight:
    """One call that is being made, and how many wait for it."""

    task: asyncio.Task[Completion]
    waiting: int = 0


@dataclass(slots=True)
class _Tally:
    answered: int = 0
    from_store: int = 0
    shared: int = 0
    refused: int = 0
    attempts: int = 0
    failed: Counter[str] = field(default_factory=Counter)


class Asker:
    """Asks models by name, and commits every call to the log before anyone uses its answer.

    `models` resolves a name to a model (called once per name, and only when something must really be asked), or is a mapping.
    At most `concurrency` calls per model run at once (a model that states its own `concurrency` is held to that), each tried
    at most `retries` + 1 times. `on_call` hears of every record that was put into the log. One asker belongs to one event
    loop until it is closed; after `close` it may be used again, in the same loop or another.
    """

    def __init__(
        self,
        models: Callable[[str], Model] | Mapping[str, Model],
        log: CallLog,
        *,
        concurrency: int = 8,
        retries: int = 4,
        seed: int = 0,
        on_call: Callable[[CallRecord], None] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if concurrency < 1 or retries < 0:
            got = f"concurrency {concurrency} and retries {retries}"
            raise UsageError(f"models cannot be asked with {got}. Allowed: concurrency from 1, retries from 0.")
        self._models = models
        self._log = log
        self._concurrency = concurrency
        self._retries = retries
        self._seed = seed
        self._on_call = on_call
        self._sleep = sleep
        self._lanes: dict[str, _Lane] = {}
        self._flights: dict[str, _Flight] = {}
        self._tally = _Tally()

    async def ask(self, model_name: str, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        """The completion of one call: from the log, from an identical call in flight, or from the model.

        Raises `ModelError` when the last attempt failed; the failure is then in the log with its reason, and a later run
        asks again. Raises `UsageError` for a model that cannot be resolved.
        """
        key = call_key(model_name, messages, params, draw)
        stored = self._log.get(key)
        if stored is not None:
            self._tally.from_store += 1
            return stored
        flight = self._flights.get(key)
        if flight is None:
            call = self._call(key, model_name, tuple(messages), params, draw)
            flight = self._flights[key] = _Flight(asyncio.create_task(call))
        else:
            self._tally.shared += 1
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                flight.task.cancel()  # does nothing to a finished call; an unfinished one is wanted by nobody any more
                self._flights.pop(key, None)

    def ask_for(self, model_name: str) -> Ask:
        """The `Ask` of one model."""

        async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
            return await self.ask(model_name, messages, params, draw=draw)

        return ask

    @property
    def counts(self) -> Counts:
        """What was done since this asker was made."""
        t = self._tally
        return Counts(t.answered, t.from_store, t.shared, t.refused, dict(sorted(t.failed.items())), t.attempts)

    async def close(self) -> None:
        """Cancel what is in flight and close every model that was asked."""
        tasks = [flight.task for flight in self._flights.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            await lane.model.close()

    async def _call(self, key: str, name: str, messages: tuple[Message, ...], params: Params, draw: int) -> Completion:
        lane = self._lane(name)
        async with lane.places:
            refusal = lane.breaker.refusal(name)
            if refusal is not None:
                self._tally.refused += 1
                raise refusal
            try:
                completion = await self._attempts(lane, key, messages, params, draw)
            except ModelError as error:
                lane.breaker.failed(error)
                self._tally.failed[error.reason] += 1
                self._put(CallRecord(key, name, messages, params, draw, None, error.reason))
                raise
            lane.breaker.succeeded()
            self._tally.answered += 1
            self._put(CallRecord(key, name, messages, params, draw, completion))
            return completion

    async def _attempts(self, lane: _Lane, key: str, messages: tuple[Message, ...], params: Params, draw: int) -> Completion:
        attempt = 0
        while True:
            self._tally.attempts += 1
            try:
                if isinstance(lane.model, Drawing):
                    return await lane.model.complete_draw(messages, params, draw=draw)
                return await lane.model.complete(messages, params)
            except ModelError as error:
                if not error.retry or attempt >= self._retries or not lane.breaker.patient(error):
                    raise
                # the place is kept while waiting: a server in trouble gets fewer calls, not the same number of others
                await self._sleep(wait_before_retry(error, attempt, seed=self._seed, key=key))
            attempt += 1

    def _put(self, record: CallRecord) -> None:
        self._log.put(record)
        if self._on_call is not None:
            self._on_call(record)

    def _lane(self, name: str) -> _Lane:
        lane = self._lanes.get(name)
        if lane is None:
            model = self._resolve(name)
            bound = model.concurrency if isinstance(model, Bounded) else self._concurrency
            lane = self._lanes[name] = _Lane(model, asyncio.Semaphore(bound), Breaker())
        return lane

    def _resolve(self, name: str) -> Model:
        if callable(self._models):
            return self._models(name)
        if name not in self._models:
            raise UsageError(f"no model {name!r} in this study. {did_you_mean(name, self._models)}")
        return self._models[name]
