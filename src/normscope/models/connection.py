"""HTTP to one server: the key from the environment, deadlines, and every way it can fail as a `ModelError` without the key."""

from __future__ import annotations

import asyncio
import io
import os
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from normscope.errors import ModelError, UsageError
from normscope.models.failures import from_status, quote, redact, retry_after_seconds, server_words

if TYPE_CHECKING:
    import aiohttp
    from multidict import CIMultiDict
    from yarl import URL

__all__ = ["CONNECT_SECONDS", "Connection", "base_address"]

CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 16 * 2**20
LARGEST_FILE = 512 * 2**20
"""The most bytes of a file of results (a batch's), which holds thousands of answers."""
LARGEST_AT_ONCE = 2**20
"""The most bytes of a request that are written in one go."""
LONG_KEY = 16
"""A key this long is looked for in answers too; a placeholder such as `none` is a word that an answer may well hold."""


class _Reply(NamedTuple):
    status: int
    body: bytes
    retry_after: float | None
    location: str


class Connection:
    """A server's base address and how it is spoken to. Many tasks may use it at once, in one event loop at a time.

    `name` is what messages call the model. The key is read from the environment variable `key_env` at each request and never
    kept; without `key_env` none is sent. `timeout` is in seconds for a whole answer, `connect_timeout` for the connection
    alone. Raises `UsageError` for an address or setting that cannot work.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        key_env: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 300.0,
        connect_timeout: float = CONNECT_SECONDS,
    ) -> None:
        if timeout <= 0 or connect_timeout <= 0:
            raise UsageError(f"a timeout of {name} is {min(timeout, connect_timeout)}. Allowed: seconds above 0.")
        self._name = name
        self._base, self._query = base_address(base_url)
        self._key_env = key_env
        self._headers = _checked(headers or {}, name)
        self._timeout = timeout
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._addresses: dict[str, URL] = {}
        self._made_headers: dict[tuple[str, str], CIMultiDict[str]] = {}
        # a header or the address's query may hold a key too
        self._fixed_secrets = [value for value in (*self._headers.values(), self._query) if len(value) >= LONG_KEY]

    @property
    def who(self) -> str:
        """The model and its server as messages name them: without the query, where some services want a key."""
        return f"{self._name} at {self._base}"

    @property
    def key_env(self) -> str | None:
        return self._key_env

    async def send(
        self, method: str, path: str, *, body: bytes | None = None, content_type: str = "application/json", schema: bool = False
    ) -> bytes:
        """The body of a 2xx answer; any other end is a `ModelError` with a reason. `path` is relative to the base address.

        `schema` says that the request asked for a JSON schema, which the words for a rejected request mention.
        """
        key = self._key()
        headers = self._sent(key, content_type)
        largest = LARGEST_FILE if path.endswith("/content") else LARGEST_ANSWER
        reply = await self._exchange(method, path, body, headers, self._secrets(key), largest)
        if not 200 <= reply.status < 300:
            redirected = reply.location if reply.status < 400 else ""
            words = redirected or server_words(reply.body.decode("utf-8", "replace"))
            raise self.status_error(reply.status, words, retry_after=reply.retry_after, schema=schema)
        return reply.body

    def status_error(self, status: int, words: str, *, retry_after: float | None = None, schema: bool = False) -> ModelError:
        """The error for a status that is not 2xx, with the server's own words quoted without secrets."""
        said = self.quoted(words)
        return from_status(status, who=self.who, said=said, key_env=self._key_env, retry_after=retry_after, json_schema=schema)

    def bad_answer(self, what: str, text: str) -> ModelError:
        """The error for an answer that cannot be used, with its beginning."""
        start = f'It starts: "{self.quoted(text)}"' if text.strip() else "It is empty"
        return ModelError(f"the answer of {self.who} {what}. {start}.", reason="bad_answer", retry=True, paid=True)

    def quoted(self, text: str) -> str:
        """Untrusted text for a message: short, on one line, without secrets."""
        return quote(text, secrets=self._secrets(self._key()))

    def redacted(self, content: bytes) -> bytes:
        """An answer without this connection's secrets: a server may echo what it was sent. `ValueError` for no UTF-8."""
        secrets = [secret for secret in self._secrets(self._key()) if len(secret) >= LONG_KEY]
        return redact(content.decode("utf-8-sig"), secrets).encode() if secrets else content

    async def close(self) -> None:
        """Close the connections; they may be opened again afterwards."""
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()

    async def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], secrets: Sequence[str], largest: int
    ) -> _Reply:
        import aiohttp

        def failed(
            what: str, reason: str, *, error: BaseException | None = None, retry: bool = True, paid: bool = False
        ) -> ModelError:
            detail = f" ({quote(str(error), secrets=secrets)})" if error is not None and str(error) else ""
            return ModelError(f"{self.who} {what}{detail}.", reason=reason, retry=retry, paid=paid)

        # `from None` throughout: aiohttp's own exceptions may carry the request with its headers
        try:
            async with self._open().request(
                method, self._address(path), data=_payload(body, headers), headers=headers, allow_redirects=False
            ) as response:
                content = await _content(response, largest)
                if content is None:
                    response.close()
                    raise failed(f"sent an answer of more than {largest} bytes", "bad_answer", retry=False, paid=True)
                wait = retry_after_seconds(response.headers.get("Retry-After")) if response.status >= 400 else None
                return _Reply(response.status, content, wait, response.headers.get("Location", ""))
        except aiohttp.ConnectionTimeoutError:
            what = f"cannot be reached: no connection within {self._connect_timeout:g} s. {_CHECK}"
            raise failed(what, "unreachable") from None
        except TimeoutError:
            what = f"did not answer within {self._timeout:g} s (timeout in study.yaml)"
            raise failed(what, "timeout", paid=True) from None
        except aiohttp.ClientSSLError as error:
            raise failed(
                "cannot be reached over TLS: wrong protocol or no valid certificate", "unreachable", error=error, retry=False
            ) from None
        except aiohttp.ClientConnectorError as error:
            raise failed(f"cannot be reached. {_CHECK}", "unreachable", error=error) from None
        except aiohttp.ClientPayloadError as error:
            raise failed("broke off in the middle of its answer", "bad_answer", error=error, paid=True) from None
        except aiohttp.ClientConnectionError as error:
            raise failed("closed the connection without an answer", "unreachable", error=error, paid=True) from None
        except OSError as error:
            raise failed(f"cannot be reached. {_CHECK}", "unreachable", error=error) from None
        except aiohttp.ClientError as error:
            raise failed("did not answer in HTTP", "bad_answer", error=error, paid=True) from None

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            import aiohttp

            # the lane bounds how many calls run at once, so no second limit here; 4 s of keep-alive, because many
            # servers close an idle connection after 5 s, and a request sent into that moment is lost
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4)
            timeout = aiohttp.ClientTimeout(total=self._timeout, sock_connect=self._connect_timeout)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": "normscope"}
            )
            self._loop = loop
        return self._session

    def _address(self, path: str) -> URL:
        # made once per path: parsing an address costs as much as the rest of a request's bookkeeping
        address = self._addresses.get(path)
        if address is None:
            from yarl import URL

            plain, _, query = path.partition("?")
            query = "&".join(part for part in (self._query, query) if part)
            address = URL(f"{self._base}{plain}{'?' if query else ''}{query}", encoded=True)
            if len(self._addresses) < 16:
                self._addresses[path] = address
        return address

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

    def _sent(self, key: str, content_type: str) -> CIMultiDict[str]:
        # made anew only when the key has changed: aiohttp would turn a plain dictionary into one of these at each request
        made = self._made_headers.get((key, content_type))
        if made is None:
            from multidict import CIMultiDict

            made = CIMultiDict({**self._headers, "Content-Type": content_type})
            if key:
                made["Authorization"] = f"Bearer {key}"
            self._made_headers = {(key, content_type): made}
        return made

    def _secrets(self, key: str) -> list[str]:
        return [key, *self._fixed_secrets] if key else self._fixed_secrets


