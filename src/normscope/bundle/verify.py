"""Is a bundle what it was when it was made? Names the first file that is not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from normscope.bundle.archive import Archive
from normscope.bundle.digests import RecordDigests, hashed
from normscope.bundle.manifest import FORMAT, MANIFEST, SIGNATURE, Manifest, ManifestFile, parse, records_path
from normscope.bundle.signing import read_signature
from normscope.errors import DataError

__all__ = ["Change", "Verified", "read_digests", "verify"]


@dataclass(frozen=True, slots=True)
class Change:
    """The first file that is not as the manifest has it, what happened to it, and the hashes (or what stands for one)."""

    path: str
    what: str
    expected: str
    found: str

    def sentence(self) -> str:
        """One line for people."""
        return f"{self.path} {self.what}. Expected: {self.expected}. Found: {self.found}."


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found out about a bundle. `change` None: every file is as the manifest has it.

    `signed_by`: the fingerprint of the key whose signature of the manifest is right; None where nothing is signed. Without a
    signature the manifest vouches for the files, and nothing for the manifest but its `sha256`.
    """

    manifest: Manifest
    sha256: str
    change: Change | None
    signed_by: str | None = None


def verify(path: Path, *, public_key: str | None = None) -> Verified:
    """Compare every file of a bundle with its manifest, and check the signature where there is one.

    `public_key`: the fingerprint of the key that must have signed it. Files are looked at in the order of the manifest, then
    what it does not have. A `DataError` for what is no bundle; `MissingExtra` where a signature cannot be checked here.
    """
    with Archive(path) as archive:
        if MANIFEST not in archive.names:
            raise DataError(f"not a {FORMAT}: it has no {MANIFEST}", file=path, do="Bundles are made by: normscope bundle")
        content = archive.read(MANIFEST)
        manifest = parse(content, file=str(path))
        change = None
        if manifest.to_bytes() != content:
            change = Change(MANIFEST, "is not canonical JSON", hashed(manifest.to_bytes()), hashed(content))
        change = change or _first_change(archive, manifest)
        signed_by = None
        if change is None:
            signed_by, change = _signature(archive, manifest, content, public_key)
    return Verified(manifest, hashed(content), change, signed_by)


def read_digests(path: Path, manifest: Manifest) -> dict[str, RecordDigests]:
    """The hashes of the study's records in a bundle that was verified, by kind."""
    found = {}
    with Archive(path) as archive:
        for kind in manifest.records:
            digests = manifest.digests(kind, archive.read(records_path(kind)).decode("ascii", "replace"))
            if digests is None:
                raise DataError(f"{records_path(kind)} holds no hashes, or too few", file=path)
            found[kind] = digests
    return found


def _first_change(archive: Archive, manifest: Manifest) -> Change | None:
    names = set(archive.names)
    for file in manifest.files:
        if file.path not in names:
            return Change(file.path, "is missing", file.sha256, "no such file")
        if (change := _changed(archive, file)) is not None:
            return change
    extra = sorted(names - {file.path for file in manifest.files} - {MANIFEST, SIGNATURE})
    if extra:
        found = archive.sha256(extra[0])
        return Change(extra[0], "is not in the manifest", "no such file", found[1] if found else "damaged bytes")
    return None


def _changed(archive: Archive, file: ManifestFile) -> Change | None:
    found = archive.sha256(file.path)
    if found is None:
        return Change(file.path, "was changed", file.sha256, "damaged bytes")
    return None if found == (file.bytes, file.sha256) else Change(file.path, "was changed", file.sha256, found[1])


def _signature(archive: Archive, manifest: Manifest, content: bytes, wanted: str | None) -> tuple[str | None, Change | None]:
    """Whose signature is right, or what is wrong with it."""
    if SIGNATURE in archive.names:
        given = archive.read(SIGNATURE)
        if manifest.signer is None:
            return None, Change(SIGNATURE, "is not in the manifest", "no such file", hashed(given))
        return _checked(given, manifest.signer, content, wanted, file=str(archive.path))
    if wanted is None and manifest.signer is None:
        return None, None
    return None, Change(SIGNATURE, "is missing", f"a signature by {wanted or manifest.signer}", "no such file")


def _checked(given: bytes, signer: str, content: bytes, wanted: str | None, *, file: str) -> tuple[str | None, Change | None]:
    expected = f"a signature by {wanted or signer}"
    try:
        signature = read_signature(given, file=file)
    except DataError:
        return None, Change(SIGNATURE, "was changed", expected, "no signature")
    by = signature.fingerprint
    if by != signer or by != (wanted or signer):
        return None, Change(SIGNATURE, "is by another key", expected, f"a signature by {by}")
    if not signature.is_of(content):
        found = f"sha256 {hashed(content)}, which that key did not sign"
        return None, Change(MANIFEST, "is not what was signed", expected, found)
    return by, None
