"""May the later study take the earlier one's place? A gate on what changed, with the verdicts of an audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from normscope.compare.changes import ALL, METRICS
from normscope.errors import UsageError, did_you_mean
from normscope.records import CORRECTED, Change, Comparison, GateResult, NotMeasured, Verdict, judged

__all__ = ["Gate", "exit_code"]

BY_TOPIC = ("stated", "explicit")
GATED = (*METRICS, *(f"{name}{CORRECTED}" for name in BY_TOPIC))


@dataclass(frozen=True, slots=True)
class Gate:
    """Has a measure of any model fallen by more than `max_drop`, or risen by more than `max_rise`?

    Both in [0, 2], in the units of the measure: 0.05 = five points in a hundred. For each paired model `pass` where the whole
    interval of the difference lies within the bounds, `fail` where all of it lies outside, else `inconclusive`; without an
    interval `not_measured`. `by_topic`: of each topic too, each by its own interval, so that of many topics some fail or are
    inconclusive by chance. A `UsageError` without a bound, for an impossible one, and for a measure that there is not.
    """

    metric: str = "stated"
    max_drop: float | None = None
    max_rise: float | None = None
    by_topic: bool = False

    def __post_init__(self) -> None:
        if self.metric not in GATED:
            raise UsageError(f"no measure named {self.metric!r} to gate. {did_you_mean(self.metric, GATED)}")
        if self.by_topic and self.metric not in BY_TOPIC:
            raise UsageError(f"{self.metric!r} is not measured by topic. By topic there are: {', '.join(BY_TOPIC)}")
        bounds = [bound for bound in (self.max_drop, self.max_rise) if bound is not None]
        if not bounds:
            raise UsageError("a gate needs the largest change to let pass: max_drop=0.05, or max_rise for what is better low")
        if not all(0 <= bound <= 2 for bound in bounds):
            raise UsageError(f"max_drop and max_rise are between 0 and 2; got {', '.join(map(str, bounds))}. 0.05 is five points")

    def __call__(self, comparison: Comparison) -> list[GateResult]:
        """One result per paired model, then those by topic. A `UsageError` for a corrected measure that there is not."""
        rows = [*comparison.changes, *(comparison.topics if self.by_topic else ())]
        found = [self._result(row) for row in rows if row.metric == self.metric]
        if not found and self.metric.endswith(CORRECTED):
            raise UsageError(
                f"this comparison has no {self.metric!r}: people must have labelled a sample of both studies. "
                "Run: normscope label FOLDER, or gate the matcher's own value: stated"
            )
        return found

    def _result(self, row: Change) -> GateResult:
        floor = None if self.max_drop is None else -self.max_drop
        verdict = judged(row.difference, row.low, row.high, floor=floor, ceiling=self.max_rise)
        return GateResult(
            row.metric, row.topic, row.responder_a, row.responder_b, floor, self.max_rise, verdict, self._sentence(row)
        )

    def _sentence(self, row: Change) -> str:
        where = "" if row.topic == ALL else f" on {row.topic}"
        demand = " and ".join(
            f"{word} by at most {bound:g}"
            for word, bound in (("fall", self.max_drop), ("rise", self.max_rise))
            if bound is not None
        )
        return f"{row.metric} of {row.responder_b}{where} {_change(row)}; it may {demand}"


def exit_code(results: Iterable[GateResult]) -> int:
    """0 where all passed, 1 where one failed, else 2; nothing to judge is 2 as well.

    >>> exit_code([])
    2
    """
    found: Sequence[Verdict] = [result.verdict for result in results]
    if Verdict.FAIL in found:
        return 1
    return 0 if found and all(verdict is Verdict.PASS for verdict in found) else 2


def _change(row: Change) -> str:
    if isinstance(row.difference, NotMeasured):
        return f"is not measured ({row.difference.reason})"
    if isinstance(row.low, NotMeasured) or isinstance(row.high, NotMeasured):
        why = next(end.reason for end in (row.low, row.high) if isinstance(end, NotMeasured))
        return f"changed by {row.difference:+.2f} (no interval: {why})"
    return f"changed by {row.difference:+.2f} [{row.low:+.2f}, {row.high:+.2f}]"
