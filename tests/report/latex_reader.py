"""A small reader of LaTeX for tests: what pdflatex would stumble over, without pdflatex."""

from __future__ import annotations

import re

__all__ = ["ALLOWED", "cells", "check", "environments"]

ALLOWED = {
    *("begin", "end", "section", "subsection", "subsubsection", "paragraph", "item", "centering", "caption", "label"),
    *("resizebox", "ifdim", "width", "linewidth", "else", "fi", "toprule", "midrule", "bottomrule", "multicolumn", "emph"),
    *(
        "endfirsthead",
        "endhead",
        "endfoot",
        "par",
        "smallskip",
        "smallskipamount",
        "footnotesize",
        "scriptsize",
        "normalsize",
        "setlength",
    ),
    *("tabcolsep", "textsuperscript", "texttt", "noalign", "vskip", "baselineskip", "phantom"),
}
"""The commands of our own tables and headings."""

_SIGN = re.compile(r"\\([A-Za-z]+)\*?|\\(.)|%[^\n]*|([{}])|(\$)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(\w+)\}")


def check(text: str) -> set[str]:
    """The names of all commands; an `AssertionError` where braces, dollars or environments do not balance."""
    commands, depth, dollars = set(), 0, 0
    for name, _, brace, dollar in _SIGN.findall(text):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        assert depth >= 0, "a brace is closed that was not opened"
        dollars += bool(dollar)
        commands |= {name} if name else set()
    assert depth == 0, "a brace is not closed"
    assert dollars % 2 == 0, "a formula is not closed"
    environments(text)
    return commands


def environments(text: str) -> list[str]:
    """The environments in the order in which they begin; each must end before the one around it."""
    begun, around = [], []
    for which, name in _ENVIRONMENT.findall(text):
        if which == "begin":
            begun.append(name)
            around.append(name)
        else:
            assert around, f"\\end{{{name}}} without a beginning"
            assert around.pop() == name
    assert around == []
    return begun


def cells(line: str) -> int:
    """How many cells a row of a table has."""
    return len(re.findall(r"(?<!\\)&", line)) + 1
