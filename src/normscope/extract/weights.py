"""How much each cue of a language speaks for advice, learnt from sentences that people marked: one JSON file per language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from normscope.extract.features import Lists, grams, shape

__all__ = ["Weights", "lists_of", "weights_for"]


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model: a sentence is advice where the weights of what is found in it add up to `least` or more.

    `cues` are the weights of the cues of the language, by their pattern as it stands in the cue file; `shape` and `words`
    those of the features of that name.
    """

    least: float
    lists: Lists
    cues: Mapping[str, float]
    shape: Mapping[str, float]
    words: Mapping[str, float]

    def score(self, plain: str, place: int, of: int, cues: Iterable[str]) -> float:
        """How far a sentence reads like advice, in log-odds; `cues` are the patterns that were found in it."""
        form = shape(plain, place, of, self.lists)
        return (
            sum(self.cues[cue] for cue in cues)
            + sum(self.shape.get(name, 0.0) * value for name, value in form.items())
            + sum(self.words.get(gram, 0.0) for gram in sorted(grams(plain, self.lists)))
        )


def weights_for(language: str) -> Weights | None:
    """The weights in `weights/LANGUAGE.json`; None where that language has none, so that strengths alone decide."""
    path = files("normscope.extract") / "weights" / f"{language}.json"
    if not path.is_file():
        return None
    given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Weights(given["least"], lists_of(given["lists"]), given["cues"], given["shape"], given["words"])


def lists_of(given: Mapping[str, list[str]]) -> Lists:
    """The word lists as they stand in a file."""
    return Lists(
        **{name: frozenset(given[name]) for name in ("common", "first_person", "second_person", "third_person", "past")},
        past_endings=tuple(given["past_endings"]),
        endings=tuple(given["endings"]),
    )
