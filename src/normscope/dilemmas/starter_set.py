"""The dilemmas that come with normscope, with the answers of three invented characters (see `starter/README.md`)."""

from __future__ import annotations

from importlib.resources import as_file, files

from normscope.dilemmas.loaded import Loaded, merge
from normscope.dilemmas.long import read

__all__ = ["STARTER", "starter"]

STARTER = "starter"
"""The name by which the starter set is loaded in place of a file."""

_NOTE = (
    "The starter set was written by the normscope project with the help of a language model; its three panelists are invented "
    "characters. It serves to try the tool, and says nothing about any real person's norms."
)


def starter() -> Loaded:
    """The starter set: English and Danish dilemmas over ten topics, each answered by three invented panelists.

    >>> len(starter().dilemmas)
    64
    """
    with as_file(files("normscope.dilemmas") / "starter") as folder:
        loaded = merge(read(folder / "dilemmas.jsonl", role="dilemmas"), read(folder / "panel.jsonl", role="responses"))
    return Loaded(loaded.dilemmas, loaded.responders, loaded.responses, loaded.solutions, notes=(_NOTE, *loaded.notes))
