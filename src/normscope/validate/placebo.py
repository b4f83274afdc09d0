"""The placebo: answers to other dilemmas, which should agree with nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from normscope.records import UNSPECIFIED, Gold, Label, NotMeasured, Placebo, Question
from normscope.validate.once import Once
from normscope.validate.rated import Rating

__all__ = ["Advice", "advice_of_golds", "placebo", "placebo_pairs"]

TRIES = 20
"""Draws per pair that is wanted; where a study has few texts there are fewer pairs than are wanted."""


@dataclass(frozen=True, slots=True, order=True)
class Advice:
    """One course of action, and the dilemma it answers; `cluster` says what dilemmas belong together (none: each alone)."""

    dilemma: str
    text: str
    language: str = "und"
    topic: str = UNSPECIFIED
    cluster: str = ""


def advice_of_golds(golds: Sequence[Gold]) -> list[Advice]:
    """The solutions and the unprompted texts of labelled pairs."""
    return [
        Advice(gold.dilemma, text, gold.language, gold.topic, gold.cluster or "")
        for gold in golds
        for text in ((gold.solution, gold.text) if gold.asked == "stated" else (gold.solution,))
    ]


def placebo_pairs(advice: Sequence[Advice], n: int, *, seed: int) -> list[tuple[Advice, Advice]]:
    """Up to `n` distinct pairs (an answer to another dilemma, a solution) in one language, drawn with `seed`.

    The order in which the advice is given does not matter.
    """
    pool = sorted(set(advice))
    by_language: dict[str, list[Advice]] = {}
    for one in pool:
        by_language.setdefault(one.language, []).append(one)
    rng = np.random.default_rng(seed)
    found: dict[tuple[Advice, Advice], None] = {}
    for _ in range(n * TRIES if pool else 0):
        if len(found) == n:
            break
        solution = pool[int(rng.integers(len(pool)))]
        others = by_language[solution.language]
        text = others[int(rng.integers(len(others)))]
        # the same words under two dilemmas would agree, and rightly
        if text.dilemma != solution.dilemma and text.text != solution.text:
            found[text, solution] = None
    return list(found)


async def placebo(
    ask: Once,
    advice: Sequence[Advice],
    *,
    n: int,
    source: str,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Placebo | NotMeasured:
    """How often does the matcher find agreement where there can hardly be any: with answers to other dilemmas?

    Asked are `placebo_pairs`, with the solution's own dilemma. Rates in [0, 1]: 0 = never, 1 = it agrees with anything. Two
    dilemmas can share a course ("talk to him"), so that a rate a little above 0 need not be a fault. Pairs with solutions of
    one dilemma are a cluster; that a text is held against several dilemmas is not seen. `NotMeasured` where no language has
    answers to two dilemmas.
    """
    pairs = placebo_pairs(advice, n, seed=seed)
    if not pairs:
        return NotMeasured("no language has answers to two dilemmas")
    found = await ask([Question(s.dilemma, t.text, s.text, "stated", s.language) for t, s in pairs])
    languages, topics = [s.language for _, s in pairs], [s.topic for _, s in pairs]
    rating, clusters = Rating(level, draws, seed), [s.cluster or s.dilemma for _, s in pairs]
    return Placebo(
        agree=rating([f.label is Label.AGREE for f in found], clusters, languages=languages, topics=topics),
        disagree=rating.rate([f.label is Label.DISAGREE for f in found], clusters),
        source=source,
    )
