"""Many calls as few batches: cheaper and slower than one by one, and as safe against a kill at any moment.

What is kept on disk, and when, so that nothing is submitted twice and nothing paid for is lost:

1. before anything is sent: a random token and the keys of the calls (`intended`);
2. when the file of requests is uploaded: its id (`uploaded`), so that a batch is only ever made of a file we know;
3. when the batch is made, with the token in its metadata: its id (`submitted`);
4. when the answer of every call in it is kept elsewhere: that it is done with (`closed`).

A later run follows a batch whose id it knows, looks for one whose id it does not know by token and file, and gives a batch up
only if the server surely has none. Until then a call that is in it waits for it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from normscope.errors import Halted, ModelError, UsageError
from normscope.models.base import Completion, Message, Params
from normscope.models.batch_api import BatchApi, BatchState, batch_form, batch_line
from normscope.models.batch_results import BatchReader, Outcome
from normscope.models.failures import quote

__all__ = ["BatchLog", "BatchRecord", "Batching"]

MOST_REQUESTS = 50_000
SLOWER = 1.5
"""By how much the time between two looks at a batch grows."""


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What is kept about one batch. `status` is `intended, uploaded, submitted` or `closed`; a closed one has no keys left."""

    token: str
    model: str
    keys: tuple[str, ...]
    input_file_id: str | None = None
    batch_id: str | None = None
    status: str = "intended"


class BatchLog(Protocol):
    """Where batches are kept (the store implements it). `save` returns only when the record is committed to disk."""

    def open(self, model: str) -> Sequence[BatchRecord]:
        """The records of a model that are not closed, in the order in which they were first saved."""
        ...

    def save(self, record: BatchRecord) -> None: ...


@dataclass(slots=True, eq=False)
class _Batch:
    """A batch that is not closed, and the task that follows it."""

    record: BatchRecord
    unkept: set[str]
    form: bytes | None = None
    """The upload, as long as the server surely has no such batch."""
    outcomes: dict[str, Outcome] | None = None
    """Once it has ended: completions until they are kept, failures until they are told."""
    task: asyncio.Task[None] | None = None


