"""The command that writes the report's figures as files."""

from __future__ import annotations

from pathlib import Path

import click

from normscope.cli.progress import progress_shown

__all__ = ["figures"]


@click.command(short_help="Write the report's figures as files for papers.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--format", "formats", default="pdf", show_default=True, help="pdf, svg, png, or several with commas.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Default: figures in the folder.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this figure. May be repeated.")
def figures(folder: Path, formats: str, out: Path | None, only: tuple[str, ...]) -> None:
    """Write every figure of the report as a file, offline, with its caption and its numbers.

    Beside NAME.pdf stands NAME.csv with what is drawn; captions.md has all captions.
    """
    from normscope.study import Study

    with progress_shown() as progress, Study.open(folder, progress=progress) as study:
        for path in study.figures([name.strip() for name in formats.split(",") if name.strip()], folder=out, only=only):
            click.echo(path)
