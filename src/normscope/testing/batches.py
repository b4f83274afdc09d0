"""The batch endpoints of an OpenAI-compatible server, held in memory, whose course and failures are scripted.

A batch is a file of requests that is uploaded, run in its own time, and answered with a file of answers and one of errors.
What the endpoints say follows OpenAI's reference of files and batches; nothing runs in the background: a batch moves on
each time that it is looked at.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["BatchEndpoints", "BatchScript"]

MOST_LINES = 50_000
ENDPOINT = "/v1/chat/completions"
ENDED = ("completed", "failed", "expired", "cancelled")
LEFT_OVER = {
    "expired": ("batch_expired", "This request could not be executed before the completion window expired."),
    "cancelled": ("batch_cancelled", "This request was not executed, because the batch was cancelled."),
}
"""The error of a line that was not run when the batch ended so."""


@dataclass
class BatchScript:
    """What happens to the batches made from now on, and to the requests about them."""

    polls: int = 1
    """How often a batch is found at work before it is found to have ended."""
    ends: str = "completed"
    """How it ends: `completed, failed, expired` or `cancelled`."""
    done: float = 1.0
    """The share of its lines, from the first, that were run when it ended."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """The HTTP status of single lines by `custom_id`; 200 where none is given."""
    shuffle: int | None = None
    """A seed that orders the lines of the results; None keeps the order of the requests."""
    missing: frozenset[str] = frozenset()
    """Lines by `custom_id` that neither file of results holds."""
    stray: tuple[str, ...] = ()
    """Lines put before the answers as they are."""
    listed_late: int = 0
    """How many lists a new batch is missing from before it appears in them."""
    errors: tuple[Mapping[str, Any], ...] = ()
    """Why a batch that failed as a whole did: objects with `code` and `message`."""
    faults: dict[str, list[str]] = field(default_factory=dict)
    """What the next requests suffer, per endpoint (`upload, content, create, list, retrieve, cancel`), each used once: `ok`,
    an HTTP status such as `429`, `close` (nothing is done and the connection closes), `lost` (it is done, but the connection
    closes before the reply), `garbage` (it is done, and the reply is no JSON)."""


@dataclass
class _Batch:
    shown: dict[str, Any]
    lines: list[dict[str, Any]]
    script: BatchScript
    looks: int = 0
    unlisted: int = 0


class BatchEndpoints:
    """The endpoints and what they hold. `answer` turns a request's body into the body of its answer.

    `key`: where given, requests must carry it as a bearer token.
    """

    def __init__(self, answer: Callable[[dict[str, Any]], dict[str, Any]], *, key: str | None = None) -> None:
        self._answer = answer
        self._key = key
        self._batches: dict[str, _Batch] = {}
        self.script = BatchScript()
        """What happens from now on."""
        self.files: dict[str, bytes] = {}
        """The content of every file by its id, uploaded ones and results."""
        self.submitted: Counter[str] = Counter()
        """How often each `custom_id` stood in a batch that was made: all ones if nothing was submitted twice."""
        self.requests: Counter[str] = Counter()
        """Requests received per endpoint."""

    @property
    def created(self) -> list[dict[str, Any]]:
        """The batches that were made, in that order, as the server shows them."""
        return [batch.shown for batch in self._batches.values()]

    def add_routes(self, application: web.Application) -> None:
        """Serve the endpoints below `/v1`."""
        router = application.router
        router.add_post("/v1/files", self._guarded("upload", self._upload))
        router.add_get("/v1/files/{id}/content", self._guarded("content", self._content))
        router.add_post("/v1/batches", self._guarded("create", self._create))
        router.add_get("/v1/batches", self._guarded("list", self._list))
        router.add_get("/v1/batches/{id}", self._guarded("retrieve", self._retrieve))
        router.add_post("/v1/batches/{id}/cancel", self._guarded("cancel", self._cancel))

    def _guarded(
        self, endpoint: str, handle: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def guarded(request: web.Request) -> web.Response:
            from aiohttp import web

            self.requests[endpoint] += 1
            sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if self._key is not None and sent != self._key:
                return _error(401, f"Incorrect API key provided: {sent}", "invalid_api_key")
            planned = self.script.faults.get(endpoint)
            fault = planned.pop(0) if planned else "ok"
            if fault.isdigit():
                return _error(int(fault), f"the script says {fault}", "scripted")
            response = web.Response() if fault == "close" else await handle(request)
            if fault == "garbage":
                return web.Response(body=b"<h1>Bad gateway</h1>", content_type="text/html")
            if fault in ("close", "lost") and request.transport is not None:
                request.transport.close()
            return response

        return guarded

    async def _upload(self, request: web.Request) -> web.Response:
        from aiohttp import web

        form = await request.post()
        file = form.get("file")
        if form.get("purpose") != "batch" or not isinstance(file, web.FileField):
            return _error(400, "a batch needs the fields purpose=batch and file", "invalid_request")
        content = file.file.read()
        shown = {
            "id": self._keep(content),
            "object": "file",
            "bytes": len(content),
            "created_at": int(time.time()),
            "filename": file.filename,
            "purpose": "batch",
            "status": "processed",
        }
        return web.json_response(shown)

    async def _content(self, request: web.Request) -> web.Response:
        from aiohttp import web

        content = self.files.get(request.match_info["id"])
        if content is None:
            return _error(404, f"No such File object: {request.match_info['id']}", None)
        return web.Response(body=content, content_type="application/octet-stream")

    async def _create(self, request: web.Request) -> web.Response:
        from aiohttp import web

        asked = await request.json()
        content = self.files.get(asked.get("input_file_id"))
        if content is None:
            return _error(400, f"Invalid input_file_id: {asked.get('input_file_id')}", "invalid_request")
        if asked.get("endpoint") != ENDPOINT or asked.get("completion_window") != "24h":
            return _error(400, f"Allowed: endpoint {ENDPOINT} and completion_window 24h", "invalid_request")
        lines, errors = _read(content)
        number = len(self._batches) + 1
        now = int(time.time())
        shown = {
            "id": f"batch_{number:08d}",
            "object": "batch",
            "endpoint": ENDPOINT,
            "errors": None,
            "input_file_id": asked["input_file_id"],
            "completion_window": "24h",
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": now,
            "expires_at": now + 86_400,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "metadata": asked.get("metadata"),
        }
        script = BatchScript(polls=0, ends="failed", done=0.0, errors=tuple(errors)) if errors else self.script
        self._batches[shown["id"]] = _Batch(shown, lines, script)
        self.submitted.update(line["custom_id"] for line in lines)
        return web.json_response(shown)

    async def _retrieve(self, request: web.Request) -> web.Response:
        from aiohttp import web

        batch = self._batches.get(request.match_info["id"])
        if batch is None:
            return _error(404, f"No batch found with id '{request.match_info['id']}'.", None)
        self._move(batch)
        return web.json_response(batch.shown)

    async def _list(self, request: web.Request) -> web.Response:
        from aiohttp import web

        limit = int(request.query.get("limit", "20"))
        newest_first = []
        for batch in reversed(self._batches.values()):
            if batch.unlisted >= batch.script.listed_late:
                newest_first.append(batch.shown)
            batch.unlisted += 1
        ids = [shown["id"] for shown in newest_first]
        after = request.query.get("after")
        start = ids.index(after) + 1 if after in ids else 0
        page = newest_first[start : start + limit]
        shown = {
            "object": "list",
            "data": page,
            "first_id": page[0]["id"] if page else None,
            "last_id": page[-1]["id"] if page else None,
            "has_more": start + limit < len(ids),
        }
        return web.json_response(shown)

    async def _cancel(self, request: web.Request) -> web.Response:
        from aiohttp import web

        batch = self._batches.get(request.match_info["id"])
        if batch is None:
            return _error(404, f"No batch found with id '{request.match_info['id']}'.", None)
        if batch.shown["status"] in ENDED:
            return _error(409, f"Cannot cancel a batch with status '{batch.shown['status']}'.", "invalid_request")
        batch.shown |= {"status": "cancelling", "cancelling_at": int(time.time())}
        batch.script = BatchScript(polls=batch.looks, ends="cancelled", done=0.0)
        return web.json_response(batch.shown)

    def _move(self, batch: _Batch) -> None:
        """One look further on the batch's way to its end."""
        shown, script, total = batch.shown, batch.script, len(batch.lines)
        if shown["status"] in ENDED:
            return
        if batch.looks < script.polls:
            batch.looks += 1
            share = script.done * batch.looks / (script.polls + 1)
            shown["status"] = "in_progress" if batch.looks < script.polls or script.polls == 1 else "finalizing"
            shown["request_counts"] = {"total": total, "completed": int(share * total), "failed": 0}
            return
        answers, failures = self._results(batch)
        completed, failed = len(answers), len(failures)
        answers = [*script.stray, *answers]
        shown["status"] = script.ends
        shown[f"{script.ends}_at"] = int(time.time())
        shown["output_file_id"] = self._keep(_jsonl(answers)) if answers else None
        shown["error_file_id"] = self._keep(_jsonl(failures)) if failures else None
        shown["request_counts"] = {"total": total, "completed": completed, "failed": failed}
        if script.errors:
            shown["errors"] = {"object": "list", "data": [{"line": None, "param": None, **error} for error in script.errors]}

    def _results(self, batch: _Batch) -> tuple[list[str], list[str]]:
        script = batch.script
        answers: list[str] = []
        failures: list[str] = []
        run = round(script.done * len(batch.lines))
        for number, line in enumerate(batch.lines):
            key = line["custom_id"]
            if key in script.missing:
                continue
            result: dict[str, Any] = {"id": f"batch_req_{number}", "custom_id": key, "response": None, "error": None}
            status = script.statuses.get(key, 200)
            if number >= run:
                if script.ends not in LEFT_OVER:
                    continue
                code, message = LEFT_OVER[script.ends]
                result["error"] = {"code": code, "message": message}
            else:
                body = self._answer(line["body"]) if status == 200 else _error_body(f"the script says {status}", "scripted")
                result["response"] = {"status_code": status, "request_id": f"req_{number}", "body": body}
            ran_well = number < run and status == 200
            (answers if ran_well else failures).append(json.dumps(result))
        if script.shuffle is not None:
            random.Random(script.shuffle).shuffle(answers)  # noqa: S311 - the order of a fake server's lines
        return answers, failures

    def _keep(self, content: bytes) -> str:
        name = f"file-{len(self.files) + 1:08d}"
        self.files[name] = content
        return name


