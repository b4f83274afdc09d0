"""The command `label`: people label a random sample of the study's comparisons, in the terminal or in other tools' files."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from normscope.cli.output import print_json, print_table
from normscope.errors import UsageError

if TYPE_CHECKING:
    from normscope.study import Study
    from normscope.study.labelling import Coding, LabelStatus
    from normscope.study.sample import Sample, Wish

__all__ = ["label"]

LONGEST_LINE = 1_000


@click.command(short_help="Label a sample of comparisons by hand; status, files for other tools.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--coder", metavar="NAME", help="Who labels; stored with each label. With --import: whose labels they are.")
@click.option("--n", type=click.IntRange(min=1), help="How many comparisons are drawn [200]; a larger number adds to the sample.")
@click.option("--plan", metavar="PLAN", help="uniform [default], stratified or tightest (docs/labelling.md).")
@click.option("--allocation", metavar="HOW", help="Of the plan stratified: proportional [default] or equal.")
@click.option("--twice", type=click.FloatRange(0, 1), help="Share of comparisons that two coders label [0.2].")
@click.option("--seed", type=click.IntRange(min=0), help="Of the draw; the study's own by default.")
@click.option("--redraw", is_flag=True, help="Draw a new sample in place of the old one; labels that were given stay.")
@click.option("--adjudicate", is_flag=True, help="Settle the questions on which coders differ.")
@click.option("--status", "status_", is_flag=True, help="Say who has labelled how much and how far coders agree.")
@click.option("--export", "export_", nargs=2, metavar="FORMAT FILE", help="Write the questions: csv, labelstudio or potato.")
@click.option("--import", "import_", type=click.Path(path_type=Path), metavar="FILE", help="Read labels from such a file.")
@click.option("--format", "format_", metavar="FORMAT", help="With --import: csv, labelstudio or potato; else told by content.")
@click.option("--replace", is_flag=True, help="With --import: labels that contradict stored ones of their coder replace them.")
@click.option("--json", "json_", is_flag=True, help="With --status: print JSON on stdout instead of text.")
def label(  # one argument per option
    folder: Path,
    coder: str | None,
    n: int | None,
    plan: str | None,
    allocation: str | None,
    twice: float | None,
    seed: int | None,
    redraw: bool,
    adjudicate: bool,
    status_: bool,
    export_: tuple[str, str] | None,
    import_: Path | None,
    format_: str | None,
    replace: bool,
    json_: bool,
) -> None:
    """Label a random sample of the study's comparisons by hand: blind, by single keys, stored label by label.

    The sample is drawn once and can be made larger with --n. Stop with q at any point; the same command goes on.

    \b
    normscope label runs/x --coder anna
    normscope label runs/x --status
    normscope label runs/x --adjudicate --coder cleo
    normscope label runs/x --export csv items.csv
    normscope label runs/x --import items.csv --coder anna
    """
    from normscope.study import Study
    from normscope.study.sample import Wish

    chosen = [name for name, given in _modes(adjudicate, status_, export_, import_).items() if given]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} are different things to do. Give one of them.")
    if (format_ is not None or replace) and import_ is None:
        raise UsageError("--format and --replace say how a file is read: give it with --import.")
    if json_ and not status_:
        raise UsageError("--json prints the status: give it with --status.")
    wish = Wish(n, plan, allocation, twice, seed)
    if (wish != Wish() or redraw) and chosen not in ([], ["--export"]):
        raise UsageError(f"{chosen[0]} draws no sample: leave --n, --plan, --allocation, --twice, --seed and --redraw out.")
    with Study.open(folder) as study:
        if status_:
            _print_status(study, json_)
        elif import_ is not None:
            _import(study, import_, format_, coder, replace=replace)
        elif export_ is not None:
            _draw(study, wish, redraw=redraw)
            _export(study, *export_, coder=coder)
        else:
            if not adjudicate:
                _draw(study, wish, redraw=redraw)
            _sit(study, coder, adjudicate=adjudicate)


def _modes(adjudicate: bool, status: bool, export: tuple[str, str] | None, import_: Path | None) -> dict[str, bool]:
    return {
        "--adjudicate": adjudicate,
        "--status": status,
        "--export": export is not None,
        "--import": import_ is not None,
    }


def _draw(study: Study, wish: Wish, *, redraw: bool) -> None:
    from normscope.study.sample import ensure_sample

    sample = ensure_sample(study.settings, study.store, wish, redraw=redraw)
    click.echo(_sentence(sample), err=True)
    if wish.n is not None and wish.n < sample.n:
        click.echo(f"note: the sample of {sample.n} stays: a sample is only made larger (or drawn anew with --redraw).", err=True)


def _sentence(sample: Sample) -> str:
    how = f"{sample.plan}, {sample.allocation}" if sample.plan == "stratified" else sample.plan
    outside = f"{sample.settled} more need no label, {sample.without_value} have no value"
    return f"Sample: {sample.drawn} of {sample.frame} comparisons ({how}, seed {sample.seed}); {outside}."


def _sit(study: Study, coder: str | None, *, adjudicate: bool) -> None:
    from normscope.cli.label_screen import explanation, page
    from normscope.study.labelling import Coding, definitions, only_coder
    from normscope.validate.coding import sitting

    name = coder if coder is not None else "adjudicator" if adjudicate else only_coder(study.store)
    coding = Coding(study.store, name, adjudicate=adjudicate)
    meanings = definitions()
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    work = sitting(coding.next_task, coding.save)
    first = True
    try:
        screen = next(work)
        while True:
            width = shutil.get_terminal_size().columns
            if terminal:
                click.clear()
            elif not first:
                click.echo()
            if first:
                click.echo(explanation(meanings, width))
            click.echo(page(screen, meanings, width))
            first = False
            screen = work.send(_key(terminal))
    except StopIteration as ended:
        given, finished = ended.value.given, ended.value.finished
    _say_goodbye(study, coding, given, finished=finished, adjudicate=adjudicate)


def _key(terminal: bool) -> str | None:
    """The key that was pressed, or the line that was written; None where the input has ended."""
    if not terminal:
        line = sys.stdin.buffer.readline(LONGEST_LINE)
        return line.decode(errors="replace") if line else None
    try:
        # keys that were pressed at the same time would answer questions that nobody has read
        return click.getchar()[:1]
    except EOFError:
        return None


def _say_goodbye(study: Study, coding: Coding, given: int, *, finished: bool, adjudicate: bool) -> None:
    from normscope.study.labelling import label_status

    task = coding.next_task()
    left = 0 if task is None else task.total - task.number + 1
    click.echo(f"\n{given} labels given by {coding.coder}, {left} left.")
    if not finished:
        click.echo("All of them are stored. The same command goes on from here.")
        return
    now = label_status(study.store)
    if adjudicate:
        click.echo("Nothing is left to settle.")
    elif now.twice_done < now.twice:
        click.echo(f"{now.twice - now.twice_done} questions wait for a second coder.")
    elif now.to_adjudicate:
        click.echo(
            f"Coders differ on {now.to_adjudicate} questions. Settle them with: normscope label {study.folder} --adjudicate"
        )


def _print_status(study: Study, json_: bool) -> None:
    from normscope.study.labelling import label_status

    now = label_status(study.store)
    if json_:
        print_json(asdict(now))
        return
    click.echo(_sentence(now.sample) if now.sample is not None else "No sample was drawn. Draw one with: normscope label FOLDER")
    _print_counts(now)


def _print_counts(now: LabelStatus) -> None:
    from normscope.records import NotMeasured

    share = f" ({now.twice_done / now.questions:.0%} of all)" if now.questions else ""
    click.echo(
        f"{now.labelled} of {now.questions} questions labelled; {now.twice_done} of {now.twice} labelled twice{share}; "
        f"coders differ on {now.differ}, {now.to_adjudicate} to be settled; {now.elsewhere} labelled questions outside the sample"
    )
    if now.labels:
        rows = [
            {"coder": coder, **{name: str(n) for name, n in counts.items()}, "all": str(sum(counts.values()))}
            for coder, counts in now.labels.items()
        ]
        print_table(rows, title="Labels by coder", right=tuple(rows[0])[1:])
    if now.pairs:
        pairs = [
            {
                "coders": " and ".join(pair.coders),
                "both labelled": str(pair.n),
                "same label": "-" if isinstance(pair.agreement, NotMeasured) else f"{pair.agreement:.2f}",
                "kappa": f"not measured: {pair.kappa.reason}" if isinstance(pair.kappa, NotMeasured) else f"{pair.kappa:.2f}",
            }
            for pair in now.pairs
        ]
        print_table(pairs, title="Agreement between coders", right=("both labelled", "same label"))


def _export(study: Study, to: str, path: str, *, coder: str | None) -> None:
    from normscope.study.label_exchange import export_sheets

    for written, what in export_sheets(study.store, to, Path(path), coder=coder):
        click.echo(f"{written}: {what}")


def _import(study: Study, path: Path, format_: str | None, coder: str | None, *, replace: bool) -> None:
    from normscope.study.label_exchange import import_labels

    done = import_labels(study.store, path, format_=format_, coder=coder, replace=replace)
    click.echo(
        f"{done.new} new labels, {done.same} already there, {done.replaced} replaced; {done.without_label} rows without a label"
    )
    for name, n in done.coders.items():
        click.echo(f"{name}: {n}")
