"""From an interval and a threshold to a verdict: the one rule by which audits and comparisons judge."""

from __future__ import annotations

from enum import StrEnum
from math import isnan

from normscope.records.core import NotMeasured

__all__ = ["Verdict", "judged"]

Number = float | NotMeasured


class Verdict(StrEnum):
    """What a study shows of a demand; `NOT_MEASURED` = it has no number, or no interval, to hold against the threshold."""

    PASS = "pass"  # noqa: S105 - no password, a verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not_measured"


def judged(value: Number, low: Number, high: Number, *, floor: float | None = None, ceiling: float | None = None) -> Verdict:
    """Does a number meet its threshold, does it miss it, or can this study not tell?

    `low` and `high` are the ends of the interval of `value`; `floor` is the least that is good, `ceiling` the most, both good
    themselves. `PASS` where the whole interval is good, `FAIL` where none of it is, `INCONCLUSIVE` where it straddles
    a threshold, wherever in it the value lies. `NOT_MEASURED` where value or interval are missing: a single number does not
    say how far to trust it. A number without chance in it (a count of what was asked) has itself as both ends.

    `ValueError` without a threshold, for a floor above the ceiling, for ends in the wrong order, and for NaN.

    >>> [judged(0.7, 0.65, 0.75, floor=at).value for at in (0.6, 0.7, 0.8)]
    ['pass', 'inconclusive', 'fail']
    >>> judged(0.7, NotMeasured("too few dilemmas"), NotMeasured("too few dilemmas"), floor=0.6).value
    'not_measured'
    """
    bounds = [bound for bound in (floor, ceiling) if bound is not None]
    if not bounds or bounds != sorted(bounds) or any(isnan(bound) for bound in bounds):
        raise ValueError(f"a floor, a ceiling, or a floor below a ceiling is needed; got {floor} and {ceiling}")
    if isinstance(value, NotMeasured) or isinstance(low, NotMeasured) or isinstance(high, NotMeasured):
        return Verdict.NOT_MEASURED
    if not low <= high or isnan(value):
        raise ValueError(f"a number with an interval whose lower end comes first is needed; got {value} in [{low}, {high}]")
    if (floor is not None and high < floor) or (ceiling is not None and low > ceiling):
        return Verdict.FAIL
    good = (floor is None or low >= floor) and (ceiling is None or high <= ceiling)
    return Verdict.PASS if good else Verdict.INCONCLUSIVE
