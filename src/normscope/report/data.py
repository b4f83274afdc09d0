"""What a report is made of: everything on the page comes from one `ReportData`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from normscope.records import Card, Dilemma, Estimate, Kind, NotMeasured, Responder

__all__ = ["ReportData"]


@dataclass(frozen=True)
class ReportData:
    """One study as a report shows it. The order of `responders` and `dilemmas` is the order on the page.

    `created_with` is the version of normscope, `notes` are limits and facts known of this data set in plain sentences, and
    `settings` says how the study was run (protocol, draws, extractor, matcher, …). `gold_labels` counts the labels that
    people gave for this study. There is no date: the same study gives the same bytes.

    `responses`, `solutions` and `matches` are frames as `Store.frame` gives them, ordered by key, since a study may have
    millions of labels. Needed of them: `responses` dilemma_id, responder_id, draw, outcome, turns, reason · `solutions`
    solution_id, dilemma_id, responder_id, draw, text, stance, main, start, end, conditions · `matches` dilemma_id,
    responder_id, draw, basis, solution_id, label, matcher.
    """

    title: str
    study: str
    created_with: str
    seed: int
    dilemmas: Sequence[Dilemma]
    responders: Sequence[Responder]
    responses: pl.DataFrame
    solutions: pl.DataFrame
    matches: pl.DataFrame
    estimates: Sequence[Estimate]
    card: Card | NotMeasured
    notes: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    gold_labels: int = 0

    @property
    def models(self) -> list[Responder]:
        """The responders that are models, in the order given."""
        return [r for r in self.responders if r.kind is Kind.MODEL]

    @property
    def people(self) -> list[Responder]:
        """The responders that are people or panels, in the order given."""
        return [r for r in self.responders if r.kind is Kind.HUMAN]

    @property
    def topics(self) -> list[str]:
        """The topics of the dilemmas, sorted."""
        return sorted({d.topic for d in self.dilemmas})
