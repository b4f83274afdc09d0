"""A real OpenAI-compatible HTTP server on 127.0.0.1 whose answers and failures are scripted, and which counts what it is asked.

::

    with LoopbackServer(faults=["429-retry-after", "500"]) as server:
        model = HttpModel("any", base_url=server.url)      # the first two requests fail, all others are answered

The server is for trying out a set-up: a study with `http:any` and `--base-url` of this server runs without any model.
It serves files and batches too; `server.batches` holds them, and the script of what happens to them.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from normscope.errors import UsageError, did_you_mean
from normscope.testing.answers import plain_answer
from normscope.testing.batches import BatchEndpoints

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["FAULTS", "LoopbackServer"]

FAULTS = {
    "ok": "the answer, without a fault",
    "400": "status 400: the request is refused",
    "401": "status 401, with the key that was sent in the error text, as careless servers do",
    "404": "status 404: no such model",
    "429": "status 429: rate limited",
    "429-retry-after": "status 429 with Retry-After: 1",
    "500": "status 500",
    "html": "status 200 with an HTML page, as from a captive portal",
    "truncated": "the connection breaks off in the middle of the answer",
    "cut-json": "status 200 with the first half of the answer's JSON",
    "garbage": "status 200 with bytes that are no text",
    "empty": "status 200 with an empty body",
    "no-choices": "status 200 with JSON that is not a chat completion",
    "wrong-schema": "an answer whose text does not follow the asked-for JSON schema",
    "hang": "no answer until the server stops",
    "close": "the connection is closed without an answer",
}
"""What the server can do to a request."""

KEPT = 10_000
LARGEST_REQUEST = 256 * 2**20
"""The most bytes of a request; a batch's file is by far the largest."""
STATUSES = {
    "400": "the request was refused",
    "404": "no such model",
    "429": "slow down",
    "429-retry-after": "slow down",
    "500": "something broke",
}
BODIES = {"html": b"<!doctype html><h1>Please log in</h1>", "garbage": b"\x00\xff\xfe\x9f{", "empty": b"", "no-choices": b"{}"}


