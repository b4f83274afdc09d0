"""Whether the stored match labels are those that the settings name, of the solutions that the study has now."""

from __future__ import annotations

import hashlib
import json

import polars as pl

from normscope.errors import UsageError
from normscope.store import Store
from normscope.study.settings import Settings

__all__ = ["FACT", "check_labels", "matched"]

FACT = "matched"
CODED = "coded"
"""The matcher of labels that people gave themselves."""

LABELLED = ("solution_id", "dilemma_id", "responder_id", "draw", "text", "stance", "main", "extractor")
"""What of a solution its labels depend on."""
ROWS = 100_000


def matched(setting: str, name: str, solutions: pl.DataFrame) -> str:
    """The fact that is kept with match labels: the matcher as the settings have it, its own name, and a hash of the solutions."""
    return json.dumps({"setting": setting, "name": name, "solutions": _digest(solutions)})


def check_labels(settings: Settings, store: Store, matches: pl.DataFrame) -> None:
    """A `UsageError` where the match labels are by another matcher than the settings', or of solutions that were read before.

    A solution's id does not say its text: without this, labels would be reported of texts that the matcher never read. What
    was matched before this was kept (or came from an export) is known by its matcher's name alone.
    """
    if not matches.height:
        return
    fact = store.values(FACT, dict)
    right = fact.get("name", settings.matcher)
    by = set(matches["matcher"].cast(pl.String).unique()) - {CODED, right}
    if not by and fact.get("setting", settings.matcher) != settings.matcher:
        by = {fact["setting"]}
    if by:
        raise UsageError(
            f"the match labels in {store.folder} are by {', '.join(map(repr, sorted(by)))}, and the study's matcher is "
            f"{settings.matcher!r}. Run: normscope match {store.folder}"
        )
    if "solutions" in fact and fact["solutions"] != _digest(store.frame("solutions", columns=LABELLED)):
        raise UsageError(
            f"the solutions in {store.folder} have changed since they were matched: the labels are of other texts. "
            f"Run: normscope match {store.folder}"
        )


def _digest(solutions: pl.DataFrame) -> str:
    digest = hashlib.sha256()
    for part in solutions.select(LABELLED).sort("solution_id", "extractor").iter_slices(ROWS):
        digest.update(part.write_ndjson().encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
