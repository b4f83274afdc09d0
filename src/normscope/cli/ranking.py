"""What `agree` prints below the table of agreement: the ranking of the models, and what the study could have found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import click

from normscope.cli.output import print_table
from normscope.cli.visible import visible

__all__ = ["print_rankings"]

METRIC = "stated"

VIOLATION = ", violation"

SHOWN = 5
"""So many other measures are printed, those that differ most from the ranking."""


def print_rankings(values: Mapping[str, Any]) -> None:
    """The ranking by stated agreement with people, where there is one; `values` is what `estimates.json` holds."""
    models = [row for row in values.get("rankings", ()) if row["metric"] == METRIC]
    ranked = [row for row in models if isinstance(row["rank"], int)]
    if ranked:
        _print_ranked(ranked, values)
    if len(models) > 1:
        for reason in dict.fromkeys(row["rank"]["not_measured"] for row in models if row not in ranked):
            names = [visible(row["responder_id"]) for row in models if row["rank"] == {"not_measured": reason}]
            click.echo(f"Not ranked: {', '.join(names)} ({visible(reason)}).")


def _print_ranked(ranked: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> None:
    level = ranked[0]["level"]
    title = f"Ranking by stated agreement with people [{level:.0%}]"
    print_table([_cells(row) for row in ranked], title=title, right=("rank", "ranks", "stated"))
    best = [visible(row["responder_id"]) for row in ranked if row["among_best"]]
    if len(best) == len(ranked):
        click.echo("No model can be told from the best one: this study cannot say which that is.")
    elif len(best) == 1:
        click.echo(f"Ahead of every other model: {best[0]}.")
    else:
        click.echo(f"Cannot be told from the best: {', '.join(best)}.")
    if not ranked[0]["same_dilemmas"]:
        click.echo("The models were not all scored on the same dilemmas: part of a difference may be theirs.")
    for sentence in (*_detectable(values), *_orders(values)):
        click.echo(sentence)


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    low, high, behind = row["rank_low"], row["rank_high"], row["behind"]
    return {
        "rank": str(row["rank"]),
        "ranks": str(low) if low == high else f"{low}-{high}",
        "model": row["responder_id"],
        METRIC: f"{row['value']:.2f}",
        "behind the best other": f"{behind:+.2f} [{row['behind_low']:+.2f}, {row['behind_high']:+.2f}]",
    }


def _detectable(values: Mapping[str, Any]) -> Sequence[str]:
    pairs = [row for row in values["detectable"] if row["metric"] == METRIC and row["other_id"] != "ceiling"]
    found = sorted(row["detectable"] for row in pairs if isinstance(row["detectable"], float))
    if not found:
        return ()
    size = f"{median(found):.2f}" + (f" ({found[0]:.2f} to {found[-1]:.2f}, by pair)" if len(found) > 1 else "")
    return (f"A study like this finds a true difference of {size} between two models with {pairs[0]['power']:.0%} probability.",)


def _orders(values: Mapping[str, Any]) -> Sequence[str]:
    """How far other lists of the models agree in order with the one above, the least first."""
    lists = [row for row in values["tau"] if isinstance(row["tau"], float)]
    if not lists:
        return ()
    base = lists[0]["first"]
    beside = sorted((row["tau"], row["second"]) for row in lists if row["first"] == base)
    shown = "; ".join(f"{visible(name)} {tau:.2f}" for tau, name in beside[:SHOWN])
    more = f"; {len(beside) - SHOWN} more in estimates.json" if len(beside) > SHOWN else ""
    turned = "; of violation less is better" if any(VIOLATION in name for _, name in beside[:SHOWN]) else ""
    return (f"Same order by other measures? Kendall tau-b with {visible(base)} (1 = the same order{turned}): {shown}{more}.",)
