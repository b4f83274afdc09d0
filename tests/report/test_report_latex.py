"""The report as LaTeX: what it says, and that it compiles whatever strangers wrote."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.report.content import Column, Content, Number, Section, Table
from normscope.report.latex import latex
from normscope.report.latex_text import typeset
from tests.conftest import GOLDEN
from tests.report.contents import HOSTILE, every_cell, hostile
from tests.report.latex_reader import ALLOWED, cells, check, environments

COLUMNS = 4

REPORT = Path(__file__).resolve().parents[2] / "src" / "normscope" / "report"

PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amssymb,booktabs,graphicx,longtable,textcomp}
"""


def test_every_kind_of_cell() -> None:
    lines = [line.strip() for line in latex(every_cell()).split("\n")]
    start = lines.index(r"\begin{table}[htbp]")
    assert lines[start + 1 : lines.index(r"\end{table}")] == [
        r"\centering",
        r"\caption{Agreement with people. n = 1\textendash{}40 dilemmas.}\label{tab:headline}\par\smallskip",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        r"\begin{tabular}{lrrrrr}",
        r"\toprule",
        r"Responder & Stated & Rank & Gap & Cost & Dilemmas \\",
        r"\midrule",
        r"\multicolumn{6}{l}{\emph{Models}} \\",
        r"m & 0.62 [0.51, 0.72] & 1 [1, 2] & $-$0.05 [$-$0.20, $+$0.10] & 1,234.50~USD & 1,400 \\",
        r"n & 0.50\textsuperscript{a} & 2\textsuperscript{a} & $+$0.25 & not measured\textsuperscript{b} & 1 \\",
        r"\midrule",
        r"people & not measured\textsuperscript{c} & \textendash{} & not measured\textsuperscript{c} & \textendash{} & 0 \\",
        r"\bottomrule",
        r"\end{tabular}}",
        r"\par\smallskip{\footnotesize \textsuperscript{a}\,no interval: one dilemma only; "
        r"\textsuperscript{b}\,no price is known; \textsuperscript{c}\,no people answered\par}",
        r"\par\smallskip{\footnotesize Stated: said unprompted\par}",
        r"\par\smallskip{\footnotesize 3 further rows are in \texttt{estimates.json}.\par}",
    ]
    assert r"\subsubsection*{Limits}" in lines


def test_the_first_lines_name_the_packages() -> None:
    told = re.findall(r"^%\s+(\\usepackage.*)$", latex(every_cell()), re.MULTILINE)
    assert told == PREAMBLE.splitlines()[1:]


def test_long_tables_break_over_pages() -> None:
    text = latex(hostile("a word"))
    assert environments(text)[:3] == ["itemize", "itemize", "table"]
    assert "longtable" in environments(text)
    long = text[text.index(r"\begin{longtable}") : text.index(r"\end{longtable}")]
    assert long.count(r"\toprule") == 2  # on the first page and on the others
    assert long.count("\n  a word & a word & ") == 2 + 25  # both heads, and the rows that have text in the second cell


def wide() -> Content:
    """A table over pages whose rows are wider than a line: seven columns, as every pair with explicit agreement has."""
    names = tuple(f"a-model-with-a-name-{i}" for i in range(60))
    number = Number(-0.5, -0.7, -0.2, signed=True)
    columns = (Column("r", "Responder", numeric=False), Column("t", "agrees with", numeric=False), *map(Column, "abcde", "ABCDE"))
    rows = tuple(
        (name, f"another-longer-name-{i}"[: 12 + i % 12], number, number, number, number, number) for i, name in enumerate(names)
    )
    table = Table("wide", "Every pair", columns, rows, "n = 60.", {0: "model–model", 40: "human–human"}, frozenset({0}))
    return Content("A study", {}, [Section("pairs", "Pairs", tables=[table])])


def test_a_wide_table_over_pages_loses_no_row_and_no_heading() -> None:
    text = latex(wide())
    assert text.count("longtable") == 3  # the package, begin, end
    assert [text.count(f"a-model-with-a-name-{i} &") for i in range(60)] == [1] * 60
    assert text.count(r"Responder & agrees with & A") == text.count(r"\begin{tabular}") == 4
    assert text.count(r"\emph{human\textendash{}human}") == 1
    for piece in text.split(r"\begin{tabular}")[1:]:
        body = piece[piece.index(r"\midrule") : piece.index(r"\bottomrule")].strip().split("\n")
        assert "&" in body[-1]
        assert body[1].strip() != r"\midrule"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine (Debian: texlive-latex-recommended)")
def test_no_table_over_pages_is_cut_at_the_edge(tmp_path: Path) -> None:
    text = PREAMBLE + "\\begin{document}\n" + latex(wide()) + "\n\\end{document}\n"
    (tmp_path / "wide.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "wide.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    over = [float(points) for points in re.findall(r"Overfull \\hbox \(([0-9.]+)pt too wide\) in alignment", done.stdout)]
    assert [points for points in over if points > 8] == []  # the room beside the column of pieces


@pytest.mark.parametrize("text", HOSTILE)
def test_strangers_text_is_no_command(text: str) -> None:
    told = latex(hostile(text))
    assert check(told) <= ALLOWED | check(typeset(text))
    assert check(typeset(text)) <= {"textbackslash", *SIGNS}
    for line in told.split("\n"):
        if line.endswith(r"\\") and "&" in line and not line.strip().startswith((r"\multicolumn", r"\caption")):
            assert cells(line) == COLUMNS
            assert not re.match(r"\s*[\[*]", line)


@settings(deadline=None)  # other processes may hold the cores
@given(st.text())
def test_any_text_is_typeset(text: str) -> None:
    told = typeset(text)
    assert check(told) <= {"textbackslash", *SIGNS}
    assert "\n" not in told
    assert not re.search(r"(?<!\\)[#&%_^~](?! )", told.replace("~", "")), "a sign of TeX is left"
    told.encode("utf-8")


def test_every_sign_that_we_print_has_a_command() -> None:
    sources = [path for path in REPORT.rglob("*.py") if path.name not in {"latex_text.py", "table_csv.py"}]
    ours = {c for path in sources for c in path.read_text(encoding="utf-8") if not c.isascii()}
    assert {"–", "′", "…", "◊", "●"} <= ours
    assert [c for c in sorted(ours) if "U+" in typeset(c)] == []


SIGNS = set(re.findall(r"\\([A-Za-z]+)", (REPORT / "latex_text.py").read_text(encoding="utf-8")))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine (Debian: texlive-latex-recommended)")
def test_pdflatex_prints_it(tmp_path: Path) -> None:
    european = "".join(chr(c) for c in range(0xA1, 0x17F) if c != 0xAD)
    texts = [*HOSTILE, european]
    names = []
    for index, content in enumerate([every_cell(), *map(hostile, texts)]):
        (tmp_path / f"report{index}.tex").write_text(latex(content), encoding="utf-8")
        names.append(f"\\input{{report{index}}}\\clearpage")
    shutil.copy(GOLDEN / "report.tex", tmp_path)
    names.append("\\input{report}")
    document = PREAMBLE + "\\begin{document}\n" + "\n".join(names) + "\n\\end{document}\n"
    (tmp_path / "all.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Missing character" not in done.stdout
    assert (tmp_path / "all.pdf").is_file()
