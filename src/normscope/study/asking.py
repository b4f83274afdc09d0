"""Wiring the asking: models by name, their limits and prices, and the study's call store behind one asker."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from normscope.models.asker import Asker
from normscope.models.base import CallRecord, Completion, Model, ModelSpec, Params
from normscope.models.batch_api import BatchApi
from normscope.models.batching import Batching, BatchRecord
from normscope.models.http import HttpModel
from normscope.models.lane import Limits
from normscope.models.prices import PICO, Prices, price_from, read_prices
from normscope.models.spending import Spending, Spent
from normscope.models.weights import WEIGHTS
from normscope.plugins import load, split
from normscope.records import NotMeasured
from normscope.store import BatchTable, CallTable, Store, StoredBatch, StoredCall, Writer
from normscope.study.settings import ModelSettings, Settings

__all__ = [
    "StoredCallLog",
    "close_asker",
    "completion_of",
    "extra_of",
    "make_asker",
    "make_spending",
    "open_asker",
    "prices_of",
    "weights_notes",
]

IN_FLIGHT = "in_flight"
"""The fact that holds how much money the calls in flight of a run may cost; a finished run sets it to 0."""
LOST = "may_be_lost"
"""The fact that holds how much money the calls in flight of killed runs may have cost."""


class StoredCallLog:
    """The call store as the asker sees it: completions by key, each committed before it is used."""

    def __init__(self, table: CallTable, writer: Writer) -> None:
        self._table = table
        self._writer = writer

    def get(self, key: str) -> Completion | None:
        """The answer to the same call, if one was stored."""
        stored = self._table.get(key) if self._writer.may_hold(key) else None
        return None if stored is None else completion_of(stored)

    async def put(self, call: CallRecord) -> None:
        """Commit a call, answered or failed."""
        messages = [{"role": message.role, "content": message.content} for message in call.messages]
        done = call.completion
        await self._writer.call(
            StoredCall(
                call.key,
                call.model,
                call.draw,
                {"messages": messages, "params": _params(call.params)},
                None if done is None else _plain(done),
                call.reason,
                None if done is None else _number(done.prompt_tokens),
                None if done is None else _number(done.completion_tokens),
                None if done is None else _number(call.cost),
                call.may_have_cost,
            )
        )


class StoredBatches:
    """The table of batches as `Batching` sees it."""

    def __init__(self, table: BatchTable) -> None:
        self._table = table

    def open(self, model: str) -> list[BatchRecord]:
        """The batches of a model that are not closed."""
        return [BatchRecord(b.token, b.model, b.keys, b.input_file_id, b.batch_id, b.status) for b in self._table.open(model)]

    def save(self, record: BatchRecord) -> None:
        """Commit a batch as it stands."""
        r = record
        self._table.save(StoredBatch(r.token, r.model, r.keys, r.input_file_id, r.batch_id, r.status))


def open_asker(
    settings: Settings, store: Store, *, on_batch: Callable[[str, str, int, int, int, str], None] | None = None
) -> tuple[Asker, Writer]:
    """The asker of a study and the writer that commits what it keeps; give both to `close_asker` when all is asked.

    `StoreError` where models are being asked for this study already. The money that was spent is counted after that is known.
    """
    writer = store.writer()
    try:
        return make_asker(settings, store, writer, on_batch=on_batch), writer
    except BaseException:
        writer.close()
        raise


async def close_asker(settings: Settings, store: Store, asker: Asker, writer: Writer) -> None:
    """Commit what is left, close the models, and note that nothing is in flight."""
    try:
        await asker.close()
    finally:
        writer.close()
    if settings.budget is not None:
        store.set_fact(IN_FLIGHT, "0")


def make_asker(
    settings: Settings,
    store: Store,
    writer: Writer,
    *,
    on_batch: Callable[[str, str, int, int, int, str], None] | None = None,
) -> Asker:
    """The asker of a study: models are made when they are first asked. `writer` commits what it keeps."""
    known = {model.model: model for model in (*settings.judges, *settings.models)}
    batches = StoredBatches(store.batches)

    def given(name: str) -> ModelSettings:
        return known.get(name) or ModelSettings(model=name)

    def batching_of(model: Model) -> Batching | None:
        if not settings.batch or not isinstance(model, HttpModel):
            return None
        return Batching(
            BatchApi(model.connection),
            batches,
            model=model.name,
            body_of=model.body,
            read=model.read_answer,
            most_requests=settings.batch_size,
            poll=(settings.batch_seconds, max(60.0, settings.batch_seconds)),
            is_kept=store.calls.has,
            progress=on_batch,
            quoted=model.connection.quoted,
        )

    extras = {name: extra_of(model) for name, model in known.items()}

    return Asker(
        lambda name: _made(given(name)),
        StoredCallLog(store.calls, writer),
        limits=lambda name: _limits(settings, given(name)),
        retries=settings.retries,
        retry_seconds=settings.retry_seconds,
        seed=settings.seed,
        spending=make_spending(settings, store),
        extra_of=lambda name: extras.get(name, ""),
        batching_of=batching_of,
    )


def extra_of(model: ModelSettings) -> str:
    """What every request to a model carries besides, as canonical JSON: part of a call's identity."""
    body = model.extra_body
    return json.dumps(body, sort_keys=True, separators=(",", ":")) if body else ""


