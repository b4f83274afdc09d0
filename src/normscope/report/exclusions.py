"""What was not scored, by responder and reason: nothing is dropped silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from normscope.records import Estimate, Outcome, Responder, Response
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup
from normscope.report.text import counted

__all__ = ["PEOPLE_LISTED", "ExclusionRow", "exclusion_rows"]

PEOPLE_LISTED = 50
"""More people than this share one row."""

REASONS_SHOWN = 3


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
    by_responder: dict[str, list[Response]] = {r.responder_id: [] for r in data.responders}
    for response in data.responses:
        by_responder.setdefault(response.responder_id, []).append(response)
    rows = [_row(r, by_responder[r.responder_id], found) for r in listed]
    if crowd:
        theirs = [response for person in data.people for response in by_responder[person.responder_id]]
        outcomes, reasons = _counts(theirs)
        rows.append(
            ExclusionRow(f"{len(data.people):,} people", "", outcomes, reasons, None, "see the pairing", "see the pairing")
        )
    return rows


def _row(responder: Responder, responses: Sequence[Response], found: Lookup) -> ExclusionRow:
    name = responder.responder_id
    outcomes, reasons = _counts(responses)
    stated, explicit = _left_out(found, "stated", name), _left_out(found, "explicit", name)
    return ExclusionRow(name, responder.kind.value, outcomes, reasons, found.of("no_solution", name), stated, explicit)


def _counts(responses: Sequence[Response]) -> tuple[tuple[int, ...], str]:
    outcomes = Counter(r.outcome for r in responses)
    reasons = Counter(r.reason for r in responses if r.outcome is not Outcome.ANSWERED and r.reason)
    return tuple(outcomes[o] for o in Outcome), _few(reasons)


def _few(reasons: Counter[str]) -> str:
    first = reasons.most_common(REASONS_SHOWN)
    told = "; ".join(f"{n:,} {reason}" for reason, n in first)
    others = reasons.total() - sum(n for _, n in first)
    return f"{told}; {others:,} for other reasons" if others else told


def _left_out(found: Lookup, metric: str, responder: str) -> str:
    estimate = found.of(metric, responder)
    return "not computed" if estimate is None else counted(estimate.excluded)
