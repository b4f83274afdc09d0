"""A zip file with the same bytes for the same files, and the reading of one that may come from anybody."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from normscope.bundle.manifest import FORMAT, MANIFEST, is_safe
from normscope.errors import DataError, StoreError, UsageError

__all__ = ["Archive", "Limits", "write_archive"]

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file: the earliest that a zip file can hold."""
_MODE = stat.S_IFREG | 0o644
_UNIX = 3
_LEVEL = 6
_CHUNK = 1 << 20
_LOCAL = struct.Struct("<4s5H3L2H")
"""A file's header: mark, version, flags, packing, time, date, CRC, lengths packed and unpacked, of the name, of more fields."""
_END = struct.Struct("<4s4H2LH")
"""The end of a zip file: mark, disks and counts, length and place of the directory, length of a comment."""
_END_MARK, _LOCAL_MARK = b"PK\5\6", b"PK\3\4"
_ENTRY = 46 + 200
"""Bytes of the directory for a file of the longest name."""
_ALLOWED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bundle may hold at most. `ratio`: bytes unpacked for each packed, of files beyond a mebibyte."""

    files: int = 2_000
    file_bytes: int = 1 << 30
    bytes: int = 2 << 30
    ratio: int = 250
    read_bytes: int = 8 << 20
    """The longest file that is held in memory whole."""


def write_archive(path: Path, files: Mapping[str, bytes], *, force: bool = False) -> Path:
    """Write files as a zip file: sorted, with fixed times, permissions and compression; the same files give the same bytes.

    The file is replaced at once or not at all. A file that is there and is no bundle is only replaced with `force`.
    """
    if path.is_dir() or (path.exists() and not force and not _is_bundle(path)):
        raise UsageError(f"{path} is there and is no {FORMAT}. Choose another name, or replace the file with --force.")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)  # in a folder from somebody else it may be a link to another file
        with zipfile.ZipFile(unfinished, "w", strict_timestamps=True) as archive:
            for name in sorted(files):
                info = zipfile.ZipInfo(name, LONG_AGO)
                info.create_system, info.external_attr = _UNIX, _MODE << 16
                archive.writestr(info, files[name], compress_type=_packing(files[name]), compresslevel=_LEVEL)
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"the bundle cannot be written to {path}: {error.strerror or error}. Choose another place or make room."
        ) from error
    return path


class Archive:
    """A zip file from anybody, opened for reading: nothing is unpacked to disk, and nothing is read beyond the limits.

    Opening it raises a `DataError` for what no bundle is: another kind of file, names that leave the folder, two files of one
    name, links, encrypted or unusually packed files, bytes that belong to no file, more than the `Limits`.
    """

    def __init__(self, path: Path, *, limits: Limits | None = None) -> None:
        self.path = path
        self._limits = limits or Limits()
        try:
            self._directory = _directory(path, self._limits)
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise UsageError(f"there is no file {path}. Give the path of a bundle.") from None
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise DataError(f"not a readable zip file ({error})", file=path, do="A bundle is made by: normscope bundle") from None
        try:
            self._entries = self._checked()
        except BaseException:
            self._zip.close()
            raise

    @property
    def names(self) -> list[str]:
        """The names of the files, sorted."""
        return sorted(self._entries)

    def sha256(self, name: str) -> tuple[int, str] | None:
        """The length and the SHA-256 of a file; None where its packed bytes are damaged."""
        digest, length = hashlib.sha256(), 0
        try:
            with self._zip.open(self._entries[name]) as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    length += len(chunk)
        except _DAMAGED:
            return None
        return length, digest.hexdigest()

    def read(self, name: str) -> bytes:
        """A file's bytes. A `DataError` where it is too long to be held, or damaged."""
        info = self._entries[name]
        if info.file_size > self._limits.read_bytes:
            raise DataError(f"{name} is too long", file=self.path, got=info.file_size, allowed=f"{self._limits.read_bytes} bytes")
        try:
            return self._zip.read(info)
        except _DAMAGED as error:
            raise DataError(f"{name} is damaged ({error})", file=self.path) from None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        infos, limits = self._zip.infolist(), self._limits
        if len(infos) > limits.files:
            raise DataError("the zip file holds too many files", file=self.path, got=len(infos), allowed=f"{limits.files}")
        for info in infos:
            if wrong := _wrong(info, limits):
                raise DataError(f"the zip file holds what no bundle holds: {wrong}", file=self.path, got=info.orig_filename)
        # on some systems A.md and a.md are one file
        if len({info.filename.lower() for info in infos}) < len(infos):
            raise DataError("the zip file holds two files of one name", file=self.path)
        if sum(info.file_size for info in infos) > limits.bytes:
            raise DataError("the zip file holds too much", file=self.path, allowed=f"{limits.bytes} bytes unpacked")
        self._check_places(infos)
        return {info.filename: info for info in infos}

    def _check_places(self, infos: list[zipfile.ZipInfo]) -> None:
        """Every byte before the directory belongs to one file, so that nothing is hidden and nothing is packed twice."""
        at = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            if info.header_offset != at:
                break
            if not self._is_told_twice(info):
                raise DataError("the zip file tells two things of one file", file=self.path, got=info.orig_filename)
            at += _LOCAL.size + len(info.orig_filename.encode()) + info.compress_size
        else:
            if at == self._zip.start_dir == self._directory:
                return
        raise DataError(_STRAY, file=self.path)

    def _is_told_twice(self, info: zipfile.ZipInfo) -> bool:
        """Whether a file's own header says what the directory says: some programs read the one, some the other."""
        stream = self._zip.fp
        if stream is None:
            return False
        stream.seek(info.header_offset)
        head = stream.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            return False
        mark, _, flags, packing, _, _, *lengths = _LOCAL.unpack(head)
        expected = [info.CRC, info.compress_size, info.file_size, len(info.orig_filename.encode()), 0]
        return (mark, flags, packing, lengths) == (_LOCAL_MARK, info.flag_bits, info.compress_type, expected)


