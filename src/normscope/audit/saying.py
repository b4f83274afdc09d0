"""How findings write numbers: three decimals, so that a number on the wrong side of its threshold looks it."""

from __future__ import annotations

from normscope.audit.evidence import ALL
from normscope.records import CORRECTED, ROGAN_GLADEN, Estimate, NotMeasured

__all__ = ["basis", "interval", "number", "of_topic", "some"]

Number = float | NotMeasured


def number(value: float, *, signed: bool = False) -> str:
    """Three decimals, with the sign of a difference.

    >>> number(0.6184), number(0.1, signed=True), number(-0.0001, signed=True)
    ('0.618', '+0.100', '0.000')
    """
    rounded = round(value, 3) + 0.0  # adding zero turns -0.0 into 0.0
    return f"{rounded:+.3f}" if signed and rounded else f"{rounded:.3f}"


def interval(value: Number, low: Number, high: Number, *, signed: bool = False) -> str:
    """A number with its interval, or why either is missing.

    >>> interval(0.5, 0.4, 0.6), interval(0.5, *[NotMeasured("4 clusters")] * 2), interval(*[NotMeasured("nobody met")] * 3)
    ('0.500 [0.400, 0.600]', '0.500 (no interval: 4 clusters)', 'not measured (nobody met)')
    """
    if isinstance(value, NotMeasured):
        return f"not measured ({value.reason})"
    for end in (low, high):
        if isinstance(end, NotMeasured):
            return f"{number(value, signed=signed)} (no interval: {end.reason})"
    low_end, high_end = (number(end, signed=signed) for end in (low, high) if not isinstance(end, NotMeasured))
    return f"{number(value, signed=signed)} [{low_end}, {high_end}]"


def basis(e: Estimate) -> str:
    """On how many dilemmas an estimate rests, if it is about these alone, and if the matcher's errors are in it."""
    rests = some(e.n_dilemmas, "dilemma") + ("" if e.estimand == "dilemmas like these" else f"; of {e.estimand} only")
    if e.metric.endswith((CORRECTED, ROGAN_GLADEN)):
        return f"{rests}; corrected for the matcher's errors with {some(e.n_labels, 'labelled comparison')}"
    return f"{rests}; raw, the matcher's errors are in it"


def of_topic(topic: str) -> str:
    """The words that limit a sentence to a topic."""
    return "" if topic == ALL else f" on {topic}"


def some(n: int, what: str) -> str:
    """So many of something, in the right number.

    >>> some(1, "dilemma"), some(1200, "dilemma")
    ('1 dilemma', '1,200 dilemmas')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"
