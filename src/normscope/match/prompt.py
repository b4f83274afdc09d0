"""The judge's prompt: a Markdown file in the package, filled in so that the texts stay data."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from normscope.models.base import Message
from normscope.records import Question

__all__ = ["Prompt", "fence", "judge_prompt"]

FENCE_DIGITS = 12


@dataclass(frozen=True)
class Prompt:
    """The sections of a prompt file by heading, and the SHA-256 of the file."""

    sections: dict[str, str]
    sha256: str

    def ask(self, question: Question, *, longest: int) -> list[Message]:
        """The messages that ask one question. Each text is cut after `longest` characters; a note outside it says so."""
        texts = {"dilemma": question.dilemma, "text": question.text, "solution": question.solution}
        code = fence(list(texts.values()))
        shown = self._fill(question.asked, fence=code, **{name: text[:longest] for name, text in texts.items()})
        notes = [
            f"The {name} was longer: only its first {longest} of {len(text)} characters are shown."
            for name, text in texts.items()
            if len(text) > longest
        ]
        return [Message("system", self._fill("system", fence=code)), Message("user", "\n\n".join([shown, *notes]))]

    def repair(self, question: Question, *, problem: str) -> Message:
        """The message that asks again after an unusable answer. `problem` is one sentence of our own."""
        code = fence([question.dilemma, question.text, question.solution])
        return Message("user", self._fill("repair", problem=problem, fence=code))

    def _fill(self, section: str, **values: str) -> str:
        # one pass: a `$text` inside a value stays as it is
        return string.Template(self.sections[section]).substitute(values)


@cache
def judge_prompt() -> Prompt:
    """The prompt of `judge:MODEL`, from `prompts/judge.md`."""
    content = files(__package__).joinpath("prompts", "judge.md").read_bytes()
    parts = ("\n" + content.decode("utf-8")).split("\n# ")[1:]
    sections = {heading.strip(): body.strip() for heading, _, body in (part.partition("\n") for part in parts)}
    return Prompt(sections, hashlib.sha256(content).hexdigest())


def fence(texts: Sequence[str], *, digits: int = FENCE_DIGITS) -> str:
    """A code of at least `digits` hexadecimal digits that none of the texts holds, so that none can forge a closing mark.

    It starts the SHA-256 of the texts themselves: the same question always has the same prompt, and nobody who writes one
    of the texts can know the code beforehand.

    >>> fence(["Hm?", "Ask him.", "Talk."]) == fence(["Hm?", "Ask him.", "Talk."])
    True
    >>> code = fence(["0123456789abcde", "f"], digits=1)
    >>> len(code) > 1, any(code in text for text in ("0123456789abcde", "f"))
    (True, False)
    """
    hashed = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        hashed.update(len(encoded).to_bytes(8) + encoded)
    code = hashed.hexdigest()
    folded = [text.lower() for text in texts]
    # the whole hash is the last resort; a text that holds its own SHA-256 cannot be made
    return next((code[:n] for n in range(digits, len(code)) if not any(code[:n] in text for text in folded)), code)
