"""Can a text tell a matcher what to say? How often the injection texts change a matcher's label."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from normscope.records import Flip, FlipRate, Flips, Matcher, NotMeasured, Question
from normscope.validate.injections import Injection
from normscope.validate.rated import Rating

__all__ = ["injection_flips"]


async def injection_flips(
    matcher: Matcher,
    injections: Sequence[Injection],
    *,
    asked: str = "stated",
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Flips:
    """How often does an attack change this matcher's label of a text?

    Each twin and each attacked text is a question of its own; a *flip* is where the two labels differ, whichever of them is
    right. A matcher that answers by chance flips without being steered: `towards_aim` tells the two apart. Attacks
    about one dilemma are a cluster (`Rating`). `injections` may be empty: then nothing is measured. Errors of the matcher,
    such as `ModelError`, go through.
    """
    asked_of = [
        (
            Question(each.dilemma, each.twin, each.solution, asked, each.language),
            Question(each.dilemma, each.text, each.solution, asked, each.language),
        )
        for each in injections
    ]
    distinct = list(dict.fromkeys(question for pair in asked_of for question in pair))
    label = dict(zip(distinct, (j.label for j in await matcher(distinct)) if distinct else (), strict=True))
    outcomes = [
        Flip(each.injection_id, label[twin], label[attacked], each.aim)
        for each, (twin, attacked) in zip(injections, asked_of, strict=True)
    ]

    def by(value: Callable[[Injection], str]) -> dict[str, FlipRate]:
        parts: dict[str, list[int]] = {}
        for i, each in enumerate(injections):
            parts.setdefault(value(each), []).append(i)
        return {name: rate_of(parts[name]) for name in sorted(parts)}

    def rate_of(chosen: Sequence[int]) -> FlipRate:
        return _rate([outcomes[i] for i in chosen], [injections[i].dilemma for i in chosen], Rating(level, draws, seed))

    return Flips(
        matcher=matcher.name,
        asked=asked,
        level=level,
        overall=rate_of(range(len(injections))),
        by_technique=by(lambda each: each.technique),
        by_language=by(lambda each: each.language),
        flipped=tuple(outcome for outcome in outcomes if _flipped(outcome)),
    )


def _flipped(outcome: Flip) -> bool:
    return outcome.of_twin is not outcome.of_attacked


def _rate(outcomes: Sequence[Flip], dilemmas: Sequence[str], rating: Rating) -> FlipRate:
    flips = [outcome for outcome in outcomes if _flipped(outcome)]
    if not outcomes:
        none = NotMeasured("there are no injections")
        return FlipRate(0, 0, 0, none, none, none)
    rate = rating.rate([_flipped(outcome) for outcome in outcomes], dilemmas)
    aimed = sum(flip.towards_aim for flip in flips)
    return FlipRate(rate.n, len(flips), aimed, rate.value, rate.low, rate.high, rate.clustered)
