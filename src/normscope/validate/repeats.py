"""Self-consistency: does the matcher say the same when it is asked again?"""

from __future__ import annotations

from collections.abc import Sequence

from normscope.records import Gold, Matcher, NotMeasured, Rated
from normscope.validate.drawing import drawn
from normscope.validate.once import Once
from normscope.validate.rated import Rating
from normscope.validate.settled import cluster_of, question_of

__all__ = ["repeat_changes"]


async def repeat_changes(
    ask: Once,
    again: Matcher,
    golds: Sequence[Gold],
    *,
    most: int | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Rated | NotMeasured:
    """On which share of the pairs does the label change when the same question is asked a second time?

    In [0, 1]: 0 = never, which a matcher that computes has to reach. `again` is the same matcher with answers that come from
    no store (a judge: under another draw). At most `most` pairs, drawn with `seed`. `NotMeasured` without any.
    """
    chosen = drawn(golds, most, seed=seed)
    if not chosen:
        return NotMeasured("there are no labelled pairs to ask again")
    questions = [question_of(gold) for gold in chosen]
    first = await ask(questions)
    distinct = list(dict.fromkeys(questions))
    second = dict(zip(distinct, await again(distinct), strict=True))
    changed = [a.label is not second[q].label for a, q in zip(first, questions, strict=True)]
    rating = Rating(level, draws, seed)
    clusters = [cluster_of(g) for g in chosen]
    return rating(changed, clusters, languages=[g.language for g in chosen], topics=[g.topic for g in chosen])
