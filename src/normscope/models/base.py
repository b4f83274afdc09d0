"""Asking a model: the one Protocol, what goes in and what comes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from normscope.records import NotMeasured

__all__ = [
    "MOST_TOKENS",
    "Ask",
    "AskFor",
    "CallLog",
    "CallRecord",
    "Completion",
    "Message",
    "Model",
    "ModelSpec",
    "Params",
    "call_key",
]


MOST_TOKENS = 2**30
"""A server that reports more tokens for one call reports nonsense, and sums of it would fit into no column."""

_NO_PRICE = NotMeasured("no price is known")


@dataclass(frozen=True, slots=True)
class Message:
    """One message sent to a model. `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Params:
    """How a model is to answer. `temperature` and `seed` of None leave the choice to the server, as a deployment does.

    `json_schema` is a JSON Schema as canonical JSON text; where the server supports it the answer is forced into it.
    """

    max_tokens: int = 512
    temperature: float | None = None
    seed: int | None = None
    json_schema: str | None = None
    logprobs: int = 0
    """How many alternatives per token to report; 0 = none."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer. `reasoning` is kept apart and never matched as a solution.

    `logprobs` holds, per generated token, the token and the (token, natural-log probability) alternatives reported.
    """

    text: str
    finish_reason: str
    prompt_tokens: int | NotMeasured
    completion_tokens: int | NotMeasured
    reasoning: str = ""
    refusal: str = ""
    logprobs: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()


class Model(Protocol):
    """Something that can be asked. Raises `ModelError` (with `reason` and `retry`) when it cannot answer."""

    @property
    def name(self) -> str:
        """What the call key and the records call it, e.g. `http:gpt-4o-mini` or `local:smollm2-135m-instruct`."""
        ...

    async def complete(self, messages: Sequence[Message], params: Params) -> Completion: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a user wrote about a model: `backend:argument` and its settings. Keys are named, never held."""

    backend: str
    argument: str
    base_url: str | None = None
    key_env: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 300.0
    """Seconds to wait for one answer."""
    connect_timeout: float = 10.0
    """Seconds to wait for the connection alone."""
    profile: str | None = None
    """The name of a ready profile of a server (`models.profiles`)."""

    @property
    def name(self) -> str:
        return f"{self.backend}:{self.argument}"


class Ask(Protocol):
    """Ask one named model once; answered from the call store where the same call was answered before."""

    async def __call__(self, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion: ...


AskFor = Callable[[str], Ask]
"""Gives the `Ask` of a model by its name (`http:…`, `local:…`); for judges, which name the model they ask."""


class CallRecord(NamedTuple):
    """One call as the store keeps it. `completion` is None for a failed call; then `reason` says why.

    `cost` is what the answer cost, in pico-units of the currency of the prices; `may_have_cost` is the most that attempts
    without a usable answer may have cost beside it.
    """

    key: str
    model: str
    messages: tuple[Message, ...]
    params: Params
    draw: int
    completion: Completion | None
    reason: str | None = None
    cost: int | NotMeasured = _NO_PRICE
    may_have_cost: int = 0


class CallLog(Protocol):
    """Where calls are kept (the store implements it). `put` returns only when the record is committed to disk."""

    def get(self, key: str) -> Completion | None: ...

    async def put(self, call: CallRecord) -> None: ...


def call_key(model: str, messages: Sequence[Message], params: Params, draw: int, *, extra: str = "") -> str:
    """The identity of a call: SHA-256 over model (with backend), messages, parameters and **draw**.

    `extra` is the canonical JSON of further fields that every request to this model carries, which are parameters too.

    The draw belongs in it, so that a replicate is never answered from the cache.

    >>> hello = [Message("user", "Hi")]
    >>> call_key("http:m", hello, Params(), 0) == call_key("http:m", hello, Params(), 1)
    False
    """
    hashed = _begun(model, params, draw, extra).copy()
    for message in messages:
        for text in (message.role, message.content):
            encoded = text.encode("utf-8", "surrogatepass")
            # with their lengths in front, texts cannot run into each other
            hashed.update(b"%d:%b" % (len(encoded), encoded))
    return str(hashed.hexdigest())


@lru_cache(maxsize=1024)
def _begun(model: str, params: Params, draw: int, extra: str) -> Any:
    # a run has few of these and a million calls
    content = [model, asdict(params), draw, extra]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii"))
