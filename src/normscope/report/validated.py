"""Whether the matcher was checked on this very study: the first thing that a reader must know."""

from __future__ import annotations

from normscope.records import CORRECTED, Estimate, NotMeasured
from normscope.report.code_words import reason_words
from normscope.report.data import ReportData

__all__ = ["NOT_VALIDATED", "corrections", "validated"]

PEOPLE = "people"
"""The target of agreement with all people."""

NOT_VALIDATED = "matcher not validated on this study"


def corrections(data: ReportData) -> list[Estimate]:
    """The estimates corrected for the matcher's errors that have a value."""
    return [e for e in data.estimates if e.metric.endswith(CORRECTED) and not isinstance(e.value, NotMeasured)]


def _of_models(data: ReportData) -> list[Estimate]:
    """Each model's corrected stated agreement with all people, the one with most labels last."""
    models = {model.responder_id for model in data.models}
    own = [e for e in data.estimates if e.metric == f"stated{CORRECTED}" and e.responder_id in models and e.target_id == PEOPLE]
    return sorted(own, key=lambda e: e.n_labels)


def validated(data: ReportData) -> str:
    """Were rates corrected with people's labels of this study, are there labels at all, or did nobody check the matcher here?

    Labels of other pairs, such as those that come with normscope, say nothing of how the matcher errs on these answers.
    """
    tried = [e for e in data.estimates if e.metric.endswith(CORRECTED)]
    with_value = corrections(data)
    if with_value:
        most = max(e.n_labels for e in with_value)
        own = _of_models(data)
        missing = [reason_words(e.value.reason) for e in own if isinstance(e.value, NotMeasured)]
        if own and len(missing) == len(own):
            return (
                f"No model's stated agreement with people could be corrected for the matcher's errors ({missing[-1]}); what "
                f"could be, with up to {most:,} labelled comparisons, stands beside the matcher's own value."
            )
        return (
            f"Corrected for the matcher's errors with up to {most:,} comparisons of this study that people labelled; the "
            "matcher's own values stand beside the corrected ones."
        )
    if tried:
        reasons = dict.fromkeys(reason_words(e.value.reason) for e in tried if isinstance(e.value, NotMeasured))
        return f"Not corrected for the matcher's errors: {next(iter(reasons))}."
    if data.gold_labels:
        return (
            f"Not corrected for the matcher's errors: none of the {data.gold_labels:,} labels is of a comparison that was drawn "
            "at random from this study."
        )
    return f"{NOT_VALIDATED.capitalize()}: nobody labelled its comparisons, so nobody knows how far the numbers are off."
