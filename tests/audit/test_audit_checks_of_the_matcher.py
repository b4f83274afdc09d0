"""The checks of what gave the labels: its bar, its yes-bias, and whether a model is graded by itself."""

from __future__ import annotations

from typing import Any

import pytest

from normscope.audit import Grader, UnderTest
from normscope.audit.checks import MatcherBar, PlaceboRate, SelfJudged
from normscope.audit.checks.self_judged import same_model
from normscope.records import Rate, Score, Verdict
from tests.audit.making import FEW, NONE, a_card, a_study, the_one


def a_score(kappa: tuple[Any, Any, Any]) -> Score:
    return Score(100, 0.95, 0.9, 0.99, 0.5, *kappa)


@pytest.mark.parametrize(
    ("kappa", "verdict"),
    [
        ((0.7, 0.6, 0.8), Verdict.PASS),
        ((0.7, 0.59, 0.8), Verdict.INCONCLUSIVE),
        ((0.4, 0.3, 0.59), Verdict.FAIL),
        ((0.9, FEW, FEW), Verdict.NOT_MEASURED),
        ((NONE, NONE, NONE), Verdict.NOT_MEASURED),
    ],
)
def test_matcher_by_kappa(kappa: Any, verdict: Verdict) -> None:
    found = the_one(MatcherBar(at_least=0.6)(a_study(card=a_card(score=a_score(kappa)), own_labels=True)))
    assert found.verdict is verdict
    assert found.what.startswith("The matcher exact has Cohen kappa ")
    assert found.evidence == ("card/overall/kappa",)


def test_matcher_by_accuracy() -> None:
    evidence = a_study(card=a_card(score=a_score((0.4, 0.3, 0.59))), own_labels=True)
    assert the_one(MatcherBar("accuracy", 0.9)(evidence)).verdict is Verdict.PASS
    assert the_one(MatcherBar("accuracy", 0.95)(evidence)).verdict is Verdict.INCONCLUSIVE


def test_an_unvalidated_matcher_is_not_measured_however_well_it_does_elsewhere() -> None:
    assert the_one(MatcherBar()(a_study())).verdict is Verdict.NOT_MEASURED
    elsewhere = a_study(card=a_card(score=a_score((0.9, 0.85, 0.95))))
    assert the_one(MatcherBar()(elsewhere)).verdict is Verdict.NOT_MEASURED
    assert the_one(MatcherBar(project_pairs=True)(elsewhere)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        (Rate(0.02, 0.01, 0.05, 400), Verdict.PASS),
        (Rate(0.02, 0.01, 0.06, 400), Verdict.INCONCLUSIVE),
        (Rate(0.2, 0.15, 0.25, 400), Verdict.FAIL),
        (Rate(0.0, FEW, FEW, 4), Verdict.NOT_MEASURED),
    ],
)
def test_placebo(rate: Rate, verdict: Verdict) -> None:
    assert the_one(PlaceboRate(0.05)(a_study(card=a_card(placebo=rate)))).verdict is verdict


def test_no_card_or_no_placebo_on_it_is_not_measured() -> None:
    assert the_one(PlaceboRate()(a_study())).verdict is Verdict.NOT_MEASURED
    assert the_one(PlaceboRate()(a_study(card=a_card()))).verdict is Verdict.NOT_MEASURED


M = UnderTest("m", "http:gpt-4o", "gpt")


@pytest.mark.parametrize(
    ("graders", "verdict"),
    [
        ([], Verdict.PASS),
        ([Grader("matcher", "http:claude-x", "claude")], Verdict.PASS),
        ([Grader("matcher", "inspect:openai/gpt-4o", "gpt")], Verdict.FAIL),
        ([Grader("matcher", "http:claude-x", "claude"), Grader("extractor", "http:gpt-4o", "gpt")], Verdict.FAIL),
        ([Grader("matcher", "http:gpt-4o-mini", "gpt")], Verdict.INCONCLUSIVE),
    ],
)
def test_self_judged(graders: list[Grader], verdict: Verdict) -> None:
    found = the_one(SelfJudged()(a_study(graders=graders, tested=[M])))
    assert (found.verdict, found.responder_id) == (verdict, "m")


def test_kin_pass_where_the_policy_says_so_and_recorded_models_go_by_their_names() -> None:
    kin = a_study(graders=[Grader("matcher", "http:gpt-4o-mini", "gpt")], tested=[M])
    assert the_one(SelfJudged(family=False)(kin)).verdict is Verdict.PASS
    recorded = UnderTest("m", "recorded:answers", "answers")
    judge = [Grader("matcher", "http:m", "m")]
    assert the_one(SelfJudged()(a_study(graders=judge, tested=[recorded]))).verdict is Verdict.FAIL
    assert SelfJudged()(a_study(graders=judge, tested=[recorded], only_models=("n",))) == []


def test_plug_ins_of_others_do_not_tell_whom_they_ask() -> None:
    found = the_one(SelfJudged()(a_study(opaque=["the matcher theirs:x"], tested=[M])))
    assert (found.verdict, found.what) == (Verdict.NOT_MEASURED, "Which models the matcher theirs:x asks is not known.")
    judged = a_study(opaque=["the extractor theirs"], graders=[Grader("matcher", "http:gpt-4o", "gpt")], tested=[M])
    assert the_one(SelfJudged()(judged)).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http:gpt-4o", "inspect:openai/GPT-4o", True),
        ("local:/weights/Llama-3.gguf", "http:llama-3", True),
        ("llama3.2:1b", "http:llama3.2:1b", True),
        ("llama3.2:1b", "http:llama3.2:3b", False),
        ("http:gpt-4o", "http:gpt-4o-mini", False),
        ("http:a/x/", "http:x", True),
    ],
)
def test_names_of_one_model(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same
    assert same_model(other, one) is same
