"""What asking the models took: calls, tokens and money. What is not known is said, never counted as nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from normscope.records import NotMeasured
from normscope.report.content import Cell, Column, Number, Section, Table
from normscope.report.data import ModelCost, ReportData

__all__ = ["cost"]

NO_CALLS = (
    "No model was asked through this study: its answers were read from files, so no calls, tokens or money were spent here."
)


def cost(data: ReportData) -> Section:
    """A row per model that was asked, a judge among them, and their sum."""
    if not data.costs:
        return Section("cost", "Cost", [NO_CALLS])
    columns = (
        Column("model", "Model", numeric=False),
        Column("answered", "Calls answered"),
        Column("failed", "Failed"),
        Column("prompt_tokens", "Tokens sent"),
        Column("completion_tokens", "Tokens received"),
        Column("money", "Money", "of the calls whose cost is known"),
        Column("unknown_calls", "Calls of unknown cost"),
        Column("may_have_cost", "May have cost", "the most that attempts without a usable answer may have cost beside it"),
    )
    rows = [_row(c.model, c) for c in data.costs]
    total = _total(data.costs)
    if len(rows) > 1:
        rows.append(_row("All models", total))
    n = total.answered + total.failed
    table = Table(
        "cost",
        "Calls, tokens and money by model",
        columns,
        tuple(rows),
        f"n = {n:,} calls, all of them counted. Money by the prices of the study's settings; tokens as the servers counted them.",
        totals=frozenset({len(rows) - 1}) if len(rows) > 1 else frozenset(),
    )
    return Section("cost", "Cost", [_said(total)], tables=[table])


def _row(name: str, c: ModelCost) -> tuple[Cell, ...]:
    return (
        name,
        c.answered,
        c.failed,
        c.prompt_tokens,
        c.completion_tokens,
        c.money if isinstance(c.money, NotMeasured) else _money(c.money, c.currency),
        c.unknown_calls,
        _money(c.may_have_cost, c.currency),
    )


def _money(amount: float, currency: str) -> Number:
    """To 2 decimals from 1 on, to 4 below, and to 2 significant digits where it is smaller still."""
    digits = 2 if amount >= 1 or not amount else max(4, 1 - Decimal(str(amount)).adjusted())
    return Number(amount, digits=digits, unit=currency)


def _total(rows: Sequence[ModelCost]) -> ModelCost:
    known = [c.money for c in rows if not isinstance(c.money, NotMeasured)]
    unknown = sum(c.unknown_calls for c in rows)
    return ModelCost(
        "",
        sum(c.answered for c in rows),
        sum(c.failed for c in rows),
        sum(c.prompt_tokens for c in rows),
        sum(c.completion_tokens for c in rows),
        sum(known) if known else NotMeasured("no price is known"),
        unknown,
        sum(c.may_have_cost for c in rows),
        rows[0].currency,
    )


def _said(total: ModelCost) -> str:
    calls = f"{total.answered + total.failed:,} calls"
    if not total.unknown_calls:
        return f"{calls}; the cost of every one of them is known."
    if isinstance(total.money, NotMeasured):
        return f"{calls}; what they cost is unknown ({total.money.reason})."
    return f"{calls}; what {total.unknown_calls:,} of them cost is unknown and not in the sums."
