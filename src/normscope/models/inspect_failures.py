"""From whatever Inspect and the providers' clients raise to the `ModelError` that says what happened.

The clients are a dozen packages with exceptions of their own, none of which we import: an exception is read by the HTTP
status it carries, by its place among Python's own exceptions, and by the names that all of them use.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from normscope.errors import ModelError, UsageError
from normscope.models.failures import from_status, quote, retry_after_seconds, server_words

__all__ = ["causes", "failure", "secrets_around"]

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")
_LONG_SECRET = 16
_STATUS_WORDS = re.compile(r"Error code: (\d{3})\b")
_MARKUP = re.compile(r"\[/?[a-z ]*\]")
_TIMEOUT = re.compile(r"Timeout(Error|Exception)?$|Timeout$|DeadlineExceeded$")
_UNREACHABLE = re.compile(r"(Connect(ion)?|Read|Write|Protocol|Network|Transport|Proxy|Disconnected)Error$")
_BROKE_OFF = re.compile(r"without sending complete|incomplete (chunked )?read|not enough data|payload is not completed", re.I)
_UNREADABLE = re.compile(r"(JSONDecode|Validation|UnicodeDecode|Decoding|OpenAIResponse)Error$")
_UNSENT = re.compile(r"UnicodeEncodeError$")
_NOTHING = re.compile(r"(?!)")
_BROKEN = "broke off its answer"
_MISREAD = (AttributeError, KeyError, IndexError, TypeError, AssertionError)


def failure(
    error: BaseException,
    *,
    who: str,
    secrets: Sequence[str],
    key_env: str | None = None,
    timeout: float | None = None,
    json_schema: bool = False,
) -> ModelError:
    """The error for an exception that came out of Inspect. A part of Inspect that is not installed is a `UsageError` instead.

    >>> error = failure(ConnectionRefusedError("nobody there"), who="inspect:openai/m", secrets=[])
    >>> error.reason, error.retry
    ('unreachable', True)
    """
    chain = [one for one in causes(error) if type(one).__name__ != "RetryError"] or [error]
    if prerequisite := next((e for e in chain if type(e).__name__ == "PrerequisiteError"), None):
        return _prerequisite(prerequisite, who, secrets)
    statuses = [(_status(one), one) for one in chain] + [(_written_status(one), one) for one in chain]
    for status, one in statuses:
        if status is not None and status >= 300:
            return from_status(
                status,
                who=who,
                said=quote(_words(one), secrets=secrets),
                key_env=key_env,
                retry_after=_retry_after(one),
                json_schema=json_schema,
            )
    what, reason, retry, paid = _kind(chain)
    # what broke a connection is said by the innermost exception, what an answer lacks by the outermost
    telling = chain[-1] if reason == "unreachable" or what == _BROKEN else chain[0]
    detail = quote(_own_words(telling), secrets=secrets)
    text = f"{who} {what}" + (f" ({type(telling).__name__}: {detail})." if detail else ".")
    if reason == "timeout" and timeout is not None:
        text += f" {timeout:g} s are allowed."
    return ModelError(text, reason=reason, retry=retry, paid=paid)


def _kind(chain: Sequence[BaseException]) -> tuple[str, str, bool, bool]:
    """What happened in words, its reason, whether to ask again, and whether the provider may have counted an answer."""
    names = [type(one).__name__ for one in chain]
    texts = [str(one) for one in chain]

    def called(pattern: re.Pattern[str], *kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in chain) or any(pattern.search(name) for name in names)

    kinds = (
        (called(_TIMEOUT, TimeoutError), ("gave no answer in time", "timeout", True, True)),
        (any(_BROKE_OFF.search(text) for text in texts), (_BROKEN, "bad_answer", True, True)),
        (called(_UNREADABLE), ("gave an answer that cannot be read", "bad_answer", True, True)),
        (called(_UNREACHABLE, OSError), ("cannot be reached; is the server running?", "unreachable", True, False)),
        (called(_UNSENT), ("cannot be sent this text", "bad_request", False, False)),
        (any("not recognized" in text for text in texts), ("is of no provider of Inspect AI's", "no_such_model", False, False)),
        (called(_NOTHING, *_MISREAD), ("gave an answer that Inspect AI cannot read", "bad_answer", True, True)),
    )
    return next((kind for found, kind in kinds if found), ("could not be asked by Inspect AI", "bad_request", False, False))


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that it came from, outermost first; the last attempt of a retry counts as a cause."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        attempt = getattr(one, "last_attempt", None)
        tried = attempt.exception() if attempt is not None else None
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        waiting += [cause for cause in (tried, *inner, one.__cause__ or one.__context__) if cause is not None]


def secrets_around(given: Sequence[str], key: object) -> list[str]:
    """What no message may hold: the secrets given, the key that Inspect found, and the environment's long keys and tokens.

    Inspect reads the providers' variables by itself, some of several names.
    """
    found = [value for name, value in os.environ.items() if _SECRET_NAME.search(name.upper()) and len(value) >= _LONG_SECRET]
    long = [value for value in given[1:] if len(value) >= _LONG_SECRET]
    return [*given[:1], *long, *([key] if isinstance(key, str) else []), *found]


def _prerequisite(error: BaseException, who: str, secrets: Sequence[str]) -> ModelError:
    said = quote(_MARKUP.sub("", str(getattr(error, "message", error))), secrets=secrets)
    if re.search(r"_(KEY|TOKEN)\b", said):
        do = "Set that variable, or name the one that holds the key (key_env)"
        return ModelError(f"{who} needs a key. Inspect AI said: {said} {do}.", reason="wrong_key", retry=False)
    raise UsageError(f"{who} cannot be set up. Inspect AI said: {said}")


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    places: list[Any] = [
        getattr(error, "status_code", None),
        getattr(response, "status_code", None),
        getattr(error, "code", None),
    ]
    if isinstance(response, Mapping):  # the clients of AWS
        places.append(response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    for place in places:
        if isinstance(place, int) and not isinstance(place, bool) and 100 <= place < 600:
            return place
    return None


def _written_status(error: BaseException) -> int | None:
    words = _STATUS_WORDS.search(_own_words(error))
    return int(words[1]) if words else None


def _words(error: BaseException) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, Mapping):
        return server_words(json.dumps({"error": dict(body)} if "error" not in body else dict(body), default=str))
    if isinstance(body, str) and body:
        return server_words(body)
    return _own_words(error)


def _own_words(error: BaseException) -> str:
    """The exception's text without the request, which Inspect puts before or after the text of those it does not retry."""
    text = str(error)
    before, found, after = text.partition("Request:\n")
    if not found:
        return text
    return before if before.strip() else after.rpartition("\n\n")[2]


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    try:
        return retry_after_seconds(headers.get("retry-after")) if headers is not None else None
    except (AttributeError, TypeError):
        return None
