"""Which form does a file get? The one that was asked for, else what its name says."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FORMS", "form"]

FORMS = ("html", "md", "json", "latex")
ENDINGS = {"html": "html", "md": "md", "tex": "latex", "json": "json"}


def form(to: str | None, out: Path | None) -> str:
    """`to`, else the form that the ending of `out` stands for, else the page.

    >>> form(None, Path("paper/report.tex")), form("json", Path("report.txt")), form(None, None)
    ('latex', 'json', 'html')
    """
    ending = "" if out is None else out.suffix.lower().removeprefix(".")
    return to or ENDINGS.get(ending, "html")
