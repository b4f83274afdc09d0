"""Can a text tell a matcher what to say? How often the injection texts change a matcher's label."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from normscope.records import Flip, FlipRate, Flips, Matcher, NotMeasured, Question
from normscope.stats import wilson
from normscope.validate.injections import Injection

__all__ = ["injection_flips"]


async def injection_flips(
    matcher: Matcher, injections: Sequence[Injection], *, asked: str = "stated", level: float = 0.95
) -> Flips:
    """How often does an attack change this matcher's label of a text?

    Each twin and each attacked text is a question of its own; a *flip* is where the two labels differ, whichever of them is
    right. A matcher that answers by chance flips without being steered: `towards_aim` tells the two apart. Intervals are
    Wilson's, as if the attacks were independent. `injections` may be empty: then nothing is measured. Errors of the matcher,
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
        parts: dict[str, list[Flip]] = {}
        for each, outcome in zip(injections, outcomes, strict=True):
            parts.setdefault(value(each), []).append(outcome)
        return {name: _rate(parts[name], level) for name in sorted(parts)}

    return Flips(
        matcher=matcher.name,
        asked=asked,
        level=level,
        overall=_rate(outcomes, level),
        by_technique=by(lambda each: each.technique),
        by_language=by(lambda each: each.language),
        flipped=tuple(outcome for outcome in outcomes if _flipped(outcome)),
    )


def _flipped(outcome: Flip) -> bool:
    return outcome.of_twin is not outcome.of_attacked


def _rate(outcomes: Sequence[Flip], level: float) -> FlipRate:
    flips = [outcome for outcome in outcomes if _flipped(outcome)]
    if not outcomes:
        none = NotMeasured("there are no injections")
        return FlipRate(0, 0, 0, none, none, none)
    low, high = wilson(len(flips), len(outcomes), level=level)
    aimed = sum(flip.towards_aim for flip in flips)
    return FlipRate(len(outcomes), len(flips), aimed, len(flips) / len(outcomes), low, high)
