"""The command `power`: how large must the study be?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from normscope.cli.output import print_json, print_table

if TYPE_CHECKING:
    from normscope.study.planning import Plan, PlanRow

__all__ = ["power"]

SHARE = click.FloatRange(0, 1)
INSIDE = click.FloatRange(0, 1, min_open=True, max_open=True)
TITLES = {"ppi": "labels in all (PPI++)", "rogan_gladen": "labels in all (Rogan-Gladen)"}


@click.command(short_help="How many dilemmas and labels a wanted interval or difference needs.")
@click.option("--half-width", type=INSIDE, help="Wanted: an interval of ± this for each model's rate, e.g. 0.05.")
@click.option("--difference", type=INSIDE, help="Wanted: a difference between two models of this size is found.")
@click.option("--pilot", type=click.Path(path_type=Path), help="A study folder that says what to expect; other options overrule.")
@click.option("--rate", type=INSIDE, help="Expected stated agreement with people. Default: 0.5, the widest.")
@click.option("--correlation", type=click.FloatRange(-1, 1), help="Between two models on the same dilemma. Default: 0.")
@click.option("--people", type=click.FloatRange(1), help="People per dilemma that a model is compared with. Default: 1.")
@click.option("--icc", type=SHARE, help="Correlation of comparisons within a cluster (or a dilemma). Default: 0.")
@click.option("--cluster-size", type=click.FloatRange(1), help="Dilemmas per cluster. Default: 1.")
@click.option("--sensitivity", type=SHARE, help="How often the matcher says agree where people do.")
@click.option("--specificity", type=SHARE, help="How often it does not where people do not.")
@click.option("--labels", type=click.IntRange(1), help="So many labels can people give in all.")
@click.option("--models", type=click.IntRange(1), help="Models compared. Default: 1 for --half-width, 2 for --difference.")
@click.option("--level", type=INSIDE, default=0.95, show_default=True, help="Level of the intervals.")
@click.option("--power", "probability", type=INSIDE, default=0.8, show_default=True, help="Probability to find the difference.")
@click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of text.")
def power(
    half_width: float | None,
    difference: float | None,
    pilot: Path | None,
    rate: float | None,
    correlation: float | None,
    people: float | None,
    icc: float | None,
    cluster_size: float | None,
    sensitivity: float | None,
    specificity: float | None,
    labels: int | None,
    models: int | None,
    level: float,
    probability: float,
    json_: bool,
) -> None:
    """How many dilemmas, and how many labels by people, does a study need? Asks and writes nothing; docs/ranking.md explains.

    \b
    normscope power --half-width 0.05 --rate 0.6
    normscope power --difference 0.05 --correlation 0.3 --sensitivity 0.85 --specificity 0.9
    normscope power --difference 0.05 --pilot runs/mine
    """
    from normscope.study.planning import Wanted, expectation, plan

    wanted = Wanted(half_width, difference, level, probability, models or (1 if difference is None else 2), labels)
    given = {
        "rate": rate,
        "correlation": correlation,
        "per_dilemma": people,
        "icc": icc,
        "per_cluster": cluster_size,
        "sensitivity": sensitivity,
        "specificity": specificity,
    }
    expected, notes = expectation(pilot, {name: value for name, value in given.items() if value is not None})
    found = plan(wanted, expected)
    if json_:
        print_json(_values(found, notes))
        return
    _print(found, notes)


def _values(found: Plan, notes: list[str]) -> dict[str, object]:
    rows = [{**asdict(row), "labels": _label_value(row)} for row in found.rows]
    return {
        "wanted": asdict(found.wanted),
        "expected": asdict(found.expected),
        "sizes": rows,
        "words": [*found.words, *notes],
    }


def _label_value(row: PlanRow) -> object:
    return row.labels if isinstance(row.labels, int) else {"not_measured": row.labels.reason}


def _print(found: Plan, notes: list[str]) -> None:
    by_size: dict[int, dict[str, str]] = {}
    unused = {TITLES[row.correct]: "-" for row in found.rows}
    for row in found.rows:
        size = {"dilemmas": f"{row.dilemmas:,}", "comparisons of each model": f"{row.comparisons:,}"}
        cells = by_size.setdefault(row.dilemmas, size | unused)
        cells[TITLES[row.correct]] = f"{row.labels:,}" if isinstance(row.labels, int) else row.labels.reason
    rows = list(by_size.values())
    print_table(rows, title="Sizes of study that do", right=tuple(rows[0]))
    for sentence in (*found.words, *(f"note: {note}" for note in notes)):
        click.echo(sentence)
