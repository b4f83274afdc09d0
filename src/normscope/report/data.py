"""What a report is made of: everything on the page comes from one `ReportData`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from normscope.records import Card, Dilemma, Estimate, Finding, Kind, NotMeasured, Outcome, Responder

__all__ = ["ModelCost", "OutcomeCount", "ReportData"]


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many conversations of a responder on one topic ended in one way, for one reason (empty where none was given)."""

    responder_id: str
    topic: str
    outcome: Outcome
    reason: str
    n: int


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What asking one model took. `money` is in units of `currency`, of the calls whose cost is known.

    `unknown_calls` are answered calls whose cost is not known; `may_have_cost` is the most that attempts without a usable
    answer may have cost beside it.
    """

    model: str
    answered: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    money: float | NotMeasured
    unknown_calls: int
    may_have_cost: float
    currency: str


@dataclass(frozen=True)
class ReportData:
    """One study as a report shows it. The order of `responders` and `dilemmas` is the order on the page.

    `created_with` is the version of normscope, `notes` are limits and facts known of this data set in plain sentences, and
    `settings` says how the study was run (protocol, draws, extractor, matcher, …). `gold_labels` counts the labels that
    people gave for this study. `sections` are the further sections of `estimates.json` (rankings, topics, map, …), empty for a
    folder of before there were any. `outcomes` counts the conversations; `costs` has one row per model that was asked. `findings`
    are those of the last audit of these estimates, the worst first. There is no date: the same study gives the same bytes.

    `responses`, `solutions` and `matches` are frames as `Store.frame` gives them, ordered by key, since a study may have
    millions of labels. Needed of them: `responses` dilemma_id, responder_id, draw, outcome, turns, reason · `solutions`
    solution_id, dilemma_id, responder_id, draw, text, stance, main, extractor, start, end, conditions · `matches` dilemma_id,
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
    sections: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    outcomes: Sequence[OutcomeCount] = ()
    costs: Sequence[ModelCost] = ()
    findings: Sequence[Finding] = ()

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

    def rows(self, section: str) -> list[dict[str, Any]]:
        """The rows of a section of `estimates.json`; what is not measured is a `NotMeasured` again."""
        return [{name: _measured(value) for name, value in row.items()} for row in self.sections.get(section, ())]


def _measured(value: Any) -> Any:
    return NotMeasured(str(value["not_measured"])) if isinstance(value, Mapping) and "not_measured" in value else value
