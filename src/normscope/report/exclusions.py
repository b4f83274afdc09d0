"""What the comparison with all people left out, by responder and reason: nothing is dropped silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from normscope.report.code_words import code_words
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup
from normscope.report.text import counted

__all__ = ["PEOPLE_LISTED", "ExclusionRow", "exclusion_rows", "few_reasons"]

PEOPLE_LISTED = 50
"""More people than this share one row."""

REASONS_SHOWN = 3


@dataclass(frozen=True)
class ExclusionRow:
    """One responder, or many people together: what the comparison with all people left out of both metrics."""

    responder: str
    stated: str
    explicit: str


def exclusion_rows(data: ReportData, found: Lookup) -> list[ExclusionRow]:
    """One row per responder in the order given; a crowd of people is one row."""
    crowd = len(data.people) > PEOPLE_LISTED
    names = [r.responder_id for r in (data.models if crowd else data.responders)]
    rows = [ExclusionRow(name, _left_out(found, "stated", name), _left_out(found, "explicit", name)) for name in names]
    if crowd:
        rows.append(ExclusionRow(f"{len(data.people):,} people", "see the pairing", "see the pairing"))
    return rows


def few_reasons(reasons: Counter[str]) -> str:
    """The most frequent reasons with their counts; empty where there are none.

    >>> few_reasons(Counter({"timeout": 3, "words_of_refusal": 1}))
    '3 timeout; 1 in words of refusal'
    """
    first = reasons.most_common(REASONS_SHOWN)
    told = "; ".join(f"{n:,} {code_words(reason)}" for reason, n in first)
    others = reasons.total() - sum(n for _, n in first)
    return f"{told}; {others:,} for other reasons" if others else told


def _left_out(found: Lookup, metric: str, responder: str) -> str:
    estimate = found.of(metric, responder)
    return "not measured" if estimate is None else counted(estimate.excluded)
