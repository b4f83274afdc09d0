"""The judge's prompt: a Markdown file in the package, filled in so that the texts stay data."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.models.base import Message
from normscope.models.prompts import PromptFile, fence, prompt_file
from normscope.records import Question

__all__ = ["Prompt", "judge_prompt"]


@dataclass(frozen=True)
class Prompt:
    """The messages that are made of the prompt file."""

    file: PromptFile

    @property
    def sha256(self) -> str:
        return self.file.sha256

    def ask(self, question: Question, *, longest: int) -> list[Message]:
        """The messages that ask one question. Each text is cut after `longest` characters; a note outside it says so."""
        texts = {"dilemma": question.dilemma, "text": question.text, "solution": question.solution}
        code = fence(*texts.values())
        shown = self.file.fill(question.asked, fence=code, **{name: text[:longest] for name, text in texts.items()})
        notes = [
            f"The {name} was longer: only its first {longest} of {len(text)} characters are shown."
            for name, text in texts.items()
            if len(text) > longest
        ]
        return [Message("system", self.file.fill("system", fence=code)), Message("user", "\n\n".join([shown, *notes]))]

    def repair(self, question: Question, *, problem: str) -> Message:
        """The message that asks again after an unusable answer. `problem` is one sentence of our own."""
        code = fence(question.dilemma, question.text, question.solution)
        return Message("user", self.file.fill("repair", problem=problem, fence=code))


def judge_prompt() -> Prompt:
    """The prompt of `judge:MODEL`, from `prompts/judge.md`."""
    return Prompt(prompt_file("normscope.match", "judge.md"))
