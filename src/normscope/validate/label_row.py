"""What one row of a file of labels says, whatever tool wrote it; what cannot be read names file, place and field."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from normscope.errors import DataError
from normscope.records import Label

__all__ = ["ASKED", "CONTENT", "LabelRow", "content_of", "label_of", "read_text", "text_of", "values_of"]

CONTENT = ("dilemma", "text", "solution", "asked")
ASKED = ("stated", "shown")
MAX_FILE = 64 * 1024 * 1024
"""Ten thousand questions with long texts take a tenth of this."""

_WORDS = {label.value: label for label in Label} | {label.value[0]: label for label in Label}


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label as a file gives it. None: the file does not say; `label` None: not labelled yet.

    `line` is the line in the file where it has lines that mean something; `place` (e.g. `[3].annotations[0]`) says where a
    row of JSON stands and is empty elsewhere. `content`: dilemma, text, solution, asked.
    """

    line: int | None
    place: str
    item_id: str | None
    label: Label | None
    coder: str | None
    content: tuple[str, str, str, str] | None
    language: str | None = None

    def field(self, name: str) -> str:
        """The name of a field of this row, for messages."""
        return f"{self.place}.{name}" if self.place else name


def read_text(path: Path) -> str:
    """The whole of a UTF-8 file of at most 64 MB, without a byte-order mark."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DataError("this is not an ordinary file", file=path, allowed="one file on disk")
        if found.st_size > MAX_FILE:
            raise DataError("the file is too large", file=path, got=found.st_size, allowed=f"at most {MAX_FILE:,} bytes")
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"the file cannot be read ({error.strerror})", file=path, do="Check the path") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError("the file is not UTF-8", file=path, line=line, do="Save the file as UTF-8") from None


def values_of(text: str, *, file: Path, line: int | None = None) -> Any:
    """The JSON value of a text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"not valid JSON ({error.msg})", file=file, line=error.lineno if line is None else line) from None
    except (ValueError, RecursionError):  # digits without end, nesting without end
        raise DataError("not readable as JSON", file=file, line=line) from None


def text_of(value: Any, *, file: Path, line: int | None, field: str) -> str | None:
    """A text, or None for what is absent or blank; numbers become text. Anything else is a `DataError`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise DataError("not a text", file=file, line=line, field=field, got=value, allowed="a text")
    text = str(value)
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        what = "the text holds NUL or half of a surrogate pair"
        raise DataError(what, file=file, line=line, field=field, got=text, do="Remove it")
    return text if text.strip() else None


def label_of(value: Any, *, file: Path, line: int | None, field: str) -> Label | None:
    """A label by its word or first letter in any case; None where the field is blank."""
    word = text_of(value, file=file, line=line, field=field)
    if word is None:
        return None
    label = _WORDS.get(word.strip().casefold())
    if label is None:
        allowed = ", ".join(label.value for label in Label) + " (or their first letters), or blank"
        raise DataError("no such label", file=file, line=line, field=field, got=word, allowed=allowed)
    return label


def content_of(values: dict[str, Any], *, file: Path, line: int | None, place: str = "") -> tuple[str, str, str, str] | None:
    """Dilemma, text, solution and asked (`stated` where blank) of a row; None where it has none of the three texts."""

    def named(name: str) -> str:
        return f"{place}.{name}" if place else name

    found = {name: text_of(values.get(name), file=file, line=line, field=named(name)) for name in CONTENT}
    dilemma, text, solution = (found[name] for name in CONTENT[:3])
    if dilemma is None and text is None and solution is None:
        return None
    if dilemma is None or text is None or solution is None:
        missing = next(name for name in CONTENT[:3] if found[name] is None)
        do = "Give dilemma, text and solution, or none of them and an item_id"
        raise DataError("a question lacks a part", file=file, line=line, field=named(missing), do=do)
    asked = (found["asked"] or ASKED[0]).strip().casefold()
    if asked not in ASKED:
        raise DataError(
            "no such way of asking", file=file, line=line, field=named("asked"), got=asked, allowed=" or ".join(ASKED)
        )
    return dilemma, text, solution, asked
