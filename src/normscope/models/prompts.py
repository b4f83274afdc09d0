"""Prompt files that judges are asked with: Markdown in a package, filled in so that strangers' texts stay data."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["PromptFile", "fence", "prompt_file"]

FENCE_DIGITS = 12


@dataclass(frozen=True)
class PromptFile:
    """The sections of a prompt file by heading, and the SHA-256 of the file."""

    sections: dict[str, str]
    sha256: str

    def fill(self, section: str, **values: str) -> str:
        """A section with its `$name`s replaced, in one pass: a `$name` inside a value stays as it is."""
        return string.Template(self.sections[section]).substitute(values)


@cache
def prompt_file(package: str, name: str) -> PromptFile:
    """The file `prompts/<name>` of a package."""
    content = files(package).joinpath("prompts", name).read_bytes()
    parts = ("\n" + content.decode("utf-8")).split("\n# ")[1:]
    sections = {heading.strip(): body.strip() for heading, _, body in (part.partition("\n") for part in parts)}
    return PromptFile(sections, hashlib.sha256(content).hexdigest())


def fence(*texts: str, digits: int = FENCE_DIGITS) -> str:
    """A code of at least `digits` hexadecimal digits that none of the texts holds, so that none can forge a closing mark.

    It starts the SHA-256 of the texts themselves: the same texts always have the same code, and nobody who writes one of
    them can know it beforehand.

    >>> fence("Hm?", "Ask him.") == fence("Hm?", "Ask him.") != fence("Hm?Ask him.", "")
    True
    >>> code = fence("0123456789abcde", "f", digits=1)
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
