"""Ready profiles of OpenAI-compatible servers: where they are, which variable holds the key, and what they call things."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from normscope.errors import UsageError, did_you_mean

__all__ = ["PROFILES", "Profile", "profile_for"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of server is spoken to. Any part of it is overridden by what the user writes for the model.

    `rename` gives the server's names of our fields (an empty name leaves the field out); `json_schema` says whether answers
    can be forced into a schema; a server that turns out not to is asked without.
    """

    base_url: str
    key_env: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    json_schema: bool = True


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        # its reasoning models accept no `max_tokens`, its other models accept the new name too
        "openai": Profile("https://api.openai.com/v1", "OPENAI_API_KEY", {"max_tokens": "max_completion_tokens"}),
        "openrouter": Profile("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        "ollama": Profile("http://127.0.0.1:11434/v1"),
        "vllm": Profile("http://127.0.0.1:8000/v1"),
        "llama.cpp": Profile("http://127.0.0.1:8080/v1"),
        "together": Profile("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        "groq": Profile("https://api.groq.com/openai/v1", "GROQ_API_KEY", {"max_tokens": "max_completion_tokens"}),
        "mistral": Profile("https://api.mistral.ai/v1", "MISTRAL_API_KEY", {"seed": "random_seed"}),
        # its compatible endpoint documents no seed
        "gemini": Profile("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY", {"seed": ""}),
    }
)
"""The profiles by the name that a user writes under `profile`."""

_PLAIN = Profile("")


def profile_for(name: str | None, base_url: str | None) -> Profile:
    """The profile that a user named, else the one of the server at `base_url`, else one that changes nothing.

    >>> profile_for("groq", None).key_env
    'GROQ_API_KEY'
    >>> profile_for(None, "https://api.mistral.ai/v1").rename
    {'seed': 'random_seed'}
    """
    if name is not None:
        if name not in PROFILES:
            raise UsageError(f"no profile of a server named {name!r}. {did_you_mean(name, PROFILES)}")
        return PROFILES[name]
    host = urllib.parse.urlsplit(base_url or "").netloc
    known = {urllib.parse.urlsplit(profile.base_url).netloc: profile for profile in PROFILES.values() if profile.key_env}
    # an address alone says nothing of a key: no variable is read that the user did not name
    found = known.get(host, _PLAIN)
    return Profile(found.base_url, None, found.rename, found.json_schema)
