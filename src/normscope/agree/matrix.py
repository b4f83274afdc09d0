"""The agreement matrix: one estimate per ordered pair."""

from __future__ import annotations

from collections.abc import Iterable

from normscope.agree.estimates import ALL
from normscope.records import Estimate, Policy, Reading

__all__ = ["matrix"]


def matrix(
    estimates: Iterable[Estimate],
    *,
    metric: str = "stated",
    reading: str = Reading.MAIN.value,
    policy: str = Policy.EACH.value,
) -> dict[tuple[str, str], Estimate]:
    """The estimates of one metric over all topics by (responder_id, target_id), in the order of the responders.

    (r, r) is test–retest and (r, "people") is r against all other people, where there are such. A pair that could not be
    compared has an estimate that says why; a pair that is absent was not asked about.

    >>> matrix([])
    {}
    """
    return {
        (e.responder_id, e.target_id): e
        for e in estimates
        if (e.metric, e.reading, e.policy, e.topic) == (metric, reading, policy, ALL) and e.responder_id and e.target_id
    }
