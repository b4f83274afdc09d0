"""The commands about data: `dilemmas check`, `export`, `import`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from normscope.cli.output import print_json
from normscope.cli.visible import visible_line
from normscope.errors import UsageError

__all__ = ["dilemmas", "export", "import_"]


@click.group()
def dilemmas() -> None:
    """Look at files of dilemmas before they are used."""


@dilemmas.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of text.")
def check(sources: tuple[str, ...], json_: bool) -> None:
    """Report duplicates, near-duplicates, missing and contradictory references, languages and lengths.

    FILE may be `starter`, a long JSONL / CSV / Parquet file, a wide AITA-style CSV, or a panel table.
    """
    from normscope.dilemmas import check as check_loaded
    from normscope.dilemmas import load, merge, render

    found = check_loaded(merge(*(load(source) for source in sources)))
    if json_:
        print_json(found.to_dict())
    else:
        click.echo(render(found))


@click.command(short_help="Write all records as JSONL or Parquet.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--to", default="jsonl", show_default=True, help="jsonl or parquet.")
def export(folder: Path, target: Path, to: str) -> None:
    """Write every record of a study as JSONL or Parquet files, without loss."""
    from normscope.store import Store, export_records

    with Store(folder) as store:
        for kind, n in export_records(store, target, to=to).items():
            click.echo(f"{n} {kind}")


@click.command(name="import", short_help="Read exported records, or Inspect's logs, into a study folder.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="[SOURCE]")
@click.option("--from", "logs", multiple=True, metavar="LOG…", help="Logs of: inspect eval normscope/dilemmas (.eval, .json).")
@click.option("--as", "name", metavar="NAME", help="With --from: what the model is called; its own name by default.")
def import_(folder: Path, sources: tuple[Path, ...], logs: tuple[str, ...], name: str | None) -> None:
    """Read records into a study folder, which is made if it is not there.

    SOURCE is a folder of exported records. With --from, Inspect's logs of normscope/dilemmas are read instead: files, folders
    or patterns. Importing the same again changes nothing.
    """
    if logs:
        # a pattern that the shell expanded: its first file belongs to --from, the others come as arguments
        _import_logs(folder, [*logs, *(str(source) for source in sources)], name)
        return
    if name is not None:
        raise UsageError("--as names the model of Inspect's logs: give the logs with --from.")
    if len(sources) != 1:
        raise UsageError("give one folder of exported records, or Inspect's logs with --from.")
    from normscope.store import Store, import_records

    with Store(folder, create=True) as store:
        for kind, n in import_records(store, sources[0]).items():
            click.echo(f"{n} {kind}")


def _import_logs(folder: Path, given: list[str], name: str | None) -> None:
    from normscope.dilemmas.inspect_logs import log_files, read_logs
    from normscope.store import Store
    from normscope.study.importing import import_logs

    # read before the folder is made: a wrong log leaves nothing behind
    logs = read_logs(log_files(given), name=name)
    with Store(folder, create=True) as store:
        changed = import_logs(store, logs)
    loaded = logs.loaded
    for responder in loaded.responders:
        outcomes = Counter(r.outcome.value for r in loaded.responses if r.responder_id == responder.responder_id)
        counted = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
        click.echo(visible_line(f"{responder.responder_id}: {counted or 'no conversations'}"))
    click.echo(f"{len(loaded.dilemmas)} dilemmas, {len(loaded.responses)} responses, {changed} of them new")
    for note in loaded.notes:
        click.echo(visible_line(note), err=True)