_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


_STRAY = "the zip file holds bytes that belong to no file, or to two"


def _directory(path: Path, limits: Limits) -> int:
    """Where the directory of a zip file begins, which is all that stands before its end. Looked at before it is read whole."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - _END.size, 0))
        end = stream.read(_END.size)
        mark, *_, length, at, comment = _END.unpack(end) if len(end) == _END.size else (b"", 0, 0, 0)
        if (mark, comment) != (_END_MARK, 0) or at + length + _END.size != size:
            if mark == _END_MARK or zipfile.is_zipfile(stream):
                raise DataError(_STRAY, file=path)
            raise zipfile.BadZipFile("its end is not that of a zip file")
    if length > limits.files * _ENTRY:
        raise DataError("the zip file holds too many files", file=path, allowed=f"{limits.files}")
    return int(at)


def _packing(content: bytes) -> int:
    """Stored where packing would make it so small that `Archive` took it for a bomb: text of strangers that repeats itself."""
    if len(content) <= _CHUNK or len(zlib.compress(content, _LEVEL)) * Limits().ratio > len(content) * 1.1:
        return zipfile.ZIP_DEFLATED
    return zipfile.ZIP_STORED


def _wrong(info: zipfile.ZipInfo, limits: Limits) -> str | None:
    mode = info.external_attr >> 16
    if not is_safe(info.orig_filename) or info.filename != info.orig_filename:
        return "a name that is not allowed"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG} or info.is_dir():
        return "something that is no file"
    if info.flag_bits & ~0x800 or info.compress_type not in _ALLOWED or info.extra or info.comment:
        return "an encrypted or unusually packed file"
    if info.file_size > limits.file_bytes:
        return "a file that is too long"
    if info.file_size > max(_CHUNK, limits.ratio * info.compress_size):
        return "a file that is packed too tightly"
    return None


def _is_bundle(path: Path) -> bool:
    try:
        with Archive(path) as archive:
            return MANIFEST in archive.names and FORMAT.encode() in archive.read(MANIFEST)
    except (DataError, UsageError):
        return False
