"""The client of an OpenAI-compatible server's files and batches: what is sent, what comes back, and patience with both."""

from __future__ import annotations

import asyncio
import io
import json
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from normscope.errors import ModelError
from normscope.models.patience import wait_before_retry
from normscope.records.json_text import encode

__all__ = ["TOKEN", "BatchApi", "BatchState", "Sender", "batch_form", "batch_line"]

TOKEN = "normscope"  # noqa: S105 - the name of a field
"""The name under which a batch's metadata hold our token."""

ENDPOINT = "/v1/chat/completions"
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
PAGE = 100
MOST_PAGES = 10_000
LOOKUPS = (0.0, 2.0, 8.0, 20.0)
# a line of JSON cannot begin with two dashes, so no boundary can stand in a file of requests
_BOUNDARY = b"--normscope-batch"

T = TypeVar("T")


class Sender(Protocol):
    """A connection to one server. Any end but an answer with a 2xx status is a `ModelError`."""

    async def send(
        self, method: str, path: str, *, body: bytes | None = None, content_type: str = "application/json"
    ) -> bytes: ...


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch as the server shows it. Counts are 0 where the server does not give them."""

    batch_id: str
    status: str
    token: str | None
    input_file_id: str | None
    output_file_id: str | None
    error_file_id: str | None
    completed: int
    failed: int
    total: int
    errors: tuple[tuple[str, str], ...]
    """Code and message of each reason for which the batch failed as a whole."""

    @property
    def ended(self) -> bool:
        """Whether it will not move any more."""
        return self.status in ENDED


class BatchApi:
    """Files and batches of one server. `name` is what messages call it.

    Every request is tried up to `attempts` times in a row while its failures can pass, with growing waits; only then its
    `ModelError` is raised. `lookups` are the seconds to wait before each look for a batch that may be about to appear.
    """

    def __init__(
        self,
        connection: Sender,
        *,
        name: str = "the server",
        attempts: int = 100,
        lookups: Sequence[float] = LOOKUPS,
        seed: int = 0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._connection = connection
        self._name = name
        self._attempts = attempts
        self._lookups = lookups
        self._seed = seed
        self._sleep = sleep

    async def upload(self, form: bytes) -> str:
        """The id of a file of requests (made by `batch_form`) that the server now holds. A file alone costs nothing."""
        content_type = f"multipart/form-data; boundary={_BOUNDARY[2:].decode()}"
        answer = await self._object("POST", "/files", body=form, content_type=content_type)
        return self._id(answer.get("id"), "file")

    async def create(self, input_file_id: str, token: str) -> BatchState:
        """A batch of the uploaded requests, marked with the token. Never made twice: after a failure that may have come too
        late to stop it, the batch is looked for before it is made again.

        A `ModelError` with `retry` False means that it was surely not made; with True, that this is not known.
        """
        asked = {
            "input_file_id": input_file_id,
            "endpoint": ENDPOINT,
            "completion_window": "24h",
            "metadata": {TOKEN: token},
        }
        attempt = 0
        while True:
            try:
                return self._state(self._parsed(await self._connection.send("POST", "/batches", body=encode(asked))))
            except ModelError as error:
                if not error.retry:
                    raise
                failure = error
            # a server that counts requests has refused this one; any other may have done what it was asked
            found = await self._find_for_creation(token, input_file_id, patiently=failure.reason != "rate_limited")
            if found is not None:
                return found
            attempt += 1
            if attempt >= self._attempts:
                raise failure
            await self._sleep(wait_before_retry(failure, attempt - 1, seed=self._seed, key=token))

    async def find(self, token: str, input_file_id: str | None, *, patiently: bool) -> BatchState | None:
        """The batch that bears the token or was made of the file, from all that the server lists; None if there is none.

        `patiently` looks several times, over half a minute: a batch made a moment ago may not be listed yet.
        """
        for wait in self._lookups if patiently else self._lookups[:1]:
            await self._sleep(wait)
            async for state in self._all():
                # some servers do not give metadata back, but each upload has a file id of its own
                if state.token == token or (input_file_id is not None and state.input_file_id == input_file_id):
                    return state
        return None

    async def retrieve(self, batch_id: str) -> BatchState:
        """The batch as it stands now."""
        return self._state(await self._object("GET", f"/batches/{_quoted(batch_id)}"))

    async def content(self, file_id: str) -> bytes:
        """A file of results. One that is not there is looked for several times: it may have been written a moment ago."""

        async def once() -> bytes:
            content = await self._connection.send("GET", f"/files/{_quoted(file_id)}/content")
            if content.strip() and not any(map(_is_object, io.BytesIO(content))):
                raise self._unusable("sent something else than results")  # such as the page of a proxy
            return content

        waits = list(self._lookups)
        while True:
            await self._sleep(waits.pop(0))
            try:
                return await self._retried(once, file_id)
            except ModelError as error:
                if error.reason != "no_such_model" or not waits:
                    raise

    async def cancel(self, batch_id: str) -> BatchState:
        """Ask the server to stop a batch; what was run by then still has its results."""
        return self._state(await self._object("POST", f"/batches/{_quoted(batch_id)}/cancel"))

    async def _find_for_creation(self, token: str, input_file_id: str, *, patiently: bool) -> BatchState | None:
        try:
            return await self.find(token, input_file_id, patiently=patiently)
        except ModelError as error:
            text = f"{self._name} did not say whether it has made a batch, and its batches cannot be listed: {error}"
            raise ModelError(text, reason=error.reason, retry=True) from None

    async def _all(self) -> AsyncIterator[BatchState]:
        after = ""
        for _ in range(MOST_PAGES):
            page = await self._object("GET", f"/batches?limit={PAGE}{after}")
            listed = [self._state(entry) for entry in page.get("data") or []]
            for state in listed:
                yield state
            if not page.get("has_more") or not listed:
                return
            after = f"&after={_quoted(listed[-1].batch_id)}"
        raise self._unusable("lists batches without end")

    async def _object(
        self, method: str, path: str, *, body: bytes | None = None, content_type: str = "application/json"
    ) -> dict[str, Any]:
        async def once() -> dict[str, Any]:
            return self._parsed(await self._connection.send(method, path, body=body, content_type=content_type))

        return await self._retried(once, path)

    async def _retried(self, once: Callable[[], Awaitable[T]], key: str) -> T:
        attempt = 0
        while True:
            try:
                return await once()
            except ModelError as error:
                if not error.retry or attempt + 1 >= self._attempts:
                    raise
                await self._sleep(wait_before_retry(error, attempt, seed=self._seed, key=key))
            attempt += 1

    def _parsed(self, content: bytes) -> dict[str, Any]:
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            raise self._unusable("sent no JSON") from None
        if not isinstance(value, dict):
            raise self._unusable(f"sent a JSON {type(value).__name__}, not an object")
        return value

    def _state(self, shown: object) -> BatchState:
        if not isinstance(shown, dict):
            raise self._unusable("lists something that is not a batch")
        counts = shown.get("request_counts")
        metadata = shown.get("metadata")
        return BatchState(
            batch_id=self._id(shown.get("id"), "batch"),
            status=_status(shown.get("status")),
            token=_text(metadata.get(TOKEN)) if isinstance(metadata, dict) else None,
            input_file_id=_text(shown.get("input_file_id")),
            output_file_id=_text(shown.get("output_file_id")),
            error_file_id=_text(shown.get("error_file_id")),
            completed=_count(counts, "completed"),
            failed=_count(counts, "failed"),
            total=_count(counts, "total"),
            errors=tuple(_errors(shown.get("errors"))),
        )

    def _id(self, value: object, what: str) -> str:
        if not isinstance(value, str) or not value:
            raise self._unusable(f"gave no id of a {what}")
        return value

    def _unusable(self, what: str) -> ModelError:
        return ModelError(f"{self._name} {what} where batches are asked for.", reason="bad_answer", retry=True)


def batch_line(key: str, body: dict[str, Any]) -> bytes:
    """One request in a file of requests; `key` comes back as the `custom_id` of its result."""
    return encode({"custom_id": key, "method": "POST", "url": ENDPOINT, "body": body}) + b"\n"


def batch_form(lines: Iterable[bytes]) -> bytes:
    """The multipart form that uploads the lines (made by `batch_line`) as one file.

    >>> b'name="purpose"' in batch_form([batch_line("k", {})])
    True
    """
    disposition = b"Content-Disposition: form-data; name="
    purpose = (_BOUNDARY, disposition + b'"purpose"', b"", b"batch")
    file = (_BOUNDARY, disposition + b'"file"; filename="requests.jsonl"', b"Content-Type: application/jsonl", b"", b"")
    return b"".join([b"\r\n".join([*purpose, *file]), *lines, b"\r\n", _BOUNDARY, b"--\r\n"])


def _quoted(name: str) -> str:
    # an id comes from the server: it must stay one part of a path
    return urllib.parse.quote(name, safe="")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _status(value: object) -> str:
    status = value.lower() if isinstance(value, str) else ""
    return "cancelled" if status == "canceled" else status


def _count(counts: object, name: str) -> int:
    value = counts.get(name) if isinstance(counts, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _errors(given: object) -> Iterator[tuple[str, str]]:
    listed = given.get("data") if isinstance(given, dict) else given
    for error in listed if isinstance(listed, list) else []:
        if isinstance(error, dict):
            yield _text(error.get("code")) or "", _text(error.get("message")) or ""