def prices_of(settings: Settings) -> Prices:
    """The prices of a study: its file of prices, with what stands in the models' own settings in front."""
    prices = read_prices(settings.prices) if settings.prices is not None else Prices()
    named = [model for model in (*settings.judges, *settings.models) if model.price is not None]
    return prices.with_inline({model.model: price_from(model.price, file="study") for model in named})


def make_spending(settings: Settings, store: Store) -> Spending:
    """The money of a study: what is stored as spent, what a killed run may have spent, and the cap."""
    lost = int(store.fact(LOST) or 0) + int(store.fact(IN_FLIGHT) or 0)
    if lost:
        store.set_fact(LOST, str(lost))
    if store.fact(IN_FLIGHT) not in (None, "0"):
        store.set_fact(IN_FLIGHT, "0")
    before = {
        total.model: Spent(total.prompt_tokens, total.completion_tokens, total.cost, total.unknown_calls, total.may_have_cost)
        for total in store.calls.totals()
    }
    return Spending(
        prices_of(settings),
        cap=None if settings.budget is None else round(settings.budget * PICO),
        before=before,
        lost=lost,
        on_reserved=lambda pico: store.set_fact(IN_FLIGHT, str(pico)),
    )


def weights_notes(settings: Settings) -> list[str]:
    """Whose the pinned weights are that the study asks, and under which licence; their SHA-256 is checked before use."""
    names = {split(model.model)[1] for model in settings.models if split(model.model)[0] == "local"}
    return [
        f"local:{name}: {w.file.rpartition('/')[2]}, licence {w.licence}, by {w.by}, SHA-256 {w.sha256}."
        for name, w in WEIGHTS.items()
        if name in names
    ]


def _made(given: ModelSettings) -> Model:
    backend, argument = split(given.model)
    spec = ModelSpec(
        backend=backend,
        argument=argument,
        base_url=given.base_url,
        key_env=given.key_env,
        headers=given.headers,
        extra_body=given.extra_body,
        timeout=given.timeout,
        connect_timeout=given.connect_timeout,
        profile=given.profile,
    )
    model: Model = load("models", backend)(spec)
    return model


def _limits(settings: Settings, given: ModelSettings) -> Limits:
    most = given.concurrency or settings.concurrency
    return Limits(most, min(most, settings.first_concurrency), given.requests_per_minute, given.tokens_per_minute)


@lru_cache(maxsize=256)
def _params(params: Params) -> dict[str, Any]:
    # one dictionary for all calls with these parameters: it is only ever written out
    return {name: getattr(params, name) for name in params.__dataclass_fields__}


def _number(value: int | NotMeasured) -> int | None:
    return None if isinstance(value, NotMeasured) else value


def _count(value: int | NotMeasured) -> int | dict[str, str]:
    return {"not_measured": value.not_measured} if isinstance(value, NotMeasured) else value


def _plain(done: Completion) -> dict[str, Any]:
    return {
        "text": done.text,
        "finish_reason": done.finish_reason,
        "prompt_tokens": _count(done.prompt_tokens),
        "completion_tokens": _count(done.completion_tokens),
        "reasoning": done.reasoning,
        "refusal": done.refusal,
        "logprobs": [[token, [list(pair) for pair in alternatives]] for token, alternatives in done.logprobs],
    }


def completion_of(values: dict[str, Any]) -> Completion:
    """The completion in a stored call."""
    tokens: Sequence[Any] = values.pop("logprobs")
    logprobs = tuple((token, tuple((t, p) for t, p in alternatives)) for token, alternatives in tokens)
    for name in ("prompt_tokens", "completion_tokens"):
        if isinstance(values[name], dict):
            values[name] = NotMeasured(**values[name])
    return Completion(**values, logprobs=logprobs)