def _read(content: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The requests of an input file, or what is wrong with it; a file with an error in it is not run at all."""
    lines: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    seen: set[str] = set()
    for number, text in enumerate(content.splitlines(), 1):
        problem = None
        try:
            line = json.loads(text)
            key = line["custom_id"]
            if line["method"] != "POST" or line["url"] != ENDPOINT or not isinstance(line["body"], dict):
                problem = ("invalid_request", "the method, url or body of this line is not allowed.")
            elif key in seen:
                problem = ("duplicate_custom_id", f"The custom_id for this request is a duplicate of another: {key}.")
        except (ValueError, TypeError, KeyError):
            problem = ("invalid_json_line", "This line is not parseable as a request.")
        if problem:
            errors.append({"code": problem[0], "message": problem[1], "line": number})
        else:
            seen.add(key)
            lines.append(line)
    if not lines and not errors:
        errors.append({"code": "empty_file", "message": "The input file is empty."})
    if len(lines) > MOST_LINES:
        errors.append({"code": "too_many_requests", "message": f"At most {MOST_LINES} requests are allowed."})
    return ([] if errors else lines), errors


def _jsonl(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _error_body(message: str, code: str | None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def _error(status: int, message: str, code: str | None) -> web.Response:
    from aiohttp import web

    return web.json_response(_error_body(message, code), status=status)
