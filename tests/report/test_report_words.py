"""The report for who reads one for the first time: no codes, no nested brackets, and every word explained in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from normscope.agree.detectable import METHOD as DETECTABLE
from normscope.records import Estimate, NotMeasured, Outcome, Policy, Reading
from normscope.report import OutcomeCount
from normscope.report.cell_parts import cell_parts
from normscope.report.code_words import code_words, reason_words
from normscope.report.content import Column, Content, Number, Section, Table
from normscope.report.framed import content_page
from normscope.report.json_report import report_json
from normscope.report.latex import latex
from normscope.report.latex_text import typeset_number
from normscope.report.markdown import markdown
from normscope.report.method_words import method_words
from normscope.report.reason_letters import reason_letters
from normscope.report.table_csv import table_csv
from normscope.report.text import CAUTION, basis_of
from normscope.stats import CAUTIOUS
from normscope.stats.ranks import METHOD as RANKS
from tests.report.made_sections import made_sections
from tests.report.test_report_sections import made, said, section, table

MOVER = "cluster-robust Wilson, Student's t, of both rates (MOVER)"
NOBODY = NotMeasured("nothing counted: 120 nothing_rejected")


def test_every_reading_and_policy_and_metric_word_is_explained_at_the_end() -> None:
    last = said().sections[-1]
    assert last.name == "words"
    assert last.parts[0].folded
    explained = {row[0] for row in table(said(), "words").rows}
    assert {reading.value for reading in Reading} <= explained
    assert {policy.value for policy in Policy} <= explained
    assert {"stated", "explicit", "d′", "ceiling", "placebo", "estimates for dilemmas like these", "not measured"} <= explained


@pytest.mark.parametrize("method", [RANKS, DETECTABLE, MOVER])
def test_a_method_has_no_brackets_of_its_own(method: str) -> None:
    assert "(" in method  # as it is stored
    assert "(" not in method_words(f"{method}; 100 draws")
    assert method_words(f"{method}; 100 draws").endswith("; 100 draws")


@pytest.mark.usefixtures("undrawn")
def test_no_note_nests_brackets_or_has_a_formula() -> None:
    estimates = [
        replace(made("stated", "plain", "people", 0.8), method=f"{MOVER}; {CAUTIOUS}"),
        replace(made("stated", "careful", "people", 0.7), method=MOVER),
    ]
    assert basis_of(estimates) == (
        "n = 3 dilemmas; 95\u00a0% intervals (cluster-robust Wilson, Student's t, of both rates by MOVER), 1 of 2 of them "
        f"{CAUTION}; estimates for these dilemmas."
    )
    ranked = made_sections(["plain", "careful"], ["ane", "bo"], [], method=f"{RANKS}; cluster bootstrap")
    assert table(said(sections=ranked), "rankings").note == (
        "n = 3 dilemmas; 95\u00a0% intervals that hold for all models at once (by the largest t of the paired differences, "
        "scaled to Student's t; cluster bootstrap)."
    )
    found = table(said(sections=made_sections(["plain", "careful"], ["ane"], [], method=DETECTABLE)), "detectable")
    assert "·" not in found.note
    assert "a two-sided test at 5\u00a0% finds in 80\u00a0% of studies like this one" in found.columns[4].meaning


def test_codes_are_printed_in_words() -> None:
    assert code_words("words_of_refusal") == "in words of refusal"
    assert code_words("finish_reason:length") == "ended by length"
    assert code_words("made_up_name") == "made up name"
    assert code_words("A model's own words: no_solution") == "A model's own words: no_solution"
    assert reason_words("a target_no_solution, no_solution") == "a whose target has no solution, without a solution"
    found = said(
        [made("stated", "plain", "people", NOBODY)],
        outcomes=[OutcomeCount("plain", "money", Outcome.REFUSED, "words_of_refusal", 4)],
    )
    assert table(found, "outcomes").rows[0][5] == "4 in words of refusal"
    for text in (markdown(found), latex(found), content_page(found)):
        assert "120 where the target advises against nothing" in text
        assert "nothing_rejected" not in text.replace("\\", "")
        assert "words_of_refusal" not in text.replace("\\", "")


@pytest.mark.usefixtures("undrawn")
def test_the_page_says_each_reason_once_under_its_table() -> None:
    long = NotMeasured("no rejected solutions were shown")
    rows = tuple((f"m{i}", long, Number(0.5, NOBODY, NOBODY)) for i in range(5))
    columns = (Column("model", "Model", numeric=False), Column("gap", "Gap"), Column("rate", "Rate"))
    found = Content("T", {}, [Section("s", "S", tables=[Table("t", "T", columns, rows)])])
    assert reason_letters(found.tables()[0]) == (
        [["", "a", "b"]] * 5,
        {"a": long.reason, "b": "no interval: nothing counted: 120 where the target advises against nothing"},
    )
    page = content_page(found)
    assert page.count(long.reason) == 1
    assert page.count("not measured&nbsp;<sup>a</sup>") == 5
    assert page.count('<span class="ci">no interval&nbsp;<sup>b</sup></span>') == 5
    assert '<ol class="note reasons" type="a">' in page  # its numbers are the letters
    # data keep the reason where the number would be
    assert json.loads(report_json(found))["sections"][0]["tables"][0]["rows"][0]["gap"] == {"not_measured": long.reason}


def test_letters_go_on_after_z() -> None:
    rows = tuple((NotMeasured(f"reason {i}"),) for i in range(28))
    letters, _ = reason_letters(Table("t", "", (Column("x", "x"),), rows))
    assert [row[0] for row in letters[24:]] == ["y", "z", "aa", "ab"]


def test_negative_numbers_have_a_minus_and_data_have_a_hyphen() -> None:
    one = Number(-1234.5, -2000.0, 0.25, digits=1, signed=True)
    gap = Estimate("gap", "model–human", "m", "people", "all", -0.1, -0.2, 0.1, 0.95, "m", "these dilemmas", 40)
    assert cell_parts(one).value == "−1,234.5"
    assert cell_parts(one).below == "[−2,000.0, +0.2]"
    assert cell_parts(gap).value == "−0.10"
    assert cell_parts(-3).value == "−3"
    assert cell_parts("a-b").value == "a-b"  # text is no number
    assert typeset_number("−0.10") == "$-$0.10"
    t = Table("t", "", (Column("gap", "Gap"),), ((gap,), (one,)))
    assert "-0.1,-0.2," in table_csv(t)
    text = report_json(Content("T", {}, [Section("s", "S", tables=[t])]))
    assert "−" not in text
    assert '"value": -0.1' in text
    assert "| −0.10 [−0.20, +0.10] |" in markdown(Content("T", {}, [Section("s", "S", tables=[t])]))


def test_matchers_stand_in_quotes() -> None:
    def told(*names: str) -> str:
        found = section(said([replace(made("stated", "plain", "people"), matcher=name) for name in names]), "limits").points
        return next(point for point in found if "Whether two texts agree" in point)

    assert "by the matcher 'lexical'. Its" in told("lexical")
    assert "by the matchers 'a, b', 'c'. Its" in told("a, b", "c")
    assert "by the matcher 'lexical' (of some estimates it is not known). Its" in told("lexical", "unspecified")
    assert "by the matcher, whose name is not known. Its" in told("unspecified")


def test_headings_say_what_is_counted() -> None:
    found = said([made("stated", "plain", "bo"), made("dprime", "plain", "bo")])
    headings = [c.heading for c in table(found, "pairs").columns]
    assert headings[-2:] == ["Dilemmas that count", "Comparisons left out"]
    assert "Told apart, d′" in [c.heading for c in table(found, "further_pairs").columns]


@pytest.mark.usefixtures("undrawn")
def test_the_navigation_is_in_normal_case() -> None:
    page = content_page(Content("T", {}, [Section("flips", "Dilemmas that flipped", ["None."])]))
    assert '<a href="#flips">Dilemmas that flipped</a>' in page
    assert not re.search(r"nav a[^}]*capitalize", page)


def test_metrics_are_named_in_words_among_the_ranks() -> None:
    sections = made_sections(["plain", "careful"], ["ane"], [])
    renamed = {
        "rankings": [*sections["rankings"], *({**row, "metric": "stated_corrected"} for row in sections["rankings"])],
        "tau": [{**row, "second": "stated_rogan_gladen, any"} for row in sections["tau"]],
    }
    found = said(sections={**sections, **renamed})
    assert table(found, "rankings").groups == {0: "stated", 2: "stated (corrected)"}
    assert {row[0] for row in table(found, "tau").rows} == {"stated (Rogan–Gladen), any"}


def test_lists_stand_beside_stated_itself_wherever_it_is_named() -> None:
    pairs = [("stated_corrected", "explicit", 0.1), ("stated_corrected", "stated", 0.2), ("stated", "stated, any", 0.3)]
    rows = [{"first": first, "second": second, "tau": tau, "n_models": 2} for first, second, tau in pairs]
    found = table(said(sections={**made_sections(["plain", "careful"], ["ane"], []), "tau": rows}), "tau")
    assert found.rows == (("stated (corrected)", Number(0.2), 2), ("stated, any", Number(0.3), 2))
    assert found.caption.endswith("beside stated")
