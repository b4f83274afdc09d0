"""The study's last number-making stage: agreement from the stored labels."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from normscope.agree import Lists, estimate, rank_lists, robustness, sections
from normscope.errors import UsageError
from normscope.records import SCHEMA_VERSION, Estimate, Kind, Responder, to_dict
from normscope.store import Store
from normscope.study.agreed import keep_agreed
from normscope.study.correcting import MATCHES, corrections, table_of
from normscope.study.current_labels import check_labels
from normscope.study.large_studies import check_fits
from normscope.study.placebo_baseline import with_placebo
from normscope.study.settings import Settings
from normscope.study.validating import stored_card

__all__ = ["agree", "estimates_values", "stored_sections"]

SECTIONS = "sections"
"""The fact that holds what was found beyond the estimates, as JSON."""


def agree(settings: Settings, store: Store, *, beside: Sequence[Path] = ()) -> list[Estimate]:
    """Estimates with intervals from the stored labels, raw, (where people labelled) corrected, and under all readings and
    reference policies, kept in the store.

    With them is kept what they say together: rankings, topics, detectable differences, the map. `beside`: folders of further
    studies of the same models (say by another matcher), whose rankings are compared with this one's.

    A `UsageError` where the labels are not those of the settings' matcher and the study's solutions,
    and where they are too many for this machine's memory.
    """
    check_fits(store)
    others = _beside(beside, {r.responder_id for r in store.all(Responder) if r.kind is Kind.MODEL})
    matches = store.frame("matches", columns=MATCHES)
    check_labels(settings, store, matches)
    table = table_of(store, matches, matcher=settings.matcher)
    raw = estimate(table, draws=settings.resamples, level=settings.level, seed=settings.seed, estimand=settings.estimand)
    varied = robustness(table, draws=settings.resamples, level=settings.level, seed=settings.seed)
    baselines = with_placebo(varied, stored_card(settings, store))
    estimates = [*corrections(store, table, raw, level=settings.level), *raw, *baselines]
    together = sections(table, estimates, draws=settings.resamples, level=settings.level, seed=settings.seed, beside=others)
    store.replace("estimates", estimates)
    store.set_fact(SECTIONS, json.dumps(together.values(), ensure_ascii=False, allow_nan=False))
    keep_agreed(settings, store)
    return estimates


def _beside(folders: Sequence[Path], models: Collection[str]) -> Lists:
    """The lists of models of other study folders, named by their matchers; of `models` each must have two."""
    lists: Lists = {}
    for folder, called in zip(folders, _told_apart(folders), strict=True):
        store = Store(folder)
        try:
            estimates = store.all(Estimate)
        finally:
            store.close()
        if not estimates:
            raise UsageError(f"{folder} holds no estimates to set beside those of this study. Run: normscope agree {folder}")
        found = rank_lists(estimates, beside=f" ({called}, by {estimates[0].matcher})")
        theirs = sorted({name for values in found.values() for name in values})
        if len(set(models).intersection(theirs)) < 2:
            raise UsageError(
                f"{folder} cannot be set beside this study: an order needs at least 2 models that both compare with people. "
                f"There: {', '.join(theirs) or 'none'}; here: {', '.join(sorted(models)) or 'none'}"
            )
        lists |= found
    return lists


def _told_apart(folders: Sequence[Path]) -> list[str]:
    """The shortest ends of the folders' paths of which no two are the same."""
    whole = [folder.resolve().parts for folder in folders]
    twice = [str(folder) for folder, parts in zip(folders, whole, strict=True) if whole.count(parts) > 1]
    if twice:
        raise UsageError(f"--beside {twice[0]} is given twice; name each further study once")
    for length in range(1, max(map(len, whole), default=0) + 1):
        ends = ["/".join(parts[-length:]) for parts in whole]
        if len(set(ends)) == len(ends):
            return ends
    return []  # there are no folders: of any others, the whole paths differ


def stored_sections(store: Store) -> dict[str, list[dict[str, Any]]]:
    """What was found beyond the estimates, by section; empty before `agree`, and where an earlier version wrote the folder."""
    return store.values(SECTIONS, dict)


def estimates_values(settings: Settings, store: Store, estimates: Sequence[Estimate]) -> dict[str, Any]:
    """What `estimates.json` holds."""
    return {
        "schema_version": SCHEMA_VERSION,
        "title": settings.title,
        "definitions": "normscope operationalisation v1 (ours; not the formulas of arXiv:2605.23420, which are not public)",
        "matcher": settings.matcher,
        "extractor": settings.extractor,
        "estimates": [to_dict(estimate) for estimate in estimates],
        **stored_sections(store),
    }
