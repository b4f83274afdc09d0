"""From the files of an ended batch to one outcome per call: its completion, or the `ModelError` that says why there is none."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from normscope.errors import ModelError
from normscope.models.base import Completion
from normscope.models.batch_api import BatchState
from normscope.models.failures import LONGEST_WAIT, from_status, quote, server_words

__all__ = ["BatchReader", "Outcome"]

Outcome = Completion | ModelError

AT_ONCE = 200
"""Lines that are read before other tasks have their turn."""

CODES = {
    "batch_expired": ("expired", True),
    "batch_cancelled": ("cancelled", False),
    "token_limit_exceeded": ("rate_limited", True),
    "rate_limit_exceeded": ("rate_limited", True),
    "insufficient_quota": ("out_of_credit", False),
    "billing_hard_limit_reached": ("out_of_credit", False),
    "model_not_found": ("no_such_model", False),
    "server_error": ("server_error", True),
    "internal_error": ("server_error", True),
}
"""Reason, and whether to try again, of the codes that servers give to a line or to a whole batch."""


class BatchReader:
    """Reads the results of batches of one model. `read` gives the completion in the parsed body of an answer.

    `quoted` makes a server's words fit for a message. What cannot be trusted is counted in `untrusted` and not used:
    `malformed` lines, lines with an `unknown` id, and `duplicate` lines (the first of a call counts; answers come before errors).
    """

    def __init__(self, model: str, read: Callable[[dict[str, Any]], Completion], *, quoted: Callable[[str], str] = quote) -> None:
        self._model = model
        self._read = read
        self._quoted = quoted
        self.untrusted: Counter[str] = Counter()

    async def outcomes(self, keys: Iterable[str], files: Iterable[bytes], state: BatchState) -> dict[str, Outcome]:
        """The outcome of every key, from the lines of the files or, where there is no line, from how the batch ended."""
        wanted = dict.fromkeys(keys)
        outcomes: dict[str, Outcome] = {}
        number = 0
        for content in files:
            # a stream over the bytes, not a list of them: a file may be hundreds of megabytes
            for text in io.BytesIO(content):
                number += 1
                if number % AT_ONCE == 0:
                    await asyncio.sleep(0)
                self._take(text, wanted, outcomes)
        for key in wanted:
            if key not in outcomes:
                outcomes[key] = self._without_line(state)
        return outcomes

    def _take(self, text: bytes, wanted: dict[str, None], outcomes: dict[str, Outcome]) -> None:
        if not text.strip():
            return
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            line = None
        key = line.get("custom_id") if isinstance(line, dict) else None
        if not isinstance(line, dict) or not isinstance(key, str):
            self.untrusted["malformed"] += 1
        elif key not in wanted:
            self.untrusted["unknown"] += 1
        elif key in outcomes:
            self.untrusted["duplicate"] += 1
        else:
            try:
                outcomes[key] = self._completion(line)
            except ModelError as error:
                outcomes[key] = error

    def _completion(self, line: dict[str, Any]) -> Completion:
        response, error = line.get("response"), line.get("error")
        if isinstance(response, dict):
            status, body = response.get("status_code"), response.get("body")
            if isinstance(status, int) and not 200 <= status < 300:
                said = self._quoted(server_words(json.dumps(body)))
                raise from_status(status, who=f"{self._model} in a batch", said=said)
            if isinstance(body, dict) and not error:
                return self._read(body)
        if isinstance(error, dict):
            raise self._coded(str(error.get("code") or ""), str(error.get("message") or ""), unknown=("server_error", True))
        text = f"a line in the results of a batch of {self._model} holds neither an answer nor an error."
        raise ModelError(text, reason="bad_answer", retry=True, paid=True)

    def _without_line(self, state: BatchState) -> ModelError:
        where = f"batch {self._quoted(state.batch_id)} of {self._model}"
        if state.status == "failed":
            if not state.errors:
                return ModelError(f"{where} failed as a whole; the server gave no reason.", reason="server_error", retry=True)
            return self._coded(*state.errors[0], unknown=("bad_request", False))
        if state.status == "expired":
            return ModelError(f"{where} expired before this call was run.", reason="expired", retry=True)
        if state.status == "cancelled":
            return ModelError(f"{where} was cancelled before this call was run.", reason="cancelled", retry=False)
        return ModelError(f"the results of {where} lack this call.", reason="bad_answer", retry=True, paid=True)

    def _coded(self, code: str, message: str, *, unknown: tuple[str, bool]) -> ModelError:
        reason, retry = CODES.get(code, unknown)
        said = self._quoted(": ".join(part for part in (code, message) if part))
        # a full queue empties as other batches end, which takes minutes at least
        wait = LONGEST_WAIT if reason == "rate_limited" else None
        text = f'{self._model} did not answer in a batch. The server said: "{said}".'
        return ModelError(text, reason=reason, retry=retry, retry_after=wait)
