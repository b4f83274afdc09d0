"""How much each cue of a language speaks for advice, learnt from sentences that people marked: one JSON file per language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from normscope.extract.features import Lists, grams, shape

__all__ = ["SHORT", "STRONG", "Weights", "lists_of", "weights_for"]

SHORT = 4
"""So many words are no advice without a cue."""

STRONG = 3
"""Cues that say what to do have this strength."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model: a sentence is advice where the weights of what is found in it add up to `least` or more.

    With a strong cue it is advice from `least_strong` on, so that plain advice is not lost for its other words; what plainly
    advises against a course always is, and a few words without any cue ("Oh dear.") never are. `cues` are the weights of the
    cues of the language, by their pattern as it stands in the cue file; `shape` and `words` those of the features of that name.
    """

    least: float
    least_strong: float
    lists: Lists
    cues: Mapping[str, float]
    shape: Mapping[str, float]
    words: Mapping[str, float]

    def passes(self, plain: str, place: int, of: int, cues: Iterable[str], strengths: tuple[int, int]) -> bool:
        """Whether a sentence is advice. `strengths` are those of its cues for and against; the rest is as in `score`."""
        if (way := self.way(plain, *strengths)) in {"always", "never"}:
            return way == "always"
        return self.score(plain, place, of, cues) >= (self.least_strong if way == "strong" else self.least)

    @staticmethod
    def way(plain: str, strength_for: int, strength_against: int) -> Literal["always", "never", "strong", "weighed"]:
        """How a sentence is to be read whose cues for and against a course have these strengths.

        >>> [Weights.way(*each) for each in (("Don't call.", 0, 3), ("Oh dear.", 0, 0), ("Call.", 3, 0), ("It may help.", 2, 0))]
        ['always', 'never', 'strong', 'weighed']
        """
        if strength_against >= STRONG:
            return "always"
        if strength_for == strength_against == 0 and len(plain.split()) <= SHORT:
            return "never"
        return "strong" if strength_for >= STRONG else "weighed"

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
    return Weights(given["least"], given["least_strong"], lists_of(given["lists"]), given["cues"], given["shape"], given["words"])


def lists_of(given: Mapping[str, list[str]]) -> Lists:
    """The word lists as they stand in a file."""
    return Lists(
        **{name: frozenset(given[name]) for name in ("common", "first_person", "second_person", "third_person", "past")},
        past_endings=tuple(given["past_endings"]),
        endings=tuple(given["endings"]),
    )
