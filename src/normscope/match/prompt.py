"""The judge's prompt: a Markdown file in the package, filled in so that the texts stay data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from normscope.models.base import Completion, Message
from normscope.models.prompts import PromptFile, fence, prompt_file
from normscope.records import Question

__all__ = ["Prompt", "judge_prompt", "quoted"]

LONGEST_QUOTE = 2_000
"""Characters of an unusable answer that are shown to the judge again."""


@dataclass(frozen=True)
class Prompt:
    """The messages that are made of the prompt file. Each text is cut after `longest` characters; a note outside it says so."""

    file: PromptFile

    @property
    def sha256(self) -> str:
        return self.file.sha256

    def ask(self, question: Question, *, longest: int) -> list[Message]:
        """The messages that ask one question."""
        return self._ask_one("system", question, longest)

    def ask_label(self, question: Question, *, longest: int) -> list[Message]:
        """The messages that ask for the label of one question and for no evidence."""
        return self._ask_one("label system", question, longest)

    def repair(self, question: Question, *, problem: str) -> Message:
        """The message that asks again after an unusable answer. `problem` is one sentence of our own."""
        code = fence(question.dilemma, question.text, question.solution)
        return Message("user", self.file.fill("repair", problem=problem, fence=code))

    def ask_list(self, questions: Sequence[Question], *, longest: int) -> list[Message]:
        """The messages that ask for the labels of one text towards several solutions, numbered from 1.

        The questions have the same dilemma, text and `asked`.
        """
        first = questions[0]
        code = _code_of(questions)
        blocks = [
            self.file.fill("listed solution", number=str(n), solution=question.solution[:longest], fence=code)
            for n, question in enumerate(questions, start=1)
        ]
        shown = self.file.fill(
            f"list {first.asked}",
            dilemma=first.dilemma[:longest],
            text=first.text[:longest],
            solutions="\n\n".join(blocks),
            count=str(len(blocks)),
            fence=code,
        )
        solutions = {f"solution {n}": question.solution for n, question in enumerate(questions, start=1)}
        notes = _notes({"dilemma": first.dilemma, "text": first.text, **solutions}, longest)
        return [self._system("list system", code), Message("user", "\n\n".join([shown, *notes]))]

    def repair_list(self, questions: Sequence[Question], *, problems: Mapping[int, str]) -> Message:
        """The message that asks again for the numbers of a list whose entries cannot be used, each with what is wrong."""
        flaws = " ".join(f"Solution {n}: {problem}" for n, problem in problems.items())
        numbers = ", ".join(str(n) for n in problems)
        return Message("user", self.file.fill("list repair", problems=flaws, numbers=numbers, fence=_code_of(questions)))

    def _ask_one(self, system: str, question: Question, longest: int) -> list[Message]:
        texts = {"dilemma": question.dilemma, "text": question.text, "solution": question.solution}
        code = fence(*texts.values())
        shown = self.file.fill(question.asked, fence=code, **{name: text[:longest] for name, text in texts.items()})
        return [self._system(system, code), Message("user", "\n\n".join([shown, *_notes(texts, longest)]))]

    def _system(self, section: str, code: str) -> Message:
        return Message("system", self.file.fill(section, fence=code, labels=self.file.sections["labels"]))


def judge_prompt() -> Prompt:
    """The prompt of `judge:MODEL`, from `prompts/judge.md`."""
    return Prompt(prompt_file("normscope.match", "judge.md"))


def quoted(completion: Completion) -> Message:
    """An unusable answer as the judge's own turn, bounded; some servers refuse an empty one."""
    return Message("assistant", completion.text[:LONGEST_QUOTE].strip() or "(no answer)")


def _code_of(questions: Sequence[Question]) -> str:
    return fence(questions[0].dilemma, questions[0].text, *(question.solution for question in questions))


def _notes(texts: Mapping[str, str], longest: int) -> list[str]:
    return [
        f"The {name} was longer: only its first {longest} of {len(text)} characters are shown."
        for name, text in texts.items()
        if len(text) > longest
    ]
