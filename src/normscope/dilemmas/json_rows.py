"""Rows of JSONL (one object per line) and of a small `.json` file that holds one array of objects."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from normscope.dilemmas.lines import MAX_LINE, read_lines
from normscope.dilemmas.row import MAX_COLUMNS, Row
from normscope.errors import DataError

__all__ = ["json_rows"]

_SPACE = " \t\r\n"
_LEADING = re.compile(f"[{_SPACE}]*")


def json_rows(path: Path) -> Iterator[Row]:
    """Yield one row per object; blank lines are skipped. A `.json` file may hold one array of at most `MAX_LINE` bytes."""
    lines = ((number, text.rstrip(_SPACE)) for number, text in read_lines(path) if text.strip(_SPACE))
    first = next(lines, None)
    if first is None:
        return
    if path.suffix.lower() == ".json" and first[1].lstrip(_SPACE).startswith("["):
        yield from _array(path)
        return
    for number, text in chain([first], lines):
        value, end = _value(path, text, _content(text, 0), number)
        if rest := text[end:].strip(_SPACE):
            raise DataError(
                f"not valid JSON: more text after the first value, at column {end + 1}",
                file=path,
                line=number,
                got=rest,
                allowed="one JSON object per line",
            )
        yield Row(number, _object(path, value, number))


def _array(path: Path) -> Iterator[Row]:
    if path.stat().st_size > MAX_LINE:
        raise DataError(
            "the file holds one large array",
            file=path,
            line=1,
            got=f"{path.stat().st_size:,} bytes",
            allowed=f"an array of at most {MAX_LINE:,} bytes",
            do="Write one object per line into a .jsonl file",
        )
    text = "".join(line for _, line in read_lines(path))
    at, line, counted = text.index("[") + 1, 1, 0
    separator = "["
    while True:
        at = _content(text, at)
        line, counted = line + text.count("\n", counted, at), at
        if text[at : at + 1] == "]" and separator == "[":
            break
        value, at = _value(path, text, at, line)
        yield Row(line, _object(path, value, line))
        at = _content(text, at)
        line, counted = line + text.count("\n", counted, at), at
        separator = text[at : at + 1]
        if separator not in {",", "]"}:
            raise DataError("not valid JSON: the array is not closed", file=path, line=line, got=separator, allowed="',' or ']'")
        if separator == "]":
            break
        at += 1
    if rest := text[at + 1 :].strip(_SPACE):
        raise DataError("not valid JSON: more text after the array", file=path, line=line, got=rest, allowed="one array")


def _content(text: str, at: int) -> int:
    """Where the next character that is not white space stands."""
    found = _LEADING.match(text, at)
    return found.end() if found else at


def _value(path: Path, text: str, start: int, line: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        inner = text.count("\n", start, error.pos)
        column = error.pos - text.rfind("\n", 0, error.pos)
        raise DataError(
            f"not valid JSON: {error.msg}, at column {column}",
            file=path,
            line=line + inner,
            got=text[max(0, error.pos - 10) : error.pos + 30].rstrip(_SPACE),
            allowed="one JSON object per line",
        ) from None
    except (ValueError, RecursionError) as error:
        what = "values nested too deeply" if isinstance(error, RecursionError) else str(error).partition(";")[0]
        raise DataError(f"not usable JSON: {what}", file=path, line=line, allowed="one JSON object per line") from None


def _object(path: Path, value: Any, line: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError("the row is not an object", file=path, line=line, got=value, allowed='{"column": value, …}')
    if len(value) > MAX_COLUMNS:
        raise DataError("too many columns", file=path, line=line, got=len(value), allowed=f"at most {MAX_COLUMNS:,}")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the name {name!r:.80} occurs twice in one object")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_refuse_constant)
"""Python's own decoder would keep the last of two equal names and take NaN for a number."""
