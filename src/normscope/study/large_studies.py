"""What a study whose labels fill many Parquet parts can still be asked for, and what it cannot."""

from __future__ import annotations

import os

import polars as pl

from normscope.agree import pair_table
from normscope.errors import UsageError
from normscope.records import Dilemma, Responder
from normscope.store import Store
from normscope.study.current_labels import check_labels
from normscope.study.settings import Settings

__all__ = ["check_fits", "pair_table_of"]

BYTES_PER_LABEL = 500
"""What the agreement table takes at its largest; its resamples come on top."""

RESPONSES = ("dilemma_id", "responder_id", "draw", "outcome")
SOLUTIONS = ("solution_id", "dilemma_id", "responder_id", "draw", "stance", "main", "extractor")


def pair_table_of(settings: Settings, store: Store) -> pl.DataFrame:
    """The pair table of the stored labels (`normscope.agree.pair_table`), of which a shard is in memory at a time.

    A `UsageError` where the labels are not those of the settings' matcher and the study's solutions.
    """
    matches = store.scan("matches")
    check_labels(settings, store, matches.select(pl.col("matcher").unique()).collect())
    return pair_table(
        dilemmas=store.all(Dilemma),
        responders=store.all(Responder),
        responses=store.frame("responses", columns=RESPONSES),
        solutions=store.frame("solutions", columns=SOLUTIONS),
        matches=matches,
        level=settings.level,
    )


def check_fits(store: Store, *, memory: int | None = None) -> None:
    """A `UsageError` where the agreement table cannot fit in memory (`memory`, in bytes; by default the machine's)."""
    labels = store.count("matches")
    have = _memory() if memory is None else memory
    if have is not None and labels * BYTES_PER_LABEL > have:
        raise UsageError(
            f"{store.folder} holds {labels:,} match labels, whose agreement table takes {labels * BYTES_PER_LABEL / 1e9:.0f} GB, "
            f"and this machine has {have / 1e9:.0f} GB. Stated agreement of every pair, with intervals, needs a shard at a time: "
            f"normscope.Study.open({str(store.folder)!r}).pair_table()"
        )


def _memory() -> int | None:
    """Bytes of physical memory; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
