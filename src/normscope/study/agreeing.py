"""The study's last number-making stage: agreement from the stored labels."""

from __future__ import annotations

from typing import Any

from normscope.agree import estimate
from normscope.records import SCHEMA_VERSION, Estimate, to_dict
from normscope.store import Store
from normscope.study.correcting import corrections, table_of
from normscope.study.current_labels import check_labels
from normscope.study.large_studies import check_fits
from normscope.study.settings import Settings

__all__ = ["agree", "estimates_values"]


def agree(settings: Settings, store: Store) -> list[Estimate]:
    """Estimates with intervals from the stored labels, raw and (where people labelled) corrected, kept in the store.

    A `UsageError` where the labels are not those of the settings' matcher and the study's solutions,
    and where they are too many for this machine's memory.
    """
    check_fits(store)
    matches = store.frame("matches")
    check_labels(settings, store, matches)
    table = table_of(store, matches, matcher=settings.matcher)
    raw = estimate(table, draws=settings.resamples, level=settings.level, seed=settings.seed)
    estimates = [*corrections(store, table, raw, level=settings.level), *raw]
    store.replace("estimates", estimates)
    return estimates


def estimates_values(settings: Settings, estimates: list[Estimate]) -> dict[str, Any]:
    """What `estimates.json` holds."""
    return {
        "schema_version": SCHEMA_VERSION,
        "title": settings.title,
        "definitions": "normscope operationalisation v1 (ours; not the formulas of arXiv:2605.23420, which are not public)",
        "matcher": settings.matcher,
        "extractor": settings.extractor,
        "estimates": [to_dict(estimate) for estimate in estimates],
    }
