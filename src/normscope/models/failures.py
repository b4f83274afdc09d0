"""From what a server did to the `ModelError` that says so: which reason, whether to try again, in which words."""

from __future__ import annotations

import email.utils
import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from normscope.errors import Halted, ModelError

__all__ = [
    "ALL_REFUSED",
    "LONGEST_WAIT",
    "QUOTED",
    "from_status",
    "quote",
    "redact",
    "refused_for_good",
    "retry_after_seconds",
    "server_words",
]

QUOTED = 300
"""The most characters of a server's own words that a message quotes."""

LONGEST_WAIT = 120.0
"""The most seconds that a server may ask us to wait (Retry-After); longer requests are cut to this."""

ALL_REFUSED = 5
"""Where a server refuses so many requests or more as bad ones, and answers none, a setting is wrong and not the texts."""

RATE_LIMITED = frozenset({408, 409, 425, 429})
SCHEMA_WORDS = ("response_format", "json_schema", "schema", "grammar")


def from_status(
    status: int,
    *,
    who: str,
    said: str,
    key_env: str | None = None,
    retry_after: float | None = None,
    json_schema: bool = False,
) -> ModelError:
    """The error for an HTTP status that is not 2xx. `said` is the server's own words, already quoted and redacted.

    >>> error = from_status(404, who="http:m at http://h/v1", said="no model m")
    >>> error.reason, error.retry
    ('no_such_model', False)
    """
    words = f' The server said: "{said}".' if said else " The server gave no explanation."
    text, reason, retry = _meaning(status, who, said, words, key_env, json_schema)
    return ModelError(text, reason=reason, retry=retry, retry_after=retry_after if retry else None)


def _meaning(status: int, who: str, said: str, words: str, key_env: str | None, json_schema: bool) -> tuple[str, str, bool]:
    """The message, the reason and whether to try again."""
    if status in (401, 403):
        variable = f"Check the key in the environment variable {key_env}"
        do = variable if key_env else "Name the variable that holds the key (key_env)"
        found = (f"{who} refused the key (status {status}).{words} {do}.", "wrong_key", False)
    elif status == 402 or (status == 429 and "insufficient_quota" in said):
        found = (f"{who}: no credit is left (status {status}).{words}", "out_of_credit", False)
    elif status == 404:
        do = "Check the model's name and --base-url (base_url in study.yaml)."
        found = (f"{who} has no such model or no such address (404).{words} {do}", "no_such_model", False)
    elif status in RATE_LIMITED:
        found = (f"{who} is rate limited or busy (status {status}).{words}", "rate_limited", True)
    elif status >= 500:
        found = (f"{who} failed (status {status}).{words}", "server_error", True)
    else:
        rejected = f"{who} rejected the request (status {status}).{words}"
        if json_schema and any(word in said.lower() for word in SCHEMA_WORDS):
            do = "It seems not to accept a JSON schema as response_format"
            found = (f"{rejected} {do}.", "no_schema", False)
        elif status < 400:
            do = "It redirects: put the address it names into --base-url (base_url in study.yaml)."
            found = (f"{rejected} {do}", "bad_request", False)
        else:
            do = "Fields can be added, or removed with null, under extra_body in study.yaml."
            found = (f"{rejected} {do}", "bad_request", False)
    return found


def refused_for_good(error: BaseException) -> bool:
    """Whether the server refused this very request as a bad one (too long for it, its filter): running again cures nothing.

    >>> refused_for_good(from_status(400, who="http:m", said="too long"))
    True
    >>> refused_for_good(from_status(500, who="http:m", said="")), refused_for_good(Halted("", reason="bad_request"))
    (False, False)
    """
    return isinstance(error, ModelError) and error.reason == "bad_request" and not isinstance(error, Halted)


def server_words(body: str) -> str:
    """What a server's error body says: the message of the usual JSON shapes, else the body as it is.

    >>> server_words('{"error": {"message": "no such model"}}'), server_words("<h1>Oops</h1>")
    ('no such model', '<h1>Oops</h1>')
    """
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if isinstance(value, dict):
        error = value.get("error", value)
        if isinstance(error, str):
            return error
        if isinstance(error, dict):
            # the code tells "insufficient_quota" (waiting is useless) from an ordinary rate limit
            parts = [error.get(name) for name in ("message", "detail", "msg", "code")]
            found = [part for part in parts if isinstance(part, str) and part]
            if found:
                return ": ".join(found)
    return body


def quote(text: str, *, secrets: Iterable[str] = ()) -> str:
    """At most `QUOTED` characters of untrusted text, on one line, without control characters and without the secrets.

    >>> quote("key sk-1 is\\x1b[31m wrong", secrets=["sk-1"])
    'key [redacted] is?[31m wrong'
    """
    # redact before cutting, so that no half of a secret stays at the end
    line = " ".join(redact(text, secrets).split())
    line = "".join(c if c.isprintable() else "?" for c in line)
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret replaced, longest first (one may hold another)."""
    for secret in sorted({s for s in secrets if s}, key=len, reverse=True):
        text = text.replace(secret, "[redacted]")
    return text


def retry_after_seconds(value: str | None, *, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for (a number or an HTTP date), within 0..`LONGEST_WAIT`; None if unreadable.

    >>> retry_after_seconds("7"), retry_after_seconds("100000"), retry_after_seconds("soon")
    (7.0, 120.0, None)
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = (at - (now or datetime.now(UTC))).total_seconds()
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
