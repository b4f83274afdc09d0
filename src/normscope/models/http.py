"""Any OpenAI-compatible chat server over HTTP: OpenAI, Ollama, vLLM, llama.cpp, a gateway."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normscope.errors import ModelError, UsageError
from normscope.models.base import Completion, Message, ModelSpec, Params
from normscope.models.chat import Unreadable, read_completion, request_body
from normscope.models.failures import from_status, quote, redact, retry_after_seconds, server_words

if TYPE_CHECKING:
    import aiohttp

__all__ = ["HttpModel", "endpoint", "make"]

CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 16 * 2**20
OURS = frozenset({"messages", "n", "stream"})
LONG_KEY = 16
"""A key this long is looked for in answers too; a placeholder such as `none` is a word that an answer may well hold."""


def make(spec: ModelSpec) -> HttpModel:
    """The model that `http:MODEL` names; `spec.base_url` says where it is."""
    return HttpModel(
        spec.argument,
        base_url=spec.base_url,
        key_env=spec.key_env,
        headers=spec.headers,
        extra_body=spec.extra_body,
        timeout=spec.timeout,
    )


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes
    retry_after: float | None
    location: str


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
    ) -> None:
        self._name = name or f"http:{argument}"
        if not argument:
            raise UsageError("http: names no model. Write http:MODEL, with the name that the server knows it by.")
        if not base_url:
            do = "Give --base-url, or base_url in study.yaml, e.g. http://127.0.0.1:11434/v1"
            raise UsageError(f"no address is known for the model {self._name}. {do}.")
        if taken := OURS & set(extra_body or {}):
            raise UsageError(f"extra_body of {self._name} sets {', '.join(sorted(taken))}, which normscope sets itself.")
        if timeout <= 0:
            raise UsageError(f"timeout of {self._name} is {timeout}. Allowed: seconds above 0.")
        self._argument = argument
        self._url = endpoint(base_url)
        self._key_env = key_env
        self._headers = _checked(headers or {}, self._name)
        self._extra = dict(extra_body or {})
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def name(self) -> str:
        return self._name

    async def complete(self, messages: Sequence[Message], params: Params) -> Completion:
        """Ask once, without retries. Every failure is a `ModelError` with a reason, and none of them holds the key."""
        key = self._key()
        headers = self._headers | ({"Authorization": f"Bearer {key}"} if key else {})
        # a header or the address's query may hold a key too
        secrets = [key, *(v for v in (*self._headers.values(), self._url.partition("?")[2]) if len(v) >= LONG_KEY)]
        body = request_body(self._argument, messages, params, self._extra)
        reply = await self._post(body, headers, secrets)
        if not 200 <= reply.status < 300:
            redirected = reply.location if reply.status < 400 else ""
            words = redirected or server_words(reply.body.decode("utf-8", "replace"))
            raise self._from_status(reply.status, quote(words, secrets=secrets), reply.retry_after, params)
        return self._read(reply.body, secrets, params)

    async def close(self) -> None:
        """Close the connections; the model may be asked again afterwards."""
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()

    async def _post(self, body: dict[str, Any], headers: Mapping[str, str], secrets: Sequence[str]) -> _Reply:
        import aiohttp

        def failed(what: str, reason: str, *, error: BaseException | None = None, retry: bool = True) -> ModelError:
            detail = f" ({quote(str(error), secrets=secrets)})" if error is not None and str(error) else ""
            return ModelError(f"{self._who} {what}{detail}.", reason=reason, retry=retry)

        # `from None` throughout: aiohttp's own exceptions may carry the request with its headers
        try:
            async with self._open().post(self._url, json=body, headers=headers, allow_redirects=False) as response:
                content = bytearray()
                async for chunk in response.content.iter_any():
                    content += chunk
                    if len(content) > LARGEST_ANSWER:
                        response.close()
                        raise failed(f"sent an answer of more than {LARGEST_ANSWER} bytes", "bad_answer", retry=False)
                wait = retry_after_seconds(response.headers.get("Retry-After"))
                return _Reply(response.status, bytes(content), wait, response.headers.get("Location", ""))
        except aiohttp.ConnectionTimeoutError:
            raise failed(f"cannot be reached: no connection within {CONNECT_SECONDS:g} s. {_CHECK}", "unreachable") from None
        except TimeoutError:
            raise failed(f"did not answer within {self._timeout:g} s (timeout in study.yaml)", "timeout") from None
        except aiohttp.ClientSSLError as error:
            raise failed(
                "cannot be reached over TLS: wrong protocol or no valid certificate", "unreachable", error=error, retry=False
            ) from None
        except aiohttp.ClientConnectorError as error:
            raise failed(f"cannot be reached. {_CHECK}", "unreachable", error=error) from None
        except aiohttp.ClientPayloadError as error:
            raise failed("broke off in the middle of its answer", "bad_answer", error=error) from None
        except aiohttp.ClientConnectionError as error:
            raise failed("closed the connection without an answer", "unreachable", error=error) from None
        except OSError as error:
            raise failed(f"cannot be reached. {_CHECK}", "unreachable", error=error) from None
        except aiohttp.ClientError as error:
            raise failed("did not answer in HTTP", "bad_answer", error=error) from None

    def _read(self, body: bytes, secrets: Sequence[str], params: Params) -> Completion:
        text = redact(body.decode("utf-8-sig", "replace"), [s for s in secrets if len(s) >= LONG_KEY])
        try:
            body.decode("utf-8-sig")  # a word with a replaced letter in it is not what the model said
            answer = json.loads(text)
        except (ValueError, RecursionError):
            raise self._bad_answer("is not JSON", text, secrets) from None
        error = answer.get("error") if isinstance(answer, dict) else None
        if error and "choices" not in answer:  # some gateways report a failure with status 200
            code = error.get("code") if isinstance(error, dict) else None
            if isinstance(code, int) and 400 <= code < 600:
                raise self._from_status(code, quote(server_words(text), secrets=secrets), None, params)
            raise self._bad_answer("is an error", server_words(text), secrets)
        try:
            return read_completion(answer)
        except Unreadable as problem:
            raise self._bad_answer(f"is not a chat completion: {problem}", text, secrets) from None

    def _bad_answer(self, what: str, text: str, secrets: Sequence[str]) -> ModelError:
        start = f'It starts: "{quote(text, secrets=secrets)}"' if text.strip() else "It is empty"
        return ModelError(f"the answer of {self._who} {what}. {start}.", reason="bad_answer", retry=True)

    def _from_status(self, status: int, said: str, retry_after: float | None, params: Params) -> ModelError:
        schema = params.json_schema is not None
        return from_status(status, who=self._who, said=said, key_env=self._key_env, retry_after=retry_after, json_schema=schema)

    @property
    def _who(self) -> str:
        # without the query, where some services want a key
        return f"{self._name} at {self._url.partition('?')[0].removesuffix('/chat/completions')}"

    def _open(self) -> aiohttp.ClientSession:
        import aiohttp

        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            # the asker bounds how many calls run at once, so no second limit here; 4 s of keep-alive, because many
            # servers close an idle connection after 5 s, and a request sent into that moment is lost
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4)
            timeout = aiohttp.ClientTimeout(total=self._timeout, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": "normscope"}
            )
            self._loop = loop
        return self._session

    def _key(self) -> str:
        if self._key_env is None:
            return ""
        key = os.environ.get(self._key_env, "").strip()
        if not key:
            text = (
                f"{self._name} needs a key from the environment variable {self._key_env}, which is not set. Set it and run again."
            )
            raise ModelError(text, reason="wrong_key", retry=False)
        if not (key.isascii() and key.isprintable()):
            text = f"the key in the environment variable {self._key_env} holds characters that no key has (line breaks?)."
            raise ModelError(text, reason="wrong_key", retry=False)
        return key


_CHECK = "Is the server running? Check --base-url (base_url in study.yaml)"


def endpoint(base_url: str) -> str:
    """The address that is asked: `base_url` + `/chat/completions`; an address without a path gets `/v1` first.

    >>> endpoint("http://127.0.0.1:11434"), endpoint("https://h/openai/v1/?api-version=2")
    ('http://127.0.0.1:11434/v1/chat/completions', 'https://h/openai/v1/chat/completions?api-version=2')
    """
    allowed = "Allowed: http://HOST:PORT/v1 or https://HOST/PATH"
    shown = "one with a user name or password in it" if "@" in base_url else repr(base_url)
    try:
        parts = urllib.parse.urlsplit(base_url.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = None
    if not usable:
        raise UsageError(f"the base URL is not an address that can be asked. Got: {shown}. {allowed}.")
    if "@" in parts.netloc:
        raise UsageError(
            "the base URL holds a user name or password. Put the key into an environment variable and name it (key_env)."
        )
    path = parts.path.rstrip("/") or "/v1"
    if not path.endswith("/chat/completions"):
        path += "/chat/completions"
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _checked(headers: Mapping[str, str], name: str) -> dict[str, str]:
    for header, value in headers.items():
        # the value may be a secret: it is not shown
        if not (header.isascii() and header.isprintable() and value.isascii() and value.isprintable()):
            raise UsageError(f"the header {header!r} of {name} holds characters that are not allowed in a header.")
    return dict(headers)
