"""Whether the matcher was checked on this very study: the first thing that a reader must know."""

from __future__ import annotations

from normscope.records import Estimate, NotMeasured
from normscope.report.data import ReportData

__all__ = ["CORRECTED", "NOT_VALIDATED", "corrections", "validated"]

CORRECTED = "_corrected"
"""What the name of a metric ends with that was corrected for the matcher's errors."""

NOT_VALIDATED = "matcher not validated on this study"


def corrections(data: ReportData) -> list[Estimate]:
    """The estimates corrected for the matcher's errors that have a value."""
    return [e for e in data.estimates if e.metric.endswith(CORRECTED) and not isinstance(e.value, NotMeasured)]


def validated(data: ReportData) -> str:
    """Were rates corrected with people's labels of this study, are there labels at all, or did nobody check the matcher here?

    Labels of other pairs, such as those that come with normscope, say nothing of how the matcher errs on these answers.
    """
    tried = [e for e in data.estimates if e.metric.endswith(CORRECTED)]
    with_value = corrections(data)
    if with_value:
        most = max(e.n_labels for e in with_value)
        return (
            f"Corrected for the matcher's errors with up to {most:,} comparisons of this study that people labelled; the "
            "matcher's own values stand beside the corrected ones."
        )
    if tried:
        reasons = dict.fromkeys(e.value.reason for e in tried if isinstance(e.value, NotMeasured))
        return f"Not corrected for the matcher's errors: {next(iter(reasons))}."
    if data.gold_labels:
        return (
            f"Not corrected for the matcher's errors: none of the {data.gold_labels:,} labels is of a comparison that was drawn "
            "at random from this study."
        )
    return f"{NOT_VALIDATED.capitalize()}: nobody labelled its comparisons, so nobody knows how far the numbers are off."
