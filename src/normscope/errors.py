"""Every error normscope raises on purpose, in one tree.

How failure is classified:

* An error that a *person* can mend (a bad file, a wrong option, an unreachable server) is a `NormscopeError`. The command
  line prints its message without a traceback and exits with code 3. The message answers four questions: what went wrong,
  what was got, what is allowed, what to do.
* A failed *conversation* is data, not a crash: it becomes a `Response` with `Outcome.FAILED` and a reason, and the run goes on.
* An estimate that cannot be computed raises `Undefined` with its reason; a table of estimates keeps the reason in its place.
* Anything else is a bug and keeps its traceback.

::

    NormscopeError
    ├── UsageError        a wrong option, name or setting
    ├── DataError         a user's file: names file, line and field
    ├── StoreError        the study folder or its database
    ├── ModelError        a model could not be asked (carries a `reason`)
    │   └── Halted        it is not asked any more in this run: stopped, over budget, or given up
    ├── MissingExtra      an optional part is not installed
    └── Undefined         a statistic has no value here
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "DataError",
    "Halted",
    "MissingExtra",
    "ModelError",
    "NormscopeError",
    "StoreError",
    "Undefined",
    "UsageError",
    "did_you_mean",
]

EXCERPT = 80


class NormscopeError(Exception):
    """An error with a message for a person; the command line exits with `exit_code`."""

    exit_code = 3


class UsageError(NormscopeError):
    """A wrong option, name or setting."""


class StoreError(NormscopeError):
    """The study folder or its database cannot be used as asked."""


class MissingExtra(NormscopeError):
    """An optional part of normscope is needed and not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra [{extra}]. Install it with: pip install 'normscope[{extra}]'")


class Undefined(NormscopeError):
    """A statistic has no value for this input; the message says why."""


class ModelError(NormscopeError):
    """A model could not be asked, or did not answer in a usable way.

    `reason` is one short word that is stored with the failed call: `unreachable, wrong_key, rate_limited, timeout,
    server_error, bad_request, no_schema, bad_answer, no_such_model, out_of_credit, bad_weights, not_recorded, expired`.
    `retry` says whether asking again can help, `paid` whether the server may have counted an answer that we cannot use.
    """

    def __init__(self, message: str, *, reason: str, retry: bool, retry_after: float | None = None, paid: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry = retry
        self.retry_after = retry_after
        self.paid = paid


class Halted(ModelError):
    """A call that was not made, because its model is not asked any more in this run. What was asked so far is stored.

    `reason` is `stopped` (by the person), `over_budget`, or the reason for which the model was given up. A conversation that
    is halted has no outcome: it is still to be held.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message, reason=reason, retry=False)


class DataError(NormscopeError):
    """A user's data file cannot be read as it is.

    >>> print(DataError("a dilemma has no text", file="d.jsonl", line=3, field="text", got="", allowed="a non-empty string"))
    d.jsonl, line 3, field 'text': a dilemma has no text. Got: ''. Allowed: a non-empty string.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | Path,
        line: int | None = None,
        field: str | None = None,
        got: object = None,
        allowed: str | None = None,
        do: str | None = None,
    ) -> None:
        where = str(file)
        if line is not None:
            where += f", line {line}"
        if field is not None:
            where += f", field {field!r}"
        parts = [f"{where}: {what}."]
        if got is not None:
            parts.append(f"Got: {_excerpt(got)}.")
        if allowed is not None:
            parts.append(f"Allowed: {allowed}.")
        if do is not None:
            parts.append(f"{do}.")
        super().__init__(" ".join(parts))
        self.file, self.line, self.field = Path(file), line, field


def did_you_mean(got: str, installed: Iterable[str]) -> str:
    """A sentence that names the closest known word and lists them all.

    >>> did_you_mean("keywrod", ["judge", "keyword"])
    "Did you mean 'keyword'? Known: judge, keyword."
    >>> did_you_mean("x", [])
    'Known: none.'
    """
    known = sorted(installed)
    close = difflib.get_close_matches(got, known, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return f"{hint}Known: {', '.join(known) or 'none'}."


def _excerpt(value: object) -> str:
    text = repr(value)
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}… ({len(text)} characters)"
