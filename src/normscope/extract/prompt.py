"""The prompt of `judge:MODEL`: a Markdown file in the package, filled in so that the texts stay data."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.models.base import Message
from normscope.models.prompts import PromptFile, fence, prompt_file

__all__ = ["Prompt", "judge_prompt"]


@dataclass(frozen=True)
class Prompt:
    """The messages that are made of the prompt file."""

    file: PromptFile

    @property
    def sha256(self) -> str:
        return self.file.sha256

    def ask(self, dilemma: str, response: str, *, most: int) -> list[Message]:
        """The messages that ask for the solutions in a response, at most so many."""
        code = fence(dilemma, response)
        return [
            Message("system", self.file.fill("system", fence=code, most=str(most))),
            Message("user", self.file.fill("response", fence=code, dilemma=dilemma, response=response)),
        ]

    def repair(self, dilemma: str, response: str, *, problem: str) -> Message:
        """The message that asks again after an unusable answer. `problem` is one sentence of our own."""
        return Message("user", self.file.fill("repair", problem=problem, fence=fence(dilemma, response)))


def judge_prompt() -> Prompt:
    """The prompt in `prompts/judge.md`."""
    return Prompt(prompt_file("normscope.extract", "judge.md"))
