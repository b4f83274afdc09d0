"""Gathering from the folder what an audit bundle holds, and comparing a bundle with a folder."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from normscope.bundle import (
    MANIFEST,
    SIGNATURE,
    Difference,
    Manifest,
    RecordCount,
    Signer,
    crosswalk,
    digests_of,
    first_difference,
    key_at,
    listed,
    read_digests,
    readme,
    records_path,
    software,
    software_values,
    sums,
    write_archive,
)
from normscope.bundle.digests import HMAC, SHA256
from normscope.errors import UsageError
from normscope.records import Card
from normscope.report import ReportData, write_html
from normscope.report.headline import limits
from normscope.report.lookup import Lookup
from normscope.store import Store
from normscope.study.agreeing import estimates_values
from normscope.study.bundled_prompts import prompt_files, prompt_hashes
from normscope.study.bundled_settings import refuse_keys, settings_values
from normscope.study.current_labels import check_labels
from normscope.study.data_card import data_card
from normscope.study.redaction import REDACTED_NOTE, RedactedStore, Redaction
from normscope.study.reporting import report_data
from normscope.study.settings import Settings
from normscope.study.validating import card_values, stored_card

__all__ = ["NOT_AUDITED", "Bundling", "Mismatch", "bundle", "compare", "given_date"]

NOT_AUDITED = "not audited: it has no findings (run: normscope audit)"
AUDITED = "audited (findings.json)"
FINDINGS = "findings.json"


@dataclass(frozen=True)
class Bundling:
    """How a bundle is made. `salt` is a secret for the hashes of records and of what is left out; `date` is written down as
    it is given; `force` replaces a file that is no bundle."""

    redact: bool = False
    signer: Signer | None = None
    salt: bytes | None = field(default=None, repr=False)
    date: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first record of a study that is not that of the bundle; `key` names it, or the first and last of several."""

    kind: str
    what: str
    key: str

    def sentence(self) -> str:
        """One line for people."""
        return f"{self.kind}: {self.key} {self.what}."


def bundle(settings: Settings, store: Store, path: Path, how: Bundling) -> Path:
    """Write the audit bundle of a study; the same study gives the same bytes on the same machine.

    `UsageError` where labels are not those of the settings' matcher, where a file would hold a key, and where a file that is
    no bundle is in the way.
    """
    check_labels(settings, store, store.frame("matches", columns=["matcher"]))
    seen = RedactedStore(store, Redaction(how.salt)) if how.redact else store
    data = report_data(settings, seen)
    if how.redact:
        data = replace(data, notes=[REDACTED_NOTE, *data.notes])
    files = {name: content for name, (_, make) in _FILES.items() if (content := make(settings, seen, data)) is not None}
    files |= prompt_files(settings, store)
    digests = {found.kind: found for found in digests_of(store, key=how.salt)}
    files |= {records_path(kind): found.text().encode() for kind, found in digests.items()}
    findings = AUDITED if FINDINGS in files else NOT_AUDITED
    files["README.txt"] = readme(
        redacted=how.redact, salted=how.salt is not None, signed=how.signer is not None, findings=findings
    )
    files["SHA256SUMS"] = sums(files)
    manifest = Manifest(
        study=_clean(store.folder.resolve().name),
        title=_clean(settings.title),
        matcher=_clean(settings.matcher),
        extractor=_clean(settings.extractor),
        seed=settings.seed,
        findings=findings,
        redacted=how.redact,
        hash=SHA256 if how.salt is None else HMAC,
        records={kind: RecordCount(found.records, found.whole, found.block) for kind, found in digests.items()},
        software=software(),
        files=tuple(listed(name, files[name], _role(name)) for name in sorted(files)),
        signer=how.signer.fingerprint if how.signer else None,
        date=how.date,
    ).to_bytes()
    files[MANIFEST] = manifest
    if how.signer is not None:
        files[SIGNATURE] = how.signer.sign(manifest)
    refuse_keys(settings, files)
    return write_archive(path, files, force=how.force)


