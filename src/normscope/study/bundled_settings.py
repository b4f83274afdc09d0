"""The settings of a study as a bundle shows them: all of them, and nothing that could be a key."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from markupsafe import Markup

from normscope.errors import UsageError
from normscope.models.profiles import PROFILES
from normscope.study.settings import Settings

__all__ = ["refuse_keys", "settings_values"]

LEFT_OUT = "[left out: it could hold a key]"
SHORTEST = 8
"""A shorter value of a variable is no key, and stands in many a text by chance."""
_SECRET = frozenset(
    {"key", "apikey", "secret", "password", "passwd", "passphrase", "pwd", "credential", "credentials", "auth", "authorization"}
    | {"bearer", "cookie", "jwt"}
)
_WORD = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""A word of a name such as `client_secret`, `clientSecret`, `X-API-Key` or `APIKey`."""

_GZIP = re.compile(rb"H4sI[A-Za-z0-9+/]{20,}={0,2}")
"""How gzip begins in base64."""


def settings_values(settings: Settings) -> dict[str, Any]:
    """What `config.json` holds: the settings as they are kept in the folder.

    Left out are the values of headers, the parts of addresses that can hold a key (user, password, query), and what of a
    server's further parameters is called a key, token, secret or password. Keys themselves are never in the settings.
    """
    values: dict[str, Any] = settings.model_dump(mode="json", exclude={"folder"})
    for model in (*values["models"], *values["judges"]):
        model["headers"] = dict.fromkeys(model["headers"], LEFT_OUT)
        model["extra_body"] = _without_secrets(model["extra_body"])
        if model["base_url"]:
            model["base_url"] = _plain_address(model["base_url"])
    return values


def refuse_keys(settings: Settings, files: dict[str, bytes]) -> None:
    """A `UsageError` where a file holds the value of an environment variable that the study takes a key from."""
    reached = (*settings.models, *settings.judges)
    names = {model.key_env for model in reached} | {PROFILES[model.profile].key_env for model in reached if model.profile}
    values = {name: os.environ.get(name, "") for name in sorted(filter(None, names))}
    keys = {name: _written(key) for name, key in values.items() if len(key) >= SHORTEST}
    for path, content in files.items() if keys else ():
        readable = [content, *_packed_in(content)]
        for name, key in keys.items():
            if any(written in part for part in readable for written in key):
                raise UsageError(
                    f"{path} would hold the value of the environment variable {name}, which is a key. It is not bundled. "
                    "Look for it in the study's settings, dilemmas and answers; a key that was in a prompt is known to others."
                )


def _written(key: str) -> set[bytes]:
    """A key as it would stand in a text, in JSON, and in a page."""
    ways = (key, json.dumps(key, ensure_ascii=False)[1:-1], escape(key), str(Markup.escape(key)))
    return {way.encode("utf-8", "surrogateescape") for way in ways}


def _packed_in(content: bytes) -> Iterator[bytes]:
    """The data that a page holds packed: gzip in base64."""
    for block in _GZIP.findall(content):
        with contextlib.suppress(ValueError, OSError, EOFError, zlib.error):
            yield gzip.decompress(base64.b64decode(block, validate=True))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: LEFT_OUT if _could_be_key(name) else _without_secrets(one) for name, one in value.items()}
    return [_without_secrets(one) for one in value] if isinstance(value, list) else value


def _could_be_key(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    return not _SECRET.isdisjoint(words) or words[-1:] == ["token"]  # max_tokens is a number, token_limit too


def _plain_address(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return LEFT_OUT
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
