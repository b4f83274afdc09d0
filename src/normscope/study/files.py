"""Writing a study's result files: complete or not at all, and the same bytes for the same content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from normscope.errors import StoreError

__all__ = ["write_json", "write_text"]


def write_json(path: Path, values: Any) -> Path:
    """Write JSON under another name first and rename it, so that a reader never sees half a file."""
    return write_text(path, json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> Path:
    """Write a text as UTF-8 in the same way."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8")
        return unfinished.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}). Check the disk and the permissions.") from error