def compare(path: Path, manifest: Manifest, store: Store, *, salt: bytes | None = None) -> Mismatch | None:
    """Whether a study folder has the records that a verified bundle was made of: the first that differs, or None."""
    if (manifest.hash == HMAC) != (salt is not None):
        needs = "was made with a secret: give it with --salt-env" if salt is None else "was made without a secret"
        raise UsageError(f"the hashes in {path} cannot be compared, since the bundle {needs}.")
    bundled = read_digests(path, manifest)
    for ours in digests_of(store, key=salt, like={kind: found.block for kind, found in bundled.items()}):
        difference = first_difference(bundled[ours.kind], ours)
        if difference is not None:
            return _named(store, difference)
    return None


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


def _named(store: Store, difference: Difference) -> Mismatch:
    first, last = (key_at(store, difference.kind, place) for place in (difference.first, difference.last))
    if difference.what == "missing":
        before = key_at(store, difference.kind, difference.first - 1) if difference.first else None
        where = f"after {_words(before)}" if before else "at the beginning"
        return Mismatch(difference.kind, "is missing in the study", f"record {difference.first + 1} of the bundle, {where},")
    what = "is not in the bundle" if difference.what == "added" else "was changed"
    if first is None:
        return Mismatch(difference.kind, what, f"record {difference.first + 1}")
    if difference.first == difference.last or last is None:
        return Mismatch(difference.kind, what, _words(first))
    return Mismatch(difference.kind, what, f"one of {_words(first)} to {_words(last)}")


def _words(key: tuple[str, ...]) -> str:
    return " / ".join(key)


Make = Callable[[Settings, Store, ReportData], bytes | None]


def _report(_: Settings, __: Store, data: ReportData) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_html(data, Path(folder) / "report.html").read_bytes()


def _limits(_: Settings, __: Store, data: ReportData) -> bytes:
    lines = [re.sub(r"\s+", " ", line) for line in limits(data, Lookup(data.estimates))]
    return "\n".join(["# Limits of this study", "", *(f"- {_clean(line)}" for line in lines), ""]).encode()


def _findings(_: Settings, store: Store, __: ReportData) -> bytes | None:
    path = store.folder / FINDINGS
    return path.read_bytes() if path.is_file() else None


def _card(settings: Settings, store: Store, _: ReportData) -> bytes:
    card = stored_card(settings, store)
    return _json(card_values(card) if isinstance(card, Card) else {"not_measured": card.reason})


_FILES: Mapping[str, tuple[str, Make]] = {
    "report.html": ("report", _report),
    "estimates.json": ("estimates", lambda settings, store, data: _json(estimates_values(settings, store, data.estimates))),
    "findings.json": ("findings", _findings),
    "card.json": ("validation card of the matcher", _card),
    "config.json": ("settings", lambda settings, _, __: _json(settings_values(settings))),
    "data_card.json": ("data card", lambda settings, store, _: _json(data_card(settings, store))),
    "prompts/index.json": ("hashes of prompts", lambda settings, store, _: _json(prompt_hashes(settings, store))),
    "software.json": ("software versions", lambda _, __, ___: _json(software_values())),
    "limits.md": ("limits", _limits),
    "crosswalk.md": ("crosswalk", lambda _, __, ___: crosswalk()),
}
"""Every file that is made of the study, in what role and how; None: the study has nothing for it."""


def _role(name: str) -> str:
    known = {"README.txt": "how to read and verify", "SHA256SUMS": "checksums for sha256sum"}
    if name in _FILES:
        return _FILES[name][0]
    return known.get(name) or ("prompt" if name.startswith("prompts/") else "hashes of records")


def _json(values: Any) -> bytes:
    # as write_json does, so that card.json here has the bytes of the one in the folder
    return (json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "backslashreplace")


def _clean(text: str) -> str:
    """The text with half surrogate pairs, which no file can hold, written out."""
    return text.encode("utf-8", "backslashreplace").decode()
