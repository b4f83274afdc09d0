"""Which pairs of models does the ranking tell apart, and which of them stand the other way round under another reading?"""

from __future__ import annotations

from itertools import permutations

from normscope.audit.evidence import Evidence
from normscope.records import NotMeasured, Reading
from normscope.stats import difference_interval

__all__ = ["RANKED", "Pairs", "flips", "told_apart"]

RANKED = "stated"
"""The metric whose ranking is held against the others."""

Pairs = list[tuple[str, str]]
"""Models, of which the first is ahead of the second."""


def told_apart(evidence: Evidence) -> Pairs:
    """The pairs of the rule's models of which the first is shown to be ahead: their ranks' intervals do not touch."""
    models = set(evidence.models)
    rows = [row for row in evidence.rows("rankings") if row["metric"] == RANKED and row["responder_id"] in models]
    ranked = [row for row in rows if isinstance(row["rank_low"], int) and isinstance(row["rank_high"], int)]
    return [(a["responder_id"], b["responder_id"]) for a, b in permutations(ranked, 2) if a["rank_high"] < b["rank_low"]]


def flips(evidence: Evidence, apart: Pairs, reading: str, policy: str) -> tuple[int, int, int] | None:
    """How many pairs stand the other way round by value, how many by more than chance, and how many at most.

    By more than chance: the interval of the difference (MOVER) is below 0. At most: all pairs but those whose interval is above
    0; a pair that lacks a value or an interval may stand either way. None where no pair has both values: this reading gives no
    order.
    """
    by_value = shown = possible = measured = 0
    for pair in apart:
        values = [_value(evidence, model, reading, policy) for model in pair]
        ends = [ends for ends in values if ends is not None]
        if len(ends) < 2:
            possible += 1
            continue
        measured += 1
        (first, first_ends), (second, second_ends) = ends
        by_value += first < second
        if first_ends is None or second_ends is None:
            possible += 1
            continue
        _, low, high = difference_interval((first, *first_ends), (second, *second_ends))
        shown += high < 0
        possible += low <= 0
    return (by_value, shown, possible) if measured else None


def _value(evidence: Evidence, model: str, reading: str, policy: str) -> tuple[float, tuple[float, float] | None] | None:
    """A model's value and the ends of its interval, each if it is there; more is better."""
    e = evidence.of(RANKED, model, reading=reading, policy=policy)
    if e is None or isinstance(e.value, NotMeasured):
        return None
    turned = reading == Reading.VIOLATION
    value = -e.value if turned else e.value
    if isinstance(e.low, NotMeasured) or isinstance(e.high, NotMeasured):
        return value, None
    return value, (-e.high, -e.low) if turned else (e.low, e.high)