class Batching:
    """Asks one model in batches. `body_of` makes a request's body, `read` the completion of an answer's parsed body.

    A batch is submitted with `most_requests` calls or `most_bytes` bytes, or when no call came for `linger` seconds. `poll` is
    the shortest and the longest time between two looks at it, in seconds. `is_kept` says of a call from an earlier run whether
    its answer was kept. `progress` hears, at every look, of (model, batch id, completed, failed, total, status).
    One batching belongs to one event loop until it is closed; afterwards it may be used again.
    """

    def __init__(
        self,
        api: BatchApi,
        log: BatchLog,
        *,
        model: str,
        body_of: Callable[[Sequence[Message], Params], dict[str, Any]],
        read: Callable[[dict[str, Any]], Completion],
        most_requests: int = 10_000,
        most_bytes: int = 100 * 2**20,
        linger: float = 1.0,
        poll: tuple[float, float] = (5.0, 60.0),
        is_kept: Callable[[str], bool] = lambda _: False,
        progress: Callable[[str, str, int, int, int, str], None] | None = None,
        quoted: Callable[[str], str] = quote,
        make_token: Callable[[], str] = lambda: secrets.token_hex(16),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if not 1 <= most_requests <= MOST_REQUESTS:
            raise UsageError(f"a batch cannot hold {most_requests} requests. Allowed: 1 to {MOST_REQUESTS}.")
        self._api = api
        self._log = log
        self._model = model
        self._body_of = body_of
        self._reader = BatchReader(model, read, quoted=quoted)
        self._most_requests = most_requests
        self._most_bytes = most_bytes
        self._linger = linger
        self._poll = poll
        self._is_kept = is_kept
        self._progress = progress
        self._make_token = make_token
        self._sleep = sleep
        self._resumed = False
        self._lines: dict[str, bytes] = {}  # the calls of the next batch
        self._bytes = 0
        self._arrivals = 0
        self._lingering: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[Completion | None]] = {}
        self._batch_of: dict[str, _Batch] = {}  # for every call of a batch that is not closed, the last one that holds it

    @property
    def untrusted(self) -> Mapping[str, int]:
        """Lines of results that were not used: `malformed`, `unknown` (not asked for), `duplicate`."""
        return dict(self._reader.untrusted)

    async def ask(self, key: str, messages: Sequence[Message], params: Params) -> Completion:
        """The completion of the call, when the batch that holds it has ended.

        Raises the `ModelError` of a call that failed; asked again after that, it goes into a new batch. A batch that cannot be
        followed (no connection, wrong key) fails the calls that wait for it, but stays on record: a call of it that is asked
        again waits for the same batch.
        """
        if not self._resumed:
            self._resume()
        while (other := self._waiting.get(key)) is not None:
            await asyncio.wait((other,))
            if not other.cancelled() and (shared := other.result()) is not None:
                return shared
        while True:
            known = self._told(key)
            if known is not None:
                return known
            if key not in self._batch_of:
                self._add(key, batch_line(key, self._body_of(messages, params)))
            completion = await self._answer(key)
            if completion is not None:
                return completion

    def kept(self, key: str) -> None:
        """The answer of this call, or its failure, is committed to where answers are kept: its batch need not keep it."""
        batch = self._batch_of.get(key)
        if batch is not None and batch.outcomes is not None:
            self._release(key, batch)

    async def close(self) -> None:
        """Stop to follow the batches. They go on at the server and stay on record; nothing is cancelled there."""
        tasks = [batch.task for batch in set(self._batch_of.values()) if batch.task is not None]
        tasks += [self._lingering] if self._lingering is not None else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        text = f"the batches of {self._model} go on at the server. Run again to pick them up."
        self._wake(list(self._waiting), Halted(text, reason="stopped"))
        self._lines, self._bytes, self._batch_of = {}, 0, {}
        self._lingering, self._resumed = None, False

    async def _answer(self, key: str) -> Completion | None:
        """What became of a call that waits; None if its batch was never made, so that it must be asked anew."""
        future: asyncio.Future[Completion | None] = asyncio.get_running_loop().create_future()
        self._waiting[key] = future
        try:
            return await future
        finally:
            del self._waiting[key]
            # nobody wants it any more, and it was not sent yet
            self._bytes -= len(self._lines.pop(key, b""))

    def _told(self, key: str) -> Completion | None:
        """The outcome of a call whose batch has ended; None if it must be waited for or asked anew."""
        batch = self._batch_of.get(key)
        if batch is None:
            return None
        if batch.outcomes is None:
            if batch.task is None or batch.task.done():
                self._follow(batch)
            return None
        outcome = batch.outcomes.get(key)
        if outcome is None:  # it failed, which was told before
            self._release(key, batch)
            return None
        if isinstance(outcome, ModelError):
            del batch.outcomes[key]
            raise outcome
        return outcome

    def _add(self, key: str, line: bytes) -> None:
        if self._lines and self._bytes + len(line) > self._most_bytes:
            self._submit()
        self._lines[key] = line
        self._bytes += len(line)
        self._arrivals += 1
        if len(self._lines) >= self._most_requests or self._bytes >= self._most_bytes:
            self._submit()
        elif self._lingering is None or self._lingering.done():
            self._lingering = asyncio.create_task(self._submit_when_quiet())

    async def _submit_when_quiet(self) -> None:
        while self._lines:
            seen = self._arrivals
            await self._sleep(self._linger)
            if seen == self._arrivals and self._lines:
                self._submit()

    def _submit(self) -> None:
        lines, self._lines, self._bytes = self._lines, {}, 0
        record = BatchRecord(self._make_token(), self._model, tuple(lines))
        batch = _Batch(record, set(lines), form=batch_form(lines.values()))
        self._batch_of |= dict.fromkeys(lines, batch)
        self._follow(batch)

    def _resume(self) -> None:
        """Take up what earlier runs left open."""
        records = self._log.open(self._model)
        self._resumed = True
        batches = []
        for record in records:
            batch = _Batch(record, set(record.keys))
            batches.append(batch)
            for key in record.keys:
                # a call is in a second batch only if it failed in the first
                earlier = self._batch_of.get(key)
                if earlier is not None:
                    earlier.unkept.discard(key)
                self._batch_of[key] = batch
        for batch in batches:
            batch.unkept = {key for key in batch.unkept if not self._is_kept(key)}
            for key in batch.record.keys:
                if self._batch_of.get(key) is batch and key not in batch.unkept:
                    del self._batch_of[key]
            if batch.unkept:
                self._follow(batch)
            else:
                self._close(batch)

    def _follow(self, batch: _Batch) -> None:
        batch.task = asyncio.create_task(self._to_the_end(batch))

    async def _to_the_end(self, batch: _Batch) -> None:
        try:
            if batch.form is not None:
                await self._create(batch, batch.form)
            elif batch.record.batch_id is None:
                await self._adopt(batch)
            if batch.record.batch_id is not None:
                await self._fetch(batch, await self._ended(batch, batch.record.batch_id))
        except Exception as error:  # whatever it is, the calls that wait must not wait for ever
            self._fail(batch, error)

    async def _create(self, batch: _Batch, form: bytes) -> None:
        try:
            self._save(batch, batch.record)
            file_id = await self._api.upload(form)
            self._save(batch, replace(batch.record, input_file_id=file_id, status="uploaded"))
        except ModelError:
            self._close(batch)
            raise
        batch.form = None
        try:
            state = await self._api.create(file_id, batch.record.token)
        except ModelError as error:
            if not error.retry:
                self._close(batch)
            raise
        self._save(batch, replace(batch.record, batch_id=state.batch_id, status="submitted"))

    async def _adopt(self, batch: _Batch) -> None:
        record = batch.record
        # no batch was ever asked for before the id of its file was on record
        state = await self._api.find(record.token, record.input_file_id, patiently=record.input_file_id is not None)
        if state is None:
            self._give_up(batch)
        else:
            self._save(batch, replace(batch.record, batch_id=state.batch_id, status="submitted"))

    async def _ended(self, batch: _Batch, batch_id: str) -> BatchState | None:
        """The state of the batch when it has ended; None if the server has no such batch any more."""
        shortest, longest = self._poll
        wait, status = shortest, ""
        while True:
            try:
                state = await self._api.retrieve(batch_id)
            except ModelError as error:
                record = batch.record
                if error.reason != "no_such_model" or await self._api.find(record.token, record.input_file_id, patiently=True):
                    raise
                return None
            if self._progress is not None:
                self._progress(self._model, batch_id, state.completed, state.failed, state.total, state.status)
            if state.ended:
                return state
            # a batch takes minutes to hours, but the steps between its states may be short
            wait = shortest if state.status != status else min(longest, wait * SLOWER)
            status = state.status
            await self._sleep(wait)

    async def _fetch(self, batch: _Batch, state: BatchState | None) -> None:
        if state is None:
            self._give_up(batch)
            return
        files = []
        for file_id in (state.output_file_id, state.error_file_id):
            if file_id is not None:
                try:
                    files.append(await self._api.content(file_id))
                except ModelError as error:
                    # servers delete results after some weeks: their calls are then lacking, and made anew
                    if error.reason != "no_such_model":
                        raise
        outcomes = await self._reader.outcomes(batch.record.keys, files, state)
        batch.outcomes = {key: outcome for key, outcome in outcomes.items() if key in batch.unkept}
        for key, outcome in list(batch.outcomes.items()):
            if self._wake([key], outcome) and isinstance(outcome, ModelError):
                del batch.outcomes[key]

    def _give_up(self, batch: _Batch) -> None:
        """The server surely has no such batch: its calls are asked anew."""
        self._close(batch)
        self._wake(batch.record.keys, None)

    def _fail(self, batch: _Batch, error: Exception) -> None:
        """The batch cannot be made or followed: the calls that wait for it learn why."""
        if isinstance(error, ModelError) and batch.record.status != "closed":
            text = f"{error} The batch stays on record: run again to pick it up."
            error = ModelError(text, reason=error.reason, retry=False)
        self._wake([key for key in batch.record.keys if self._batch_of.get(key, batch) is batch], error)

    def _wake(self, keys: Iterable[str], outcome: Outcome | Exception | None) -> bool:
        """Give an outcome to the calls that wait for one; whether any did."""
        woken = False
        for key in keys:
            future = self._waiting.get(key)
            if future is None or future.done():
                continue
            woken = True
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
        return woken

    def _release(self, key: str, batch: _Batch) -> None:
        """The batch need not keep this call any more; it is closed with the last one."""
        batch.unkept.discard(key)
        if batch.outcomes is not None:
            batch.outcomes.pop(key, None)
        del self._batch_of[key]
        if not batch.unkept:
            self._close(batch)

    def _save(self, batch: _Batch, record: BatchRecord) -> None:
        self._log.save(record)
        batch.record = record

    def _close(self, batch: _Batch) -> None:
        self._log.save(replace(batch.record, keys=(), status="closed"))
        batch.record = replace(batch.record, status="closed")
        for key in batch.record.keys:
            if self._batch_of.get(key) is batch:
                del self._batch_of[key]
