"""The polarity test: the same advice in other words against its opposite in nearly the same words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from normscope.records import Gold, Judgement, Label, NotMeasured, Polarity
from normscope.stats import auc
from normscope.stats.bootstrap import Floats
from normscope.validate.once import Once
from normscope.validate.rated import Rating
from normscope.validate.settled import question_of

__all__ = ["OPPOSITE", "REWORDED", "polarity"]

REWORDED, OPPOSITE = "reworded", "opposite"
"""The kinds of pair that the test needs, one of each per context (`Gold.cluster`)."""


async def polarity(
    ask: Once, golds: Sequence[Gold], *, level: float = 0.95, draws: int = 1000, seed: int = 0
) -> Polarity | NotMeasured:
    """Does the matcher tell the same advice from its opposite?

    `golds` hold pairs of the kinds `reworded` and `opposite`; others are passed over. Per context the paraphrase should be
    nearer to `agree` than the opposite, by the signed score: +score for `agree`, -score for `disagree`, 0 for the rest. A
    matcher that says the same to both is at 0.5, as one that tosses a coin is; what looks at words alone is at 0.5 or below.
    `NotMeasured` where no context has both.
    """
    contexts: dict[str, dict[str, Gold]] = {}
    for gold in golds:
        if gold.kind in (REWORDED, OPPOSITE) and gold.cluster is not None:
            contexts.setdefault(gold.cluster, {})[gold.kind] = gold
    both = [found for found in contexts.values() if len(found) == 2]
    if not both:
        return NotMeasured("no context has both a paraphrase and an opposite")
    same = await ask([question_of(found[REWORDED]) for found in both])
    turned = await ask([question_of(found[OPPOSITE]) for found in both])
    same_signed, turned_signed = _signed(same), _signed(turned)
    order = (np.sign(same_signed - turned_signed) + 1) / 2
    firsts = [found[REWORDED] for found in both]
    rating, dilemmas = Rating(level, draws, seed), [g.dilemma for g in firsts]
    return Polarity(
        paraphrases=rating.rate([found.label is Label.AGREE for found in same], dilemmas),
        opposites=rating.rate([found.label is Label.DISAGREE for found in turned], dilemmas),
        ordered=rating(order.tolist(), dilemmas, languages=[g.language for g in firsts], topics=[g.topic for g in firsts]),
        auc=auc(np.arange(2 * len(both)) < len(both), np.concatenate([same_signed, turned_signed])),
    )


def _signed(judgements: Sequence[Judgement]) -> Floats:
    side = {Label.AGREE: 1.0, Label.DISAGREE: -1.0}
    return np.array([side.get(found.label, 0.0) * found.score for found in judgements])
