"""Would the cleaning leave the same of a text as before? What it follows from, as one number."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from normscope.match.steering import LANGUAGES

__all__ = ["cleaning_sha256"]

_FILES = (
    *("characters.py", "cleaning.py", "markup.py", "steering.py", "steering_together.py"),
    *(f"steering/{language}.yaml" for language in LANGUAGES),
)


@cache
def cleaning_sha256() -> str:
    """The SHA-256 of the cleaning's code and of its wordings, as they are installed: what is left of a text follows from them.

    Any change of these files is another cleaning, also one of a comment: labels that are remembered from before are then
    made anew, which costs time, instead of being believed.
    """
    digest = hashlib.sha256()
    for name in _FILES:
        digest.update(hashlib.sha256(_bytes(name)).digest())
    return digest.hexdigest()


def _bytes(name: str) -> bytes:
    return files(__package__).joinpath(*name.split("/")).read_bytes()
