"""The printed table and the matrix."""

from __future__ import annotations

from dataclasses import replace

from normscope.agree import matrix, spans, summary
from normscope.agree.summary import COLUMNS, CORRECTED_COLUMNS
from normscope.records import Estimate, NotMeasured


def made(
    metric: str,
    pairing: str,
    responder: str = "",
    target: str = "",
    value: float | NotMeasured = 0.754,
    low: float | NotMeasured = 0.7,
    high: float | NotMeasured = 0.8,
    topic: str = "all",
    excluded: dict[str, int] | None = None,
) -> Estimate:
    why = value if isinstance(value, NotMeasured) else None
    return Estimate(
        metric=metric,
        pairing=pairing,
        responder_id=responder,
        target_id=target,
        topic=topic,
        value=value,
        low=why or low,
        high=why or high,
        level=0.95,
        method="",
        estimand="",
        n_dilemmas=0 if why else 12,
        excluded=excluded or {},
    )


NONE = NotMeasured("no two people answered the same dilemma")
ESTIMATES = [
    made("stated", "model–human", "m", "h1"),
    made("stated", "model–human", "h1", "m"),
    made("stated", "model–human", "m", "people", excluded={"refused": 2, "empty": 1}),
    made("stated", "model–human", "m", "people", topic="work"),
    made("stated", "human–human", "h1", "people", value=NONE),
    made("stated", "test–retest", "m", "m", low=NotMeasured("one cluster"), high=NotMeasured("one cluster")),
    made("stated", "model–human"),
    made("stated", "human–human", value=NONE),
    made("ceiling", "human–human", value=NONE),
    made("stated_both", "model–model", "m", "n"),
    made("stated_both", "human–human", "h1", "h2"),
    made("explicit", "model–human", "m", "people", value=0.5, excluded={"failed": 3}),
    made("explicit_both", "model–model", "m", "n", value=0.25, low=0.125, high=0.375),
    made("explicit_ceiling", "human–human", value=NotMeasured("no solutions were shown")),
]


def test_rows_for_printing() -> None:
    missing = "not measured: no two people answered the same dilemma"
    expected = [
        ("m", "people", "model–human", "0.75 [0.70, 0.80]", "0.50 [0.70, 0.80]", "12", "1 empty, 2 refused; explicit: 3 failed"),
        ("m", "n", "model–model", "0.75 [0.70, 0.80]", "0.25 [0.12, 0.38]", "12", ""),
        ("m", "itself, another draw", "test–retest", "0.75 (no interval)", "not asked", "12", ""),
        ("people", "each other (ceiling)", "human–human", missing, "not measured: no solutions were shown", "0", ""),
    ]
    assert summary(ESTIMATES) == [dict(zip(COLUMNS, row, strict=True)) for row in expected]


def test_matrix_holds_each_ordered_pair_once() -> None:
    assert list(matrix(ESTIMATES)) == [("m", "h1"), ("h1", "m"), ("m", "people"), ("h1", "people"), ("m", "m")]
    assert matrix(ESTIMATES)["m", "people"].topic == "all"
    assert matrix(ESTIMATES)["h1", "people"].value == NONE
    assert list(matrix(ESTIMATES, metric="explicit")) == [("m", "people")]


def test_corrected_values_come_first_and_say_where_they_lean_on_other_pairs() -> None:
    few = NotMeasured("7 labelled comparisons that people could decide; at least 50 are needed")
    estimates = [
        *ESTIMATES,
        replace(
            made("stated_corrected", "model–human", "m", "people", value=0.6, excluded={"unclear_to_people": 3}), n_labels=80
        ),
        made("stated_both_corrected", "model–model", "m", "n", value=few),
        replace(made("stated_both_rogan_gladen", "model–model", "m", "n", value=0.55), n_labels=120),
    ]
    seven = replace(made("stated_corrected", "model–human", "m", "people", value=few), n_labels=7)
    assert summary([*ESTIMATES, seven])[0]["stated (corrected)"] == "fewer than 50 labels"
    rows = summary(estimates)
    assert all(tuple(row) == CORRECTED_COLUMNS for row in rows)
    assert [(row["stated (corrected)"], row["labels"]) for row in rows[:2]] == [
        ("0.60 [0.70, 0.80]", "80"),
        ("0.55 [0.70, 0.80] (Rogan-Gladen)", "120"),
    ]
    assert rows[0]["excluded"].endswith("of the labels: 3 unclear_to_people")


def test_other_readings_and_policies_are_not_printed_but_can_be_asked_for() -> None:
    others = [
        replace(e, value=0.1, reading=reading, policy=policy)
        for e in ESTIMATES
        for reading, policy in (("any", "each"), ("main", "union"))
        if not isinstance(e.value, NotMeasured)
    ]
    assert summary([*others, *ESTIMATES]) == summary(ESTIMATES)
    assert matrix([*others, *ESTIMATES]) == matrix(ESTIMATES)
    assert {e.value for e in matrix(others, policy="union").values()} == {0.1}


def test_the_span_over_readings_and_policies() -> None:
    stated = made("stated", "model–human", "m", "people", value=0.5)
    others = [
        replace(stated, value=0.25, reading="strict"),
        replace(stated, value=0.75, policy="union"),
        replace(stated, value=0.0, reading="violation"),  # high is bad
        replace(stated, value=0.125, policy="unanimous", topic="work"),
        replace(stated, value=NONE, policy="majority"),
        replace(stated, value=1.0, metric="random_pair"),
    ]
    assert spans([stated, *others]) == ["m: 0.25 (strict, each) to 0.75 (main, union)"]
    assert spans([stated]) == []
    assert spans([stated, replace(stated, policy="union")]) == ["m: 0.50 under all"]
