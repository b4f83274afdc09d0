"""A model behind one of Inspect AI's providers, `inspect:PROVIDER/MODEL`. Needs the extra [inspect].

Inspect translates between us and the provider. Retries, limits on concurrency and the store of calls stay ours: Inspect's
own are switched off, as far as it lets one. Nothing of Inspect is imported before a model is asked.
"""

from __future__ import annotations

import asyncio
import json
import os
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from normscope.errors import MissingExtra, ModelError, UsageError
from normscope.models.base import Completion, Message, ModelSpec, Params
from normscope.models.failures import quote, redact
from normscope.models.inspect_answers import NoAnswer, chat_messages, read_output
from normscope.models.inspect_failures import failure, secrets_around

__all__ = ["InspectModel", "make"]

NO_LIMIT = 100_000
"""Connections that Inspect may open at a time: more than our own limiter ever lets through."""

OURS = frozenset(
    {
        "adaptive_connections",
        "attempt_timeout",
        "batch",
        "cache",
        "extra_body",
        "extra_headers",
        "max_connections",
        "max_retries",
        "messages",
        "n",
        "num_choices",
        "response_schema",
        "stream",
        "system_message",
        "timeout",
    }
)
"""What `extra_body` may not set: normscope decides it."""


def make(spec: ModelSpec) -> InspectModel:
    """The model that `inspect:PROVIDER/MODEL` names, e.g. `inspect:anthropic/claude-haiku-4-5`.

    Fields of `extra_body` that Inspect knows (`top_p`, `reasoning_effort`, `reasoning_tokens` …) are given to Inspect; others
    go into the request's body, which Inspect can do for OpenAI-compatible providers only.
    """
    if spec.profile is not None:
        raise UsageError(f"{spec.name} has the profile {spec.profile!r}, which is for http: models. Leave it out.")
    return InspectModel(
        spec.argument,
        name=spec.name,
        base_url=spec.base_url,
        key_env=spec.key_env,
        headers=spec.headers,
        extra_body=spec.extra_body,
        timeout=spec.timeout,
    )


