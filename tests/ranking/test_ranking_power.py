"""`normscope power`: sizes that do, what they rest on, and refusals that say what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from normscope.cli import main
from normscope.errors import UsageError
from normscope.records import NotMeasured
from normscope.stats import Expected, difference_detected, half_width
from normscope.study import Study
from normscope.study.planning import Plan, Wanted, expectation, plan

MATCHER = Expected(0.6, correlation=0.3, sensitivity=0.85, specificity=0.9)


@pytest.fixture
def power(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command; gives its exit code and all that it wrote."""

    def call(*arguments: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["power", *map(str, arguments)])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out + err

    return call


def test_each_size_does_and_one_less_does_not() -> None:
    for wanted in (Wanted(half_width=0.05, models=2), Wanted(difference=0.1)):

        def reached(n: float, labels: float, correct: Any, wanted: Wanted = wanted) -> bool:
            if wanted.half_width:
                return half_width(MATCHER, n, labels, correct=correct) <= wanted.half_width
            return difference_detected(MATCHER, n, labels, 0.1, correct=correct) <= 0.1

        rows = plan(wanted, MATCHER).rows
        assert rows[0].dilemmas == min(row.dilemmas for row in rows)
        assert not reached(rows[0].dilemmas - 1, rows[0].dilemmas - 1, "ppi")
        for row in rows:
            assert row.comparisons == row.dilemmas
            if isinstance(row.labels, NotMeasured):
                assert not reached(row.dilemmas, row.dilemmas * 2, row.correct)
                continue
            each = row.labels // 2 if row.correct == "ppi" else row.labels
            assert reached(row.dilemmas, each, row.correct)
            assert each == 50 or not reached(row.dilemmas, each - 1, row.correct)


def test_so_many_labels_need_so_many_dilemmas() -> None:
    found = plan(Wanted(half_width=0.05, models=2, labels=500), MATCHER)
    assert {row.correct: row.labels for row in found.rows} == {"ppi": 500, "rogan_gladen": 500}
    for row in found.rows:
        each = 250 if row.correct == "ppi" else 500
        assert half_width(MATCHER, row.dilemmas, each, correct=row.correct) <= 0.05
        assert half_width(MATCHER, row.dilemmas - 1, each, correct=row.correct) > 0.05
    # more labels than comparisons are of no use: the fewest dilemmas do, if all of them are labelled
    (ppi, *_) = plan(Wanted(half_width=0.05, models=2, labels=5000), MATCHER).rows
    assert (ppi.labels, half_width(MATCHER, ppi.dilemmas, ppi.dilemmas) <= 0.05) == (2 * ppi.dilemmas, True)
    assert half_width(MATCHER, ppi.dilemmas - 1, ppi.dilemmas - 1) > 0.05
    with pytest.raises(UsageError, match="60 labels are too few for 2 models"):
        plan(Wanted(half_width=0.02, models=2, labels=60), MATCHER)


def test_a_matcher_that_never_errs_needs_no_labels_and_the_words_say_that_this_is_an_assumption() -> None:
    found = plan(Wanted(half_width=0.05, models=1), Expected(0.5))
    assert [(row.dilemmas, row.labels) for row in found.rows] == [(387, 0)]
    assert "as if the matcher never erred" in " ".join(found.words)
    assert "Caution" in " ".join(plan(Wanted(half_width=0.1, models=1), Expected(0.01)).words)


def test_refusals() -> None:
    with pytest.raises(UsageError, match="one of the two"):
        Wanted()
    with pytest.raises(UsageError, match="a matcher must be above"):
        plan(Wanted(difference=0.1), replace(MATCHER, sensitivity=0.5, specificity=0.5))
    with pytest.raises(UsageError, match="do not fit"):
        plan(Wanted(difference=0.7), Expected(0.5))
    capped = plan(Wanted(difference=0.1), replace(MATCHER, correlation=0.99))
    assert "cannot correlate by more" in capped.words[-1]


def test_the_command(power: Callable[..., tuple[int, str]]) -> None:
    code, out = power("--difference", 0.05, "--rate", 0.6, "--correlation", 0.3, "--sensitivity", 0.85, "--specificity", 0.9)
    assert code == 0
    assert "labels in all (PPI++)" in out
    assert "Without labels this matcher would show a difference of 0.05 as 0.037" in out.replace("0.038", "0.037")
    code, out = power("--half-width", 0.05, "--icc", 0.2, "--people", 3, "--json")
    values = json.loads(out)
    assert values["expected"]["design_effect"] == pytest.approx(1.4)
    (size,) = values["sizes"]
    assert size["comparisons"] == 3 * size["dilemmas"]
    assert power()[0] == 3
    assert power("--half-width", 0.05, "--difference", 0.05)[0] == 3
    assert power("--half-width", 1.5)[0] == 3
    code, out = power("--half-width", 0.05, "--pilot", "nowhere")
    assert code == 3
    assert "nowhere" in out


def test_a_pilot_says_what_to_expect(
    tmp_path: Path, study_of: Callable[..., Path], power: Callable[..., tuple[int, str]]
) -> None:
    folder = study_of(tmp_path / "pilot", dilemmas=60)
    expected, notes = expectation(folder, {})
    assert expected.per_dilemma == 2.0  # two people
    assert 0 < expected.rate < 1
    assert 1.0 < expected.design_effect < 2.5  # both people's comparisons are of one answer
    assert expected.sensitivity == expected.specificity == 1.0
    assert any("no sensitivity and specificity" in note for note in notes)
    # what is said overrules the pilot; with an erring matcher the rate that people would see is another
    erring, _ = expectation(folder, {"sensitivity": 0.9, "specificity": 0.95, "correlation": 0.2})
    raw = expected.rate
    assert erring.rate == pytest.approx((raw + 0.95 - 1) / 0.85)
    assert erring.raw == pytest.approx(raw)
    assert (erring.correlation, erring.sensitivity) == (0.2, 0.9)
    assert expectation(folder, {"icc": 0.5})[0].design_effect == pytest.approx(1.5)  # the pilot's two people
    edge, notes = expectation(folder, {"sensitivity": 0.99, "specificity": 0.2})
    assert edge.rate == 0.01
    assert any("Do they fit?" in note for note in notes)
    code, out = power("--difference", 0.1, "--pilot", folder)
    assert code == 0
    assert "from the pilot: 3 models, 60 dilemmas each" in out


def test_a_pilot_with_a_card_brings_its_sensitivity(tmp_path: Path, study_of: Callable[..., Path]) -> None:
    folder = study_of(tmp_path / "pilot")
    with Study.open(folder) as study:
        study.validate()
    expected, notes = expectation(folder, {})
    # the matcher `exact` says agree of nearly nothing that is worded otherwise
    assert expected.sensitivity < 0.3 < expected.specificity
    assert any("from the card" in note for note in notes)


def test_a_folder_that_is_no_pilot(tmp_path: Path, study_of: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="is no pilot"):
        expectation(study_of(tmp_path / "s", models={"m1": 1.0}, people=0), {})


def test_more_is_wanted_than_there_can_be() -> None:
    found: Plan = plan(Wanted(half_width=0.001, models=1), Expected(0.5))
    assert found.rows[0].dilemmas > 900_000
    with pytest.raises(UsageError, match="no study is large enough"):
        plan(Wanted(half_width=1e-6, models=1), Expected(0.5))
