"""Asking many things at once so that nothing that was answered is lost when something else fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from normscope.errors import ModelError
from normscope.models.failures import ALL_REFUSED, refused_for_good

__all__ = ["all_answered"]

T = TypeVar("T")


async def all_answered(
    work: Sequence[tuple[int, Awaitable[T]]],
    *,
    who: str,
    refused: Callable[[int], T] | None = None,
    fewest: int = ALL_REFUSED,
) -> list[T]:
    """The results of the work, in its order. Each piece says first how many questions it answers.

    A piece that fails raises `ModelError`, but only after all others have ended: their answers are in the call store, and
    the next run asks only the missing ones. Any other exception is a bug and keeps its own error.

    `refused` gives the result of a piece (by how many questions it answers) whose request the server refuses for good, which
    no next run would cure. Where `fewest` pieces or more were refused and no other was answered, that is an error too.
    """
    results = await asyncio.gather(*(piece for _, piece in work), return_exceptions=True)
    bad = [isinstance(result, BaseException) and refused_for_good(result) for result in results]
    stand_in = refused if not (all(bad) and len(bad) >= fewest) else None
    good: list[T] = []
    failures: list[tuple[int, ModelError]] = []
    for (count, _), result, is_bad in zip(work, results, bad, strict=True):
        if is_bad and stand_in is not None:
            good.append(stand_in(count))
        elif isinstance(result, ModelError):
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
