"""What responders and topics are called in figures: short, told apart by kind, no two the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from normscope.records import Kind, Responder
from normscope.report.text import short, shown

__all__ = ["SYMBOLS", "distinct", "labels"]

SYMBOLS = {Kind.MODEL: "●", Kind.HUMAN: "◊"}

LABEL_LIMIT = 28


def labels(responders: Iterable[Responder]) -> dict[str, str]:
    """A short label per responder that says its kind; no two are the same."""
    given = list(responders)
    names = distinct([r.responder_id for r in given])
    return {r.responder_id: f"{SYMBOLS[r.kind]} {name}" for r, name in zip(given, names, strict=True)}


def distinct(names: Sequence[str]) -> list[str]:
    """The names shortened, with a number behind those that would be the same.

    >>> distinct(["work", "work", "a name that is much too long for an axis"])
    ['work', 'work (2)', 'a name that is…g for an axis']
    """
    used: dict[str, int] = {}
    found = []
    for name in names:
        label = short(shown(name), LABEL_LIMIT)
        used[label] = used.get(label, 0) + 1
        found.append(label if used[label] == 1 else f"{label} ({used[label]})")
    return found
