"""A report in the order in which it is read from top to bottom: each table stands once, where it comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from normscope.report.content import Content, Section, Table

__all__ = ["Part", "outline"]


@dataclass(frozen=True)
class Part:
    """A section, how deep it lies (0 = at the top), and the tables to print there: those of its figures, then its own."""

    section: Section
    depth: int
    tables: tuple[Table, ...]


def outline(content: Content) -> list[Part]:
    """Every section of a report, each before its parts.

    >>> inner = Section("b", "Inner", tables=(Table("t", "", (), ()),))
    >>> [(p.section.name, p.depth, len(p.tables)) for p in outline(Content("", {}, [Section("a", "Outer", parts=[inner])]))]
    [('a', 0, 0), ('b', 1, 1)]
    """
    return list(_parts(content.sections, 0, set()))


def _parts(sections: Sequence[Section], depth: int, seen: set[str]) -> Iterator[Part]:
    for section in sections:
        tables = []
        for table in (*(figure.table for figure in section.figures), *section.tables):
            if table.name not in seen:
                seen.add(table.name)
                tables.append(table)
        yield Part(section, depth, tuple(tables))
        yield from _parts(section.parts, depth + 1, seen)
