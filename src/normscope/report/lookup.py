"""Finding one estimate among those that the agreement stage made."""

from __future__ import annotations

from collections.abc import Iterable

from normscope.records import Estimate, Policy, Reading

__all__ = ["ALL", "PEOPLE", "Lookup"]

PEOPLE = "people"
"""The target that stands for all people together."""

ALL = "all"
"""The topic that stands for all topics together."""


class Lookup:
    """Estimates of the reading `main` under the policy `each` by metric, pairing, responder, target and topic.

    Where a key comes twice the first one counts.
    """

    def __init__(self, estimates: Iterable[Estimate]) -> None:
        self._by_key: dict[tuple[str, str, str, str, str], Estimate] = {}
        self._of_responder: dict[tuple[str, str, str], Estimate] = {}
        for e in estimates:
            if (e.reading, e.policy) != (Reading.MAIN, Policy.EACH):
                continue
            self._by_key.setdefault((e.metric, e.pairing, e.responder_id, e.target_id, e.topic), e)
            if e.target_id in ("", PEOPLE):
                self._of_responder.setdefault((e.metric, e.responder_id, e.topic), e)

    def pair(self, metric: str, pairing: str, responder: str, target: str, *, topic: str = ALL) -> Estimate | None:
        """The estimate of one ordered pair; empty ids mean the pairing as a whole. None where it was not computed."""
        return self._by_key.get((metric, pairing, responder, target, topic))

    def of(self, metric: str, responder: str = "", *, topic: str = ALL) -> Estimate | None:
        """A responder's estimate against all people or by itself; without a responder, that of a pairing as a whole."""
        return self._of_responder.get((metric, responder, topic))

    def pairs(self, metrics: Iterable[str]) -> list[tuple[str, str, str]]:
        """The distinct (pairing, responder, target) that have one of the metrics over all topics, in the order made."""
        wanted = set(metrics)
        keys = ((p, r, t) for metric, p, r, t, topic in self._by_key if metric in wanted and topic == ALL)
        return list(dict.fromkeys(keys))
