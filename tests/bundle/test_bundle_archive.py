"""The zip file: the same bytes for the same files, and whatever somebody else made of one is refused."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.bundle import Archive, Limits, write_archive
from normscope.errors import DataError, UsageError

FILES = {"b.txt": b"two", "a/x.txt": b"one" * 500}


def test_same_files_same_bytes_in_any_order(tmp_path: Path) -> None:
    one = write_archive(tmp_path / "1.zip", FILES).read_bytes()
    assert write_archive(tmp_path / "2.zip", dict(reversed(FILES.items()))).read_bytes() == one
    with zipfile.ZipFile(tmp_path / "1.zip") as archive:
        assert archive.namelist() == ["a/x.txt", "b.txt"]
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == stat.S_IFREG | 0o644
    with Archive(tmp_path / "1.zip") as mine:
        assert mine.names == ["a/x.txt", "b.txt"]
        assert mine.read("b.txt") == b"two"


def test_what_is_no_bundle_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "thesis.zip"
    path.write_bytes(b"years of work")
    with pytest.raises(UsageError, match="--force"):
        write_archive(path, FILES)
    assert path.read_bytes() == b"years of work"
    write_archive(path, FILES, force=True)
    with pytest.raises(UsageError, match="--force"):  # a zip file, but no bundle
        write_archive(path, FILES)
    with pytest.raises(UsageError, match="--force"):
        write_archive(tmp_path, FILES, force=True)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.zip"]


Make = Callable[[Path], None]


def made(*entries: tuple[str, bytes], **fields: object) -> Make:
    """A zip file with these entries; `fields` are set on the first one."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for n, (name, content) in enumerate(entries):
                info = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
                info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED
                for field, value in fields.items() if n == 0 else ():
                    setattr(info, field, value)
                archive.writestr(info, content)

    return make


def changed(change: Callable[[bytes], bytes]) -> Make:
    def make(path: Path) -> None:
        path.write_bytes(change(write_archive(path, FILES).read_bytes()))

    return make


def holding(content: bytes) -> Make:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


def with_comment(path: Path) -> None:
    write_archive(path, FILES)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"hidden"


def overlapping(content: bytes) -> bytes:
    """The second entry of the directory points to the first file."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 42] + struct.pack("<L", 0) + content[at + 46 :]


def a_false_length(content: bytes) -> bytes:
    """The directory says that the last file unpacks to four gigabytes."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<L", 0xFFFFFFFE) + content[at + 28 :]


HOSTILE: dict[str, Make] = {
    "no zip file": holding(b"hello"),
    "an empty file": holding(b""),
    "cut off": changed(lambda content: content[:-30]),
    "a folder above": made(("../x", b"x")),
    "an absolute name": made(("/etc/passwd", b"x")),
    "a drive": made(("C:/x", b"x")),
    "a back slash": made(("a\\x", b"x")),
    "a dot": made(("a/./x", b"x")),
    "two slashes": made(("a//x", b"x")),
    "no name": made(("", b"x")),
    "a long name": made(("x" * 300, b"x")),
    "letters that look alike": made(("m\u0430nifest.json", b"x")),
    "a line end in a name": made(("a\nb", b"x")),
    "a folder": made(("a/", b"")),
    "a link": made(("a", b"/etc/passwd"), external_attr=(stat.S_IFLNK | 0o777) << 16),
    "a device": made(("a", b""), external_attr=(stat.S_IFCHR | 0o666) << 16),
    "another compression": made(("a", b"x" * 100), compress_type=zipfile.ZIP_BZIP2),
    "hidden in an extra field": made(("a", b"x"), extra=b"\x99\x99\x04\x00abcd"),
    "hidden in a comment of a file": made(("a", b"x"), comment=b"hidden"),
    "hidden in the comment": with_comment,
    "something before it": changed(lambda content: b"#!/bin/sh\n" + content),
    "one file twice": made(("a", b"x"), ("a", b"y")),
    "two names that are one on some systems": made(("a", b"x"), ("A", b"y")),
    "two entries of the same bytes": changed(overlapping),
    "a false length": changed(a_false_length),
    "a bomb": made(("a", b"0" * 40_000_000)),
    "many files": made(*((f"f{n}", b"") for n in range(2_001))),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_zip_files_are_refused(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "x.zip")
    with pytest.raises(DataError, match=r"x\.zip"):
        Archive(tmp_path / "x.zip")


def test_the_limits_hold(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.zip", {"a": bytes(range(256)) * 8, "b": b"y" * 2000})
    Archive(path).close()
    for limits in (Limits(files=1), Limits(file_bytes=2000), Limits(bytes=4000)):
        with pytest.raises(DataError):
            Archive(path, limits=limits)
    with Archive(path, limits=Limits(read_bytes=2040)) as archive, pytest.raises(DataError, match="too long"):
        archive.read("a")


def test_damaged_bytes_of_a_file_are_noticed(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.zip", FILES)
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF  # within the packed bytes of the first file
    path.write_bytes(content)
    with Archive(path) as archive:
        assert archive.sha256("a/x.txt") is None
        assert archive.sha256("b.txt") is not None
        with pytest.raises(DataError, match="damaged"):
            archive.read("a/x.txt")


def test_no_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        Archive(tmp_path / "none.zip")
