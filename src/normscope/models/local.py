"""A GGUF model on this machine, asked through llama.cpp's own OpenAI-compatible server on loopback. Needs the extra [local]."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from normscope.errors import ModelError, UsageError
from normscope.models.base import Completion, Message, ModelSpec, Params
from normscope.models.embedded import ServerSettings, slot
from normscope.models.http import HttpModel
from normscope.models.weights import locate, resolve

__all__ = ["LocalModel", "make", "serve"]

CONTEXT = 4096
DEFAULT_TIMEOUT = 900.0
"""Seconds: beside other work generation can be 15 times slower than alone."""

_OWN_SETTINGS = ("parallel", "context", "threads")


def make(spec: ModelSpec) -> LocalModel:
    """The model that `local:NAME` or `local:/path/to/file.gguf` names.

    `extra_body` may hold `parallel` (answers at a time, default 1), `context` (tokens of prompt and answer, default 4096, at
    most what the model was trained on) and `threads` (default one fewer than there are cores: with all of them it is faster
    alone and much slower beside other work); its other fields go into every request, as for `http`.
    """
    extra = dict(spec.extra_body)
    own = {name: _whole(spec, name, extra.pop(name)) for name in _OWN_SETTINGS if name in extra}
    # the spec's own default is for servers elsewhere; any other number was somebody's choice
    timeout = DEFAULT_TIMEOUT if spec.timeout == ModelSpec("", "").timeout else spec.timeout
    return LocalModel(spec.argument, timeout=timeout, extra_body=extra, **own)


class LocalModel:
    """A model whose weights are on this machine: a pinned name (`smollm2-135m-instruct`) or the path of a GGUF file.

    The server starts at the first question and is shared by all models on the same weights; other weights take turns.
    With `parallel` above 1 an answer can depend on what is answered beside it; with 1, the same seed gives the same answer.
    Raises `UsageError` for weights that are not there.
    """

    def __init__(
        self,
        argument: str,
        *,
        parallel: int = 1,
        context: int = CONTEXT,
        threads: int | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        if parallel < 1 or context < 1:
            raise UsageError(f"local:{argument} has parallel {parallel} and context {context}. Allowed: whole numbers from 1.")
        self._argument = argument
        self._settings = ServerSettings(locate(argument), parallel, context, threads)
        self._timeout = timeout
        self._extra = dict(extra_body or {})
        self._http: HttpModel | None = None
        self._url = ""

    @property
    def name(self) -> str:
        return f"local:{self._argument}"

    @property
    def concurrency(self) -> int:
        """How many calls the server answers at a time; the asker sends no more than these."""
        return self._settings.parallel

    async def complete(self, messages: Sequence[Message], params: Params) -> Completion:
        """Ask once. Waiting for the turn of these weights does not count against the timeout."""
        await asyncio.to_thread(resolve, self._argument)
        async with slot().use(self._settings) as url:
            model = await self._at(url)
            try:
                return await model.complete(messages, params)
            except ModelError as error:
                if error.reason == "bad_request" and "context size" in str(error):
                    do = "Shorten the text, or raise `context` under extra_body if the model was trained on more"
                    text = f"the conversation is too long for {self.name}: {error} {do}."
                    raise ModelError(text, reason="bad_request", retry=False) from None
                raise

    async def close(self) -> None:
        """Close the connection, and stop the server unless it is in use."""
        model, self._http = self._http, None
        if model is not None:
            await model.close()
        await asyncio.to_thread(slot().stop, self._settings)

    async def _at(self, url: str) -> HttpModel:
        old = self._http
        if old is not None and self._url == url:
            return old
        # the server was started anew on another port since the last call
        model = HttpModel(self._argument, base_url=url, name=self.name, timeout=self._timeout, extra_body=self._extra)
        self._http, self._url = model, url
        if old is not None:
            await old.close()
        return model


@contextmanager
def serve(argument: str, *, parallel: int = 1, context: int = CONTEXT) -> Iterator[str]:
    """The local model as an OpenAI-compatible server on loopback; gives its base URL, for other programs or for tests.

    While it is open, other weights cannot be asked in this process.
    """
    settings = ServerSettings(resolve(argument).path, parallel, context)
    with slot().hold(settings) as url:
        yield url


def _whole(spec: ModelSpec, name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UsageError(f"extra_body of {spec.name} has {name} {value!r}. Allowed: a whole number from 1.")
    return value
