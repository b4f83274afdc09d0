"""The audit bundle: one zip file that can be kept, signed, and verified byte for byte."""

from normscope.bundle.archive import Archive, Limits, write_archive
from normscope.bundle.canonical import canonical, canonical_line
from normscope.bundle.digests import (
    HMAC,
    SHA256,
    Difference,
    RecordDigests,
    digest_lines,
    first_difference,
    hashed,
)
from normscope.bundle.manifest import (
    FORMAT,
    MANIFEST,
    SIGNATURE,
    Manifest,
    ManifestFile,
    RecordCount,
    listed,
    parse,
    records_path,
)
from normscope.bundle.record_lines import digests_of, key_at, record_lines
from normscope.bundle.signing import Signer, public_fingerprint
from normscope.bundle.software import software, software_values
from normscope.bundle.texts import crosswalk, readme, sums
from normscope.bundle.verify import Change, Verified, read_digests, verify

__all__ = [
    "FORMAT",
    "HMAC",
    "MANIFEST",
    "SHA256",
    "SIGNATURE",
    "Archive",
    "Change",
    "Difference",
    "Limits",
    "Manifest",
    "ManifestFile",
    "RecordCount",
    "RecordDigests",
    "Signer",
    "Verified",
    "canonical",
    "canonical_line",
    "crosswalk",
    "digest_lines",
    "digests_of",
    "first_difference",
    "hashed",
    "key_at",
    "listed",
    "parse",
    "public_fingerprint",
    "read_digests",
    "readme",
    "record_lines",
    "records_path",
    "software",
    "software_values",
    "sums",
    "verify",
    "write_archive",
]
