"""The figures of a study's report as files for papers, each with its caption and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from normscope.errors import MissingExtra, UsageError, did_you_mean
from normscope.report.content_of import content
from normscope.report.drawing import FORMATS, Format, image, missing
from normscope.report.figures import Figure
from normscope.report.table_csv import table_csv
from normscope.report.text import shown
from normscope.store import Store
from normscope.study.files import write_bytes
from normscope.study.reporting import report_data
from normscope.study.settings import Settings

__all__ = ["CAPTIONS", "write_figures"]

CAPTIONS = "captions.md"


def write_figures(
    settings: Settings, store: Store, *, formats: Sequence[str], folder: Path, only: Sequence[str] = ()
) -> list[Path]:
    """Write every figure (or `only` those named) in each format, its numbers as NAME.csv, and all captions as captions.md.

    The same study gives the same bytes on the same machine; the shape of letters depends on its fonts. `UsageError` for a format
    or a figure that there is not, `MissingExtra` without the extra [report]. Returns the files, in the order of the report.
    """
    wanted = _formats(formats)
    if missing():
        raise MissingExtra("A figure", "report")
    figures = _chosen(content(report_data(settings, store)).figures(), only)
    written = []
    for figure in figures:
        written += [write_bytes(folder / f"{figure.name}.{form}", image(figure, form)) for form in wanted]
        written.append(write_bytes(folder / f"{figure.name}.csv", table_csv(figure.table).encode()))
    written.append(write_bytes(folder / CAPTIONS, _captions(figures).encode()))
    return written


def _formats(formats: Sequence[str]) -> list[Format]:
    known: dict[str, Format] = {form: form for form in FORMATS}
    for name in formats:
        if name not in known:
            raise UsageError(
                f"figures have no format {name!r}. {did_you_mean(name, known)} Give some of them, e.g. --format pdf,svg"
            )
    if not formats:
        raise UsageError(f"no format was given. Known: {', '.join(known)}. Give some of them, e.g. --format pdf,svg")
    return [known[name] for name in dict.fromkeys(formats)]


def _chosen(figures: Sequence[Figure], only: Sequence[str]) -> list[Figure]:
    by_name = {figure.name: figure for figure in figures}
    for name in only:
        if name not in by_name:
            raise UsageError(
                f"this study's report has no figure {name!r}. {did_you_mean(name, by_name)} "
                "A figure is there where the study has numbers for it; leave --only out for all"
            )
    return [figure for figure in figures if not only or figure.name in only]


def _captions(figures: Sequence[Figure]) -> str:
    """One heading and one paragraph each; what is in a caption is text, so what Markdown would read as its own is marked."""
    return "".join(f"## {figure.name}\n\n{_plain(figure.caption)}\n\n" for figure in figures) or "This study has no figures.\n"


def _plain(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!&~$" else c for c in " ".join(shown(text).split()))
