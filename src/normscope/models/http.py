"""Any OpenAI-compatible chat server over HTTP: OpenAI, Ollama, vLLM, llama.cpp, a gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from normscope.errors import ModelError, UsageError
from normscope.models.base import Completion, Message, ModelSpec, Params
from normscope.models.chat import Unreadable, read_completion, request_body
from normscope.models.connection import CONNECT_SECONDS, Connection
from normscope.models.failures import server_words
from normscope.models.profiles import Profile, profile_for
from normscope.records.json_text import decode, encode

__all__ = ["HttpModel", "make"]

OURS = frozenset({"messages", "n", "stream"})
_PATH = "/chat/completions"


def make(spec: ModelSpec) -> HttpModel:
    """The model that `http:MODEL` names; `spec.base_url` or a profile says where it is."""
    profile = profile_for(spec.profile, spec.base_url)
    return HttpModel(
        spec.argument,
        base_url=spec.base_url or profile.base_url,
        key_env=spec.key_env or profile.key_env,
        headers=spec.headers,
        extra_body=spec.extra_body,
        timeout=spec.timeout,
        connect_timeout=spec.connect_timeout,
        profile=profile,
    )


class HttpModel:
    """A model behind a `/chat/completions` address. It can be asked by many tasks at once, in one event loop at a time.

    The key is read from the environment variable `key_env` at each call and never kept; without `key_env` none is sent.
    `extra_body` adds fields to every request, or removes one of ours with None; `timeout` is in seconds per answer.
    Raises `UsageError` for an address or setting that cannot work.
    """

    def __init__(
        self,
        argument: str,
        *,
        base_url: str | None,
        name: str | None = None,
        key_env: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        timeout: float = 300.0,
        connect_timeout: float = CONNECT_SECONDS,
        profile: Profile | None = None,
    ) -> None:
        self._name = name or f"http:{argument}"
        if not argument:
            raise UsageError("http: names no model. Write http:MODEL, with the name that the server knows it by.")
        if not base_url:
            do = "Give --base-url or --profile, or base_url or profile in study.yaml, e.g. http://127.0.0.1:11434/v1"
            raise UsageError(f"no address is known for the model {self._name}. {do}.")
        if taken := OURS & set(extra_body or {}):
            raise UsageError(f"extra_body of {self._name} sets {', '.join(sorted(taken))}, which normscope sets itself.")
        self._argument = argument
        self._extra = dict(extra_body or {})
        self._rename = dict(profile.rename) if profile else {}
        self._takes_schema = profile.json_schema if profile else True
        self.connection = Connection(
            base_url, name=self._name, key_env=key_env, headers=headers, timeout=timeout, connect_timeout=connect_timeout
        )

    @property
    def name(self) -> str:
        return self._name

    async def complete(self, messages: Sequence[Message], params: Params) -> Completion:
        """Ask once, without retries. Every failure is a `ModelError` with a reason, and none of them holds the key.

        A server that rejects a JSON schema is asked again without one, and from then on always: the prompts of judges say in
        words what form they want.
        """
        schema = params.json_schema is not None and self._takes_schema
        try:
            content = await self.connection.send("POST", _PATH, body=encode(self.body(messages, params)), schema=schema)
        except ModelError as error:
            if not (schema and error.reason == "no_schema"):
                raise
        else:
            return self.read(content)
        content = await self.connection.send("POST", _PATH, body=encode(self.body(messages, params, schema=False)))
        self._takes_schema = False
        return self.read(content)

    def body(self, messages: Sequence[Message], params: Params, *, schema: bool = True) -> dict[str, Any]:
        """The JSON body of one request, as this server wants it."""
        return request_body(
            self._argument, messages, params, self._extra, rename=self._rename, schema=schema and self._takes_schema
        )

    def read(self, content: bytes) -> Completion:
        """The completion in the body of an answer; `ModelError` (`bad_answer`, or what the answer reports) if there is none."""
        try:
            # strict: a word with a replaced letter in it is not what the model said
            answer = decode(self.connection.redacted(content))
        except (ValueError, RecursionError):
            raise self.connection.bad_answer("is not JSON", content.decode("utf-8-sig", "replace")) from None
        error = answer.get("error") if isinstance(answer, dict) else None
        if error and "choices" not in answer:  # some gateways report a failure with status 200
            code = error.get("code") if isinstance(error, dict) else None
            if isinstance(code, int) and 400 <= code < 600:
                raise self.connection.status_error(code, server_words(content.decode("utf-8-sig", "replace")))
            raise self.connection.bad_answer("is an error", server_words(content.decode("utf-8-sig", "replace")))
        try:
            return read_completion(answer)
        except Unreadable as problem:
            raise self.connection.bad_answer(
                f"is not a chat completion: {problem}", content.decode("utf-8-sig", "replace")
            ) from None

    def read_answer(self, answer: object) -> Completion:
        """The completion in a parsed answer; raises `Unreadable` for anything else."""
        return read_completion(answer)

    async def close(self) -> None:
        """Close the connections; the model may be asked again afterwards."""
        await self.connection.close()
