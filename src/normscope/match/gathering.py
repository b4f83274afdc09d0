"""Asking many things at once so that nothing that was answered is lost when something else fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from normscope.errors import ModelError

__all__ = ["all_answered"]

T = TypeVar("T")


async def all_answered(work: Sequence[tuple[int, Awaitable[T]]], *, who: str) -> list[T]:
    """The results of the work, in its order. Each piece says first how many questions it answers.

    A piece that fails raises `ModelError`, but only after all others have ended: their answers are in the call store, and
    the next run asks only the missing ones. Any other exception is a bug and keeps its own error.
    """
    results = await asyncio.gather(*(piece for _, piece in work), return_exceptions=True)
    good: list[T] = []
    failures: list[tuple[int, ModelError]] = []
    for (count, _), result in zip(work, results, strict=True):
        if isinstance(result, ModelError):
            failures.append((count, result))
        elif isinstance(result, BaseException):
            raise result
        else:
            good.append(result)
    if failures:
        first = failures[0][1]
        raise ModelError(
            f"{sum(count for count, _ in failures)} of {sum(count for count, _ in work)} questions to the {who} were not "
            f"answered; the other answers are stored, and running again asks only the missing ones. The first failure: {first}",
            reason=first.reason,
            retry=first.retry,
        ) from first
    return good
