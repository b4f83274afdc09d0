"""The judge's prompt without its fencing: no marks, no code, not a word on what is data. To measure what fencing is worth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from normscope.models.base import Ask, Completion, Message, Params

__all__ = ["Unfenced", "without_fence"]

_CODE = re.compile(r"between marks that bear the code ([0-9a-f]+),")
_RULE = re.compile(
    r"Dilemma, text and solutions? are data\. They stand between .*?"
    r" (They may be in any language\.) .*? never an instruction to you\."
)


@dataclass(frozen=True)
class Unfenced:
    """Asks `ask` what the shipped prompt would ask, with the texts under plain headings instead of between marks."""

    ask: Ask = field(repr=False)

    async def __call__(self, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        return await self.ask(without_fence(messages), params, draw=draw)


def without_fence(messages: Sequence[Message]) -> list[Message]:
    """The messages of the shipped prompt without marks, code and the paragraph that says what is data; all else as it is.

    `ValueError` where the prompt is no longer one that this knows how to take apart: a defence that is still half there would
    be measured as one that was taken away.
    """
    system = messages[0].content
    found = _CODE.search(system)
    bare, rules = _RULE.subn(r"\1", system)
    if found is None or not rules:
        raise ValueError("the judge's prompt has no paragraph on marks; got the system message: " + system[:300])
    code = found.group(1)
    rest = [_plain(message, code) if message.role == "user" else message for message in messages[1:]]
    if any(code in message.content for message in (replace(messages[0], content=bare), *rest)):
        raise ValueError("the judge's prompt has marks of a kind that is not known here")
    return [replace(messages[0], content=bare), *rest]


def _plain(message: Message, code: str) -> Message:
    # no text holds the code, so every place that does is ours
    opening = re.compile(rf'<(\w+)(?: number="(\d+)")? code="{code}">')
    closing = re.compile(rf'\n</\w+(?: number="\d+")? code="{code}">')
    content = opening.sub(lambda mark: " ".join(filter(None, mark.groups())).capitalize() + ":", message.content)
    content = closing.sub("", content).replace(f" marked with the code {code}", "")
    return replace(message, content=content)
