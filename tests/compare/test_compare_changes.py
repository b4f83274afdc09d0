"""Verdicts, topics, flips and the gate, from arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.compare import Floats, Gate, Scores, changes, exit_code, flips, topic_changes
from normscope.errors import UsageError
from normscope.records import (
    Change,
    Comparison,
    ModelPair,
    NotMeasured,
    StudySide,
    Verdict,
    from_dict,
    from_json,
    to_dict,
    to_json,
)
from normscope.stats import benjamini_hochberg

M = [ModelPair("m", "m", "same id")]
SIDE = StudySide("s", "A study", "exact", "rules", 20, 1, 0, (), ())


def scores(a: Floats, b: Floats, metric: str = "stated") -> Scores:
    return Scores(metric, (a, np.ones_like(a)), (b, np.ones_like(b)))


def column(text: str) -> Floats:
    return np.array([[float(sign == "+")] for sign in text])


@pytest.mark.parametrize(
    ("metric", "up", "down"),
    [("stated", "better", "worse"), ("acquiescence", "worse", "better"), ("refused", "higher", "lower")],
)
def test_better_and_worse(metric: str, up: str, down: str) -> None:
    few, many = column("+" * 5 + "-" * 25), column("+" * 25 + "-" * 5)
    found = [changes(scores(*pair, metric), M, np.arange(30))[0].verdict for pair in ((few, many), (many, few), (few, few))]
    assert found == [up, down, "not shown"]


def test_topics_are_judged_together() -> None:
    # topic 0 rises on 9 of 10 dilemmas (p = 2 · 2⁻⁹), topic 1 on 6 of 10 (p = 2 · 2⁻⁶ = 0.03125), the others not at all. With two
    # topics Benjamini and Hochberg take both (0.03125 <= 0.05); among 4 the second would need 2 · 0.05 / 4 = 0.025
    a = column("-" * 40)
    b = column("+" * 9 + "-" + "+" * 6 + "-" * 24)
    topics = np.repeat(["one", "two", "three", "four"], 10).tolist()
    every = topic_changes(scores(a, b), M, np.arange(40), topics)
    assert [(row.topic, row.verdict) for row in every] == [
        ("four", "not shown"),
        ("one", "better"),
        ("three", "not shown"),
        ("two", "not shown"),
    ]
    p = [row.p for row in every if isinstance(row.p, float)]
    assert p == pytest.approx([1.0, 2 / 2**9, 1.0, 2 / 2**6])
    assert benjamini_hochberg(p).tolist() == [False, True, False, False]
    two = topic_changes(scores(a[:20], b[:20]), M, np.arange(20), topics[:20])
    assert [row.verdict for row in two] == ["better", "better"]
    alone = changes(scores(a[10:20], b[10:20]), M, np.arange(10))
    assert (every[3].difference, every[3].low) == (alone[0].difference, alone[0].low)


rates = st.lists(st.tuples(*[st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])] * 4), min_size=1, max_size=12)


@given(rates)
def test_flips(rows: list[tuple[float, ...]]) -> None:
    a, b = np.array(rows)[:, :2], np.array(rows)[:, 2:]
    found = flips(scores(a, b))
    assert {(f.dilemma, f.model) for f in found} == {(i, j) for i, j in np.ndindex(a.shape) if abs(b[i, j] - a[i, j]) > 0.5}
    assert [abs(f.b - f.a) for f in found] == sorted((abs(f.b - f.a) for f in found), reverse=True)
    assert [(f.dilemma, f.model, f.b, f.a) for f in flips(scores(b, a))] == [(f.dilemma, f.model, f.a, f.b) for f in found]
    assert flips(scores(a, a)) == []


def change(low: float | NotMeasured, high: float | NotMeasured, *, topic: str = "all", metric: str = "stated") -> Change:
    middle = (low + high) / 2 if isinstance(low, float) and isinstance(high, float) else -0.1
    return Change(metric, topic, "m", "m", 0.5, 0.5 + middle, middle, low, high, 0.5, "not shown", 20, {}, 0.95, "by hand")


def comparison(*rows: Change) -> Comparison:
    everywhere = tuple(row for row in rows if row.topic == "all")
    topics = tuple(row for row in rows if row.topic != "all")
    return Comparison(SIDE, SIDE, 20, (), tuple(M), (), (), True, (), everywhere, topics, (0,), (0,), (), 0.95, 0.05, 0)


FEW = NotMeasured("too few dilemmas")


@pytest.mark.parametrize(
    ("low", "high", "verdict", "code"),
    [
        (-0.05, 0.1, Verdict.PASS, 0),
        (-0.3, -0.06, Verdict.FAIL, 1),
        (-0.3, -0.05, Verdict.INCONCLUSIVE, 2),
        (-0.06, 0.1, Verdict.INCONCLUSIVE, 2),
        (FEW, FEW, Verdict.NOT_MEASURED, 2),
    ],
)
def test_the_gate(low: float, high: float, verdict: Verdict, code: int) -> None:
    (result,) = found = Gate(max_drop=0.05)(comparison(change(low, high), change(0.0, 0.1, metric="explicit")))
    assert (result.verdict, exit_code(found)) == (verdict, code)
    assert "stated of m changed by" in result.what
    assert "it may fall by at most 0.05" in result.what


def test_gates_on_a_rise_on_topics_and_on_several_models() -> None:
    found = comparison(change(-0.02, 0.02), change(-0.5, -0.2, topic="work"), change(0.2, 0.4, metric="acquiescence"))
    assert exit_code(Gate(max_drop=0.05)(found)) == 0
    assert exit_code(Gate(max_drop=0.05, by_topic=True)(found)) == 1
    assert Gate(max_drop=0.05, by_topic=True)(found)[1].what.startswith("stated of m on work changed by -0.35 [-0.50, -0.20]")
    assert exit_code(Gate("acquiescence", max_rise=0.1)(found)) == 1
    assert exit_code(Gate("acquiescence", max_drop=0.1)(found)) == 0
    assert exit_code([*Gate(max_drop=0.05)(found), *Gate(max_drop=0.01)(found)]) == 2
    assert exit_code(Gate("explicit", max_drop=0.05)(found)) == 2
    missing = replace(change(FEW, FEW), difference=FEW)
    assert "is not measured (too few dilemmas)" in Gate(max_drop=0.05)(comparison(missing))[0].what


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"metric": "statd", "max_drop": 0.1}, "no measure named 'statd' to gate. Did you mean 'stated'"),
        ({"metric": "refused", "max_drop": 0.1, "by_topic": True}, "'refused' is not measured by topic"),
        ({}, "max_drop=0.05"),
        ({"max_drop": -0.1}, "between 0 and 2; got -0.1"),
        ({"max_drop": float("nan")}, "between 0 and 2; got nan"),
    ],
)
def test_impossible_gates(values: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("(", r"\(")):
        Gate(**values)  # type: ignore[arg-type]


def test_a_comparison_comes_back_from_json() -> None:
    found = comparison(change(-0.1, 0.1), change(FEW, FEW, topic="work"))
    assert from_dict(Comparison, to_dict(found)) == found
    assert from_json(Comparison, to_json(found)) == found
    broken = to_dict(found)
    broken["changes"][0]["low"] = "high"
    with pytest.raises(ValueError, match="field 'changes"):
        from_dict(Comparison, broken)
