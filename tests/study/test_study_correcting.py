"""From the labels of a study's sample to corrected estimates, through the folder."""

from __future__ import annotations

import importlib.util
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.agree.summary import CORRECTED_COLUMNS
from normscope.records import Estimate, Gold, Label, LabelItem, NotMeasured, Solution
from normscope.report import page
from normscope.study import Study
from normscope.study.labelling import study_sheets
from normscope.study.reporting import report_data
from normscope.study.sample import Wish, ensure_sample
from normscope.study.voices import voices
from normscope.validate.coding import Sheet, gold_of


def _made() -> Callable[[Path, int, int], Path]:
    place = Path(__file__).resolve().parents[1] / "labelling" / "conftest.py"
    spec = importlib.util.spec_from_file_location("labelling_study", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make: Callable[[Path, int, int], Path] = module.make
    return make


def truth(sheet: Sheet) -> Label:
    """People who agree with what tells them to talk, and with the same course."""
    return Label.AGREE if "alk" in sheet.text or "Yes" in sheet.text else Label.DISAGREE


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = _made()(tmp_path_factory.mktemp("correcting") / "s", 3, 40)
    with Study.open(folder) as study:
        ensure_sample(study.settings, study.store, Wish(n=400, twice=0.0))
    return folder


@pytest.fixture
def study(tmp_path: Path, made_once: Path) -> Study:
    """Forty made-up dilemmas with 400 comparisons drawn, and nothing labelled; a copy for each test."""
    return Study.open(shutil.copytree(made_once, tmp_path / "s"))


def label(study: Study, coder: str = "Ane", *, answer: Callable[[Sheet], Label] = truth) -> None:
    study.store.put([gold_of(sheet, answer(sheet), coder) for sheet in study_sheets(study.store)])


def corrected(estimates: list[Estimate]) -> list[Estimate]:
    return [e for e in estimates if e.metric.endswith("_corrected")]


@pytest.mark.usefixtures("undrawn")
def test_without_labels_nothing_is_corrected_and_the_report_says_so(study: Study) -> None:
    with study:
        assert not corrected(study.agree())
        assert "Matcher not validated on this study" in page(report_data(study.settings, study.store))
        assert "labels" not in study.table().columns


@pytest.mark.usefixtures("undrawn")
def test_labels_correct_and_stand_in_tables_and_folder(study: Study) -> None:
    with study:
        label(study)
        estimates = study.agree()
        first = [e.metric.endswith(("_corrected", "_rogan_gladen")) for e in estimates]
        assert first == sorted(first, reverse=True)  # corrected values come first
        wanted = ("explicit_corrected", "model–human", "", "all")
        (whole,) = [e for e in estimates if (e.metric, e.pairing, e.responder_id, e.topic) == wanted]
        assert isinstance(whole.value, float)
        assert whole.n_labels >= 50
        assert study.estimates() == sorted(
            estimates, key=lambda e: (e.metric, e.pairing, e.responder_id, e.target_id, e.topic, e.reading, e.policy)
        )  # n_labels and all through the folder
        assert tuple(study.table().columns) == CORRECTED_COLUMNS
        assert "not validated on this study" not in page(report_data(study.settings, study.store)).split("How far the matcher")[0]
        assert study.agree() == estimates


def test_people_who_say_what_the_matcher_says_change_nothing(study: Study) -> None:
    with study:
        matches = {
            (m["dilemma_id"], m["responder_id"], m["draw"], str(m["basis"]), m["solution_id"]): Label(str(m["label"]))
            for m in study.store.frame("matches").iter_rows(named=True)
        }
        turned = {Label.AGREE: Label.DISAGREE, Label.DISAGREE: Label.AGREE}
        by_item = {}
        for i in study.store.all(LabelItem):
            given = matches[i.dilemma_id, i.responder_id, i.draw, i.basis.value, i.solution_id]
            by_item[i.item_id] = turned.get(given, given) if i.flip else given
        label(study, answer=lambda sheet: by_item[sheet.item_id])
        estimates = study.agree()
        raw = {(e.metric, e.pairing, e.responder_id, e.target_id, e.topic): e for e in estimates}
        compared = 0
        for e in corrected(estimates):
            like = raw[e.metric.removesuffix("_corrected"), e.pairing, e.responder_id, e.target_id, e.topic]
            if isinstance(e.value, float) and "unclear" not in like.excluded and e.metric.startswith("explicit"):
                assert e.value == pytest.approx(like.number())
                compared += 1
        assert compared


def test_where_coders_differ_their_mean_counts_until_it_is_settled(study: Study) -> None:
    def first(sheet: Sheet) -> bool:
        return sheet.rank <= 40

    def contrary(sheet: Sheet) -> Label:
        return Label.SILENT if first(sheet) else truth(sheet)

    def explicit(estimates: list[Estimate]) -> Estimate:
        wanted = ("explicit_corrected", "model–human", "", "all")
        (found,) = [e for e in estimates if (e.metric, e.pairing, e.responder_id, e.topic) == wanted]
        return found

    with study:
        label(study)
        alone = study.agree()
        label(study, "Bo", answer=contrary)
        before, both = explicit(alone), explicit(study.agree())
        assert (both.n_labels, both.excluded) == (before.n_labels, before.excluded)  # nothing is left out
        assert "the mean of coders who differ" in both.method
        study.store.put([gold_of(sheet, contrary(sheet), "adjudicated") for sheet in study_sheets(study.store) if first(sheet)])
        assert explicit(study.agree()).number() < both.number() < before.number()
        study.store.put([gold_of(sheet, truth(sheet), "adjudicated") for sheet in study_sheets(study.store) if first(sheet)])
        assert study.agree() == alone


def test_coders_stand_for_what_they_labelled_whole() -> None:
    agree, silent = Label.AGREE, Label.SILENT
    one, other = {"Ane": agree, "Bo": silent}, {"Bo": silent, "Ane": silent}
    assert voices(["q", "r"], {"q": one, "r": other}) == ("Ane", "Bo")  # r is settled
    assert voices(["r"], {"q": one, "r": other}) == (None,)
    assert voices(["q", "r"], {"q": {**one, "adjudicated": agree}, "r": other}) == (None,)
    # Cleo settled nothing: she read q only
    assert voices(["q", "s"], {"q": one | {"Cleo": Label.UNCLEAR}, "s": one}) == ("Ane", "Bo")
    # nobody read both of what is open
    assert voices(["q", "s"], {"q": one, "s": {"Cleo": agree, "Dan": silent}}) == ()


def test_half_a_sample_is_a_smaller_one_and_labels_of_other_texts_do_not_count(study: Study) -> None:
    with study:
        sheets = study_sheets(study.store)
        study.store.put([gold_of(sheet, truth(sheet), "Ane") for sheet in sheets[: len(sheets) // 2]])
        some = max(e.n_labels for e in corrected(study.agree()))
        other = [Gold(f"x{i}", "Who?", f"text {i}", "solution", "stated", Label.AGREE, "Ane") for i in range(500)]
        study.store.put(other)
        assert max(e.n_labels for e in corrected(study.agree())) == some
        label(study)
        assert max(e.n_labels for e in corrected(study.agree())) > some


@pytest.mark.usefixtures("undrawn")
def test_a_sample_of_other_conversations_is_refused(study: Study) -> None:
    with study:
        label(study)
        solutions = study.store.all(Solution)
        chance = random.Random(1)
        study.store.replace("solutions", [replace(s, text=f"{s.text} {chance.random()}") for s in solutions])
        study.match()
        found = corrected(study.agree())
        assert found
        assert all(isinstance(e.value, NotMeasured) and "--redraw" in e.value.reason for e in found)
        assert "Not corrected for the matcher" in page(report_data(study.settings, study.store))


@pytest.mark.parametrize("plan", ["uniform", "stratified", "tightest"])
def test_a_larger_sample_changes_nothing_until_more_is_labelled(study: Study, plan: str) -> None:
    def values(estimates: list[Estimate]) -> list[float]:
        return [e.value for e in corrected(estimates) if isinstance(e.value, float)]

    with study:
        # no two questions alike: a comparison that shares its question with an earlier one is labelled with it
        solutions = [replace(s, text=f"{s.text} {s.solution_id}") for s in study.store.all(Solution)]
        study.store.replace("solutions", solutions)
        study.match()
        allocation = "equal" if plan == "stratified" else None
        ensure_sample(study.settings, study.store, Wish(n=400, plan=plan, allocation=allocation, twice=0.0), redraw=True)
        label(study)
        before = values(study.agree())
        ensure_sample(study.settings, study.store, Wish(n=500))
        assert values(study.agree()) == pytest.approx(before)
        assert before
