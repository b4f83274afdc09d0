"""Writing a study's result files: complete or not at all, and the same bytes for the same content."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from normscope.errors import StoreError

__all__ = ["json_bytes", "write_bytes", "write_json"]


def json_bytes(values: Any) -> bytes:
    """A value as the JSON of a file. Half a surrogate pair, which a model may have said, is written as its escape."""
    return (json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "backslashreplace")


def write_json(path: Path, values: Any) -> Path:
    """Write a value as JSON."""
    return write_bytes(path, json_bytes(values))


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file under another name first and rename it, so that a reader never sees half of it; its folder is made."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)  # in a folder from somebody else it may be a link to another file
        unfinished.write_bytes(content)
        return unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            unfinished.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written ({error.strerror or error}). Choose another place or make room.") from error
