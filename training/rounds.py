"""The rounds of a training run: which sets are learnt from, and how much of each an epoch draws."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from training.claims import claims, completed, reasons, some_of_each
from training.examples import disturbed, drawn, restated, shown_answers
from training.learn import Recipe
from training.pairs import Pair, argkp, own_set, perspectrum
from training.split import part_of

__all__ = ["ROUNDS", "Round", "Sets"]

ARGUMENTS = 3_000
"""Pairs of argkp2021 of each label in an epoch."""


@dataclass(frozen=True)
class Sets:
    """Pairs by where they come from."""

    own: list[Pair]
    points: list[Pair]
    own_points: list[Pair]
    verdicts: list[Pair]
    arguments: list[Pair]


@dataclass(frozen=True)
class Round:
    """One run through the loop. `series` are the letters of the dilemmas' ids that it learns from (`en-a-001`: a)."""

    series: str
    epochs: float
    recipe: Recipe
    points: Mapping[str, int]
    """Pairs of perspectrum that an epoch draws of a claim, by kind."""
    own_points: Mapping[str, int] = field(default_factory=dict)
    """Of the project's claims; none where empty."""
    verdicts: Mapping[str, int] = field(default_factory=dict)
    """Of the project's vignettes with reasons; none where empty."""
    thinned: float = 1.0
    """The share of all these pairs that is kept."""
    disturbed: int = 0
    """So many pairs of each dilemma come with a passage that is no advice (see `disturbed`)."""

    def sets(self, own: Path, others: Path) -> tuple[Sets, list[Pair]]:
        """What is learnt from, and pairs of what is kept for choosing settings."""
        dilemmas = [pair for pair in own_set(own) if _series(pair.group) in set(self.series)]
        points = completed(perspectrum(others / "perspectrum", "train"))
        own_points = claims(own / "claims") if self.own_points else []
        verdicts = reasons(own / "reasons") if self.verdicts else []
        sets = Sets(
            [pair for pair in dilemmas if part_of(pair.group) == "train"],
            [pair for pair in points if part_of(pair.group) != "dev"],
            [pair for pair in own_points if part_of(pair.group) == "train"],
            [pair for pair in verdicts if part_of(pair.group) == "train"],
            argkp(others / "argkp2021", "train"),
        )
        kept = some_of_each(
            [p for p in [*dilemmas, *verdicts] if part_of(p.group) == "dev"], dict.fromkeys(KEPT, 2), random.Random(1)
        )
        kept_points = [p for p in [*points, *own_points] if part_of(p.group) == "dev"]
        for pair in some_of_each(kept_points, {"same_side": 4, "opposite": 4, "claim": 4}, random.Random(1)):
            kept.append(replace(pair, kind="opposite point") if pair.kind == "opposite" else pair)
        return sets, kept

    def epoch(self, sets: Sets, answers: Path, rng: random.Random) -> list[Pair]:
        """The pairs of one epoch."""
        rng.shuffle(sets.arguments)
        arguments = [p for label in ("agree", "silent") for p in [p for p in sets.arguments if p.label == label][:ARGUMENTS]]
        pairs = [
            *drawn(sets.own, rng),
            *restated(sets.own, rng),
            *shown_answers(sets.own, answers, rng),
            *some_of_each(sets.points, self.points, rng),
            *some_of_each(sets.own_points, self.own_points, rng),
            *some_of_each(sets.verdicts, self.verdicts, rng),
            *arguments,
        ]
        kept = rng.sample(pairs, int(len(pairs) * self.thinned)) if self.thinned < 1 else pairs
        return [*kept, *disturbed(sets.own, self.disturbed, rng)]


KEPT = ("same course", "opposite", "excluded", "other course", "reply", "question", "same verdict", "other verdict", "verdict")


def _series(group: str) -> str:
    """The letter in a dilemma's id.

    >>> _series("en-a-001"), _series("par-001")
    ('a', '')
    """
    parts = group.split("-")
    return parts[1] if len(parts) == 3 else ""


POINTS = {"same": 8, "same_side": 12, "opposite": 18, "paraphrase": 2}
OWN_POINTS = {"same": 6, "same_side": 10, "opposite": 16, "claim": 8}
VERDICTS = {"same verdict": 10, "other verdict": 16, "verdict": 8}

ROUNDS = (
    Round("ab", 2, Recipe(seed=20261126), {"same": 6, "same_side": 8, "opposite": 12, "paraphrase": 2}),
    Round("abcdefgh", 1, Recipe(seed=20261127), POINTS, OWN_POINTS, VERDICTS),
    Round("abcdefgh", 1, Recipe(seed=20261128, rate=3e-5), POINTS, OWN_POINTS, VERDICTS, thinned=0.06, disturbed=8),
)
"""First what was written first; then all of it; then, shortly, that what is said beside the advice does not change it."""
