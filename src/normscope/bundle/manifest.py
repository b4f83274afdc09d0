"""The manifest: what is in a bundle, byte for byte, and what it was made from. Its hash is what a signature is of."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath

from normscope.bundle.canonical import canonical
from normscope.bundle.digests import HMAC, SHA256, RecordDigests, hashed
from normscope.errors import DataError

__all__ = [
    "FORMAT",
    "MANIFEST",
    "SIGNATURE",
    "Manifest",
    "ManifestFile",
    "RecordCount",
    "is_safe",
    "listed",
    "parse",
    "records_path",
]

FORMAT = "normscope audit bundle"
VERSION = 1
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
"""The two files that are not in the manifest's list: itself, and what signs it."""
_HEX = re.compile("[0-9a-f]{64}")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file: where it is in the bundle, its length, the SHA-256 of its bytes, and what it is there for."""

    path: str
    bytes: int
    sha256: str
    role: str


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many records of one kind the study has, the hash of them all, and how many share each hash in `records/KIND.txt`."""

    records: int
    whole: str
    block: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself. `files` are sorted by path.

    `findings` says in one sentence whether the study was audited. `hash` is how records and left-out texts were hashed:
    `sha256`, or `hmac-sha256` with a secret that is not here. `signer` is the fingerprint of the key that signs, or None.
    `date` is there only where somebody gave one, so that the same study gives the same bytes.
    """

    study: str
    title: str
    matcher: str
    extractor: str
    seed: int
    findings: str
    redacted: bool
    hash: str
    records: dict[str, RecordCount]
    software: dict[str, str]
    files: tuple[ManifestFile, ...]
    signer: str | None = None
    date: str | None = None
    format: str = field(default=FORMAT)
    version: int = field(default=VERSION)

    def to_bytes(self) -> bytes:
        """The manifest as canonical JSON."""
        return canonical(asdict(self))

    def digests(self, kind: str, text: str) -> RecordDigests | None:
        """The hashes of a kind of record, from the text of its file; None where the file is not that."""
        count = self.records[kind]
        return RecordDigests.read(kind, text, records=count.records, whole=count.whole, block=count.block)


def records_path(kind: str) -> str:
    """Where the hashes of a kind of record are."""
    return f"records/{kind}.txt"


def parse(content: bytes, *, file: str) -> Manifest:
    """The manifest that `to_bytes` wrote. A `DataError` says what is not as it should be."""
    from pydantic import TypeAdapter, ValidationError

    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{MANIFEST} is not JSON ({error})", file=file) from None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise DataError(f"{MANIFEST} is not that of a {FORMAT}", file=file)
    if given.get("version") != VERSION:
        raise DataError(
            "the bundle is of another version", file=file, got=given.get("version"), allowed=str(VERSION), do="Use its normscope"
        )
    try:
        found = TypeAdapter(Manifest).validate_json(content, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{MANIFEST} has a wrong field ({first['msg']})", file=file, field=where) from None
    _check(found, file)
    return found


def is_safe(path: str) -> bool:
    """Whether a name stays within the folder that it is unpacked to, on every system.

    >>> is_safe("prompts/match/judge.md"), is_safe("../x"), is_safe("/x"), is_safe("a\\\\b"), is_safe("C:x"), is_safe("a//b")
    (True, False, False, False, False, False)
    """
    if not path or len(path) > _LONGEST_NAME or re.search(r"[\\:\x00-\x1f\x7f]", path) or not path.isascii():
        return False
    if re.search(r"[. ](/|$)", path):  # some systems leave these away, and have two files of one name
        return False
    return str(PurePosixPath(path)) == path and not path.startswith("/") and ".." not in path.split("/") and path != "."


def _check(manifest: Manifest, file: str) -> None:
    paths = [one.path for one in manifest.files]
    wrong = next((path for path in paths if not is_safe(path) or path in {MANIFEST, SIGNATURE}), None)
    if wrong is not None:
        raise DataError("the manifest names a file that cannot be in a bundle", file=file, got=wrong)
    if paths != sorted(set(paths)):
        raise DataError("the manifest's files are not in order, or one is there twice", file=file)
    if not all(_HEX.fullmatch(one.sha256) and one.bytes >= 0 for one in manifest.files):
        raise DataError("the manifest has a hash that is none, or a length below 0", file=file)
    if manifest.signer is not None and not _HEX.fullmatch(manifest.signer):
        raise DataError("the manifest names a signer that is no fingerprint", file=file, got=manifest.signer)
    if manifest.hash not in {SHA256, HMAC}:
        raise DataError("the manifest names a hash that is not known", file=file, got=manifest.hash, allowed=f"{SHA256}, {HMAC}")
    if not all(records_path(kind) in paths and count.block > 0 for kind, count in manifest.records.items()):
        raise DataError("the manifest counts records without hashes", file=file)


def listed(path: str, content: bytes, role: str) -> ManifestFile:
    """A file's line of the manifest."""
    return ManifestFile(path, len(content), hashed(content), role)
