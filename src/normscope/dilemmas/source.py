"""From what a user writes (`starter`, or the path of a file) to records."""

from __future__ import annotations

from pathlib import Path

from normscope import plugins
from normscope.dilemmas import long, panel, wide
from normscope.dilemmas.loaded import Loaded
from normscope.dilemmas.rows import columns
from normscope.dilemmas.starter_set import STARTER, starter
from normscope.errors import DataError, UsageError

__all__ = ["load"]


def load(source: str | Path, *, format: str | None = None, role: str = "any") -> Loaded:  # noqa: A002 - the word users write
    """The records of one source: the string `starter`, or a file in a known format.

    Without `format` it is found by the file's columns, among the built-in formats `long`, `wide` and `panel`; a plug-in's
    format is named. `role` (`dilemmas`, `responses`, `any`) is what a long file is expected to hold. A wrong file is a
    `DataError`, an unknown format a `UsageError` that lists the known ones.

    >>> load("starter").dilemmas[0].language
    'en'
    """
    long.require_role(role)
    if source == STARTER and format is None:
        return starter()
    name = _recognise(Path(source)) if format is None else format
    loaded = plugins.load("formats", name)(Path(source), role=role)
    if not isinstance(loaded, Loaded):
        raise UsageError(
            f"the format {name!r} gave a {type(loaded).__name__}, not a Loaded. Report this to who made the plug-in."
        )
    return loaded


def _recognise(path: Path) -> str:
    names = columns(path)
    if panel.recognises(names):
        return "panel"
    if wide.recognises(names):
        return "wide"
    if long.recognises(names):
        return "long"
    others = [plugin.name for plugin in plugins.installed("formats") if plugin.name not in _COLUMNS]
    known = "; ".join(f"{name}: {needs}" for name, needs in _COLUMNS.items())
    raise DataError(
        "the columns fit none of the known formats",
        file=path,
        line=1,
        got=", ".join(names),
        allowed=known + (f"; by name only: {', '.join(others)}" if others else ""),
        do="Rename the columns, or name the format",
    )


_COLUMNS = {"long": long.COLUMNS, "wide": wide.COLUMNS, "panel": panel.COLUMNS}
