"""Every kind of tampering is named, and the first file that was changed is the one that is named."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.bundle import MANIFEST, SIGNATURE, Signer, canonical, hashed, verify, write_archive
from normscope.errors import DataError, MissingExtra
from tests.bundle.keys import PRIVATE, PRIVATE_OTHER, fingerprint

# in one worker, which makes the study once
pytestmark = pytest.mark.xdist_group("bundle")

Files = dict[str, bytes]


def unpacked(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def signed(files: Files, pem: bytes = PRIVATE) -> Files:
    """The files with a manifest that names the signer, and its signature."""
    signer = Signer.from_pem(pem, source="test")
    manifest = json.loads(files[MANIFEST]) | {"signer": signer.fingerprint}
    content = canonical(manifest)
    return files | {MANIFEST: content, SIGNATURE: signer.sign(content)}


@pytest.fixture
def files(light_bundle: Path) -> Files:
    return unpacked(light_bundle)


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., tuple[str, str] | None]:
    """What `verify` finds changed in these files: the file and what happened to it."""

    def check(files: Files, **options: str) -> tuple[str, str] | None:
        found = verify(write_archive(tmp_path / "x.zip", files, force=True), **options)
        return None if found.change is None else (found.change.path, found.change.what)

    return check


Look = Callable[..., tuple[str, str] | None]


def test_what_was_made_is_unchanged(light_bundle: Path) -> None:
    found = verify(light_bundle)
    assert found.change is None
    assert found.signed_by is None
    assert found.sha256 == hashed(unpacked(light_bundle)[MANIFEST])


def test_a_changed_byte_in_any_file_is_named(files: Files, look: Look) -> None:
    for name, content in files.items():
        if name != MANIFEST:
            other = bytes([content[0] ^ 1]) + content[1:] if content else b"x"
            assert look(files | {name: other}) == (name, "was changed"), name


def test_the_first_of_several_is_named_with_both_hashes(files: Files, tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.zip", files | {"card.json": b"{}", "README.txt": b"trust me"})
    change = verify(path).change
    assert change is not None
    assert (change.path, change.expected, change.found) == ("README.txt", hashed(files["README.txt"]), hashed(b"trust me"))
    assert hashed(b"trust me") in change.sentence()


def test_swapped_files_are_named(files: Files, look: Look) -> None:
    swapped = files | {"card.json": files["config.json"], "config.json": files["card.json"]}
    assert look(swapped) == ("card.json", "was changed")


def test_a_missing_file_is_named(files: Files, look: Look) -> None:
    for name in files.keys() - {MANIFEST}:
        assert look({one: content for one, content in files.items() if one != name}) == (name, "is missing")


def test_an_extra_file_is_named(files: Files, look: Look) -> None:
    assert look(files | {"notes.txt": b"x"}) == ("notes.txt", "is not in the manifest")


def test_damaged_bytes_are_a_change(light_bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(light_bundle) as archive:
        at = archive.getinfo("estimates.json").header_offset + 100
    content = bytearray(light_bundle.read_bytes())
    content[at] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(content)
    change = verify(tmp_path / "x.zip").change
    assert change is not None
    assert (change.path, change.found) == ("estimates.json", "damaged bytes")


def test_a_changed_byte_of_the_zip_file_is_noticed_or_changes_no_file(light_bundle: Path, tmp_path: Path) -> None:
    """Bytes all over the zip file: names, lengths, packed bytes, the directory. Times of files may change unnoticed."""
    whole, path, before = light_bundle.read_bytes(), tmp_path / "x.zip", unpacked(light_bundle)
    noticed = 0
    places = range(0, len(whole), len(whole) // 80)
    for at in places:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            if verify(path).change is None:
                assert unpacked(path) == before, at
                continue
        except DataError:
            pass
        noticed += 1
    assert noticed > len(places) // 2


def test_a_changed_manifest_that_is_not_canonical_is_named(files: Files, look: Look) -> None:
    loose = json.dumps(json.loads(files[MANIFEST]), indent=1).encode()
    assert look(files | {MANIFEST: loose}) == (MANIFEST, "is not canonical JSON")
    twice = files[MANIFEST].replace(b'{"date":null', b'{"date":null,"date":null', 1)
    assert look(files | {MANIFEST: twice}) == (MANIFEST, "is not canonical JSON")


WRONG_MANIFESTS: dict[str, Callable[[dict[str, object]], object]] = {
    "no object": lambda m: [m],
    "another format": lambda m: m | {"format": "invoice"},
    "another version": lambda m: m | {"version": 2},
    "an unknown field": lambda m: m | {"certified": True},
    "a missing field": lambda m: {name: value for name, value in m.items() if name != "seed"},
    "a wrong kind": lambda m: m | {"seed": "0"},
    "an unknown hash": lambda m: m | {"hash": "md5"},
    "a file outside": lambda m: m | {"files": [{"path": "../x", "bytes": 0, "sha256": "0" * 64, "role": "x"}]},
    "itself": lambda m: m | {"files": [{"path": MANIFEST, "bytes": 0, "sha256": "0" * 64, "role": "x"}]},
    "no hash": lambda m: m | {"files": [{"path": "a", "bytes": 0, "sha256": "0", "role": "x"}], "records": {}},
    "records without hashes": lambda m: m | {"files": []},
    "files out of order": lambda m: m | {"files": list(reversed(m["files"]))},  # type: ignore[call-overload]
}


@pytest.mark.parametrize("change", WRONG_MANIFESTS.values(), ids=WRONG_MANIFESTS)
def test_what_is_no_manifest_is_no_bundle(files: Files, look: Look, change: Callable[[dict[str, object]], object]) -> None:
    with pytest.raises(DataError):
        look(files | {MANIFEST: canonical(change(json.loads(files[MANIFEST])))})


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff", b"null"])
def test_a_manifest_that_is_no_json_is_no_bundle(files: Files, look: Look, content: bytes) -> None:
    with pytest.raises(DataError):
        look(files | {MANIFEST: content})


def test_a_zip_file_without_manifest_is_no_bundle(files: Files, look: Look) -> None:
    with pytest.raises(DataError, match=r"no manifest\.json"):
        look({name: content for name, content in files.items() if name != MANIFEST})


def test_the_right_signature_is_recognised(files: Files, look: Look, tmp_path: Path) -> None:
    mine = signed(files)
    assert look(mine) is None
    assert verify(tmp_path / "x.zip").signed_by == fingerprint(PRIVATE)
    assert look(mine, public_key=fingerprint(PRIVATE)) is None


def test_another_key_is_not_the_one_that_was_required(files: Files, look: Look) -> None:
    assert look(signed(files), public_key=fingerprint(PRIVATE_OTHER)) == (SIGNATURE, "is by another key")
    assert look(files, public_key=fingerprint(PRIVATE)) == (SIGNATURE, "is missing")


def test_a_manifest_that_was_changed_with_its_files_is_not_what_was_signed(files: Files, look: Look) -> None:
    mine = signed(files)
    manifest = json.loads(mine[MANIFEST])
    line = next(one for one in manifest["files"] if one["path"] == "limits.md")
    line |= {"bytes": 4, "sha256": hashed(b"none")}
    forged = mine | {"limits.md": b"none", MANIFEST: canonical(manifest)}
    assert look(forged) == (MANIFEST, "is not what was signed")
    # without a signature nobody can notice: that is what the command says of it
    assert look(files | {"limits.md": b"none", MANIFEST: canonical(manifest | {"signer": None})}) is None


def test_a_forged_signature_is_named(files: Files, look: Look) -> None:
    mine = signed(files)
    other = Signer.from_pem(PRIVATE_OTHER, source="test").sign(mine[MANIFEST])
    assert look(mine | {SIGNATURE: other}) == (SIGNATURE, "is by another key")
    given = json.loads(mine[SIGNATURE])
    of_something_else = given | {"signature": json.loads(other)["signature"]}
    assert look(mine | {SIGNATURE: canonical(of_something_else)}) == (MANIFEST, "is not what was signed")


def test_a_signature_that_was_taken_away_is_missed(files: Files, look: Look) -> None:
    mine = signed(files)
    del mine[SIGNATURE]
    assert look(mine) == (SIGNATURE, "is missing")


def test_a_signature_that_was_added_is_extra(files: Files, look: Look) -> None:
    assert look(files | {SIGNATURE: b"{}"}) == (SIGNATURE, "is not in the manifest")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"algorithm":"none","public_key":"","signature":""}', b'{"algorithm":"Ed25519"}',
                b'{"algorithm":"Ed25519","public_key":"x","signature":"AA=="}',
                b'{"algorithm":"Ed25519","public_key":3,"signature":4}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_signature_is_named(files: Files, look: Look, content: bytes) -> None:
    assert look(signed(files) | {SIGNATURE: content}) == (SIGNATURE, "was changed")


def test_without_the_extra_a_signature_cannot_pass_unchecked(files: Files, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = signed(files)
    monkeypatch.setitem(__import__("sys").modules, "cryptography", None)
    with pytest.raises(MissingExtra, match="sign"):
        look(mine)
    assert look(mine | {"limits.md": b""}) == ("limits.md", "was changed")  # files are looked at all the same
    assert look(files) is None
