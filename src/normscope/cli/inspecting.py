"""The commands that look and change nothing: `status` and `plugins`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from normscope.cli.output import print_json, print_table

__all__ = ["plugins", "status"]


@click.command(short_help="Say what is done and what is left.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of text.")
def status(folder: Path, json_: bool) -> None:
    """Say per responder what was answered, refused, empty and failed (by reason), what is left to do, and what was spent."""
    from normscope.study import Study

    with Study.open(folder) as study:
        now = study.status()
    if json_:
        print_json(asdict(now))
        return
    click.echo(
        f"{now.folder}: {now.dilemmas} dilemmas, {now.solutions} solutions, {now.matches} labels, {now.estimates} estimates"
    )
    shared = Counter(row.model for row in now.responders)
    # two responders on one model share its calls: their money stands under the model's name
    spent = {money.model: money.spent if shared[money.model] == 1 else "see its model" for money in now.money}
    rows = [
        {
            "responder": row.responder_id,
            "kind": row.kind,
            **{outcome: str(row.outcomes.get(outcome, 0)) for outcome in ("answered", "refused", "empty", "failed")},
            "to do": str(row.to_do),
            "spent": spent.get(row.model or "", "-"),
            "why failed": ", ".join(f"{reason}: {n}" for reason, n in row.failed.items()),
        }
        for row in now.responders
    ]
    print_table(rows, title="Conversations", right=("answered", "refused", "empty", "failed", "to do", "spent"))
    calls = [
        {
            "model": money.model,
            "calls": ", ".join(f"{outcome}: {n}" for model, outcome, n in now.calls if model == money.model),
            "prompt tokens": f"{money.prompt_tokens:,}",
            "completion tokens": f"{money.completion_tokens:,}",
            "spent": money.spent,
            "calls of unknown cost": str(money.unknown_calls),
            "may have cost": money.may_have_cost,
        }
        for money in now.money
    ]
    if calls:
        print_table(calls, title=f"Calls stored; spent: {now.spent}", right=tuple(calls[0])[2:])


@click.command(short_help="List the installed plug-ins.")
@click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of text.")
def plugins(json_: bool) -> None:
    """List the installed plug-ins: models, formats, protocols, extractors, matchers."""
    from normscope.plugins import GROUPS, installed

    found = [plugin for kind in GROUPS for plugin in installed(kind)]
    if json_:
        print_json([asdict(plugin) for plugin in found])
    else:
        rows = [{"kind": p.kind, "name": p.name, "from": p.package, "target": p.target} for p in found]
        print_table(rows, title="Plug-ins (entry points normscope.<kind>)")
