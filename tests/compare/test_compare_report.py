"""The command and the page: what they say, exit codes, files, and text of strangers."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.cli import main
from normscope.compare import Gate
from normscope.records import Comparison, NotMeasured, from_dict
from normscope.report.comparison import about, comparison_report, headlines, limits, not_measured
from normscope.report.comparison_forms import comparison_text
from normscope.report.content import Number
from normscope.report.drawing import drawn, spec
from normscope.study import Study, compare

Make = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]

EVIL = "<script>alert(1)</script>=cmd|' /C calc'!A0 \x1b[2J\u202eevil **b** http://x.example"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `normscope compare` in this process; gives its exit code and what it wrote to stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["compare", *map(str, arguments)])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def test_exit_codes(tmp_path: Path, study_of: Make, run: Run) -> None:
    much, little = study_of(tmp_path / "a", {"m": "+" * 40}), study_of(tmp_path / "b", {"m": "+" * 10 + "-" * 30})
    assert run(much, little)[0] == 0
    code, out, _ = run(much, little, "--max-drop", 0.05)
    assert code == 1
    assert "fail: stated of m changed by -0.75" in out
    code, out, _ = run(little, much, "--max-drop", 0.05)
    assert code == 0
    assert "pass: stated of m changed by +0.75" in out
    assert run(much, much, "--max-drop", 0.01)[0] == 2
    assert run(much, much, "--max-drop", 0.05, "--metric", "explicit")[0] == 2
    assert run(much, little, "--max-drop", 0.9, "--by-topic")[0] == 0
    for wrong, words in (
        (["--metric", "stated"], "there is no gate. Add --max-drop"),
        (["--by-topic"], "there is no gate"),
        (["--max-drop", 7], "between 0 and 2"),
        (["--max-drop", 0.1, "--metric", "statd"], "Did you mean 'stated'"),
        (["--to", "html"], "Add --out FILE"),
        (["--pair", "x=m"], "no responder named 'x' in the first study"),
    ):
        code, _, err = run(much, little, *wrong)
        assert code == 3
        assert words in err
    code, _, err = run(much, tmp_path / "nowhere")
    assert code == 3
    assert "nowhere holds no study" in err


@pytest.mark.usefixtures("undrawn")
def test_files_and_json_say_the_same(tmp_path: Path, study_of: Make, run: Run) -> None:
    a, b = study_of(tmp_path / "a", {"m": "+" * 12}), study_of(tmp_path / "b", {"m": "+" * 4 + "-" * 8})
    _, out, _ = run(a, b, "--json", "--max-drop", 0.05)
    values = json.loads(out)
    assert values.pop("gate")[0]["verdict"] == "fail"
    found = compare(a, b)
    assert from_dict(Comparison, values) == found
    run(a, b, "--out", tmp_path / "c.json", "--flips", 2)
    written = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert from_dict(Comparison, written) == compare(a, b, listed=2)
    assert (len(written["flipped"]), written["lost"]) == (2, [8])
    run(a, b, "--out", tmp_path / "new" / "page", "--to", "html", "--level", 0.9)
    page = (tmp_path / "new" / "page").read_text(encoding="utf-8")
    assert page == comparison_text(compare(a, b, level=0.9), "html", version="0.1.0")
    assert "90\u00a0% intervals" in page
    for name, begins in (("c.md", "# a and b compared\n"), ("c.tex", "% ")):
        run(a, b, "--out", tmp_path / name)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(begins), text[:200]
        assert "8 away" in text
    assert not list(tmp_path.glob("*/.*.part"))


def test_what_the_page_says(tmp_path: Path, study_of: Make) -> None:
    a = study_of(tmp_path / "a", {"old": "+" * 40})
    b = study_of(tmp_path / "b", {"new": "+" * 10 + "-" * 30}, system_prompt="Be kind.")
    found = compare(a, b)
    assert headlines(found) == [
        f"old → new: stated agreement with people 1.00 → 0.25, −0.75 [{_ends(found)}]: worse (n = 40); 0 dilemmas turned "
        "towards people, 30 away."
    ]
    assert "Models compared: old → new (the only model of each study)." in about(found)
    assert any("matcher's own" in sentence for sentence in limits(found))
    report = comparison_report(found, Gate(max_drop=0.05)(found), version="0")
    assert [s.name for s in report.sections] == ["summary", "gate", "changes", "topics", "flips", "settings", "limits"]
    tables = {table.name: table for table in report.tables()}
    assert set(tables) == {"changes", "topic_changes", "flips", "settings"}
    assert tables["changes"].rows[0][3] == Number(
        found.changes[0].difference, found.changes[0].low, found.changes[0].high, signed=True
    )
    assert len(tables["flips"].rows) == 30
    assert ("system prompt of old → new", "none", "Be kind.") in tables["settings"].rows
    worse = [point for section in report.sections for point in section.points if point.startswith("Shown to be worse")]
    assert worse[0].startswith("Shown to be worse: home (stated of old → new, −0.75 [")
    assert {row[0] for row in tables["topic_changes"].rows} == {"home", "work"}
    for table in tables.values():
        assert all(len(row) == len(table.columns) for row in table.rows)


def _ends(found: Comparison) -> str:
    low, high = found.changes[0].low, found.changes[0].high
    assert not isinstance(low, NotMeasured)
    assert not isinstance(high, NotMeasured)
    return f"{low:+.2f}, {high:+.2f}".replace("-", "−")


def test_first_it_says_how_far_the_matcher_can_be_trusted(tmp_path: Path, study_of: Make, run: Run) -> None:
    before, after = (study_of(tmp_path / name, {"m": "+" * 8}) for name in "ab")
    none = "The matcher has no card: the matcher was not validated on this study; run: normscope validate."
    summary = comparison_report(compare(before, after), version="0").sections[0]
    assert [part.lines for part in summary.parts] == [[none]]
    assert none in run(before, after)[1]
    with Study.open(after) as study:
        said = study.validate(whole=False).sentence()
    summary = comparison_report(compare(before, after), version="0").sections[0]
    assert [part.lines for part in summary.parts] == [[f"In a: {none}", f"In b: {said}"]]


def test_figures_have_n_method_level_and_a_table(tmp_path: Path, study_of: Make) -> None:
    pytest.importorskip("altair", reason="the extra [report] is not installed")
    a = study_of(tmp_path / "a", {"m": "+" * 40, EVIL: "+" * 40})
    b = study_of(tmp_path / "b", {"m": "+" * 10 + "-" * 30, EVIL: "+" * 40})
    report = comparison_report(compare(a, b), version="0")
    by_model, by_topic = report.figures()
    for figure in (by_model, by_topic):
        assert re.search(r"n = \d+ dilemmas; 95\u00a0% intervals \(cluster-robust Wilson", figure.caption)
        assert figure.table in report.tables()
        assert "<script" not in drawn(figure).svg
        assert spec(figure) == spec(figure)
    points = [p for layer in spec(by_model)["layer"] for p in layer["data"]["values"] if "row" in p]
    # shown to have changed: filled; not: hollow
    assert {(p["row"] == "m", p["fill"]) for p in points} == {(False, "transparent"), (True, "#0072b2")}


@pytest.mark.usefixtures("undrawn")
def test_text_of_strangers_stays_text(tmp_path: Path, study_of: Make, run: Run) -> None:
    people = {f"{EVIL}, a person": "+" * 8}
    a, b = (
        study_of(tmp_path / name, {EVIL: said}, people=people, texts={0: EVIL}, topics=(EVIL, "work"), title=EVIL)
        for name, said in (("a", "++++++++"), ("b", "--------"))
    )
    code, out, err = run(a, b, "--out", tmp_path / "c.html")
    assert code == 0, err
    assert "\x1b" not in out
    assert "\u202e" not in out
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "\x1b" not in page.replace("\\x1b", "")
    assert "\u202e" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert html.unescape(policy[1]).startswith("default-src 'none'; style-src 'sha256-")


def test_the_page_says_first_that_scoring_differs(tmp_path: Path, study_of: Make, run: Run) -> None:
    a, b = study_of(tmp_path / "a", {"m": "++++++"}), study_of(tmp_path / "b", {"m": "+++---"})
    with Study.open(b, matcher="lexical") as study:
        study.match()
    code, _, err = run(a, b)
    assert code == 3
    assert "--allow-different-matcher" in err
    code, out, _ = run(a, b, "--allow-different-matcher")
    assert code == 0
    assert out.startswith("Not scored alike: the matcher of a is 'exact', that of b 'lexical'")
    summary = comparison_report(compare(a, b, allow_different_matcher=True), version="0").sections[0]
    assert summary.lines[0].startswith("Not scored alike")


def test_of_which_model_something_is_not_measured(tmp_path: Path, study_of: Make) -> None:
    a = study_of(tmp_path / "a", {"m": "++++++", "n": "++++++"})
    b = study_of(tmp_path / "b", {"m": "++++++", "n": "rrrrrr"})
    said = not_measured(compare(a, b))
    assert "Stated agreement of n: not measured (no shared dilemma counts in both studies)." in said
    assert "Explicit agreement: not measured (no solutions were shown, in either study)." in said
    assert not any("of m:" in sentence for sentence in said)
    topics = {s.name: s for s in comparison_report(compare(a, b), version="0").sections}["topics"]
    assert topics.points[-1] == "Not measured, since no dilemma of the topic counts in both studies: 2 rows."


def test_nothing_measured_is_said(tmp_path: Path, study_of: Make, run: Run) -> None:
    a = study_of(tmp_path / "a", {"m": "rrr"}, topics=("unspecified",))
    code, out, _ = run(a, a)
    assert code == 0
    assert "m: the change of stated agreement is not measured (no shared dilemma counts, in either study)." in out
    report = comparison_report(compare(a, a), version="0")
    assert report.sections[2].lines == ["The dilemmas have no topics, or nothing was measured by topic."]
    assert report.sections[3].lines == ["On no shared dilemma did a model's value change by more than half."]
