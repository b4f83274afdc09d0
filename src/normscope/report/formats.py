"""The forms in which a report can be had, by the names that people type."""

from __future__ import annotations

from collections.abc import Callable

from normscope.errors import UsageError, did_you_mean
from normscope.report.content import Content
from normscope.report.content_of import content
from normscope.report.data import ReportData
from normscope.report.html import page
from normscope.report.json_report import report_json
from normscope.report.latex import latex
from normscope.report.markdown import markdown

__all__ = ["FILES", "content_text", "report_file", "report_text"]

FILES = {"html": "report.html", "md": "report.md", "json": "report.json", "latex": "report.tex"}
"""The forms, and the file of the study folder that each is written to where no other is named."""

_OF_CONTENT: dict[str, Callable[[Content], str]] = {"md": markdown, "json": report_json, "latex": latex}


def report_file(to: str) -> str:
    """The name of the file of one form. A `UsageError` where there is no such form.

    >>> report_file("latex")
    'report.tex'
    """
    if to not in FILES:
        raise UsageError(f"no report in the form {to!r}. {did_you_mean(to, FILES)}")
    return FILES[to]


def content_text(said: Content, to: str) -> str:
    """Any content as `md`, `json` or `latex`; the page is made from the study (`page`), since it also shows conversations."""
    if to not in _OF_CONTENT:
        raise UsageError(f"a content cannot be printed as {to!r}. {did_you_mean(to, _OF_CONTENT)}")
    return _OF_CONTENT[to](said)


def report_text(data: ReportData, to: str) -> str:
    """A study's report in one form (`html`, `md`, `json` or `latex`); the same study gives the same text."""
    report_file(to)
    return page(data) if to == "html" else content_text(content(data), to)
