"""The rule from an interval and a threshold to a verdict, and the round trip of findings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.records import Finding, NotMeasured, Severity, Verdict, from_dict, from_json, judged, to_dict, to_json
from normscope.stats import wilson

numbers = st.floats(-1, 1)
intervals = st.tuples(numbers, numbers).map(sorted)
GOODNESS = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}


@pytest.mark.parametrize(
    ("low", "high", "bounds", "verdict"),
    [
        (0.6, 0.7, {"floor": 0.6}, Verdict.PASS),  # the threshold itself is good
        (0.5, 0.6, {"floor": 0.6}, Verdict.INCONCLUSIVE),  # and so one end of this is
        (0.5, 0.59, {"floor": 0.6}, Verdict.FAIL),
        (0.1, 0.2, {"ceiling": 0.2}, Verdict.PASS),
        (0.2, 0.3, {"ceiling": 0.2}, Verdict.INCONCLUSIVE),
        (0.21, 0.3, {"ceiling": 0.2}, Verdict.FAIL),
        (-0.04, 0.05, {"floor": -0.05, "ceiling": 0.05}, Verdict.PASS),
        (-0.06, 0.02, {"floor": -0.05, "ceiling": 0.05}, Verdict.INCONCLUSIVE),
        (-0.06, 0.06, {"floor": -0.05, "ceiling": 0.05}, Verdict.INCONCLUSIVE),
        (0.06, 0.07, {"floor": -0.05, "ceiling": 0.05}, Verdict.FAIL),
        (-0.07, -0.06, {"floor": -0.05, "ceiling": 0.05}, Verdict.FAIL),
        (0.3, 0.3, {"floor": 0.3, "ceiling": 0.3}, Verdict.PASS),
    ],
)
def test_rule(low: float, high: float, bounds: dict[str, float], verdict: Verdict) -> None:
    assert judged((low + high) / 2, low, high, **bounds) is verdict


@given(interval=intervals, bounds=intervals)
def test_a_higher_floor_is_never_easier_and_a_higher_ceiling_never_harder(interval: list[float], bounds: list[float]) -> None:
    low, high = interval
    easier, harder = (GOODNESS[judged(low, low, high, floor=bound)] for bound in bounds)
    assert easier >= harder
    harder, easier = (GOODNESS[judged(low, low, high, ceiling=bound)] for bound in bounds)
    assert easier >= harder


@given(interval=intervals, floor=numbers)
def test_a_floor_is_a_ceiling_from_the_other_side(interval: list[float], floor: float) -> None:
    low, high = interval
    assert judged(low, low, high, floor=floor) is judged(-low, -high, -low, ceiling=-floor)


@given(outer=intervals, bound=numbers, shares=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_a_narrower_interval_turns_no_verdict_around(outer: list[float], bound: float, shares: list[float]) -> None:
    low, high = outer
    inner = sorted(min(max(low + share * (high - low), low), high) for share in shares)
    wide, narrow = judged(low, low, high, floor=bound), judged(inner[0], *inner, floor=bound)
    assert narrow is wide or wide is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("missing", range(3))
def test_without_number_or_interval_nothing_is_measured(missing: int) -> None:
    given: list[Any] = [0.7, 0.6, 0.8]
    given[missing] = NotMeasured("too few dilemmas")
    assert judged(*given, floor=0.1) is Verdict.NOT_MEASURED


@pytest.mark.parametrize(
    ("given", "bounds"),
    [
        ((0.5, 0.4, 0.6), {}),
        ((0.5, 0.4, 0.6), {"floor": 0.6, "ceiling": 0.5}),
        ((0.5, 0.4, 0.6), {"floor": float("nan")}),
        ((0.5, 0.6, 0.4), {"floor": 0.5}),
        ((0.5, float("nan"), 0.6), {"floor": 0.5}),
        ((float("nan"), 0.4, 0.6), {"floor": 0.5}),
    ],
)
def test_impossible_questions_are_refused(given: tuple[float, float, float], bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="needed; got"):
        judged(*given, **bounds)


def test_at_the_threshold_a_study_fails_or_passes_by_chance_in_about_one_of_forty() -> None:
    chance, found = np.random.default_rng(5), []
    for successes in chance.binomial(200, 0.6, 2000).tolist():
        found.append(judged(successes / 200, *wilson(successes, 200), floor=0.6))
    for wrong in (Verdict.FAIL, Verdict.PASS):
        assert found.count(wrong) / 2000 == pytest.approx(0.025, abs=0.0125)  # 3 sd = 0.0105; rates of 200 come in steps
    assert found.count(Verdict.INCONCLUSIVE) / 2000 > 0.9


texts = st.text(st.characters(codec="utf-8"), max_size=20)
measured = st.floats(allow_nan=False, allow_infinity=False) | st.builds(NotMeasured, texts)
findings = st.builds(
    Finding,
    check=texts,
    severity=st.sampled_from(Severity),
    verdict=st.sampled_from(Verdict),
    what=texts,
    fix=texts,
    gate=st.booleans(),
    responder_id=texts,
    topic=texts,
    evidence=st.lists(texts, max_size=3).map(tuple),
    value=measured,
    low=measured,
    high=measured,
    threshold=measured,
)


@given(finding=findings)
def test_a_finding_survives_the_way_to_json_and_back(finding: Finding) -> None:
    assert from_json(Finding, to_json(finding)) == finding
    assert from_dict(Finding, to_dict(finding)) == finding


def test_a_finding_of_an_unknown_verdict_is_refused() -> None:
    values = to_dict(Finding("floor", Severity.INFO, Verdict.PASS, "fine"))
    with pytest.raises(ValueError, match="verdict"):
        from_dict(Finding, values | {"verdict": "perhaps"})
