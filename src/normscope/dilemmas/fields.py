"""Typed reading of one row: each value is what it should be, or an error names file, line and field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from normscope.dilemmas.lists import string_list
from normscope.dilemmas.row import Row
from normscope.errors import DataError

__all__ = ["MAX_DRAW", "Fields", "as_text", "named"]

MAX_DRAW = 1_000_000
_MAX_ID = 200
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_PARTIAL_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TEXT = "text"


class Fields:
    """The values of one row, read by type. A missing column, null and (for text) only white space are all "not given"."""

    __slots__ = ("_line", "_values", "file")

    def __init__(self, file: Path, row: Row) -> None:
        self.file = file
        self._line, self._values = row

    @property
    def line(self) -> int:
        return self._line

    def error(self, what: str, field: str, *, allowed: str | None = None, do: str | None = None) -> DataError:
        """The error that this field of this row is wrong, with what was got."""
        return DataError(what, file=self.file, line=self._line, field=field, got=self._values.get(field), allowed=allowed, do=do)

    def optional_text(self, field: str) -> str | None:
        """The text as it stands, or None where none is given."""
        value = self._values.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.error(f"the value is {_kind(value)}, not text", field, allowed=_TEXT)
        self._refuse_unstorable(field, value)
        return value if value.strip() else None

    def text(self, field: str) -> str:
        """The text, which must be given."""
        value = self.optional_text(field)
        if value is None:
            raise self.error("the text is missing or empty", field, allowed="a text that is not empty")
        return value

    def label(self, field: str) -> str | None:
        """A short text without white space around it; a whole number counts as text."""
        value = self._values.get(field)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        text = self.optional_text(field)
        return text if text is None else text.strip()

    def any_text(self, field: str) -> str:
        """The value as one line of printable text, whatever its type; empty where there is none."""
        value = self._values.get(field)
        text = "" if value is None else as_text(value)
        self._refuse_unstorable(field, text)
        return "".join(c for c in " ".join(text.split()) if c.isprintable())

    def identifier(self, field: str) -> str:
        """An id: a text or whole number of at most 200 characters, with no white space around it and no control characters."""
        value = self.label(field)
        if value is None:
            raise self.error("the id is missing or empty", field, allowed="a text or a whole number")
        given = self._values[field]
        if value != str(given) or len(value) > _MAX_ID or _CONTROL.search(value):
            allowed = f"at most {_MAX_ID} characters, no white space around them, no line breaks or control characters"
            raise self.error("this cannot be an id", field, allowed=allowed)
        return value

    def choice(self, field: str, allowed: Iterable[str]) -> str | None:
        """One of a few words, in any case."""
        value = self.optional_text(field)
        if value is None:
            return None
        word, words = value.strip().lower(), tuple(allowed)
        if word not in words:
            raise self.error("the word is not known", field, allowed=", ".join(words))
        return word

    def number(self, field: str) -> int | None:
        """A whole number from 0 to a million, also where it is written as text or as 3.0."""
        value = self._values.get(field)
        if isinstance(value, str):
            written = re.fullmatch(r"\s*([0-9]{1,9})(\.0*)?\s*", value)
            if not value.strip():
                return None
            value = int(written[1]) if written else value
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_DRAW:
            raise self.error("the value is not a usable number", field, allowed=f"a whole number from 0 to {MAX_DRAW:,}")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts, given as a list or written as JSON or as a Python list; not given is an empty list."""
        value = self._values.get(field)
        if value is None:
            return ()
        try:
            found = string_list(value)
        except ValueError as error:
            allowed = 'a list of texts, such as ["Talk to her.", "Wait."]'
            raise self.error(str(error), field, allowed=allowed) from None
        for text in found:
            self._refuse_unstorable(field, text)
        return found

    def language(self, field: str) -> str | None:
        """A BCP-47 language tag, its first part in lower case."""
        value = self.label(field)
        if value is None:
            return None
        if not _LANGUAGE.fullmatch(value):
            raise self.error("this is not a language tag", field, allowed="a BCP-47 tag such as 'en', 'da' or 'pt-BR'")
        first, hyphen, rest = value.partition("-")
        return first.lower() + hyphen + rest

    def date(self, field: str) -> str | None:
        """A date or time in ISO 8601, or only its year, or year and month."""
        value = self._values.get(field)
        if isinstance(value, date):  # from Parquet; a datetime is a date too
            return value.isoformat()
        text = self.label(field)
        if text is None or _PARTIAL_DATE.fullmatch(text):
            return text
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise self.error("this is not a date", field, allowed="a date such as 2024-05-31, 2024-05 or 2024") from None
        return text

    def others(self, known: Iterable[str]) -> dict[str, str]:
        """The given values of all further columns, as text."""
        skipped = set(known)
        found = {}
        for name, value in self._values.items():
            if name not in skipped and value is not None:
                text = as_text(value)
                self._refuse_unstorable(name, name + text)
                if text.strip():
                    found[name] = text
        return found

    def _refuse_unstorable(self, field: str, text: str) -> None:
        if text.isascii():
            if "\0" in text:
                raise self.error("the text holds a NUL character", field, allowed="text without NUL")
            return
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise self.error("the text holds half of a character (a lone surrogate)", field, allowed="valid Unicode") from None
        if "\0" in text:
            raise self.error("the text holds a NUL character", field, allowed="text without NUL")


def as_text(value: Any) -> str:
    """Any value of a row as text: text as it stands, anything else as JSON.

    >>> as_text("a"), as_text(3), as_text([1, None])
    ('a', '3', '[1, null]')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def named(names: Iterable[str]) -> str:
    """Column names as a bounded list for a note.

    >>> named(["b", "a"])
    'a, b'
    """
    ordered = sorted(names)
    shown = [name[:60] if name.isprintable() else repr(name)[:60] for name in ordered[:20]]
    return ", ".join(shown) + (f" and {len(ordered) - 20} more" if len(ordered) > 20 else "")


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a list" if isinstance(value, list) else f"of type {type(value).__name__}"
