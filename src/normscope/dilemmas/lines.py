"""A text file as decoded lines, each bounded in length; what cannot be read is refused with the line and the reason."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from normscope.errors import DataError

__all__ = ["MAX_LINE", "read_lines", "require_file"]

MAX_LINE = 8 * 1024 * 1024
"""The longest line in bytes; no answer to a dilemma is near it, and memory stays bounded."""

_UTF8_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
"""What UTF-16 and UTF-32 files begin with."""
_SAVE = "Save the file as UTF-8"


def require_file(path: Path) -> None:
    """Refuse, as a `DataError`, a path that is not an ordinary file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise DataError("there is no such file", file=path, do="Check the path") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise DataError(f"the file cannot be reached ({_why(error)})", file=path) from error
    if stat.S_ISDIR(mode):
        raise DataError("this is a folder", file=path, allowed="one file", do="Name a file in it")
    if not stat.S_ISREG(mode):
        raise DataError("this is not an ordinary file", file=path, allowed="one file on disk")


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, text with its newline) of a UTF-8 file; a byte-order mark and CR before LF are dropped."""
    require_file(path)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise DataError(f"the file cannot be opened ({_why(error)})", file=path, do="Check its permissions") from error
    with stream:
        _refuse_wide_encodings(path, stream)
        number = 0
        while raw := _next_line(path, stream, number + 1):
            number += 1
            text = _decode(path, number, raw)
            yield number, text[:-2] + "\n" if text.endswith("\r\n") else text


def _refuse_wide_encodings(path: Path, stream: BinaryIO) -> None:
    head = stream.read(256)
    # without a mark, UTF-16 gives itself away: every other byte of Western text is NUL
    if head.startswith(_WIDE_MARKS) or head.count(0) * 3 > len(head):
        raise DataError(
            "the file is not UTF-8: it looks like UTF-16 or a binary file",
            file=path,
            line=1,
            got=head[:8],
            allowed="UTF-8 text",
            do=_SAVE,
        )
    stream.seek(len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0)


def _next_line(path: Path, stream: BinaryIO, number: int) -> bytes:
    try:
        raw = stream.readline(MAX_LINE + 1)
    except OSError as error:
        raise DataError(f"reading broke off ({_why(error)})", file=path, line=number) from error
    if len(raw) > MAX_LINE:
        raise DataError(
            "the line is too long",
            file=path,
            line=number,
            got=f"more than {MAX_LINE:,} bytes",
            allowed=f"at most {MAX_LINE:,} bytes in a line",
            do="Check that the file has one row per line",
        )
    return raw


def _decode(path: Path, number: int, raw: bytes) -> str:
    if b"\0" in raw:
        at = raw.index(b"\0")
        raise DataError(
            f"byte {at + 1} of the line is NUL",
            file=path,
            line=number,
            got=raw[max(0, at - 8) : at + 8],
            allowed="UTF-8 text without NUL bytes",
            do="Remove it, or save the file again from the program that wrote it",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"byte {error.start + 1} of the line is not UTF-8",
            file=path,
            line=number,
            got=raw[max(0, error.start - 8) : error.start + 8],
            allowed="UTF-8 text",
            do=_SAVE,
        ) from None


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
