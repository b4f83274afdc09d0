"""The commands about data: `dilemmas check`, `export`, `import`."""

from __future__ import annotations

from pathlib import Path

import click

from normscope.cli.output import print_json

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


@click.command(name="import", short_help="Read exported records into a study folder.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("source", type=click.Path(path_type=Path))
def import_(folder: Path, source: Path) -> None:
    """Read exported records into a study folder, which is made if it is not there."""
    from normscope.store import Store, import_records

    with Store(folder, create=True) as store:
        for kind, n in import_records(store, source).items():
            click.echo(f"{n} {kind}")
