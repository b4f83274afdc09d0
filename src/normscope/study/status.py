"""What a study folder holds and what is left to do."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from normscope.models.prices import show_money
from normscope.records import NotMeasured, Outcome, Responder
from normscope.store import CallTotals, Store
from normscope.study.asking import prices_of
from normscope.study.eliciting import LAST_ERRORS
from normscope.study.settings import Settings

__all__ = ["Money", "ResponderStatus", "Status", "status"]


@dataclass(frozen=True, slots=True)
class ResponderStatus:
    """One responder's conversations: how many by outcome, failures by reason, how many are still to be held."""

    responder_id: str
    kind: str
    outcomes: dict[str, int]
    failed: dict[str, int]
    to_do: int
    model: str | None
    """Which model it is, for those that are asked; its money stands under that name in `money`."""


@dataclass(frozen=True, slots=True)
class Money:
    """What one model has cost: tokens, and money as text (`unknown` where no price or no tokens are known).

    `may_have_cost` is the most that attempts without a usable answer may have cost beside it.
    """

    model: str
    prompt_tokens: int
    completion_tokens: int
    spent: str
    unknown_calls: int
    may_have_cost: str


@dataclass(frozen=True, slots=True)
class Status:
    """A study folder's counts. `calls` are (model, `answered` or reason of failure, count), `spent` the money of all models."""

    folder: str
    dilemmas: int
    responders: list[ResponderStatus]
    calls: list[tuple[str, str, int]]
    money: list[Money]
    spent: str
    solutions: int
    matches: int
    estimates: int
    last_errors: dict[str, str]
    """The words of each model's last error in the last asking."""


def status(settings: Settings, store: Store) -> Status:
    """Count everything in the folder; a conversation that failed is still to do."""
    dilemmas = store.count("dilemmas")
    outcomes: dict[str, Counter[str]] = {}
    failed: dict[str, Counter[str]] = {}
    for responder_id, outcome, reason, n in store.outcomes():
        outcomes.setdefault(responder_id, Counter())[outcome] += n
        if outcome == Outcome.FAILED.value:
            failed.setdefault(responder_id, Counter())[reason or "unknown"] += n
    asked = {model.responder_id: model.model for model in settings.models}
    rows = []
    for responder in store.all(Responder):
        counts = outcomes.get(responder.responder_id, Counter())
        done = sum(n for outcome, n in counts.items() if outcome != Outcome.FAILED.value)
        to_do = dilemmas * settings.draws - done if responder.responder_id in asked else 0
        rows.append(
            ResponderStatus(
                responder_id=responder.responder_id,
                kind=responder.kind.value,
                outcomes=dict(sorted(counts.items())),
                failed=dict(sorted(failed.get(responder.responder_id, Counter()).items())),
                to_do=max(to_do, 0),
                model=asked.get(responder.responder_id),
            )
        )
    totals = store.calls.totals()
    currency = prices_of(settings).currency
    return Status(
        folder=str(store.folder),
        dilemmas=dilemmas,
        responders=rows,
        calls=[
            (total.model, outcome, n)
            for total in totals
            for outcome, n in sorted({"answered": total.answered, **total.failed}.items())
            if n
        ],
        money=[_money(total, currency) for total in totals],
        spent=_total(totals, currency),
        solutions=store.count("solutions"),
        matches=store.count("matches"),
        estimates=store.count("estimates"),
        last_errors=json.loads(store.fact(LAST_ERRORS) or "{}"),
    )


def _money(total: CallTotals, currency: str) -> Money:
    known = total.answered > total.unknown_calls or not total.answered
    spent = show_money(total.cost if known else NotMeasured("no price is known"), currency)
    return Money(
        total.model,
        total.prompt_tokens,
        total.completion_tokens,
        spent,
        total.unknown_calls,
        show_money(total.may_have_cost, currency),
    )


def _total(totals: list[CallTotals], currency: str) -> str:
    """The money of all models; what is not known is said, not counted as nothing."""
    unknown = sum(total.unknown_calls for total in totals)
    known = show_money(sum(total.cost for total in totals), currency)
    answered = sum(total.answered for total in totals)
    if not unknown:
        return known
    return "unknown" if unknown == answered else f"{known}, and {unknown} calls of unknown cost"
