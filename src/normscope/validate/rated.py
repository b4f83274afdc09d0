"""A rate over items, as a whole and by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from normscope.records import LEAST_ITEMS, UNSPECIFIED, NotMeasured, Rate, Rated
from normscope.stats import wilson

__all__ = ["by_part", "rate", "rated", "too_few"]


def rate(hits: Sequence[float], *, level: float) -> Rate:
    """The share of hits (1 or True; 0.5 counts half) with Wilson's interval; at least one item is needed.

    >>> rate([True, False, True, True], level=0.95).value
    0.75
    """
    total = float(sum(hits))
    return Rate(total / len(hits), *wilson(total, len(hits), level=level), len(hits))


def too_few(n: int) -> NotMeasured:
    """What stands for the figures of a part with too few items."""
    return NotMeasured(f"{n} item{'' if n == 1 else 's'}; a part needs at least {LEAST_ITEMS}")


def by_part(hits: Sequence[float], parts: Sequence[str], *, level: float) -> dict[str, Rate | NotMeasured]:
    """The rate of each part, by its name in order; parts with fewer than `LEAST_ITEMS` items say how many they have.

    >>> by_part([1] * 10 + [0], ["en"] * 10 + ["da"], level=0.95)["da"].reason
    '1 item; a part needs at least 10'
    """
    found: dict[str, list[float]] = {}
    for hit, part in zip(hits, parts, strict=True):
        found.setdefault(part, []).append(hit)
    return {
        part: rate(found[part], level=level) if len(found[part]) >= LEAST_ITEMS else too_few(len(found[part]))
        for part in sorted(found)
    }


def rated(hits: Sequence[float], *, languages: Sequence[str], topics: Sequence[str] = (), level: float) -> Rated:
    """The rate over all items, by language, and by topic where topics are known; at least one item is needed."""
    known: Mapping[str, Rate | NotMeasured] = (
        by_part(hits, topics, level=level) if topics and set(topics) != {UNSPECIFIED} else {}
    )
    return Rated(rate(hits, level=level), by_part(hits, languages, level=level), dict(known))
