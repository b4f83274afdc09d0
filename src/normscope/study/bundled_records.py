"""Whether a study folder has the records that a bundle was made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from normscope.bundle import HMAC, Difference, Manifest, digests_of, first_difference, key_at, read_digests
from normscope.errors import UsageError
from normscope.records import KINDS
from normscope.store import Store

__all__ = ["Mismatch", "compare"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first record of a study that is not that of the bundle; `key` names it, or the first and last of several."""

    kind: str
    what: str
    key: str

    def sentence(self) -> str:
        """One line for people."""
        return f"{self.kind}: {self.key} {self.what}."


def compare(path: Path, manifest: Manifest, store: Store, *, salt: bytes | None = None) -> Mismatch | None:
    """Whether a study folder has the records that a verified bundle was made of: the first that differs, or None."""
    if (manifest.hash == HMAC) != (salt is not None):
        needs = "was made with a secret: give it with --salt-env" if salt is None else "was made without a secret"
        raise UsageError(f"the hashes in {path} cannot be compared, since the bundle {needs}.")
    bundled = read_digests(path, manifest)
    for kind in sorted({*bundled, *KINDS}):
        # a bundle that counts fewer kinds of record than there are says nothing of the others
        if kind not in bundled and (first := key_at(store, kind, 0)) is not None:
            return Mismatch(kind, "is not in the bundle", _words(first))
        if kind not in KINDS and bundled[kind].records:
            return Mismatch(kind, "is missing in the study", "record 1 of the bundle")
    for ours in digests_of(store, key=salt, like={kind: found.block for kind, found in bundled.items()}):
        difference = first_difference(bundled[ours.kind], ours)
        if difference is not None:
            return _named(store, difference)
    return None


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
