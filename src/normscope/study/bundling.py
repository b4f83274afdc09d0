"""From a study folder to an audit bundle."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from normscope.bundle import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    RecordCount,
    Signer,
    digests_of,
    listed,
    readme,
    records_path,
    software,
    sums,
    write_archive,
)
from normscope.bundle.digests import HMAC, SHA256
from normscope.errors import UsageError
from normscope.store import Store
from normscope.study.bundled_files import FINDINGS, made_files, plain, role_of
from normscope.study.bundled_settings import refuse_keys
from normscope.study.redaction import REDACTED_NOTE, RedactedStore, Redaction
from normscope.study.reporting import report_data, reportable
from normscope.study.settings import Settings

__all__ = ["NOT_AUDITED", "Bundling", "bundle", "given_date"]

NOT_AUDITED = "not audited: it has no findings (run: normscope audit)"
AUDITED = "audited (findings.json)"


@dataclass(frozen=True)
class Bundling:
    """How a bundle is made. `salt` is a secret for the hashes of records and of what is left out; `date` is written down as
    it is given; `force` replaces a file that is no bundle."""

    redact: bool = False
    signer: Signer | None = None
    salt: bytes | None = field(default=None, repr=False)
    date: str | None = None
    force: bool = False


def bundle(settings: Settings, store: Store, path: Path, how: Bundling) -> Path:
    """Write the audit bundle of a study; the same study gives the same bytes on the same machine.

    `UsageError` where labels or estimates are not those of the settings' matcher or older than what they are of, where a file
    would hold a key, and where a file that is no bundle is in the way.
    """
    if how.redact:  # of what is redacted it cannot be seen any more
        reportable(settings, store)
    seen = RedactedStore(store, Redaction(how.salt)) if how.redact else store
    data = report_data(settings, seen)
    if how.redact:
        data = replace(data, notes=[REDACTED_NOTE, *data.notes])
    files = made_files(settings, seen, data)
    digests = {found.kind: found for found in digests_of(store, key=how.salt)}
    files |= {records_path(kind): found.text().encode() for kind, found in digests.items()}
    findings = AUDITED if FINDINGS in files else NOT_AUDITED
    files["README.txt"] = readme(
        redacted=how.redact, salted=how.salt is not None, signed=how.signer is not None, findings=findings
    )
    files["SHA256SUMS"] = sums(files)
    manifest = Manifest(
        study=plain(store.folder.resolve().name),
        title=plain(settings.title),
        matcher=plain(settings.matcher),
        extractor=plain(settings.extractor),
        seed=settings.seed,
        findings=findings,
        redacted=how.redact,
        hash=SHA256 if how.salt is None else HMAC,
        records={kind: RecordCount(found.records, found.whole, found.block) for kind, found in digests.items()},
        software=software(),
        files=tuple(listed(name, files[name], role_of(name)) for name in sorted(files)),
        signer=how.signer.fingerprint if how.signer else None,
        date=how.date,
    ).to_bytes()
    files[MANIFEST] = manifest
    if how.signer is not None:
        files[SIGNATURE] = how.signer.sign(manifest)
    refuse_keys(settings, files)
    return write_archive(path, files, force=how.force)


def given_date(text: str | None) -> str | None:
    """The date that a bundle is to bear: as given, else that of SOURCE_DATE_EPOCH, else none."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None and epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError, OSError):
            raise UsageError(f"SOURCE_DATE_EPOCH is no number of seconds: {epoch[:40]!r}. Unset it, or give --date.") from None
    if text is not None:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise UsageError(f"--date {text[:40]!r} is no date. Write it as 2026-11-26 or 2026-11-26T15:20:00Z.") from None
    return text
