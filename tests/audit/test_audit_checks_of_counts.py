"""The checks that count: refusals by topic, ranks that flip, what could be found, conversations that are missing."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.audit.checks import Detectable, Holes, Ranks, Refusals
from normscope.records import Kind, NotMeasured, Verdict
from tests.audit.making import FEW, NONE, a_study, an_estimate, conversations, dilemmas, ranked, the_one, verdicts

ONE_MODEL = {"only_models": ("m",)}
GOODNESS = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}


def refusing(work: tuple[int, int], home: tuple[int, int], **given: Any) -> Any:
    """A study in which the model refused so many of so many dilemmas on each of two topics."""
    outcomes = (
        ["refused"] * work[0] + ["answered"] * (work[1] - work[0]) + ["refused"] * home[0] + ["answered"] * (home[1] - home[0])
    )
    topics = ["work"] * work[1] + ["home"] * home[1]
    return a_study(dilemmas=dilemmas(*topics), conversations=conversations("m", outcomes), **{**ONE_MODEL, **given})


def on_work(check: Refusals, *counts: tuple[int, int], **given: Any) -> Any:
    return next(f for f in check(refusing(*counts, **given)) if f.topic == "work")


def test_refusals_that_are_many_more_on_one_topic_fail() -> None:
    found = on_work(Refusals(0.2), (30, 40), (0, 40))
    assert found.verdict is Verdict.FAIL
    # 30/40 has Wilson's interval [0.5981, 0.8581], 0/40 has [0, 0.0876]:
    # low 0.75 - sqrt(0.1519² + 0.0876²) = 0.5746, high 0.75 + sqrt(0.1081² + 0²) = 0.8581
    assert (found.value, found.low, found.high) == pytest.approx((0.75, 0.5746, 0.8581), abs=2e-4)
    assert "refused 30 of 40 dilemmas on work and 0 of 40 on the other topics" in found.what
    assert found.evidence == ("responders/m", "topics/work")


def test_refusals_alike_on_all_topics_pass_and_few_dilemmas_are_inconclusive() -> None:
    assert verdicts(Refusals(0.2)(refusing((4, 100), (4, 100)))) == {("m", "home"): Verdict.PASS, ("m", "work"): Verdict.PASS}
    assert on_work(Refusals(0.2), (3, 5), (0, 5)).verdict is Verdict.INCONCLUSIVE


def test_refusals_on_a_topic_without_another_are_not_measured() -> None:
    assert on_work(Refusals(), (1, 5), (0, 0)).verdict is Verdict.NOT_MEASURED
    failed = a_study(dilemmas=dilemmas("work", "home"), conversations=conversations("m", ["failed", "answered"]), **ONE_MODEL)
    assert set(verdicts(Refusals()(failed)).values()) == {Verdict.NOT_MEASURED}


def test_refusals_that_are_no_discovery_do_not_fail() -> None:
    # 6 of 6 and 0 of 10: the interval is far above 0.2, [0.31, 1]. p = 6! 10! / 16! · 1 = 1/8008 = 0.000125, and of the two
    # topics the one with p is rejected if p <= q / (2 (1 + 1/2)) = q / 3
    assert on_work(Refusals(0.2, q=0.0003), (6, 6), (0, 10)).verdict is Verdict.INCONCLUSIVE  # 0.000125 > 0.0001
    assert on_work(Refusals(0.2, q=0.0005), (6, 6), (0, 10)).verdict is Verdict.FAIL  # 0.000125 <= 0.000167


def test_a_dilemma_is_refused_once_however_many_draws_or_twins_it_has() -> None:
    once = on_work(Refusals(), (2, 8), (0, 8))
    both = pl.concat(
        [conversations("m", o, draw=k) for k, o in enumerate((["refused"] * 2 + ["answered"] * 14, ["answered"] * 16))]
    )
    drawn = Refusals()(a_study(dilemmas=dilemmas(*["work"] * 8, *["home"] * 8), conversations=both, **ONE_MODEL))
    assert next(f for f in drawn if f.topic == "work") == once
    # two dilemmas of one cluster: 16 + 16 dilemmas are 8 + 8 clusters
    twins = dilemmas(*["work"] * 16, *["home"] * 16, cluster=[f"c{i // 2}" for i in range(32)])
    outcomes = conversations("m", ["refused"] * 4 + ["answered"] * 28)
    clustered = Refusals()(a_study(dilemmas=twins, conversations=outcomes, **ONE_MODEL))
    assert next(f for f in clustered if f.topic == "work") == once


@settings(max_examples=30)
@given(
    counts=st.tuples(st.integers(0, 20), st.integers(20, 40), st.integers(0, 20), st.integers(20, 40)),
    thresholds=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
def test_refusals_a_laxer_threshold_is_never_harder(
    counts: tuple[int, int, int, int], thresholds: list[float], shares: list[float]
) -> None:
    a, n, b, m = counts
    stricter, laxer = (GOODNESS[on_work(Refusals(at), (a, n), (b, m)).verdict] for at in thresholds)
    assert laxer >= stricter
    cautious, bold = (GOODNESS[on_work(Refusals(0.1, q), (a, n), (b, m)).verdict] for q in shares)
    assert cautious >= bold


def test_refusals_that_are_chance_seldom_fail() -> None:
    # the same model asked anew: 30 % refused on each of four topics; below 0 nothing is allowed, so that only the test decides
    chance, fails = random.Random(11), 0
    topics = [f"t{i % 4}" for i in range(80)]
    for _ in range(100):
        outcomes = ["refused" if chance.random() < 0.3 else "answered" for _ in topics]
        study = a_study(dilemmas=dilemmas(*topics), conversations=conversations("m", outcomes), **ONE_MODEL)
        fails += any(f.verdict is Verdict.FAIL for f in Refusals(0.0, q=0.05)(study))
    assert fails / 100 <= 0.05


APART = ranked(("m", 1, 1), ("n", 2, 2))


def under(reading: str, m: tuple[Any, Any, Any], n: tuple[Any, Any, Any], policy: str = "each") -> list[Any]:
    return [an_estimate("stated", name, *ends, reading=reading, policy=policy) for name, ends in (("m", m), ("n", n))]


MAIN = under("main", (0.8, 0.75, 0.85), (0.4, 0.35, 0.45))


@pytest.mark.parametrize(
    ("others", "counted", "verdict"),
    [
        (under("any", (0.9, 0.85, 0.95), (0.5, 0.45, 0.55)), (0, 0, 0), Verdict.PASS),
        # 0.5 - 0.45 = 0.05 with sqrt(0.06² + 0.08²) = 0.1 to both sides: not shown which is ahead
        (under("any", (0.5, 0.44, 0.56), (0.45, 0.37, 0.53)), (0, 0, 1), Verdict.INCONCLUSIVE),
        (under("any", (0.45, 0.37, 0.53), (0.5, 0.44, 0.56)), (1, 0, 1), Verdict.INCONCLUSIVE),
        (under("any", (0.3, 0.25, 0.35), (0.5, 0.45, 0.55)), (1, 1, 1), Verdict.FAIL),
        # of violation less is better: m is still ahead
        (under("violation", (0.1, 0.05, 0.15), (0.5, 0.45, 0.55)), (0, 0, 0), Verdict.PASS),
        (under("main", (0.5, FEW, FEW), (0.45, FEW, FEW), policy="union"), (0, 0, 1), Verdict.INCONCLUSIVE),
        (under("main", (0.45, FEW, FEW), (0.5, FEW, FEW), policy="union"), (1, 0, 1), Verdict.INCONCLUSIVE),
    ],
)
def test_ranks_under_another_reading(others: list[Any], counted: tuple[int, int, int], verdict: Verdict) -> None:
    found = the_one(Ranks()(a_study(estimates=[*MAIN, *others], sections=APART)))
    assert (found.value, found.low, found.high) == counted
    assert found.verdict is verdict


def test_ranks_are_those_of_the_worst_reading() -> None:
    kept = under("any", (0.9, 0.85, 0.95), (0.5, 0.45, 0.55))
    turned = under("strict", (0.3, 0.25, 0.35), (0.5, 0.45, 0.55), policy="majority")
    found = the_one(Ranks()(a_study(estimates=[*MAIN, *kept, *turned], sections=APART)))
    assert found.verdict is Verdict.FAIL
    assert "worst of 2: strict, majority" in found.what
    assert Ranks(at_most=1)(a_study(estimates=[*MAIN, *kept, *turned], sections=APART))[0].verdict is Verdict.PASS


def test_the_reading_that_turns_most_and_the_one_that_surely_turns_are_both_named() -> None:
    # by `any` both pairs are turned, within chance; by `strict` one, by more than chance
    wide, sure = (0.5, 0.3, 0.7), (0.6, 0.58, 0.62)
    said = {"any": [(0.45, 0.3, 0.6), wide, wide], "strict": [(0.3, 0.25, 0.35), sure, (0.2, 0.15, 0.25)]}
    others = [
        an_estimate("stated", m, *ends, reading=name) for name, of in said.items() for m, ends in zip("mno", of, strict=True)
    ]
    found = the_one(Ranks()(a_study(responders=RESPONDERS, estimates=[*MAIN, *others], sections=THREE)))
    assert (found.value, found.low, found.high, found.verdict) == (2, 1, 2, Verdict.FAIL)
    assert "2 stand the other way round" in found.what
    assert "(worst of 2: any, each); by more than chance 1 (strict, each)" in found.what
    assert [path.rpartition("all/")[2] for path in found.evidence[-2:]] == ["any/each", "strict/each"]


@pytest.mark.parametrize(
    "sections", [{}, ranked(("m", 1, 2), ("n", 1, 2)), ranked(("m", 1, 2), ("n", 2, 3)), ranked(("m", 1, 1))]
)
def test_without_an_order_there_is_none_to_flip(sections: Any) -> None:
    assert the_one(Ranks()(a_study(estimates=MAIN, sections=sections))).verdict is Verdict.NOT_MEASURED


def test_a_reading_without_values_gives_no_order_and_a_model_without_one_may_stand_anywhere() -> None:
    none = under("violation", (NONE, NONE, NONE), (NONE, NONE, NONE))
    assert Ranks()(a_study(estimates=[*MAIN, *none], sections=APART)) == []
    kept = under("any", (0.9, 0.85, 0.95), (0.5, 0.45, 0.55))
    assert the_one(Ranks()(a_study(estimates=[*MAIN, *none, *kept], sections=APART))).verdict is Verdict.PASS
    three = [*MAIN, *kept, an_estimate("stated", "o", NONE, NONE, NONE, reading="any")]
    found = the_one(Ranks()(a_study(responders=RESPONDERS, estimates=three, sections=THREE)))
    assert (found.low, found.high) == (0, 1)  # of m and n it is known, of m and o it is not


def beside(tau: Any, n: int) -> dict[str, Any]:
    rows = [
        {"first": "stated", "second": "stated, any", "tau": 0.0, "n_models": n},
        {"first": "stated", "second": "stated (other, by judge:http:j)", "tau": tau, "n_models": n},
        {"first": "explicit", "second": "stated (other, by judge:http:j)", "tau": 0.0, "n_models": n},
    ]
    return {"tau": rows}


THREE = ranked(("m", 1, 1), ("n", 2, 3), ("o", 2, 3))  # m is ahead of n and of o; n and o are not told apart
RESPONDERS = [*a_study().responders, type(a_study().responders[0])("o", a_study().responders[-1].kind)]


@pytest.mark.parametrize(
    ("tau", "counted", "verdict"),
    [
        (1.0, (0, 0, 0), Verdict.PASS),
        (1 / 3, (1, 0, 1), Verdict.INCONCLUSIVE),  # 1 of 3 pairs: (1 - 1/3) / 2 · 3; it may be that of n and o
        (-1 / 3, (2, 1, 2), Verdict.FAIL),  # 2 of 3: one of them at least is told apart
        (-1.0, (2, 2, 2), Verdict.FAIL),  # all 3, of which 2 are told apart
        # n and o tied there, both behind m: tau-b = 2 / sqrt(3 · 2), nothing turned; (1 - 0.816) / 2 · 3 = 0.28
        (2 / 6**0.5, (0, 0, 0), Verdict.PASS),
        # m and n tied, o ahead of both: m, o and n, o are turned; tau-b = -2 / sqrt(3 · 2), (1 + 0.816) / 2 · 3 = 2.7
        (-2 / 6**0.5, (2, 0, 2), Verdict.INCONCLUSIVE),
    ],
)
def test_ranks_beside_another_study(tau: float, counted: tuple[int, int, int], verdict: Verdict) -> None:
    found = the_one(Ranks()(a_study(responders=RESPONDERS, estimates=MAIN, sections={**THREE, **beside(tau, 3)})))
    assert (found.value, found.low, found.high) == counted
    assert found.verdict is verdict
    assert found.evidence[-1] == "tau/stated/stated (other, by judge:http:j)"


def test_of_a_study_that_lacks_a_model_it_is_not_known_which_pairs_flip() -> None:
    found = the_one(Ranks()(a_study(responders=RESPONDERS, estimates=MAIN, sections={**THREE, **beside(-1.0, 2)})))
    assert (found.low, found.high, found.verdict) == (0, 1, Verdict.INCONCLUSIVE)
    only = a_study(responders=RESPONDERS, estimates=MAIN, sections={**THREE, **beside(-1.0, 3)}, only_models=("m", "n"))
    assert Ranks()(only) == []  # tau is over all models


def test_one_model_has_no_order_and_more_dilemmas_do_not_help() -> None:
    one = [r for r in RESPONDERS if r.kind is Kind.MODEL][:1] + [r for r in RESPONDERS if r.kind is Kind.HUMAN]
    found = the_one(Ranks()(a_study(responders=one, estimates=[], sections={})))
    assert found.verdict is Verdict.NOT_MEASURED
    assert found.what == "The study has 1 model: there is no order to hold."
    assert "dilemmas" not in found.fix


def test_ranks_beside_a_study_without_tau_are_not_measured() -> None:
    sections = {**THREE, **beside({"not_measured": "all tied"}, 3)}
    found = the_one(Ranks()(a_study(responders=RESPONDERS, estimates=MAIN, sections=sections)))
    assert (found.verdict, "all tied" in found.what) == (Verdict.NOT_MEASURED, True)


def row(first: str, other: str, size: Any) -> dict[str, Any]:
    return {"metric": "stated", "responder_id": first, "other_id": other, "detectable": size, "power": 0.8, "n_dilemmas": 40}


@pytest.mark.parametrize(
    ("size", "verdict"),
    [(0.1, Verdict.PASS), (0.11, Verdict.FAIL), ({"not_measured": "1 cluster"}, Verdict.NOT_MEASURED)],
)
def test_detectable_beside_the_ceiling(size: Any, verdict: Verdict) -> None:
    found = the_one(Detectable(0.1)(a_study(sections={"detectable": [row("m", "ceiling", size)]})))
    assert (found.verdict, found.responder_id) == (verdict, "m")


def test_detectable_between_models_is_that_of_the_worst_pair() -> None:
    pairs = [row("m", "n", 0.05), row("m", "o", 0.2), row("n", "o", 0.07)]
    found = the_one(Detectable(0.1)(a_study(responders=RESPONDERS, sections={"detectable": pairs})))
    assert (found.verdict, found.value, found.responder_id) == (Verdict.FAIL, 0.2, "")
    assert "m and o, the worst of 3 pairs" in found.what
    only = a_study(responders=RESPONDERS, sections={"detectable": pairs}, only_models=("m", "n"))
    assert the_one(Detectable(0.1)(only)).verdict is Verdict.PASS
    assert Detectable()(a_study()) == []


@pytest.mark.parametrize(
    ("outcomes", "draws", "at_most", "share", "verdict"),
    [
        (["answered", "refused", "empty", "answered"], 1, 0.0, 0.0, Verdict.PASS),  # refused and empty were held
        (["answered", "failed", "answered", "answered"], 1, 0.25, 0.25, Verdict.PASS),
        (["answered", "failed", "answered", ""], 1, 0.25, 0.5, Verdict.FAIL),  # 1 failed and 1 never held, of 4
        (["answered"] * 4, 2, 0.25, 0.5, Verdict.FAIL),  # 4 of 8 conversations
    ],
)
def test_holes(outcomes: list[str], draws: int, at_most: float, share: float, verdict: Verdict) -> None:
    evidence = a_study(
        dilemmas=dilemmas(*["work"] * 4), conversations=conversations("m", outcomes), draws={"m": draws}, **ONE_MODEL
    )
    found = the_one(Holes(at_most)(evidence))
    assert (found.value, found.low, found.high) == (share, share, share)
    assert found.verdict is verdict


def test_holes_are_named_and_recorded_models_owe_as_many_draws_as_they_have() -> None:
    drawn = pl.concat([conversations("m", ["answered"] * 3), conversations("m", ["answered", "answered"], draw=1)])
    found = the_one(Holes()(a_study(dilemmas=dilemmas(*["work"] * 3), conversations=drawn, **ONE_MODEL)))
    assert found.value == pytest.approx(1 / 6)  # d2 lacks its second draw
    assert found.evidence == ("responders/m", "dilemmas/d2")
    assert Holes()(a_study(**ONE_MODEL)) == []


def test_a_model_of_which_nothing_is_there_has_nothing_but_holes() -> None:
    found = the_one(Holes()(a_study(dilemmas=dilemmas("work"), **ONE_MODEL)))
    assert (found.value, found.verdict) == (1.0, Verdict.FAIL)
    assert not isinstance(found.threshold, NotMeasured)
