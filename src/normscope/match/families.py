"""Which family a model belongs to, as far as its name tells."""

from __future__ import annotations

import re

__all__ = ["family"]

KIN = {
    "claude": "claude",
    "chatgpt": "gpt",
    "gpt": "gpt",
    "gemini": "gemini",
    "gemma": "gemma",
    "codellama": "llama",
    "llama": "llama",
    "qwen": "qwen",
    "qwq": "qwen",
    "mistral": "mistral",
    "ministral": "mistral",
    "mixtral": "mistral",
    "magistral": "mistral",
    "codestral": "mistral",
    "pixtral": "mistral",
    "deepseek": "deepseek",
    "smollm": "smollm",
    "phi": "phi",
    "command": "command",
    "grok": "grok",
    "olmo": "olmo",
    "glm": "glm",
    "kimi": "kimi",
    "granite": "granite",
    "nemotron": "nemotron",
    "falcon": "falcon",
}
"""Words that names of models hold, and the family they tell of."""

_KNOWN = re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(KIN, key=len, reverse=True))})")
_SHORT = re.compile(r"o\d(?![a-z0-9])")
_LETTERS = re.compile(r"[a-z]+")


def family(model: str) -> str:
    """The family of a model, e.g. `gpt`, from the first word in its name that is known, else from the name's first letters.

    It goes by the name alone: weights that were renamed, or trained on the answers of another family, look like their own.

    >>> [family(name) for name in ("http:gpt-4o-mini", "inspect:anthropic/claude-x", "local:/m/Meta-Llama-3.gguf", "http:o3")]
    ['gpt', 'claude', 'llama', 'gpt']
    >>> family("http:my-own-7b")
    'my'
    """
    name = model.partition(":")[2].lower() or model.lower()
    last = name.rstrip("/").rpartition("/")[2]
    for part in (last, name):
        if found := _KNOWN.search(part):
            return KIN[found.group()]
    if _SHORT.match(last):
        return "gpt"
    letters = _LETTERS.search(last)
    return letters.group() if letters else last
