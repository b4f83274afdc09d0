"""Gathering from the folder what the report shows."""

from __future__ import annotations

from normscope import __version__
from normscope.records import Dilemma, Estimate, Finding, Responder, from_dict
from normscope.report import ReportData
from normscope.store import Store
from normscope.study.agreed import current_estimates
from normscope.study.agreeing import stored_sections
from normscope.study.auditing import findings_values
from normscope.study.correcting import MATCHES
from normscope.study.current_labels import check_labels
from normscope.study.report_counts import model_costs, outcome_counts
from normscope.study.settings import Settings
from normscope.study.validating import stored_card

__all__ = ["report_data", "reportable"]

RESPONSES = ("dilemma_id", "responder_id", "draw", "outcome", "turns", "reason")
SOLUTIONS = (
    "solution_id", "dilemma_id", "responder_id", "draw", "text", "stance", "main", "extractor", "start", "end", "conditions",
)  # fmt: skip
"""The columns that a report needs: votes, evidence and scores are as large as all the rest."""


def report_data(settings: Settings, store: Store) -> ReportData:
    """Everything the report needs, from the folder alone.

    A `UsageError` where labels or estimates are not those of the settings' matcher, or older than what they are of: the report
    would give them a name that is not theirs.
    """
    estimates = reportable(settings, store)
    return ReportData(
        title=settings.title,
        study=store.folder.name,
        created_with=__version__,
        seed=settings.seed,
        dilemmas=store.all(Dilemma),
        responders=store.all(Responder),
        responses=store.frame("responses", columns=RESPONSES),
        solutions=store.frame("solutions", columns=SOLUTIONS),
        matches=store.frame("matches", columns=MATCHES),
        estimates=estimates,
        card=stored_card(settings, store),
        notes=_notes(settings, store),
        settings=_shown_settings(settings),
        gold_labels=store.count("golds"),
        sections=stored_sections(store),
        outcomes=outcome_counts(store),
        costs=model_costs(settings, store),
        findings=[from_dict(Finding, values) for values in findings_values(settings, store).get("findings", ())],
    )


def reportable(settings: Settings, store: Store) -> list[Estimate]:
    """The estimates of what the folder holds now; none where agreement was not computed yet.

    A `UsageError` where labels or estimates are of something else.
    """
    if store.count("estimates"):
        return current_estimates(settings, store)
    check_labels(settings, store, store.frame("matches", columns=["matcher"]))
    return []


def _notes(settings: Settings, store: Store) -> list[str]:
    notes = [*settings.notes, *map(str, store.values("load_notes", list))]
    notes += [f"{r.responder_id}: {r.note}" for r in store.all(Responder) if r.note]
    refused = {total.model: total.failed.get("bad_request") for total in store.calls.totals()}
    notes += [f"Requests to {model} that its server refused as bad ones: {n}." for model, n in refused.items() if n]
    for stage, words in _WORDS.items():
        counts = store.values(stage, dict)
        notes += [f"{words[reason]}: {n}." for reason, n in counts.items() if n and reason in words]
    return notes


_WORDS = {
    "extraction": {
        "no_solution": "Answered responses in which the extractor found no recommendation",
        "refused": "Answered responses in which the extractor found that they decline to advise",
        "unreadable": "Answered responses that the extractor could not read",
        "too_long": "Answered responses that were too long for the extractor",
        "bad_request": "Answered responses that the extractor's server refused to read",
        "capped": "Responses of which only the first solutions were kept, because there were too many",
    },
    "matching": {
        "no_main_solution": "Answered conversations that could not be matched for want of a main solution",
        "unknown_solution_shown": "Answers to a shown solution that the study no longer has",
        "shown_twice": "Answers to a solution that was shown more than once",
    },
}


def _shown_settings(settings: Settings) -> dict[str, str]:
    per_side = settings.explicit.per_side
    shown = {
        "protocol": settings.protocol,
        "solutions shown per side": "all" if per_side is None else str(per_side),
        "draws": str(settings.draws),
        "largest answer (tokens)": str(settings.params.max_tokens),
        "temperature": "the server's own" if settings.params.temperature is None else str(settings.params.temperature),
        "extractor": settings.extractor,
        "matcher": settings.matcher,
        "resamples": str(settings.resamples),
        "level": str(settings.level),
    }
    return shown | {f"model {model.responder_id}": model.model for model in settings.models}
