"""The words that models and judges were asked with: the files of this normscope that the study used, and their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import polars as pl

from normscope.elicit.phrases import phrases_for
from normscope.errors import UsageError
from normscope.plugins import split
from normscope.store import Store
from normscope.study.settings import Settings

__all__ = ["prompt_files", "prompt_hashes"]

_MATCHERS = {
    "judge": ("prompts/judge.md",),
    "panel": ("prompts/judge.md",),
    "escalate": ("prompts/judge.md",),
    "stance": ("prompts/stance.md", "prompts/judge.md"),
}


def prompt_files(settings: Settings, store: Store) -> dict[str, bytes]:
    """The files that say how the study asks, by their place in the bundle."""
    return {f"prompts/{package}/{name}": _content(package, name) for package, name in sorted(set(_used(settings, store)))}


def prompt_hashes(settings: Settings, store: Store) -> dict[str, Any]:
    """What `prompts/index.json` holds: each file's SHA-256, and for each hash that records name, the files that it is of.

    A hash of no file here is of a model's weights, of a plug-in, or of the prompt of another version of normscope: then the
    records were made with words that are not in the bundle.
    """
    here = {path: hashlib.sha256(content).hexdigest() for path, content in prompt_files(settings, store).items()}
    known = {digest: [path] for path, digest in here.items()}
    stance = [f"prompts/match/{name}" for name in _MATCHERS["stance"]]
    if all(path in here for path in stance):
        both = hashlib.sha256("\n".join(here[path] for path in stance).encode()).hexdigest()
        known[both] = stance
    recorded = [
        {"records": kind, "prompt_hash": digest, "n": n, "files": known.get(digest, [])}
        for kind in ("solutions", "matches")
        for digest, n in _recorded(store, kind)
    ]
    return {"files": here, "recorded": recorded}


def _used(settings: Settings, store: Store) -> Iterator[tuple[str, str]]:
    extractor, (matcher, argument) = split(settings.extractor)[0], split(settings.matcher)
    for tag in sorted(set(store.frame("dilemmas", columns=["language"])["language"])):
        try:
            language = phrases_for(tag).language
        except UsageError:
            continue  # nobody can be asked in this language
        yield "elicit", f"phrases/{language}.yaml"
        if extractor == "rules" and files("normscope.extract").joinpath("cues", f"{language}.yaml").is_file():
            yield "extract", f"cues/{language}.yaml"
    if settings.protocol == "dialogue":
        yield "elicit", "prompts/player.md"
    if extractor == "judge":
        yield "extract", "prompts/judge.md"
    if argument != "offline":
        for name in _MATCHERS.get(matcher, ()):
            yield "match", name


def _recorded(store: Store, kind: str) -> list[tuple[str, int]]:
    hashes = store.frame(kind, columns=["prompt_hash"])["prompt_hash"].drop_nulls()
    counted = hashes.cast(pl.String).value_counts(name="n").sort("prompt_hash")
    return [(str(digest), int(n)) for digest, n in counted.iter_rows()]


def _content(package: str, name: str) -> bytes:
    return files(f"normscope.{package}").joinpath(*name.split("/")).read_bytes()
