"""A judge whose labels follow a rule: it reads the prompts of the matchers that ask a model, and answers as they want it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from normscope.models.base import Completion, Message, Params
from normscope.records import NotMeasured

__all__ = ["RuledJudge"]

EVIDENCE = 40
"""Characters from the beginning of the text that it gives as evidence."""

_BLOCK = re.compile(
    r'^<(dilemma|text|solution|question)(?: number="(\d+)")? code="([0-9a-f]+)">\n(.*?)\n</\1(?: number="\2")? code="\3">$',
    re.DOTALL | re.MULTILINE,
)


class RuledJudge:
    """An `Ask` without a model: `rule(text, solution)` is the label of a question, and of a text's standing `rule(text, "")`.

    What it gives as evidence is the beginning of the text. `calls` keeps the messages that it was asked. For studies with a
    `LoopbackServer` its `answer` takes the body of a request.
    """

    def __init__(self, rule: Callable[[str, str], str]) -> None:
        self.rule = rule
        self.calls: list[list[Message]] = []

    async def __call__(self, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        self.calls.append(list(messages))
        said = self._answer([message.content for message in messages])
        unknown = NotMeasured("a rule has no tokens")
        return Completion(said, "stop", unknown, unknown)

    def answer(self, request: Mapping[str, Any]) -> str:
        """The text of the answer to a request in the chat format."""
        return self._answer([str(message["content"]) for message in request["messages"]])

    def _answer(self, contents: Sequence[str]) -> str:
        blocks = [(name, number, text) for name, number, _, text in _BLOCK.findall(contents[1])]
        text = next(content for name, _, content in blocks if name == "text")
        solutions = [(number, content) for name, number, content in blocks if name == "solution"]
        if solutions and solutions[0][0]:
            entries = [{"solution": int(number), **self._entry(text, solution)} for number, solution in solutions]
            return json.dumps({"labels": entries}, ensure_ascii=False)
        return json.dumps(self._entry(text, solutions[0][1] if solutions else ""), ensure_ascii=False)

    def _entry(self, text: str, solution: str) -> dict[str, str]:
        return {"evidence": text[:EVIDENCE], "label": self.rule(text, solution)}
