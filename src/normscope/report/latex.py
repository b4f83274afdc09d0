"""The report as LaTeX for a paper: booktabs tables that say n, method and level in their captions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from normscope.report.cell_text import printed
from normscope.report.content import Cell, Content, Table
from normscope.report.figures import Figure
from normscope.report.latex_text import typeset, typeset_number
from normscope.report.outline import Part, outline
from normscope.report.reason_letters import ReasonLetters

__all__ = ["latex"]

LONG = 40
"""A table of more lines than this breaks over pages."""

WRAPPED = 36
"""A column of text with a longer cell is set as paragraphs a third of the line wide, with about as many characters in a line."""

TIGHT = 80
"""From so many characters in a row on, columns are closer."""

LINE = 345.0
"""The width of a line of the class article, in points."""

SIZES = {"normalsize": 4.7, "footnotesize": 3.8, "scriptsize": 3.3}
"""The sizes of a table over pages, and about how many points a character takes. A wider one is shrunk in pieces."""

PIECE = 20
"""So many rows of a table over pages that is shrunk stand together."""

HEADINGS = ("section", "subsection", "subsubsection", "paragraph")

TOP = r"""% A report of normscope, to be put into a document with \input{report}; every table stands alone and can be copied.
% Figures are written by `normscope figures`; take the percent signs away where they are included.
% In the preamble:
%   \usepackage[T1]{fontenc}
%   \usepackage[utf8]{inputenc}
%   \usepackage{amssymb,booktabs,graphicx,longtable,textcomp}"""


def latex(content: Content) -> str:
    """A whole report as LaTeX to be included in a document; its first lines say which packages that needs.

    Sections, sentences and tables are in it; each table has a caption and the label `tab:` with its name. The drawings come from
    `normscope figures`, and the conversations are on the page only. Text of the study is text: no command in it is run.
    """
    blocks = [TOP, rf"\section*{{{typeset(content.title)}}}"]
    blocks += _list(f"{name}: {value}" for name, value in content.facts.items())
    for part in outline(content):
        blocks += _section(part)
    return "\n\n".join(blocks) + "\n"


def _section(part: Part) -> Iterator[str]:
    section = part.section
    yield rf"\{HEADINGS[min(part.depth + 1, len(HEADINGS) - 1)]}*{{{typeset(section.title)}}}"
    yield from (typeset(line) for line in section.lines)
    yield from _list(section.points)
    yield from map(_figure, section.figures)
    for table in part.tables:
        yield _long(table) if _lines(table) > LONG else _floating(table)


def _list(points: Iterable[str]) -> list[str]:
    items = [rf"  \item {typeset(point)}" for point in points]
    return ["\n".join([r"\begin{itemize}", *items, r"\end{itemize}"])] if items else []


def _figure(figure: Figure) -> str:
    """The figure as it would be included, in a comment: its file is made by another command."""
    lines = [
        r"\begin{figure}[htbp]",
        r"  \centering",
        rf"  \includegraphics[width=\linewidth]{{figures/{figure.name}.pdf}}",
        rf"  \caption{{{typeset(figure.caption)}}}\label{{fig:{_label(figure.name)}}}",
        r"\end{figure}",
    ]
    return "\n".join(f"% {line}" for line in lines)


def _floating(table: Table) -> str:
    reasons = ReasonLetters()
    lines = [
        r"\begin{table}[htbp]",
        r"  \centering",
        rf"  {_caption(table)}\par\smallskip",
        *([r"  \setlength{\tabcolsep}{3pt}"] if _width(table) > TIGHT else []),
        # shrunk to the line where it is wider, never enlarged
        r"  \resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"  \begin{{tabular}}{{{_layout(table)}}}",
        r"    \toprule",
        f"    {_head(table)}",
        r"    \midrule",
        *(f"    {line}" for line in _rows(table, reasons)),
        r"    \bottomrule",
        r"  \end{tabular}}",
        *(rf"  \par\smallskip{{\footnotesize {note}\par}}" for note in _below(table, reasons)),
        r"\end{table}",
    ]
    return "\n".join(lines)


def _long(table: Table) -> str:
    reasons = ReasonLetters()
    size = next((size for size, points in SIZES.items() if _points(table, points) <= LINE), None)
    if size is None:
        return _pieces(table)
    lines = [
        rf"{{\{size}\setlength{{\tabcolsep}}{{3pt}}",
        rf"\begin{{longtable}}{{{_layout(table)}}}",
        rf"  {_caption(table)} \\[\smallskipamount]",
        r"  \toprule",
        f"  {_head(table)}",
        r"  \midrule",
        r"  \endfirsthead",
        r"  \toprule",
        f"  {_head(table)}",
        r"  \midrule",
        r"  \endhead",
        r"  \bottomrule",
        r"  \endfoot",
        *(f"  {line}" for line in _rows(table, reasons)),
        r"\end{longtable}",
        *(rf"\par{{\footnotesize {note}\par}}" for note in _below(table, reasons)),
        "}",
    ]
    return "\n".join(lines)


def _pieces(table: Table) -> str:
    """A table over pages that is wider than the line: each row of the long table is a piece of it, shrunk as the others are."""
    reasons = ReasonLetters()
    lines = [r"{\setlength{\tabcolsep}{3pt}", r"\begin{longtable}{@{}c@{}}", rf"  {_caption(table)} \\[\smallskipamount]"]
    for piece in _cut(_rows(table, reasons)):
        lines += [
            r"  \resizebox{\linewidth}{!}{%",
            rf"  \begin{{tabular}}{{{_layout(table)}}}",
            *(f"    {line}" for line in (r"\toprule", _head(table), r"\midrule", *piece, r"\bottomrule", _widest(table))),
            r"  \end{tabular}} \\[\smallskipamount]",
        ]
    return "\n".join(
        [*lines, r"\end{longtable}", *(rf"\par{{\footnotesize {note}\par}}" for note in _below(table, reasons)), "}"]
    )


def _cut(rows: Iterable[str]) -> Iterator[list[str]]:
    """The rows in pieces, none of which begins with a line or ends with a heading."""
    piece: list[str] = []
    for row in rows:
        if len(piece) >= PIECE and piece[-1] != r"\midrule" and not piece[-1].startswith(r"\multicolumn"):
            yield piece
            piece = []
        if piece or row != r"\midrule":
            piece.append(row)
    if piece:
        yield piece


def _widest(table: Table) -> str:
    """A row that is not seen, of the longest cell of each column: so all pieces are as wide, and shrunk as much."""
    longest = [max((printed(row[i]).text for row in table.rows), key=len, default="") for i in range(len(table.columns))]
    unseen = (
        "" if not column.numeric and len(text) > WRAPPED else rf"\phantom{{{typeset(text)}}}"
        for column, text in zip(table.columns, longest, strict=True)
    )
    return rf"\noalign{{\vskip-\baselineskip}} {' & '.join(unseen)} \\"


def _caption(table: Table) -> str:
    said = [table.caption if table.caption.endswith(".") else f"{table.caption}.", table.note]
    return rf"\caption{{{' '.join(map(typeset, said)).strip()}}}\label{{tab:{_label(table.name)}}}"


def _label(name: str) -> str:
    """The name in letters that every reference understands.

    >>> _label("rank_intervals {x}")
    'rank-intervals-x'
    """
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


def _layout(table: Table) -> str:
    kinds = []
    for index, column in enumerate(table.columns):
        longest = max((_length(row[index]) for row in table.rows), default=0)
        kinds.append("r" if column.numeric else r"p{0.33\linewidth}" if longest > WRAPPED else "l")
    return "".join(kinds)


def _width(table: Table) -> int:
    """About how many characters a row takes."""
    columns = zip(table.columns, *table.rows, strict=True)
    return sum(min(WRAPPED, max(len(column.heading), *map(_length, cells), 0)) for column, *cells in columns)


def _points(table: Table, each: float) -> float:
    """About how many points wide the table is where a character takes `each`."""
    paragraphs = _layout(table).count("p{")
    return (_width(table) - paragraphs * WRAPPED) * each + paragraphs * LINE * 0.33 + 6 * len(table.columns)


def _lines(table: Table) -> int:
    """About how many lines the rows take."""
    return sum(max((-(-_length(cell) // WRAPPED) for cell in row), default=1) for row in table.rows)


def _length(cell: Cell) -> int:
    return len(printed(cell).text)


def _head(table: Table) -> str:
    return rf"{' & '.join(typeset(column.heading) for column in table.columns)} \\"


def _rows(table: Table, reasons: ReasonLetters) -> Iterator[str]:
    """The rows; a heading before each group, and a line before rows that stand apart."""
    apart = False
    for index, row in enumerate(table.rows):
        if index in table.groups:
            yield rf"\multicolumn{{{len(table.columns)}}}{{l}}{{\emph{{{typeset(table.groups[index])}}}}} \\"
        elif index and (index in table.totals) != apart:
            yield r"\midrule"
        apart = index in table.totals
        yield rf"{' & '.join(_cell(cell, reasons) for cell in row)} \\"


def _cell(cell: Cell, reasons: ReasonLetters) -> str:
    told = printed(cell)
    text = typeset_number(told.text) if told.ours else typeset(told.text)
    return f"{text}{_mark(reasons.letter(told.reason)) if told.reason else ''}"


def _mark(letter: str) -> str:
    return rf"\textsuperscript{{{letter}}}"


def _below(table: Table, reasons: ReasonLetters) -> Iterator[str]:
    notes = [rf"{_mark(letter)}\,{typeset(reason)}" for reason, letter in reasons.letters.items()]
    if notes:
        yield "; ".join(notes)
    meanings = [f"{column.heading}: {column.meaning}" for column in table.columns if column.meaning]
    if meanings:
        yield typeset("; ".join(meanings))
    if table.left_out:
        yield rf"{table.left_out:,} further rows are in \texttt{{estimates.json}}."
