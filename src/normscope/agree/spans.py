"""How far stated agreement with people moves with the reading and the reference policy."""

from __future__ import annotations

from collections.abc import Iterable

from normscope.agree.estimates import ALL
from normscope.agree.scopes import PEOPLE
from normscope.records import Estimate, NotMeasured, Pairing, Reading

__all__ = ["spans"]


def spans(estimates: Iterable[Estimate]) -> list[str]:
    """For each model its lowest and its highest stated agreement with people over all readings of agreement and all policies.

    The reading `violation`, which is high where bad, is left out. Models of which one value was measured, or none, are too.

    >>> spans([])
    []
    """
    by_model: dict[str, list[Estimate]] = {}
    for e in estimates:
        of_model = (e.metric, e.pairing, e.target_id, e.topic) == ("stated", Pairing.MODEL_HUMAN, PEOPLE, ALL)
        if of_model and e.reading != Reading.VIOLATION and not isinstance(e.value, NotMeasured):
            by_model.setdefault(e.responder_id, []).append(e)
    lines = []
    for model, found in by_model.items():
        if len(found) > 1:
            ordered = sorted(found, key=lambda e: (e.number(), e.reading, e.policy))
            low, high = ordered[0], ordered[-1]
            same = low.number() == high.number()
            lines.append(f"{model}: {low.number():.2f} under all" if same else f"{model}: {_named(low)} to {_named(high)}")
    return lines


def _named(e: Estimate) -> str:
    return f"{e.number():.2f} ({e.reading}, {e.policy})"
