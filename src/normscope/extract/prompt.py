"""The prompt of `judge:MODEL`: a Markdown file in the package, filled in so that the texts stay data."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from normscope.models.base import Message

__all__ = ["Prompt", "fence", "judge_prompt"]

FENCE_DIGITS = 12


@dataclass(frozen=True)
class Prompt:
    """The sections of a prompt file by heading, and the SHA-256 of the file."""

    sections: dict[str, str]
    sha256: str

    def ask(self, dilemma: str, response: str, *, most: int) -> list[Message]:
        """The messages that ask for the solutions in a response, at most so many."""
        code = fence(dilemma, response)
        return [
            Message("system", self._fill("system", fence=code, most=str(most))),
            Message("user", self._fill("response", fence=code, dilemma=dilemma, response=response)),
        ]

    def repair(self, dilemma: str, response: str, *, problem: str) -> Message:
        """The message that asks again after an unusable answer. `problem` is one sentence of our own."""
        return Message("user", self._fill("repair", problem=problem, fence=fence(dilemma, response)))

    def _fill(self, section: str, **values: str) -> str:
        # one pass: a `$fence` inside a value stays as it is
        return string.Template(self.sections[section]).substitute(values)


@cache
def judge_prompt() -> Prompt:
    """The prompt in `prompts/judge.md`."""
    content = (files("normscope.extract") / "prompts" / "judge.md").read_bytes()
    parts = ("\n" + content.decode("utf-8")).split("\n# ")[1:]
    sections = {heading.strip(): body.strip() for heading, _, body in (part.partition("\n") for part in parts)}
    return Prompt(sections, hashlib.sha256(content).hexdigest())


def fence(*texts: str) -> str:
    """A code that none of the texts holds, so that none can forge a closing mark.

    It begins the SHA-256 of the texts: the same texts always have the same code, and who writes one cannot know it before.

    >>> fence("Hm?", "Ask him.") == fence("Hm?", "Ask him.") != fence("Hm?Ask him.", "")
    True
    """
    hashed = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        hashed.update(len(encoded).to_bytes(8) + encoded)
    code = hashed.hexdigest()
    folded = [text.lower() for text in texts]
    # the whole hash is the last resort; a text that holds its own SHA-256 cannot be made
    return next((code[:n] for n in range(FENCE_DIGITS, len(code)) if not any(code[:n] in text for text in folded)), code)
