"""What was not scored, by responder and reason: nothing is dropped silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from normscope.records import Estimate, Outcome, Responder
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup
from normscope.report.text import counted

__all__ = ["PEOPLE_LISTED", "ExclusionRow", "exclusion_rows"]

PEOPLE_LISTED = 50
"""More people than this share one row."""

REASONS_SHOWN = 3

Ended: TypeAlias = tuple[str, str | None, int]
"""An outcome, its reason, and how many conversations ended so."""


@dataclass(frozen=True)
class ExclusionRow:
    """One responder, or many people together (`kind` is empty then).

    `outcomes` counts conversations in the order of `Outcome`; `no_solution` is the share of answers without a solution;
    `stated` and `explicit` say what the comparison with all people left out.
    """

    responder: str
    kind: str
    outcomes: tuple[int, ...]
    reasons: str
    no_solution: Estimate | None
    stated: str
    explicit: str


def exclusion_rows(data: ReportData, found: Lookup) -> list[ExclusionRow]:
    """One row per responder in the order given; a crowd of people is one row."""
    crowd = len(data.people) > PEOPLE_LISTED
    listed = data.models if crowd else data.responders
    by_responder: dict[str, list[Ended]] = {r.responder_id: [] for r in data.responders}
    ended = data.responses.group_by("responder_id", "outcome", "reason", maintain_order=True).len()
    for responder_id, *rest in ended.iter_rows():
        by_responder.setdefault(responder_id, []).append((rest[0], rest[1], rest[2]))
    rows = [_row(r, by_responder[r.responder_id], found) for r in listed]
    if crowd:
        theirs = [ended for person in data.people for ended in by_responder[person.responder_id]]
        outcomes, reasons = _counts(theirs)
        rows.append(
            ExclusionRow(f"{len(data.people):,} people", "", outcomes, reasons, None, "see the pairing", "see the pairing")
        )
    return rows


def _row(responder: Responder, ended: Iterable[Ended], found: Lookup) -> ExclusionRow:
    name = responder.responder_id
    outcomes, reasons = _counts(ended)
    stated, explicit = _left_out(found, "stated", name), _left_out(found, "explicit", name)
    return ExclusionRow(name, responder.kind.value, outcomes, reasons, found.of("no_solution", name), stated, explicit)


def _counts(ended: Iterable[Ended]) -> tuple[tuple[int, ...], str]:
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for outcome, reason, n in ended:
        outcomes[outcome] += n
        if outcome != Outcome.ANSWERED and reason:
            reasons[reason] += n
    return tuple(outcomes[o] for o in Outcome), _few(reasons)


def _few(reasons: Counter[str]) -> str:
    first = reasons.most_common(REASONS_SHOWN)
    told = "; ".join(f"{n:,} {reason}" for reason, n in first)
    others = reasons.total() - sum(n for _, n in first)
    return f"{told}; {others:,} for other reasons" if others else told


def _left_out(found: Lookup, metric: str, responder: str) -> str:
    estimate = found.of(metric, responder)
    return "not computed" if estimate is None else counted(estimate.excluded)
