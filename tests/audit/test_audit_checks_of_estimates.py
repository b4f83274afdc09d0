"""The checks that hold one estimate against a threshold: passed, failed, inconclusive, not measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.audit.checks import Acquiescence, Agreement, BesideCeiling, Equivalence, WeakTopic
from normscope.records import Estimate, Finding, NotMeasured, Verdict
from tests.audit.making import FEW, NONE, a_study, an_estimate, dilemmas, the_one, verdicts

ONE_MODEL = {"only_models": ("m",)}
GOODNESS = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}


@pytest.mark.parametrize(
    ("check", "metric", "ends", "verdict"),
    [
        (Agreement(0.5), "stated", (0.6, 0.5, 0.7), Verdict.PASS),
        (Agreement(0.5), "stated", (0.6, 0.49, 0.7), Verdict.INCONCLUSIVE),
        (Agreement(0.5), "stated", (0.4, 0.3, 0.49), Verdict.FAIL),
        (Agreement(0.5), "stated", (0.9, FEW, FEW), Verdict.NOT_MEASURED),
        (Agreement(0.5), "stated", (NONE, NONE, NONE), Verdict.NOT_MEASURED),
        (BesideCeiling(-0.1), "distance_to_ceiling", (-0.02, -0.1, 0.05), Verdict.PASS),
        (BesideCeiling(-0.1), "distance_to_ceiling", (-0.02, -0.11, 0.05), Verdict.INCONCLUSIVE),
        (BesideCeiling(-0.1), "distance_to_ceiling", (-0.2, -0.3, -0.11), Verdict.FAIL),
        (BesideCeiling(-0.1), "distance_to_ceiling", (-0.02, FEW, FEW), Verdict.NOT_MEASURED),
        (Acquiescence(0.3), "acquiescence", (0.2, 0.1, 0.3), Verdict.PASS),
        (Acquiescence(0.3), "acquiescence", (0.2, 0.1, 0.31), Verdict.INCONCLUSIVE),
        (Acquiescence(0.3), "acquiescence", (0.4, 0.31, 0.5), Verdict.FAIL),
        (Acquiescence(0.3), "acquiescence", (NONE, NONE, NONE), Verdict.NOT_MEASURED),
        (Equivalence(0.05), "distance_to_ceiling", (0.0, -0.05, 0.05), Verdict.PASS),
        (Equivalence(0.05), "distance_to_ceiling", (0.0, -0.06, 0.05), Verdict.INCONCLUSIVE),
        (Equivalence(0.05), "distance_to_ceiling", (-0.1, -0.2, -0.06), Verdict.FAIL),
        (Equivalence(0.05), "distance_to_ceiling", (0.1, 0.06, 0.2), Verdict.FAIL),  # above people is not equivalent either
        (Equivalence(0.05), "distance_to_ceiling", (0.0, FEW, FEW), Verdict.NOT_MEASURED),
    ],
)
def test_verdicts(check: Any, metric: str, ends: tuple[Any, Any, Any], verdict: Verdict) -> None:
    found = the_one(check(a_study(estimates=[an_estimate(metric, "m", *ends)], **ONE_MODEL)))
    assert found.verdict is verdict
    assert (found.value, found.low, found.high) == ends
    assert found.responder_id == "m"
    assert found.evidence[0] == f"estimates/{metric}/model–human/m/people/all/main/each"
    assert bool(found.fix) is (verdict is not Verdict.PASS)


@pytest.mark.parametrize("check", [Agreement(), BesideCeiling(), Acquiescence(), Equivalence()])
def test_what_was_not_computed_is_not_measured(check: Any) -> None:
    found = the_one(check(a_study(**ONE_MODEL)))
    assert found.verdict is Verdict.NOT_MEASURED
    assert found.fix


def test_the_sentence_has_the_numbers() -> None:
    found = the_one(Agreement(0.5)(a_study(estimates=[an_estimate("stated", "m", 0.6, 0.5, 0.7)], **ONE_MODEL)))
    assert found.what == (
        "Stated agreement of m with people is 0.600 [0.500, 0.700]; at least 0.5 is demanded "
        "(40 dilemmas; raw, the matcher's errors are in it)."
    )
    assert found.threshold == 0.5


def test_the_sentence_says_where_an_interval_is_about_these_dilemmas_alone() -> None:
    estimates = [replace(an_estimate("stated", "m", 0.6, 0.5, 0.7), estimand="these dilemmas")]
    assert "(40 dilemmas; of these dilemmas only; raw" in the_one(Agreement()(a_study(estimates=estimates, **ONE_MODEL))).what


RAW = an_estimate("stated", "m", 0.8, 0.7, 0.9)


@pytest.mark.parametrize(
    ("others", "value", "said"),
    [
        ([an_estimate("stated_corrected", "m", 0.4, 0.3, 0.45, n_labels=80)], 0.4, "with 80 labelled comparisons"),
        ([an_estimate("stated_corrected", "m", NONE, NONE, NONE, n_labels=3)], 0.8, "raw"),
        # a corrected value without an interval decides nothing where the raw one can
        ([an_estimate("stated_corrected", "m", 0.4, FEW, FEW, n_labels=80)], 0.8, "raw"),
        (
            [
                an_estimate("stated_corrected", "m", NONE, NONE, NONE),
                an_estimate("stated_rogan_gladen", "m", 0.5, 0.4, 0.6, n_labels=90),
            ],
            0.5,
            "with 90 labelled comparisons",
        ),
    ],
)
def test_the_corrected_value_counts_where_there_is_one(others: list[Estimate], value: float, said: str) -> None:
    found = the_one(Agreement(0.5)(a_study(estimates=[RAW, *others], **ONE_MODEL)))
    assert found.value == value
    assert said in found.what


def test_a_rule_about_topics_looks_at_each_of_them() -> None:
    estimates = [
        an_estimate("stated", "m", 0.9, 0.8, 0.95),
        an_estimate("stated", "m", 0.3, 0.2, 0.4, topic="work"),
        an_estimate("stated", "n", 0.9, 0.8, 0.95, topic="work"),
    ]
    about = a_study(estimates=estimates, only_topics=("work",))
    assert verdicts(Agreement(0.5)(about)) == {("m", "work"): Verdict.FAIL, ("n", "work"): Verdict.PASS}
    overall = verdicts(Agreement(0.5)(a_study(estimates=estimates)))
    assert overall == {("m", ""): Verdict.PASS, ("n", ""): Verdict.NOT_MEASURED}


DISTANCE = an_estimate("distance_to_ceiling", "m", 0.0, -0.06, 0.04)
TESTED = an_estimate("equivalent_to_ceiling", "m", 1.0, NONE, NONE)


@pytest.mark.parametrize(
    ("margin", "estimates", "verdict"),
    [
        (0.05, [DISTANCE, TESTED], Verdict.PASS),  # the interval of 90 % lies within, though that of 95 % does not
        (0.055, [DISTANCE, TESTED], Verdict.PASS),  # and so it does within a wider margin
        (0.04, [DISTANCE, TESTED], Verdict.INCONCLUSIVE),  # of a narrower one the study's own test says nothing
        (0.05, [DISTANCE, an_estimate("equivalent_to_ceiling", "m", 0.0, NONE, NONE)], Verdict.INCONCLUSIVE),
        # the study's own test is of raw values: a corrected distance has only its interval
        (0.05, [DISTANCE, TESTED, an_estimate("distance_to_ceiling_corrected", "m", 0.0, -0.1, 0.1)], Verdict.INCONCLUSIVE),
    ],
)
def test_equivalence_takes_the_studys_own_test(margin: float, estimates: list[Estimate], verdict: Verdict) -> None:
    found = the_one(Equivalence(margin)(a_study(estimates=estimates, margin=0.05, **ONE_MODEL)))
    assert found.verdict is verdict
    assert found.what.startswith("Shown: " if verdict is Verdict.PASS else "Not shown: ")


def topic_rows(pooled: tuple[Any, Any, Any], n: int = 12) -> dict[str, list[dict[str, Any]]]:
    row = dict(zip(("pooled", "pooled_low", "pooled_high"), map(as_json, pooled), strict=True))
    return {"topics": [{"metric": "stated", "responder_id": "m", "topic": "work", "n_dilemmas": n, **row}]}


def as_json(value: float | NotMeasured) -> Any:
    return {"not_measured": value.reason} if isinstance(value, NotMeasured) else value


@pytest.mark.parametrize(
    ("pooled", "overall", "low", "high", "verdict"),
    [
        # 0.3 - 0.6 = -0.3; down: sqrt(0.06² + 0.08²) = 0.1, up the same
        ((0.3, 0.24, 0.36), (0.6, 0.52, 0.68), -0.4, -0.2, Verdict.FAIL),
        # 0.5 - 0.6 = -0.1
        ((0.5, 0.44, 0.56), (0.6, 0.52, 0.68), -0.2, 0.0, Verdict.INCONCLUSIVE),
        # 0.6 - 0.6 = 0
        ((0.6, 0.54, 0.66), (0.6, 0.52, 0.68), -0.1, 0.1, Verdict.PASS),
        ((NONE, NONE, NONE), (0.6, 0.52, 0.68), None, None, Verdict.NOT_MEASURED),
        ((0.3, 0.24, 0.36), (0.6, FEW, FEW), None, None, Verdict.NOT_MEASURED),
    ],
)
def test_weak_topic(pooled: Any, overall: Any, low: float | None, high: float | None, verdict: Verdict) -> None:
    estimates = [an_estimate("stated", "m", *overall)]
    evidence = a_study(estimates=estimates, sections=topic_rows(pooled), dilemmas=dilemmas("work"), **ONE_MODEL)
    found = the_one(WeakTopic(-0.15)(evidence))
    assert found.verdict is verdict
    if low is not None:
        assert (found.low, found.high) == pytest.approx((low, high))
    assert (found.responder_id, found.topic) == ("m", "work")


def test_topics_without_a_row_are_not_measured_and_none_are_no_findings() -> None:
    found = WeakTopic()(a_study(dilemmas=dilemmas("work", "home"), **ONE_MODEL))
    assert verdicts(found) == {("m", "home"): Verdict.NOT_MEASURED, ("m", "work"): Verdict.NOT_MEASURED}
    assert WeakTopic()(a_study(dilemmas=dilemmas("unspecified"), **ONE_MODEL)) == []


ends = st.tuples(*[st.floats(-1, 1)] * 3).map(lambda three: (sorted(three)[1], sorted(three)[0], sorted(three)[2]))
thresholds = st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)).map(sorted)


def verdict(check: Any, ends: tuple[float, float, float], *, sections: Any = None) -> int:
    metrics = ("stated", "distance_to_ceiling", "acquiescence", "equivalent_to_ceiling")
    # 1 = the study's own test says that it is within 0.05
    tested = float(ends[1] > -0.05 and ends[2] < 0.05)
    estimates = [an_estimate(name, "m", *(ends if name != metrics[3] else (tested, NONE, NONE))) for name in metrics]
    evidence = a_study(estimates=estimates, sections=sections or {}, dilemmas=dilemmas("work"), **ONE_MODEL)
    found: Finding = the_one(check(evidence))
    return GOODNESS[found.verdict]


@given(ends=ends, thresholds=thresholds)
def test_a_stricter_threshold_is_never_easier(ends: tuple[float, float, float], thresholds: list[float]) -> None:
    lower, higher = thresholds
    assert verdict(Agreement(lower), ends) >= verdict(Agreement(higher), ends)
    assert verdict(BesideCeiling(-higher), ends) >= verdict(BesideCeiling(-lower), ends)
    assert verdict(Acquiescence(higher), ends) >= verdict(Acquiescence(lower), ends)
    assert verdict(Equivalence(higher), ends) >= verdict(Equivalence(lower), ends)
    rows = topic_rows(ends)
    assert verdict(WeakTopic(-higher), ends, sections=rows) >= verdict(WeakTopic(-lower), ends, sections=rows)
