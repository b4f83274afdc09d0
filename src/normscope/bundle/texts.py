"""The files of a bundle that are for people: how to read and verify it, and what is evidence for what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from normscope.bundle.digests import hashed

__all__ = ["crosswalk", "readme", "sums"]

TEMPLATES = Path(__file__).parent / "templates"


def crosswalk() -> bytes:
    """Which part of a bundle is evidence for which point of which framework; the same text as docs/crosswalk.md."""
    return _template("crosswalk.md").encode()


def readme(*, redacted: bool, salted: bool, signed: bool, findings: str) -> bytes:
    """How to read and verify a bundle, with or without normscope."""
    parts = _template("README.txt").split("\n%% ")
    sections = {name: body.strip("\n") for name, _, body in (part.partition("\n") for part in parts[1:])}
    told = [parts[0].strip("\n"), sections["signed" if signed else "unsigned"]]
    told.append(sections["redacted" if redacted else "whole"])
    told.append(sections["salted" if salted else "unsalted"])
    return Template("\n\n".join(told) + "\n").substitute(findings=findings).encode()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The checksums of files as `sha256sum --check` reads them."""
    return "".join(f"{hashed(files[name])}  {name}\n" for name in sorted(files)).encode()


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")
