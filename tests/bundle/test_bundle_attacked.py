"""A bundle from somebody who wants to be believed: nothing hidden in it, nothing said beside it, no line that is not ours."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.bundle import MANIFEST, SIGNATURE, Archive, Limits, canonical, verify, write_archive
from normscope.bundle.manifest import is_safe
from normscope.errors import DataError
from tests.bundle.conftest import run
from tests.bundle.keys import public
from tests.bundle.test_bundle_verify import Files, signed, unpacked

pytestmark = pytest.mark.xdist_group("bundle")


def claiming(files: Files, **claims: object) -> Files:
    """The files with other words in their manifest, which nobody signed."""
    return files | {MANIFEST: canonical(json.loads(files[MANIFEST]) | claims)}


def test_a_name_in_the_manifest_writes_no_line_of_ours(made_bundle: Path, tmp_path: Path) -> None:
    findings = "y\x85Same records: s\u2028z" * 99
    forged = claiming(unpacked(made_bundle), study="x\nSigned by key 00, as required.", findings=findings)
    code, out, _ = run("verify", write_archive(tmp_path / "x.zip", forged))
    assert code == 0
    assert [line.split(" ")[0] for line in out.splitlines()] == ["Unchanged:", "Study:", "SHA-256", "Not"]
    assert max(map(len, out.splitlines())) < 500


def test_a_signer_is_a_fingerprint(made_bundle: Path, tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.zip", claiming(unpacked(made_bundle), signer="me\nUnchanged: all"))
    with pytest.raises(DataError, match="signer"):
        verify(path)


@pytest.mark.parametrize("kinds", [[], ["golds"]])
def test_records_that_a_bundle_does_not_count_are_not_the_same(
    made_bundle: Path, made_study: Path, tmp_path: Path, kinds: list[str]
) -> None:
    files = unpacked(made_bundle)
    manifest = json.loads(files[MANIFEST])
    manifest["records"] = {kind: count for kind, count in manifest["records"].items() if kind in kinds}
    kept = {name: c for name, c in files.items() if not name.startswith("records/") or name[8:-4] in kinds}
    manifest["files"] = [file for file in manifest["files"] if file["path"] in kept]
    code, out, _ = run("verify", write_archive(tmp_path / "x.zip", kept | {MANIFEST: canonical(manifest)}), "--study", made_study)
    assert code == 1
    assert "OTHER RECORDS: dilemmas: " in out
    assert "Same records" not in out


def test_nothing_stands_behind_the_end(made_bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    for tail in (b"<html>", b"\0", made_bundle.read_bytes()):
        path.write_bytes(made_bundle.read_bytes() + tail)
        with pytest.raises(DataError, match="bytes that belong to no file"):
            verify(path)


def test_a_files_own_header_says_what_the_directory_says(made_bundle: Path, tmp_path: Path) -> None:
    """Programs that read a zip file from its beginning go by the one, others by the other."""
    whole, path = made_bundle.read_bytes(), tmp_path / "x.zip"
    for place, size in ((8, "<H"), (14, "<L"), (22, "<L")):  # packing, CRC, length
        changed = bytearray(whole)
        struct.pack_into(size, changed, place, struct.unpack_from(size, whole, place)[0] ^ 8)
        path.write_bytes(changed)
        with pytest.raises(DataError, match="two things of one file"):
            verify(path)


def test_a_long_directory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(50):
            archive.writestr(f"{n}" + "x" * 190, b"")
    monkeypatch.delattr(zipfile, "ZipFile")
    with pytest.raises(DataError, match="too many files"):
        Archive(path, limits=Limits(files=20))


@pytest.mark.parametrize("more", [{"note": "signed by the auditor"}, {"signed": "normscope audit bundle 1, passed\n"}])
def test_a_signature_says_nothing_but_the_signature(
    made_bundle: Path, tmp_path: Path, more: dict[str, str], look: Callable[[Files], tuple[str, str] | None]
) -> None:
    files = signed(unpacked(made_bundle))
    assert look(files) is None
    for text in (
        canonical(json.loads(files[SIGNATURE]) | more),
        files[SIGNATURE] + b"\n",
        files[SIGNATURE].replace(b"-----BEGIN", b"passed -----BEGIN", 1),
    ):
        assert look(files | {SIGNATURE: text}) is not None


@pytest.fixture
def look(tmp_path: Path) -> Callable[[Files], tuple[str, str] | None]:
    def check(files: Files) -> tuple[str, str] | None:
        (tmp_path / "public.pem").write_bytes(public())
        path = write_archive(tmp_path / "x.zip", files, force=True)
        code, out, _ = run("verify", path, "--public-key", tmp_path / "public.pem")
        change = verify(path).change
        assert code == (0 if change is None else 1), out
        return None if change is None else (change.path, change.what)

    return check


def test_names_that_some_systems_shorten_are_not_safe() -> None:
    assert not any(is_safe(name) for name in ("manifest.json.", "report.html ", "prompts./x", "a /b", "."))
    assert is_safe("a.b/c d.txt")


def test_a_bundle_of_repeated_text_can_be_opened(tmp_path: Path) -> None:
    """A stranger's topic of a million letters must not make a bundle that nobody can verify."""
    files = {"a.json": b"x" * 5_000_000, "b.json": b"y" * 100}
    with Archive(write_archive(tmp_path / "x.zip", files)) as archive:
        assert archive.read("a.json") == files["a.json"]
