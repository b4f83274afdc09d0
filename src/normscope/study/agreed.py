"""Whether the stored estimates are of what the folder holds now."""

from __future__ import annotations

import json

from normscope.errors import UsageError
from normscope.records import Estimate
from normscope.store import Store
from normscope.study.current_labels import FACT as MATCHED
from normscope.study.current_labels import check_labels
from normscope.study.settings import Settings

__all__ = ["current_estimates", "keep_agreed"]

FACT = "agreed"
"""What the estimates were made of and how: the match labels, as their own fact has them, how many labels people had given, and
the settings of resamples and intervals."""


def keep_agreed(settings: Settings, store: Store) -> None:
    """Note what the estimates that were just stored are made of."""
    store.set_fact(FACT, _made_of(settings, store))


def current_estimates(settings: Settings, store: Store) -> list[Estimate]:
    """The stored estimates.

    A `UsageError` where there are none, where they or the labels are by another matcher than the settings', and where labels were
    given, solutions read or settings changed since. What an earlier version estimated is known by its matcher's name alone.
    """
    agree = f"Run: normscope agree {store.folder}"
    estimates = store.all(Estimate)
    if not estimates:
        raise UsageError(f"{store.folder} holds no estimates. {agree}")
    check_labels(settings, store, store.frame("matches", columns=["matcher"]))
    by = sorted({estimate.matcher for estimate in estimates} - {settings.matcher})
    if by:
        raise UsageError(
            f"the estimates in {store.folder} are by {', '.join(map(repr, by))}, and the study's matcher is "
            f"{settings.matcher!r}. {agree}"
        )
    if store.fact(FACT) not in (None, _made_of(settings, store)):
        raise UsageError(f"the estimates in {store.folder} are older than its labels or its settings. {agree}")
    return estimates


def _made_of(settings: Settings, store: Store) -> str:
    how = {name: getattr(settings, name) for name in ("resamples", "level", "seed", "estimand")}
    return json.dumps({"matched": store.fact(MATCHED), "golds": store.count("golds"), **how})
