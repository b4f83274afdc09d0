"""Reports written by hand for the tests of the prints: one with every kind of cell, and one with a stranger's text everywhere."""

from __future__ import annotations

from normscope.records import Estimate, NotMeasured
from normscope.report.content import Column, Content, Number, Section, Table

__all__ = ["ESTIMATE", "HOSTILE", "every_cell", "hostile"]

METHOD = "percentile bootstrap over dilemmas"

ESTIMATE = Estimate("stated", "model–human", "m", "people", "all", 0.617, 0.51, 0.72, 0.95, METHOD, "these dilemmas", 40)

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a | b | c \\| d \\\\| e",
    "[click](javascript:alert(1)) ![x](http://evil.example/a.png)",
    "<http://evil.example> http://evil.example www.evil.example a@evil.example mailto:a@evil.example",
    "[a]: http://evil.example\n\n[a]\n# heading\n- item\n1. one\n> quote\n    code\n```\nfence\n```\n***\n",
    "# heading #",
    "- item",
    "12) item",
    "+ item",
    "=====",
    "---\ntitle: x\n---",
    "> quote",
    "*a* **b** _c_ __d__ ~~e~~ `f` ``g`` $h$ $$i$$ :smile: @someone #12",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &#x3c;b&#x3e; &nbsp; &amp;",
    "\\input{/etc/passwd} \\write18{ls} \\end{tabular} \\\\ % comment",
    "{unbalanced } } { $ & # ^ _ ~ ^^5cinput x",
    "[optional] * star -- --- '' ,, << >> ?` !`",
    "safe\u202egnp.exe \u2066 \u2028 \x00 \x1b[31m \x9b \ud800 \ufeff",
    "′ – — “ ” ◆ ● … × − ≥ ÆØÅ æøå ß ĳ 中文 😀 e\u0301 ⟨x⟩",
    "",
)
"""What strangers may write: markup of every format, signs that steer, other scripts."""


def every_cell() -> Content:
    """Two models and a ceiling, with every kind of cell that a table can have."""
    columns = (
        Column("responder", "Responder", numeric=False),
        Column("stated", "Stated", "said unprompted"),
        Column("rank", "Rank"),
        Column("gap", "Gap"),
        Column("cost", "Cost"),
        Column("n", "Dilemmas"),
    )
    missing = NotMeasured("no people answered")
    without = NotMeasured("one dilemma only")
    alone = Estimate("stated", "model–human", "n", "people", "all", 0.5, without, without, 0.95, METHOD, "these dilemmas", 1)
    absent = Estimate("stated", "human–human", "", "", "all", missing, missing, missing, 0.95, "none", "these dilemmas", 0)
    rows = (
        ("m", ESTIMATE, Number(1, 1, 2, digits=0), Number(-0.05, -0.2, 0.1, signed=True), Number(1234.5, unit="USD"), 1400),
        ("n", alone, Number(2, without, without, digits=0), Number(0.25, signed=True), NotMeasured("no price is known"), 1),
        ("people", absent, None, Number(missing), None, 0),
    )
    table = Table("headline", "Agreement with people", columns, rows, "n = 1–40 dilemmas.", {0: "Models"}, frozenset({2}), 3)
    inner = Section("limits", "Limits", points=["The definitions are ours.", "Nobody checked the matcher."])
    section = Section("summary", "Summary", ["Two models on 40 dilemmas."], tables=[table], parts=[inner])
    return Content("A study", {"study": "tiny", "seed": "7"}, [section])


def hostile(text: str) -> Content:
    """`text` in every place that can hold text."""
    missing = NotMeasured(text)
    estimate = Estimate(text, text, text, text, text, 0.5, missing, missing, 0.95, text, text, 1, {text: 1}, text, 1, text, text)
    columns = tuple(Column(text, text, text, numeric=numeric) for numeric in (False, True, True, True))
    rows = ((text, estimate, missing, Number(0.5, missing, missing, unit=text)), (text, text, text, Number(1.0, unit=text)))
    table = Table(text, text, columns, rows, text, {1: text}, frozenset({1}), 1)
    inner = Section(f"{text} in", text, [text], [text], tables=[Table(f"{text} 2", text, columns, rows * 25, text)])
    return Content(text, {text: text}, [Section(text, text, [text, text], [text, text], tables=[table], parts=[inner])])