class InspectModel:
    """A model that Inspect asks. It can be asked by many tasks at once, in one event loop at a time.

    `key_env` names the environment variable that holds the key, read at every new connection; without it Inspect reads the
    provider's own (`ANTHROPIC_API_KEY` …). Raises `UsageError` for settings that cannot work, `MissingExtra` without Inspect.
    """

    def __init__(
        self,
        argument: str,
        *,
        name: str | None = None,
        base_url: str | None = None,
        key_env: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        timeout: float = 300.0,
    ) -> None:
        self._name = name or f"inspect:{argument}"
        provider, slash, model = argument.partition("/")
        if not (provider and slash and model):
            raise UsageError(
                f"{self._name} names no model of Inspect's. Write inspect:PROVIDER/MODEL, e.g. inspect:openai/gpt-5-mini."
            )
        if taken := OURS & set(extra_body or {}):
            raise UsageError(f"extra_body of {self._name} sets {', '.join(sorted(taken))}, which normscope sets itself.")
        if timeout <= 0:
            raise UsageError(f"timeout of {self._name} is {timeout}. Allowed: seconds above 0.")
        if find_spec("inspect_ai") is None:
            raise MissingExtra(f"the model {self._name}", "inspect")
        self._argument = argument
        self._base_url = base_url
        self._key_env = key_env
        self._headers = dict(headers or {})
        self._extra = dict(extra_body or {})
        self._timeout = timeout
        self._model: Any = None
        self._made_with: tuple[object, str | None] = (None, None)

    @property
    def name(self) -> str:
        return self._name

    async def complete(self, messages: Sequence[Message], params: Params) -> Completion:
        """Ask once, without retries. Every failure is a `ModelError` with a reason, and none of them holds the key."""
        secrets = self._secrets()
        config = self._config(params)
        try:
            model = self._opened()
            secrets = self._secrets()
            async with asyncio.timeout(self._timeout):
                _forget_past_calls()
                output = await model.generate(chat_messages(messages), config=config, cache=False)
            completion = read_output(output)
        except NoAnswer as error:
            what = f"{self._who}: {quote(str(error), secrets=secrets)}."
            raise ModelError(what, reason=error.reason, retry=error.reason == "bad_answer", paid=True) from None
        except (ModelError, UsageError):
            raise
        except Exception as error:
            # `from None`: Inspect's and the providers' exceptions may carry the request with its headers
            raise failure(
                error,
                who=self._who,
                secrets=secrets,
                key_env=self._key_env,
                timeout=self._timeout,
                json_schema=params.json_schema is not None,
            ) from None
        return _without(completion, [secret for secret in secrets if len(secret) >= 16])

    async def close(self) -> None:
        """Close the connections; the model may be asked again afterwards."""
        model, self._model = self._model, None
        if model is not None and self._made_with[0] is asyncio.get_running_loop():
            await model.api.aclose()

    @property
    def _who(self) -> str:
        if self._base_url is None:
            return self._name
        parts = urllib.parse.urlsplit(self._base_url)
        # neither a password nor a query of the address: both may hold a key
        return f"{self._name} at {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def _key(self) -> str | None:
        if self._key_env is None:
            return None
        key = os.environ.get(self._key_env, "").strip()
        if not key:
            raise ModelError(
                f"{self._name} needs a key, and the environment variable {self._key_env} is not set. Set it, or name another "
                "under key_env.",
                reason="wrong_key",
                retry=False,
            )
        return key

    def _secrets(self) -> list[str]:
        own = [self._key() or "", *self._headers.values(), urllib.parse.urlsplit(self._base_url or "").query]
        api = getattr(self._model, "api", None)
        return secrets_around(own, getattr(api, "api_key", None))

    def _opened(self) -> Any:
        made_with = (asyncio.get_running_loop(), self._key())
        if self._model is not None and self._made_with == made_with:
            return self._model
        from inspect_ai.model import get_model

        # not memoized: another study's model of the same name must not be closed under its feet
        model = get_model(self._argument, base_url=self._base_url, api_key=made_with[1], memoize=False)
        client: Any = getattr(model.api, "client", None)
        if isinstance(getattr(client, "max_retries", None), int):
            client.max_retries = 0  # the providers' own clients retry too, unseen by Inspect
        self._model, self._made_with = model, made_with
        return model

    def _config(self, params: Params) -> Any:
        from inspect_ai.model import GenerateConfig, ResponseSchema
        from inspect_ai.util import JSONSchema

        known = set(GenerateConfig.model_fields)
        values: dict[str, Any] = {
            "max_retries": 0,
            "max_connections": NO_LIMIT,
            "max_tokens": params.max_tokens,
            "temperature": params.temperature,
            "seed": params.seed,
        }
        if params.json_schema is not None:
            schema = JSONSchema.model_validate(json.loads(params.json_schema))
            values["response_schema"] = ResponseSchema(name="answer", json_schema=schema, strict=True)
        if params.logprobs:
            values |= {"logprobs": True, "top_logprobs": params.logprobs}
        values |= {name: value for name, value in self._extra.items() if name in known}
        body = {name: value for name, value in self._extra.items() if name not in known and value is not None}
        if body:
            values["extra_body"] = body
        if self._headers:
            values["extra_headers"] = self._headers
        if missing := sorted(set(values) - known):
            raise UsageError(f"the installed Inspect AI cannot send {missing[0]} for {self._name}. Install a newer inspect-ai.")
        try:
            return GenerateConfig(**values)
        except ValueError as error:
            raise UsageError(f"Inspect AI does not accept the settings of {self._name}: {error}") from None


def _forget_past_calls() -> None:
    """Give the call a transcript of its own: outside its evals Inspect keeps every call in one that is never emptied."""
    try:
        from inspect_ai.log._transcript import Transcript, init_transcript
    except ImportError:
        return
    init_transcript(Transcript())


def _without(completion: Completion, secrets: Sequence[str]) -> Completion:
    """An answer without the secrets: a server may echo what it was sent."""
    if not any(secret in part for secret in secrets for part in (completion.text, completion.reasoning, completion.refusal)):
        return completion
    return replace(
        completion,
        text=redact(completion.text, secrets),
        reasoning=redact(completion.reasoning, secrets),
        refusal=redact(completion.refusal, secrets),
    )