class LoopbackServer:
    """A chat server in a thread of its own, on a free port of 127.0.0.1; a context manager for synchronous code.

    `answer` turns a request's body into the text of its answer (default: advice chosen by a hash of the messages).
    `faults` says what happens to request 0, 1, …: a sequence (`ok` after its end), or a function of the request's number and
    body. `key`: where given, requests must carry it as a bearer token. `delay`: seconds before each answer.
    """

    def __init__(
        self,
        *,
        answer: Callable[[dict[str, Any]], str] = plain_answer,
        faults: Sequence[str] | Callable[[int, dict[str, Any]], str] = (),
        key: str | None = None,
        delay: float = 0.0,
    ) -> None:
        if not callable(faults):
            for fault in faults:
                _known(fault)
        self._answer = answer
        self._faults = faults
        self._key = key
        self._delay = delay
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._at_work = 0
        self.url = ""
        """The base URL to give to a client, with `/v1`; known once the server runs."""
        self.count = 0
        """Requests received."""
        self.most_at_once = 0
        """The most requests that were at work at the same time."""
        self.requests: deque[dict[str, Any]] = deque(maxlen=KEPT)
        """The bodies of the last requests, in the order of arrival."""
        self.asked: Counter[str] = Counter()
        """Requests per distinct body, by the SHA-256 of its canonical JSON: all ones if nothing was asked twice."""
        self.batches = BatchEndpoints(lambda body: _completion(body, self._answer(body)), key=key)
        """The files and batches that the server holds. Their requests count here, not in the counts of the server."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start to listen; returns when the server can be asked."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), name="loopback server", daemon=True)
        self._thread.start()
        if not ready.wait(timeout=10) or not self.url:
            raise UsageError("the loopback server could not start: is 127.0.0.1 usable on this machine?")

    def stop(self) -> None:
        """Stop at once: requests at work are cut off, later ones are refused by the operating system."""
        if self._thread is None:
            return
        if self._loop is not None and self._stopping is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(timeout=10)
        self._thread = None

    async def _serve(self, ready: threading.Event) -> None:
        from aiohttp import web

        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.router.add_post("/v1/chat/completions", self._chat)
        application.router.add_get("/v1/models", self._models)
        self.batches.add_routes(application)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}/v1"
            ready.set()
            await self._stopping.wait()
        finally:
            ready.set()
            await runner.cleanup()

    async def _models(self, _: web.Request) -> web.Response:
        from aiohttp import web

        return web.json_response({"object": "list", "data": [{"id": "loopback", "object": "model"}]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        body = await request.json()
        number = self.count
        self.count += 1
        self.requests.append(body)
        self.asked[hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()] += 1
        self._at_work += 1
        self.most_at_once = max(self.most_at_once, self._at_work)
        try:
            fault = self._fault(number, body)
            if await self._stops_within(None if fault == "hang" else self._delay):
                return _cut_off(request, web.StreamResponse())
            return await self._respond(request, body, fault)
        finally:
            self._at_work -= 1

    async def _stops_within(self, seconds: float | None) -> bool:
        """Wait so long (without end for None), but not beyond the server's own end; whether that came."""
        if seconds == 0 or self._stopping is None:
            return False
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._stopping.wait(), seconds)
        return False

    def _fault(self, number: int, body: dict[str, Any]) -> str:
        if callable(self._faults):
            return _known(self._faults(number, body))
        return self._faults[number] if number < len(self._faults) else "ok"

    async def _respond(self, request: web.Request, body: dict[str, Any], fault: str) -> web.StreamResponse:
        from aiohttp import web

        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if fault == "401" or (self._key is not None and sent != self._key):
            return web.json_response({"error": {"message": f"Incorrect API key provided: {sent}"}}, status=401)
        if fault in STATUSES:
            headers = {"Retry-After": "1"} if fault == "429-retry-after" else None
            return web.json_response({"error": {"message": STATUSES[fault]}}, status=int(fault[:3]), headers=headers)
        if fault in BODIES:
            return web.Response(body=BODIES[fault], content_type="text/html" if fault == "html" else "application/json")
        if fault == "close":
            return _cut_off(request, web.StreamResponse())
        content = json.dumps(_completion(body, '{"unexpected": []}' if fault == "wrong-schema" else self._answer(body))).encode()
        if fault == "cut-json":
            content = content[: len(content) // 2]
        if fault == "truncated":
            response = web.StreamResponse(headers={"Content-Length": str(len(content))})
            await response.prepare(request)
            await response.write(content[: len(content) // 2])
            return _cut_off(request, response)
        return web.Response(body=content, content_type="application/json")


def _cut_off(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response


def _known(fault: str) -> str:
    if fault not in FAULTS:
        raise UsageError(f"the loopback server has no fault {fault!r}. {did_you_mean(fault, FAULTS)}")
    return fault


def _completion(request: dict[str, Any], text: str) -> dict[str, Any]:
    """A chat completion as servers send it; tokens are words, and every word is 0.9 likely."""
    words = text.split()
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    if request.get("logprobs"):
        others = [{"token": f"other{n}", "logprob": -3.0 - n} for n in range(1, request.get("top_logprobs", 1))]
        tokens = [{"token": word, "logprob": -0.105} for word in words]
        choice["logprobs"] = {"content": [{**token, "top_logprobs": [token, *others]} for token in tokens]}
    asked = sum(len(str(message.get("content", "")).split()) for message in request.get("messages", []))
    usage = {"prompt_tokens": asked, "completion_tokens": len(words), "total_tokens": asked + len(words)}
    return {"object": "chat.completion", "model": request.get("model"), "choices": [choice], "usage": usage}
