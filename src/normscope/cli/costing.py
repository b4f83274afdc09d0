"""Printing what a study will cost, before anything is asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from normscope.cli.output import print_json, print_table

if TYPE_CHECKING:
    from normscope.records import NotMeasured
    from normscope.study.costing import Forecast, ForecastLine

__all__ = ["print_forecast"]


def print_forecast(forecast: Forecast, json_: bool) -> None:
    """The forecast on stdout, as a table with a row for the total or as JSON (money in pico-units there).

    Money that is not known is printed as `unknown`, with the reason below the table; in JSON it is `{"not_measured": …}`.
    """
    if json_:
        lines = [asdict(line) for line in forecast.lines]
        total = {name: value for name, value in asdict(forecast.total).items() if name not in ("model", "rests_on")}
        values: dict[str, Any] = {"currency": forecast.currency, "pico": 10**12, "models": lines, "total": total}
        print_json({**values, "notes": list(forecast.notes)})
        return
    rows = [_row(line, forecast.currency) for line in (*forecast.lines, forecast.total)]
    counted = ("conversations", "calls", "prompt", "completion", "likely cost", "at most")
    print_table(rows, title="What is still to be asked, in tokens and money; nothing was asked", right=counted)
    for note in (*_reasons(forecast), *forecast.notes):
        click.echo(f"note: {note}")


def _row(line: ForecastLine, currency: str) -> dict[str, str]:
    from normscope.models.prices import show_money

    return {
        "model": line.model,
        "conversations": f"{line.conversations:,}",
        "calls": f"{line.calls:,}",
        "prompt": f"{line.prompt_tokens:,}",
        "completion": f"{line.completion_tokens:,}",
        "likely cost": show_money(line.likely, currency),
        "at most": show_money(line.at_most, currency),
        "rests on": line.rests_on,
    }


def _reasons(forecast: Forecast) -> list[str]:
    """Why money is unknown, each reason once."""
    values: list[int | NotMeasured] = [v for line in forecast.lines for v in (line.likely, line.at_most)]
    return list(dict.fromkeys(f"{value.reason}." for value in values if not isinstance(value, int)))
