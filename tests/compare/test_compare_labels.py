"""Beside `agree`: the values of either study are its own, raw and, where people labelled a sample of both, corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.agree import estimate
from normscope.compare import METRICS, Gate
from normscope.errors import UsageError
from normscope.records import Change, Comparison, Estimate, Gold, Label, LabelItem, NotMeasured, Verdict
from normscope.report.comparison import headlines, limits
from normscope.study import Study, compare
from normscope.study.correcting import corrections, table_of
from normscope.study.labelling import study_sheets
from normscope.study.sample import Wish, ensure_sample
from normscope.validate.coding import Sheet, gold_of
from tests.labelling.conftest import make as made_up

Make = Callable[..., Path]

STATED = "stated_corrected"
BEFORE, AFTER = "++---" * 14, "-----" * 7 + "+++--" * 7


def label(folder: Path, answer: Callable[[Sheet], Label]) -> Path:
    """Draw all comparisons of a study and label them."""
    with Study.open(folder) as study:
        ensure_sample(study.settings, study.store, Wish(n=400, twice=0.0))
        study.store.put([gold_of(sheet, answer(sheet), "Ane") for sheet in study_sheets(study.store)])
    return folder


def every_fourth_agrees(sheet: Sheet) -> Label:
    """People think that leaving him be is the same as talking to him, on each fourth dilemma."""
    return Label.AGREE if int(sheet.dilemma.split(" at ")[1].split(".")[0]) % 4 == 0 else Label.DISAGREE


@pytest.fixture
def labelled(tmp_path: Path, study_of: Make) -> tuple[Path, Path]:
    """Two studies of 70 dilemmas, all comparisons labelled by people who say more often than the matcher that two agree."""
    a, b = study_of(tmp_path / "a", {"m": BEFORE}), study_of(tmp_path / "b", {"m": AFTER})
    return label(a, every_fourth_agrees), label(b, every_fourth_agrees)


def estimates(folder: Path) -> dict[tuple[str, str], Estimate]:
    """What `agree` has of each responder with all people, and of it alone, by metric and responder."""
    with Study.open(folder) as study:
        table = table_of(study.store, study.store.frame("matches"), matcher=study.settings.matcher)
        raw = estimate(table, draws=20, topics=False)
        every = [*raw, *corrections(study.store, table, raw, level=0.95)]
    return {(e.metric, e.responder_id): e for e in every if e.topic == "all" and e.target_id in ("people", "")}


def rows(found: Comparison, *metrics: str) -> list[Change]:
    return [change for change in found.changes if change.metric in metrics]


def number(value: object) -> float:
    assert isinstance(value, float), value
    return value


def test_the_values_are_those_of_agree(tmp_path: Path) -> None:
    folder = made_up(tmp_path / "s", 3, 10)
    own = estimates(folder)
    measured = rows(compare(folder, folder), *METRICS)
    assert len(measured) == 2 * len(METRICS)
    for change in measured:
        value = own[change.metric, change.responder_a].number()
        assert number(change.a) == pytest.approx(value), change.metric
        assert number(change.b) == pytest.approx(value), change.metric
        assert (change.difference, change.verdict) == (0.0, "not shown")


def test_differences_as_people_would_judge(labelled: tuple[Path, Path]) -> None:
    found, back = compare(*labelled), compare(*reversed(labelled))
    (raw,), (judged,), (turned,) = rows(found, "stated"), rows(found, STATED), rows(back, STATED)
    # the matcher: 28 of 70 before, 21 of 70 after. On the multiples of 4 people agree with the other course, too, and all is
    # labelled: so each of these on which the matcher sees no agreement is one more
    multiples = range(0, 70, 4)
    more_a, more_b = (sum(said[i] == "-" for i in multiples) for said in (BEFORE, AFTER))
    assert [number(raw.a), number(raw.b)] == pytest.approx([28 / 70, 21 / 70])
    assert number(judged.a) == pytest.approx((28 + more_a) / 70)
    assert number(judged.b) == pytest.approx((21 + more_b) / 70)
    assert number(judged.difference) == pytest.approx(number(judged.b) - number(judged.a))
    assert number(judged.low) < number(judged.difference) < number(judged.high)
    assert [number(turned.low), number(turned.high)] == pytest.approx([-number(judged.high), -number(judged.low)])
    for folder, value in zip(labelled, (judged.a, judged.b), strict=True):
        assert estimates(folder)[STATED, "m"].number() == pytest.approx(number(value))
    assert "PPI++" in judged.method
    assert "as people would judge" in headlines(found)[0]
    assert any("not called corrected" in sentence for sentence in limits(found))
    (result,) = Gate(STATED, max_drop=0.9)(found)
    assert (result.metric, result.verdict) == (STATED, Verdict.PASS)
    (still,) = rows(compare(labelled[0], labelled[0]), STATED)
    assert (still.difference, still.a) == (0.0, still.b)


def test_only_dilemmas_with_comparisons_in_both_are_corrected(tmp_path: Path, study_of: Make) -> None:
    a = label(study_of(tmp_path / "a", {"m": BEFORE}), every_fourth_agrees)
    b = label(study_of(tmp_path / "b", {"m": "r" * 10 + AFTER[10:]}), every_fourth_agrees)
    (judged,) = rows(compare(a, b), STATED)
    # the first 10 have no answer in b: of the other 60 a model agrees by the matcher, or on the multiples of 4 by people
    before, after = (sum(said[i] == "+" or i % 4 == 0 for i in range(10, 70)) for said in (BEFORE, AFTER))
    assert (judged.n_dilemmas, judged.excluded) == (60, {"not_in_both": 10})
    assert [number(judged.a), number(judged.b)] == pytest.approx([before / 60, after / 60])


def test_people_who_say_what_the_matcher_says_change_nothing(tmp_path: Path, study_of: Make) -> None:
    a, b = (
        label(study_of(tmp_path / name, {"m": said}), lambda sheet: Label.DISAGREE)
        for name, said in (("a", BEFORE), ("b", AFTER))
    )
    found = compare(a, b)
    (raw,), (judged,) = rows(found, "stated"), rows(found, STATED)
    assert number(judged.difference) == pytest.approx(number(raw.difference))


def test_without_labels_in_both_nothing_is_corrected(labelled: tuple[Path, Path]) -> None:
    a, b = labelled
    with Study.open(b) as study:
        every = study.store.all(Gold)
        study.store.replace("golds", every[:20])
    why = rows(compare(a, b), STATED)[0].difference
    assert isinstance(why, NotMeasured)
    assert "at least 50 are needed" in why.reason
    with Study.open(b) as study:
        study.store.replace("golds", [])
    none = compare(a, b)
    assert not rows(none, STATED)
    assert any("normscope label" in sentence for sentence in limits(none))
    with pytest.raises(UsageError, match="this comparison has no 'stated_corrected'"):
        Gate(STATED, max_drop=0.1)(none)
    with Study.open(b) as study:
        study.store.replace("golds", every)
        items = study.store.all(LabelItem)
        study.store.replace("label_items", [replace(items[0], item_id="of another text"), *items[1:]])
    stale = compare(a, b)
    assert not rows(stale, STATED)
    assert stale.notes == (
        "The labels by people in b are of other conversations or solutions than it has now, and are not used.",
    )
