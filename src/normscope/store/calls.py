"""Every call to a model, kept before anything uses it: the log that makes a study resumable and re-scorable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from normscope.errors import StoreError
from normscope.records.json_text import decode, encode
from normscope.store.database import Database
from normscope.store.schema import places

__all__ = ["CallTable", "CallTotals", "StoredCall", "call_row", "put_calls"]

_PUT = (
    "INSERT INTO calls (key, model, draw, request, completion, reason, prompt_tokens, completion_tokens, cost, may_have_cost)"
    " VALUES {places} ON CONFLICT (key) DO UPDATE SET completion = excluded.completion,"
    " reason = excluded.reason, prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,"
    " cost = excluded.cost, may_have_cost = may_have_cost + excluded.may_have_cost WHERE calls.completion IS NULL"
)


@lru_cache
def put_calls(rows: int = 1) -> str:
    """The statement that writes so many calls at once. An answer that is stored is never overwritten by a failure."""
    return _PUT.format(places=places(10, rows))


class StoredCall(NamedTuple):
    """One row of the call table: `request` and `completion` are JSON values; `completion` is None for a failed call.

    Tokens are None where the server did not report them, `cost` (pico-units of money) where no price or no tokens are known.
    """

    key: str
    model: str
    draw: int
    request: dict[str, Any]
    completion: dict[str, Any] | None
    reason: str | None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: int | None = None
    may_have_cost: int = 0


@dataclass(frozen=True, slots=True)
class CallTotals:
    """The calls to one model, summed: how many were answered, failed by reason, their tokens and their money in pico-units.

    `unknown_calls` are answered calls whose cost is not known; their money is not in `cost`.
    """

    model: str
    answered: int
    failed: dict[str, int]
    prompt_tokens: int
    completion_tokens: int
    cost: int
    unknown_calls: int
    may_have_cost: int


def call_row(call: StoredCall) -> tuple[Any, ...]:
    """The values of a row for `put_calls`."""
    return (
        call.key,
        call.model,
        call.draw,
        encode(call.request).decode(),
        None if call.completion is None else encode(call.completion).decode(),
        call.reason,
        call.prompt_tokens,
        call.completion_tokens,
        call.cost,
        call.may_have_cost,
    )


class CallTable:
    """Calls by key. A failed call is a row with a reason; asking again replaces it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored completion of a call that succeeded, as JSON values."""
        row = self._database.first("SELECT completion FROM calls WHERE key = ? AND completion IS NOT NULL", (key,))
        return _object(row[0], key) if row else None

    def has(self, key: str) -> bool:
        """Whether the call was answered."""
        return self._database.first("SELECT 1 FROM calls WHERE key = ? AND completion IS NOT NULL", (key,)) is not None

    def put(self, call: StoredCall) -> None:
        """Commit one call. An answer that is stored is never overwritten by a failure."""
        with self._database.write() as db:
            db.execute(put_calls(), call_row(call))

    def counts(self) -> list[tuple[str, str, int]]:
        """(model, `answered` or the reason of failure, number of calls), sorted."""
        with self._database.read() as db:
            return db.execute(
                "SELECT model, coalesce(reason, 'answered') AS outcome, count(*) FROM calls GROUP BY 1, 2 ORDER BY 1, 2"
            ).fetchall()

    def totals(self) -> list[CallTotals]:
        """The calls of each model, summed; ordered by model."""
        with self._database.read() as db:
            # reads the index `calls_by_outcome` alone, not the texts
            rows = db.execute(
                "SELECT model, reason, count(*), total(prompt_tokens), total(completion_tokens), sum(cost), count(cost),"
                " sum(may_have_cost) FROM calls GROUP BY model, reason ORDER BY model, reason"
            ).fetchall()
        by_model: dict[str, list[tuple[Any, ...]]] = {}
        for model, *sums in rows:
            by_model.setdefault(model, []).append(tuple(sums))
        return [_totals(model, sums) for model, sums in by_model.items()]


def _totals(model: str, sums: list[tuple[Any, ...]]) -> CallTotals:
    answered = [row for row in sums if row[0] is None]
    n = sum(row[1] for row in answered)
    return CallTotals(
        model=model,
        answered=n,
        failed={reason: count for reason, count, *_ in sums if reason is not None},
        prompt_tokens=int(sum(row[2] for row in answered)),
        completion_tokens=int(sum(row[3] for row in answered)),
        cost=sum(row[4] or 0 for row in answered),
        unknown_calls=n - sum(row[5] for row in answered),
        may_have_cost=sum(row[6] for row in sums),
    )


def _object(text: str, key: str) -> dict[str, Any]:
    value = decode(text.encode())
    if not isinstance(value, dict):
        raise StoreError(f"call {key} is damaged in the store: its completion is not an object")
    return value
