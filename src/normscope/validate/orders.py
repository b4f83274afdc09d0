"""Order flips: does the label change when the two texts change places?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from normscope.records import Gold, NotMeasured, Rated
from normscope.validate.drawing import drawn
from normscope.validate.once import Once
from normscope.validate.rated import Rating
from normscope.validate.settled import cluster_of, question_of

__all__ = ["order_changes"]


async def order_changes(
    ask: Once, golds: Sequence[Gold], *, most: int | None = None, level: float = 0.95, draws: int = 1000, seed: int = 0
) -> Rated | NotMeasured:
    """On which share of the stated pairs does the label change when text and solution change places?

    In [0, 1]: 0 = never. Only stated pairs are asked: there, both are advice about the same dilemma, and whether they agree
    does not depend on which comes first. A text may say more than the solution; it is asked all the same, so that some
    changes between `agree` and `silent` are no mistake. At most `most` pairs, drawn with `seed`. `NotMeasured` without any.
    """
    stated = drawn([gold for gold in golds if gold.asked == "stated"], most, seed=seed)
    if not stated:
        return NotMeasured("there are no stated pairs whose order could be changed")
    questions = [question_of(gold) for gold in stated]
    forward = await ask(questions)
    backward = await ask([replace(q, text=q.solution, solution=q.text) for q in questions])
    changed = [a.label is not b.label for a, b in zip(forward, backward, strict=True)]
    rating = Rating(level, draws, seed)
    clusters = [cluster_of(g) for g in stated]
    return rating(changed, clusters, languages=[g.language for g in stated], topics=[g.topic for g in stated])
