"""Making the whole card: a matcher's labels against people's, and everything else it is put through."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from normscope.records import LEAST_ITEMS, UNSPECIFIED, Card, Cost, Flips, Gold, Judgement, Matcher, NotMeasured, Score
from normscope.validate.alternative import alternative
from normscope.validate.effort import Effort
from normscope.validate.flips import injection_flips
from normscope.validate.injections import Injection
from normscope.validate.measure import score
from normscope.validate.once import Once
from normscope.validate.orders import order_changes
from normscope.validate.people import people_beside
from normscope.validate.placebo import Advice, advice_of_golds, placebo
from normscope.validate.polarity import polarity
from normscope.validate.rated import too_few
from normscope.validate.repeats import repeat_changes
from normscope.validate.settled import Settled, cluster_of, question_of, settle
from normscope.validate.spread import spread
from normscope.validate.voting import voting

__all__ = ["Material", "validate"]

T = TypeVar("T")
N = TypeVar("N", int, int | None)
CostOf = Callable[[int, float], Cost | NotMeasured]
"""Given the number of pairs that were just labelled and the seconds it took: what it cost."""

NO_COST = NotMeasured("nobody counted")


@dataclass(frozen=True)
class Material:
    """What a matcher is put through.

    `golds` are people's labels and `description` says whose; `weights` are those of drawn questions (`settled.inclusions`).
    `advice` are the study's solutions for the placebo (empty: those of the golds), `advice_of` says where they come from.
    `opposites` are pairs for the polarity test, `injections` the texts that try to steer.
    """

    golds: Sequence[Gold]
    description: str
    weights: Mapping[str, float] = field(default_factory=dict)
    advice: Sequence[Advice] = ()
    advice_of: str = "this study's solutions"
    opposites: Sequence[Gold] = ()
    injections: Sequence[Injection] = ()


async def validate(
    matcher: Matcher,
    material: Material,
    *,
    again: Matcher | None = None,
    effort: Effort = Effort(),  # noqa: B008 - frozen
    cost_of: CostOf = lambda pairs, seconds: NO_COST,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Card:
    """How far can this matcher be trusted? Its card: scores against people's labels, and the tests that `effort` asks for.

    Each distinct question is asked once, over all tests; only self-consistency asks again, of `again` (the same matcher
    without its store of answers; None = `matcher` itself, which suits one that computes). `golds` may be empty: then nothing
    is measured against people and the card says so. Errors of the matcher, such as `ModelError`, go through.
    """
    settled = settle(material.golds, material.weights)
    golds = settled.golds
    ask = Once(matcher)
    questions = [question_of(gold) for gold in settled.questions]
    begun = time.perf_counter()
    answers = await ask(questions)
    cost = cost_of(len(set(questions)), time.perf_counter() - begun) if questions else NotMeasured("no pairs were labelled")
    counting = answers[: len(golds)]
    scores = _Scores(settled, counting, level, draws, seed)
    labels = [answer.label for answer in answers]
    clusters = [cluster_of(gold) for gold in settled.questions]
    advice = material.advice or advice_of_golds(golds)
    source = material.advice_of if material.advice else "the texts of the labelled pairs"

    def steered(asked: str) -> Callable[[int | None], Awaitable[Flips | NotMeasured]]:
        async def test(most: int | None) -> Flips | NotMeasured:
            chosen = spread(material.injections, most, seed=seed)
            if not chosen:
                return NotMeasured("there were no injection texts to ask")
            return await injection_flips(matcher, chosen, asked=asked, level=level, draws=draws, seed=seed)

        return test

    return Card(
        matcher=matcher.name,
        gold=material.description,
        level=level,
        overall=scores.part(range(len(golds))),
        by_asked=scores.by(lambda gold: gold.asked),
        by_language=scores.by(lambda gold: gold.language, least=LEAST_ITEMS),
        by_kind=scores.by(lambda gold: gold.kind),
        by_topic=scores.by(lambda gold: gold.topic, least=LEAST_ITEMS, known=True),
        prompt_hash=matcher.prompt_hash,
        labelled=settled.labelled,
        people=people_beside(settled.given, labels, clusters, level=level, draws=draws, seed=seed),
        orders=await _unless(
            effort.orders, lambda most: order_changes(ask, golds, most=most, level=level, draws=draws, seed=seed)
        ),
        repeats=await _unless(
            effort.repeats,
            lambda most: repeat_changes(ask, again or matcher, golds, most=most, level=level, draws=draws, seed=seed),
        ),
        polarity=effort.polarity or await polarity(ask, material.opposites, level=level, draws=draws, seed=seed),
        placebo=await _unless(
            effort.placebo, lambda n: placebo(ask, advice, n=n, source=source, level=level, draws=draws, seed=seed)
        ),
        injected=await _unless(effort.injections, steered("stated")),
        injected_shown=await _unless(effort.injections_shown, steered("shown")),
        alternative=alternative(settled.given, labels),
        cost=cost,
        voting=voting(counting, [gold.label for gold in golds], matcher=matcher.name),
    )


async def _unless(most: N | NotMeasured, test: Callable[[N], Awaitable[T]]) -> T | NotMeasured:
    """What the test finds; where it is not to be made, why."""
    return most if isinstance(most, NotMeasured) else await test(most)


@dataclass(frozen=True)
class _Scores:
    """The settled items and the matcher's answers to them, from which the score of any part comes."""

    settled: Settled
    answers: Sequence[Judgement]
    level: float
    draws: int
    seed: int

    def part(self, chosen: Sequence[int]) -> Score:
        golds, weights = self.settled.golds, self.settled.weights
        return score(
            [golds[i] for i in chosen],
            [self.answers[i].label for i in chosen],
            weights=[weights[i] for i in chosen] if self.settled.weighted else None,
            level=self.level,
            draws=self.draws,
            seed=self.seed,
        )

    def by(self, value: Callable[[Gold], str], *, least: int = 1, known: bool = False) -> dict[str, Score]:
        """The score of each part. One with fewer than `least` items is counted; `known`: nothing where no part is named."""
        parts: dict[str, list[int]] = {}
        for i, gold in enumerate(self.settled.golds):
            parts.setdefault(value(gold), []).append(i)
        if known and set(parts) <= {UNSPECIFIED}:
            return {}
        return {name: self.part(parts[name]) if len(parts[name]) >= least else _counted(parts[name]) for name in sorted(parts)}


def _counted(chosen: Sequence[int]) -> Score:
    none = too_few(len(chosen))
    return Score(len(chosen), none, none, none, none, none, none, none)
