"""Wiring the asking: models by name, and the study's call store behind one asker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from normscope.models.asker import Asker
from normscope.models.base import CallRecord, Completion, Model, ModelSpec
from normscope.models.weights import WEIGHTS
from normscope.plugins import load, split
from normscope.records import NotMeasured
from normscope.store import CallTable, StoredCall
from normscope.study.settings import ModelSettings, Settings

__all__ = ["StoredCallLog", "make_asker", "weights_notes"]


class StoredCallLog:
    """The call store as the asker sees it: completions by key, each committed before it is used."""

    def __init__(self, table: CallTable) -> None:
        self._table = table

    def get(self, key: str) -> Completion | None:
        """The answer to the same call, if one was stored."""
        stored = self._table.get(key)
        return None if stored is None else _completion(stored)

    def put(self, call: CallRecord) -> None:
        """Commit a call, answered or failed."""
        request = {"messages": [asdict(message) for message in call.messages], "params": asdict(call.params)}
        completion = None if call.completion is None else _plain(call.completion)
        self._table.put(StoredCall(call.key, call.model, call.draw, request, completion, call.reason))


def make_asker(settings: Settings, table: CallTable, *, on_call: Callable[[CallRecord], None] | None = None) -> Asker:
    """The asker of a study: models are made when they are first asked."""
    known = {model.model: model for model in (*settings.judges, *settings.models)}

    def resolve(name: str) -> Model:
        given = known.get(name, ModelSettings(model=name))
        backend, argument = split(name)
        spec = ModelSpec(
            backend=backend,
            argument=argument,
            base_url=given.base_url,
            key_env=given.key_env,
            headers=given.headers,
            extra_body=given.extra_body,
            timeout=given.timeout,
        )
        model: Model = load("models", backend)(spec)
        return model

    return Asker(
        resolve,
        StoredCallLog(table),
        concurrency=settings.concurrency,
        retries=settings.retries,
        seed=settings.seed,
        on_call=on_call,
    )


def weights_notes(settings: Settings) -> list[str]:
    """Whose the pinned weights are that the study asks, and under which licence; their SHA-256 is checked before use."""
    names = {split(model.model)[1] for model in settings.models if split(model.model)[0] == "local"}
    return [
        f"local:{name}: {w.file.rpartition('/')[2]}, licence {w.licence}, by {w.by}, SHA-256 {w.sha256}."
        for name, w in WEIGHTS.items()
        if name in names
    ]


def _plain(completion: Completion) -> dict[str, Any]:
    values = asdict(completion)
    values["logprobs"] = [[token, [list(pair) for pair in alternatives]] for token, alternatives in completion.logprobs]
    return values


def _completion(values: dict[str, Any]) -> Completion:
    tokens: Sequence[Any] = values.pop("logprobs")
    logprobs = tuple((token, tuple((t, p) for t, p in alternatives)) for token, alternatives in tokens)
    for name in ("prompt_tokens", "completion_tokens"):
        if isinstance(values[name], dict):
            values[name] = NotMeasured(**values[name])
    return Completion(**values, logprobs=logprobs)
