"""Were all conversations held?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from normscope.audit.evidence import Evidence
from normscope.audit.held import Fixes, held
from normscope.audit.paths import path
from normscope.audit.saying import number, some
from normscope.audit.shares import Share
from normscope.records import Finding, Outcome

__all__ = ["Holes"]

NAMED = 10
"""So many dilemmas with holes are named."""

FIXES = Fixes("Fill the holes: run normscope elicit FOLDER again; it asks only what is missing. Then extract, match and agree.")


@dataclass(frozen=True)
class Holes:
    """One finding for each model: the share in [0, 1] of its conversations that failed or were never held, against `at_most`.

    There should be one for each dilemma and draw; for a model whose answers were recorded, as many draws as it has on the dilemma
    with most. The share is a count, not an estimate: it is its own interval.
    """

    name: ClassVar[str] = "holes"
    scopes: ClassVar[frozenset[str]] = frozenset({"models"})

    at_most: Share = 0.01

    def __call__(self, evidence: Evidence) -> list[Finding]:
        return [self._of(evidence, model) for model in evidence.models] if evidence.dilemmas.height else []

    def _of(self, evidence: Evidence, model: str) -> Finding:
        own = evidence.conversations.filter(pl.col("responder_id") == model)
        failed = int((own["outcome"] == Outcome.FAILED.value).sum())
        good = own.filter(pl.col("outcome") != Outcome.FAILED.value)
        by_dilemma = dict(own.group_by("dilemma_id").agg(pl.col("draw").n_unique()).iter_rows())
        held_ones = dict(good.group_by("dilemma_id").agg(pl.col("draw").n_unique()).iter_rows())
        draws = evidence.draws.get(model) or max(by_dilemma.values(), default=1)
        names = evidence.dilemmas["dilemma_id"].to_list()
        short = [name for name in names if held_ones.get(name, 0) < draws]
        wanted = draws * len(names)
        lost = sum(draws - held_ones.get(name, 0) for name in short)
        share = lost / wanted
        return held(
            self.name,
            (share, share, share),
            f"Of {wanted:,} conversations of {model} ({some(len(names), 'dilemma')}, {some(draws, 'draw')} each) {lost:,} failed "
            f"or were never held: {number(share)} ({failed:,} failed); at most {self.at_most:g} is demanded.",
            fixes=FIXES,
            ceiling=self.at_most,
            responder_id=model,
            evidence=(path("responders", model), *(path("dilemmas", name) for name in short[:NAMED])),
        )