_CHECK = "Is the server running? Check --base-url (base_url in study.yaml)"


def _payload(body: bytes | None, headers: Mapping[str, str]) -> aiohttp.Payload | None:
    """The body ready to be sent: aiohttp would look through all kinds of bodies that it knows to find that these are bytes."""
    import aiohttp

    if body is None:
        return None
    kind = headers["Content-Type"]
    # a large one (a batch's file) goes out in pieces, so that other calls are not held up while it is written
    large = len(body) > LARGEST_AT_ONCE
    return aiohttp.BytesIOPayload(io.BytesIO(body), content_type=kind) if large else aiohttp.BytesPayload(body, content_type=kind)


async def _content(response: aiohttp.ClientResponse, largest: int) -> bytes | None:
    """The body of an answer, or None where it is larger than allowed. A body that states its length is read at once."""
    length = response.content_length
    if length is not None and length <= largest and "Content-Encoding" not in response.headers:
        return await response.read()
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > largest:
            return None
    return bytes(content)


def base_address(base_url: str) -> tuple[str, str]:
    """The base address without its query, and the query. An address without a path gets `/v1`.

    >>> base_address("http://127.0.0.1:11434"), base_address("https://h/openai/v1/?api-version=2")
    (('http://127.0.0.1:11434/v1', ''), ('https://h/openai/v1', 'api-version=2'))
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
    path = (parts.path.rstrip("/") or "/v1").removesuffix("/chat/completions")
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, "", "")), parts.query


def _checked(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    for header, value in headers.items():
        # the value may be a secret: it is not shown
        if not (header.isascii() and header.isprintable() and value.isascii() and value.isprintable()):
            raise UsageError(f"the header {header!r} of {name} holds characters that are not allowed in a header.")
    return dict(headers)
