"""The one door through which models are asked: answers from the log first, bounds and retries calls, keeps every one."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from normscope.errors import Halted, ModelError, UsageError, did_you_mean
from normscope.models.base import Ask, CallLog, CallRecord, Completion, Message, Model, Params, call_key
from normscope.models.batching import Batching
from normscope.models.lane import Lane, Limits
from normscope.models.patience import wait_before_retry
from normscope.models.prices import Prices
from normscope.models.spending import Spending
from normscope.records import NotMeasured

__all__ = ["Asker", "Counts"]

UNPAID = NotMeasured("there was no answer to pay for")
RETRY_SECONDS = 900.0
"""So long after its first attempt a call is not tried again, whatever attempts it has left."""


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
    """Calls that were not made, because their model is not asked any more in this run."""
    failed: Mapping[str, int]
    """Calls that failed for good, by reason."""
    attempts: int
    """Requests sent to models, retries included."""


@dataclass(slots=True)
class _Tally:
    answered: int = 0
    from_store: int = 0
    shared: int = 0
    refused: int = 0
    attempts: int = 0
    failed: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Call:
    """One call on its way: what it is, and what its attempts may have cost so far."""

    key: str
    model: str
    messages: tuple[Message, ...]
    params: Params
    draw: int
    may_have_cost: int = 0


class Asker:
    """Asks models by name, and commits every call to the log before anyone uses its answer.

    `models` resolves a name to a model (called once per name, and only when something must really be asked), or is a mapping.
    `limits` bounds how each model is asked; each call is tried at most `retries` + 1 times within `retry_seconds`. `spending`
    keeps the run's cap. `extra_of` gives the canonical JSON of what every request to a model carries besides (part of a call's
    identity). `batching_of` gives the batches through which a model is asked, or None for one call at a time. `on_call` hears
    of every record that was put into the log. One asker belongs to one event loop until it is closed; after `close` it may be
    used again, in the same loop or another.
    """

    def __init__(
        self,
        models: Callable[[str], Model] | Mapping[str, Model],
        log: CallLog,
        *,
        limits: Limits | Callable[[str], Limits] = Limits(),  # noqa: B008 - frozen
        retries: int = 4,
        retry_seconds: float = RETRY_SECONDS,
        seed: int = 0,
        spending: Spending | None = None,
        extra_of: Callable[[str], str] = lambda _: "",
        batching_of: Callable[[Model], Batching | None] = lambda _: None,
        on_call: Callable[[CallRecord], None] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if retries < 0 or retry_seconds < 0:
            got = f"retries {retries} and retry_seconds {retry_seconds}"
            raise UsageError(f"models cannot be asked with {got}. Allowed: both from 0.")
        self._models = models
        self._log = log
        self._limits = limits
        self._retries = retries
        self._retry_seconds = retry_seconds
        self._seed = seed
        self.spending = spending or Spending(Prices())
        self.last_errors: dict[str, str] = {}
        """The words of each model's last call that failed for good."""
        self._extra_of = extra_of
        self._batching_of = batching_of
        self._on_call = on_call
        self._sleep = sleep
        self._lanes: dict[str, Lane] = {}
        self._batchings: dict[str, Batching] = {}
        self._flights: dict[str, asyncio.Future[Completion | None]] = {}
        self._tally = _Tally()
        self._stopping = False
        self._pauses: set[asyncio.Future[None]] = set()
        self._closing: list[asyncio.Future[None]] = []

    async def ask(self, model_name: str, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        """The completion of one call: from the log, from an identical call in flight, or from the model.

        Raises `ModelError` when the last attempt failed; the failure is then in the log with its reason, and a later run
        asks again. Raises `Halted`, with nothing in the log, where the model is not asked any more in this run, and
        `UsageError` for a model that cannot be resolved.
        """
        key = call_key(model_name, messages, params, draw, extra=self._extra_of(model_name))
        stored = self._log.get(key)
        if stored is not None:
            self._tally.from_store += 1
            return stored
        while (other := self._flights.get(key)) is not None:
            self._tally.shared += 1
            shared = await asyncio.shield(other)
            if shared is not None:
                return shared
            # who made the call was cancelled before it ended
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        result: Completion | None = None
        try:
            result = await self._make(_Call(key, model_name, tuple(messages), params, draw))
            return result
        except ModelError as error:
            flight.set_exception(error)
            flight.exception()  # seen: nobody else may be waiting for it
            raise
        finally:
            del self._flights[key]
            if not flight.done():
                flight.set_result(result)

    def ask_for(self, model_name: str) -> Ask:
        """The `Ask` of one model."""
        return partial(self.ask, model_name)

    @property
    def counts(self) -> Counts:
        """What was done since this asker was made."""
        t = self._tally
        return Counts(t.answered, t.from_store, t.shared, t.refused, dict(sorted(t.failed.items())), t.attempts)

    def places(self, model_name: str) -> int | None:
        """How many calls to a model may run at a time now; None before it was asked."""
        lane = self._lanes.get(model_name)
        return None if lane is None else lane.gate.places

    def stop(self) -> None:
        """Make no more calls: what is in flight is finished and kept, everything else is `Halted`. Batches are left to go on."""
        self._stopping = True
        for pause in list(self._pauses):
            if not pause.done():
                pause.set_result(None)
        # held on to, since the loop itself does not; `close` waits for them
        self._closing = [asyncio.ensure_future(batching.close()) for batching in self._batchings.values()]

    async def close(self) -> None:
        """Close every model that was asked; call it when nobody asks any more."""
        await asyncio.gather(*self._closing)
        batchings, self._batchings = self._batchings, {}
        for batching in batchings.values():
            await batching.close()
        lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            await lane.model.close()

    async def _make(self, call: _Call) -> Completion:
        lane = self._lane(call.model)
        first = time.monotonic()
        attempt = 0
        while True:
            try:
                completion = await self._attempt(lane, call)
            except Halted:
                self._tally.refused += 1
                raise
            except ModelError as error:
                wait = self._wait_before_next(lane, call, error, attempt, first)
                if wait is None:
                    lane.breaker.failed(error)
                    self._tally.failed[error.reason] += 1
                    self.last_errors[call.model] = str(error)
                    await self._keep(call, error)
                    raise
            else:
                lane.breaker.succeeded()
                return completion
            # no place is held meanwhile: what a server in trouble needs is fewer calls, and the gate sees to that
            await self._pause(wait)
            attempt += 1

    def _wait_before_next(self, lane: Lane, call: _Call, error: ModelError, attempt: int, first: float) -> float | None:
        """The seconds until the next attempt, or None where there is none: judged anew after each, so that a stop or a dead
        model ends the waiting too."""
        if not error.retry or attempt >= self._retries or not lane.breaker.patient(error):
            return None
        wait = wait_before_retry(error, attempt, seed=self._seed, key=call.key)
        return wait if time.monotonic() - first + wait <= self._retry_seconds else None

    async def _attempt(self, lane: Lane, call: _Call) -> Completion:
        batching = self._batchings.get(call.model)
        batch = batching is not None
        self._halt(lane, call.model)
        reserved = 0
        if self.spending.cap is not None:
            reserved = await self.spending.reserve(call.model, call.messages, call.params, batch=batch)
        try:
            if batching is not None:
                self._tally.attempts += 1
                completion = await batching.ask(call.key, call.messages, call.params)
            else:
                completion = await self._in_its_place(lane, call)
            # counted and committed before the answer is used, and before the money set aside for it is free again
            self._tally.answered += 1
            await self._keep(call, completion, self.spending.count(call.model, completion, batch=batch))
            return completion
        except ModelError as error:
            if error.paid:
                call.may_have_cost += self.spending.count_doubtful(call.model, call.messages, call.params, batch=batch)
            raise
        finally:
            if reserved:
                self.spending.settle(reserved)

    async def _in_its_place(self, lane: Lane, call: _Call) -> Completion:
        gate = lane.gate
        await gate.enter()
        started = time.monotonic()
        try:
            self._halt(lane, call.model)  # much may have happened while it waited
            self._tally.attempts += 1
            completion = await lane.complete(call.messages, call.params, call.draw)
            gate.answered()
            return completion
        except ModelError as error:
            if error.reason == "rate_limited":
                gate.pushed_back(started)
            raise
        finally:
            gate.leave()

    async def _keep(self, call: _Call, end: Completion | ModelError, cost: int | NotMeasured = UNPAID) -> None:
        """Have the end of a call in the log, and tell who wants to know."""
        done, reason = (None, end.reason) if isinstance(end, ModelError) else (end, None)
        record = CallRecord(call.key, call.model, call.messages, call.params, call.draw, done, reason, cost, call.may_have_cost)
        await self._log.put(record)
        batching = self._batchings.get(call.model)
        if batching is not None:
            batching.kept(call.key)
        if self._on_call is not None:
            self._on_call(record)

    def _halt(self, lane: Lane, name: str) -> None:
        if self._stopping:
            raise Halted(f"{name} is not asked any more: the run is being stopped.", reason="stopped")
        refusal = lane.breaker.refusal(name)
        if refusal is not None:
            raise refusal

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond a stop."""
        stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pauses.add(stopped)
        waiting = asyncio.ensure_future(self._sleep(seconds))
        try:
            if not self._stopping:
                await asyncio.wait((stopped, waiting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pauses.discard(stopped)
            waiting.cancel()

    def _lane(self, name: str) -> Lane:
        lane = self._lanes.get(name)
        if lane is None:
            limits = self._limits(name) if callable(self._limits) else self._limits
            lane = self._lanes[name] = Lane(self._resolve(name), limits, self._sleep)
            batching = self._batching_of(lane.model)
            if batching is not None:
                self._batchings[name] = batching
        return lane

    def _resolve(self, name: str) -> Model:
        if callable(self._models):
            return self._models(name)
        if name not in self._models:
            raise UsageError(f"no model {name!r} in this study. {did_you_mean(name, self._models)}")
        return self._models[name]
