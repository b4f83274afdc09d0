"""The command `compare`: what changed from one study to another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from normscope.cli.form import FORMS, form
from normscope.cli.output import print_json, print_table
from normscope.cli.visible import visible_line

if TYPE_CHECKING:
    from normscope.compare import Gate
    from normscope.records import Change, Comparison, GateResult

__all__ = ["compare"]

TOPICS_SHOWN = 20
"""Up to so many rows by topic are printed whole; of more, those that are better or worse."""

FLIPS_SHOWN = 10
TEXT_SHOWN = 60
RIGHT = ("a", "b", "n")


@click.command(short_help="What changed from one study to another.")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option(
    "--pair", "pairs", multiple=True, metavar="OLD=NEW", help="A responder of A and what it is called in B. Repeatable."
)
@click.option(
    "--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="Of the intervals. Default: as A has it."
)
@click.option("--flips", type=click.IntRange(0), help="So many dilemmas that flipped are listed with texts. Default: 50.")
@click.option("--allow-different-matcher", is_flag=True, help="Compare even if extractor or matcher are not the same.")
@click.option("--max-drop", type=float, metavar="X", help="Gate: the measure may fall by at most X, e.g. 0.05.")
@click.option("--max-rise", type=float, metavar="X", help="Gate: the measure may rise by at most X (acquiescence, refused).")
@click.option("--metric", metavar="NAME", help="What is gated: stated (default), explicit, acquiescence, refused, no_solution …")
@click.option("--by-topic", is_flag=True, help="Gate each topic too, of stated or explicit.")
@click.option("--to", type=click.Choice(FORMS), help="Form of --out. Default: what its name ends in, else html.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the comparison to this file. Default: print a table only.")
@click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of tables.")
def compare(
    a: Path,
    b: Path,
    pairs: tuple[str, ...],
    level: float | None,
    flips: int | None,
    allow_different_matcher: bool,
    max_drop: float | None,
    max_rise: float | None,
    metric: str | None,
    by_topic: bool,
    to: str | None,
    out: Path | None,
    json_: bool,
) -> int:
    """What changed from study A to study B, on the dilemmas that both have: B minus A, paired, for each model in both.

    Asks no model and writes into neither folder (docs/comparing.md).

    \b
    normscope compare runs/before runs/after --out comparison.html
    normscope compare runs/before runs/after --pair old-model=new-model --max-drop 0.05

    Exit codes with a gate: 0 pass, 1 a measure changed by more, 2 inconclusive (the interval straddles the bound), 3 error.
    """
    from normscope import __version__
    from normscope.compare import exit_code
    from normscope.report.comparison_forms import comparison_text, comparison_values
    from normscope.study import comparing
    from normscope.study.files import write_bytes

    form = _form(to, out)
    gate = _gate(max_drop, max_rise, metric, by_topic=by_topic)
    listed = comparing.FLIPS_LISTED if flips is None else flips
    found = comparing.compare(a, b, pairs=pairs, level=level, listed=listed, allow_different_matcher=allow_different_matcher)
    results = gate(found) if gate is not None else []
    if out is not None:
        write_bytes(out, comparison_text(found, form, results, version=__version__).encode())
        click.echo(f"Written: {out}", err=True)
    if json_:
        print_json(comparison_values(found, results))
    else:
        _print(found)
        _print_gate(results)
    return exit_code(results) if gate is not None else 0


def _gate(max_drop: float | None, max_rise: float | None, metric: str | None, *, by_topic: bool) -> Gate | None:
    from normscope.compare import Gate
    from normscope.errors import UsageError

    if max_drop is None and max_rise is None:
        if metric is not None or by_topic:
            raise UsageError(
                "--metric and --by-topic say what is gated, and there is no gate. Add --max-drop 0.05, or --max-rise"
            )
        return None
    return Gate(metric or "stated", max_drop, max_rise, by_topic)


def _form(to: str | None, out: Path | None) -> str:
    from normscope.errors import UsageError

    if out is None and to is not None:
        raise UsageError(f"--to {to} says the form of a file, and there is none. Add --out FILE, or --json to print JSON")
    return form(to, out)


def _print(found: Comparison) -> None:
    from normscope.report.comparison import about, headlines, not_measured, trust

    for sentence in (*headlines(found), "", *trust(found), "", *about(found)):
        click.echo(visible_line(sentence))
    rows = [_cells(row) for row in found.changes if row.n_dilemmas]
    print_table(rows, title=f"b minus a, paired [{found.level:.0%} intervals, each for itself]", right=RIGHT)
    for sentence in not_measured(found):
        click.echo(visible_line(sentence))
    if any(_is_cautious(row) for row in found.changes):
        click.echo("*: cautious; too few dilemmas differ, or are on one side, to say more.")
    _print_topics(found)
    _print_flips(found)


def _print_topics(found: Comparison) -> None:
    from normscope.records import NOT_SHOWN

    rows = [row for row in found.topics if row.n_dilemmas]
    shown = rows if len(rows) <= TOPICS_SHOWN else [row for row in rows if row.verdict != NOT_SHOWN]
    if rows:
        title = f"By topic; of those called better or worse at most {found.wrong_share:.0%} are so by chance"
        print_table([{"topic": row.topic, **_cells(row)} for row in shown], title=title, right=RIGHT)
        if len(shown) < len(rows):
            click.echo(f"{len(rows) - len(shown)} further topics and models: not shown to be better or worse.")


def _print_flips(found: Comparison) -> None:
    shown = found.flipped[:FLIPS_SHOWN]
    rows = [
        {
            "dilemma": flip.dilemma_id,
            "model": flip.responder_b,
            "a": _number(flip.a),
            "b": _number(flip.b),
            "said in a": _short(flip.said_a),
            "said in b": _short(flip.said_b) + (" (people said something else, too)" if flip.people_changed else ""),
        }
        for flip in shown
    ]
    if rows:
        print_table(rows, title="Dilemmas that flipped, the largest changes first", right=RIGHT)
    more = sum(found.gained) + sum(found.lost) - len(shown)
    if more:
        click.echo(f"{more} more dilemmas flipped.")


def _print_gate(results: Sequence[GateResult]) -> None:
    for result in results:
        click.echo(f"{result.verdict.value.replace('_', ' ')}: {visible_line(result.what)}")


def _cells(row: Change) -> dict[str, str]:
    return {
        "measure": row.metric.replace("_", " "),
        "model": row.responder_b,
        "a": _number(row.a),
        "b": _number(row.b),
        "b - a": _change(row),
        "n": str(row.n_dilemmas),
        "verdict": row.verdict,
    }


def _number(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else "-"


def _change(row: Change) -> str:
    if not isinstance(row.difference, float):
        return "-"
    if not isinstance(row.low, float) or not isinstance(row.high, float):
        return f"{row.difference:+.2f} (no interval)"
    star = " *" if _is_cautious(row) else ""
    return f"{row.difference:+.2f} [{row.low:+.2f}, {row.high:+.2f}]{star}"


def _is_cautious(row: Change) -> bool:
    from normscope.stats import CAUTIOUS

    return row.method.endswith(CAUTIOUS)


def _short(said: Sequence[str]) -> str:
    text = " / ".join(" ".join(one.split()) for one in said)
    return text if len(text) <= TEXT_SHOWN else f"{text[: TEXT_SHOWN - 1]}…"
