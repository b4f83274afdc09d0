"""One chance to mend an answer that cannot be used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from normscope.match.verdict import Unusable
from normscope.models.base import Completion, Message

__all__ = ["mended", "quoted"]

LONGEST_QUOTE = 2_000
"""Characters of an unusable answer that are shown to the judge again."""

T = TypeVar("T")


async def mended(
    ask: Callable[[Sequence[Message]], Awaitable[Completion]],
    messages: Sequence[Message],
    *,
    read: Callable[[Completion], T | Unusable],
    repair: Callable[[str], Message],
) -> T | Unusable:
    """What `read` makes of the answer to the messages, or else of the answer to these, the first answer and `repair`."""
    completion = await ask(messages)
    found = read(completion)
    if isinstance(found, Unusable):
        found = read(await ask([*messages, quoted(completion), repair(found.problem)]))
    return found


def quoted(completion: Completion) -> Message:
    """An answer as the judge's own turn, bounded; some servers refuse an empty one."""
    return Message("assistant", completion.text[:LONGEST_QUOTE].strip() or "(no answer)")
