"""Readings and reference policies: the whole against a naive reading of docs/definitions.md, and what must not matter."""

from __future__ import annotations

from collections import Counter
from random import Random
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.agree import PEOPLE, estimate, robustness
from normscope.records import Estimate, NotMeasured, Policy, Reading, Responder
from normscope.stats import Resamples, trusted_differences
from normscope.table import AgreementTable
from tests.agree.loops import MODELS, PEOPLE_OF, World, find


def made(random: Random, dilemmas: int) -> World:
    """A study in which everything happens: refusals, two draws, coded and read solutions, labels that are missing."""
    world = World()
    missing, stated = random.choice([0.0, 0.05]), random.random() < 0.3
    for d in (f"d{i}" for i in range(dilemmas)):
        for r in (*PEOPLE_OF, *MODELS):
            for k in range(random.choice([0, 1, 1, 1, 1, 2])):
                talk = (d, r, k)
                world.outcomes[talk] = random.choice(["answered"] * 9 + ["refused", "empty", "failed"])
                by = random.choice(["coded", "rules"])
                for i in range(random.choice([0, 1, 1, 2, 2, 3]) if world.outcomes[talk] == "answered" else 0):
                    good = i == 0 or random.random() < 0.4
                    world.solutions[f"{d}{r}{k}{i}"] = (talk, good, i == 0, by, by == "rules" and random.random() < 0.3)
    for talk, outcome in world.outcomes.items():
        for name, (owner, *_) in world.solutions.items():
            if owner[0] == talk[0] and owner != talk and outcome == "answered":
                for basis in ("main", *(("stated",) if stated else ()), *(("explicit",) if random.random() < 0.2 else ())):
                    label = random.choice(["agree"] * 5 + ["disagree", "silent", "unclear"])
                    if random.random() >= missing and (basis != "main" or world.has_main(talk)):
                        world.labels[talk, basis, name] = label
    return world


def same(e: Estimate, per_dilemma: dict[str, float]) -> None:
    if per_dilemma:
        assert e.number() == pytest.approx(mean(per_dilemma.values()))
        assert e.n_dilemmas == len(per_dilemma)
    else:
        assert isinstance(e.value, NotMeasured)


@given(st.randoms(use_true_random=True))
@settings(max_examples=4, deadline=None)
def test_second_implementation(random: Random) -> None:
    world = made(random, 3)
    table = world.table()
    if not {r.responder_id for r in table.responders} >= {*PEOPLE_OF, *MODELS}:
        return
    found = [*estimate(table, draws=3), *robustness(table, draws=3)]
    everybody = (*PEOPLE_OF, *MODELS)
    for reading in Reading:
        ceiling = world.each(PEOPLE_OF, PEOPLE_OF, reading)
        held = world.each(["m1"], PEOPLE_OF, reading)
        for e, expected in (
            (find(found, "stated", reading, "each", "m1", PEOPLE), held),
            (find(found, "stated", reading, "each", "h1", "h2"), world.each(["h1"], ["h2"], reading)),
            (find(found, "ceiling", reading, "each"), ceiling),
            (find(found, "random_pair", reading, "each"), world.each(everybody, everybody, reading)),
        ):
            same(e, expected)
        beside_the_ceiling(found, reading, Policy.EACH, held, ceiling)
        for policy in (Policy.UNION, Policy.MAJORITY, Policy.UNANIMOUS):
            ceiling = world.rates(PEOPLE_OF, policy, reading)
            e = find(found, "stated", reading, policy, "m1", PEOPLE)
            same(e, world.rates(["m1"], policy, reading))
            met = [world.met(talk, policy, reading) for talk in world.outcomes if talk[1] == "m1"]
            assert e.excluded == dict(Counter(x for x in met if isinstance(x, str)))
            same(find(found, "stated", reading, policy, "h2", PEOPLE), world.rates(["h2"], policy, reading))
            same(find(found, "stated", reading, policy, pairing="model"), world.rates(MODELS, policy, reading))
            same(find(found, "ceiling", reading, policy), ceiling)
            beside_the_ceiling(found, reading, policy, world.rates(["m1"], policy, reading, lent=True), ceiling)


def beside_the_ceiling(
    found: list[Estimate], reading: Reading, policy: Policy, model: dict[str, float], ceiling: dict[str, float]
) -> None:
    both = model.keys() & ceiling.keys()
    distance = find(found, "distance_to_ceiling", reading, policy, "m1", PEOPLE)
    quotient = find(found, "ratio_to_ceiling", reading, policy, "m1", PEOPLE)
    assert distance.n_dilemmas == quotient.n_dilemmas == len(both)
    assert distance.excluded.get("no_ceiling", 0) == len(model.keys() - both)
    if both:
        value, people = mean(model[d] for d in both), mean(ceiling[d] for d in both)
        assert distance.number() == pytest.approx(value - people)
        if people:
            assert quotient.number() == pytest.approx(value / people)
        else:
            assert isinstance(quotient.value, NotMeasured)


@given(st.integers(0, 2**20))
@settings(max_examples=2, deadline=None)
def test_row_order_and_names_do_not_matter(seed: int) -> None:
    world = made(Random(seed), 3)
    plain = robustness(world.table(), draws=10)
    assert robustness(world.table(shuffle=Random(seed)), draws=10) == plain
    new = {"h1": "h\u00fc 1", "m1": "\u6a21\u578b"}
    table = world.table()
    renamed = AgreementTable(
        **{
            **vars(table),
            "responders": tuple(Responder(new.get(r.responder_id, r.responder_id), r.kind) for r in table.responders),
        }
    )
    assert [(e.value, e.low) for e in robustness(renamed, draws=10)] == [(e.value, e.low) for e in plain]


def test_intervals_are_those_of_the_same_resamples() -> None:
    world = made(Random(5), 12)
    found = robustness(world.table(), draws=60, seed=3, level=0.9)
    ceiling = world.rates(PEOPLE_OF, Policy.UNION, Reading.COVERAGE)
    model = world.rates(["m1"], Policy.UNION, Reading.COVERAGE, lent=True)
    names = sorted({d for d, _, _ in world.outcomes})
    quotients = []
    for weights in Resamples(len(names), 60, 3).weights.astype(int).tolist():
        picked = [d for d, times in zip(names, weights, strict=True) for _ in range(times) if d in model and d in ceiling]
        a, b = mean(model[d] for d in picked), mean(ceiling[d] for d in picked)
        quotients.append(a / b)
    e = find(found, "ratio_to_ceiling", "coverage", "union", "m1", PEOPLE)
    assert (e.low, e.high) == pytest.approx(tuple(np.quantile(quotients, [0.05, 0.95])))
    both = model.keys() & ceiling.keys()
    sums = [np.array([[values[d]] if d in both else [0.0] for d in names]) for values in (model, ceiling)]
    there = np.array([[float(d in both)] for d in names])
    difference = trusted_differences(sums[0], there, sums[1], there, level=0.9)
    e = find(found, "distance_to_ceiling", "coverage", "union", "m1", PEOPLE)
    assert (e.low, e.high) == pytest.approx((float(difference.low[0]), float(difference.high[0])))


def test_four_dilemmas_give_values_and_no_intervals_by_whichever_method() -> None:
    found = robustness(made(Random(5), 4).table(), draws=60, level=0.9)
    quotients = [e for e in found if e.metric == "ratio_to_ceiling" and not isinstance(e.value, NotMeasured)]
    assert quotients
    for e in found:
        assert isinstance(e.low, NotMeasured), e
        assert isinstance(e.high, NotMeasured), e
    assert {e.method for e in quotients} == {"no interval"}
    whys = {e.low.reason for e in quotients if isinstance(e.low, NotMeasured)}
    assert all(why.startswith("an interval needs data on at least 5 clusters of dilemmas of equal size") for why in whys)


def test_a_study_twice_over_has_the_same_values() -> None:
    world = made(Random(8), 3)
    twice = World(dict(world.outcomes), dict(world.solutions), dict(world.labels))
    for (d, r, k), outcome in world.outcomes.items():
        twice.outcomes[d + "x", r, k] = outcome
    for name, ((d, r, k), good, main, by, hedged) in world.solutions.items():
        twice.solutions[name + "x"] = ((d + "x", r, k), good, main, by, hedged)
    for ((d, r, k), basis, name), label in world.labels.items():
        twice.labels[(d + "x", r, k), basis, name + "x"] = label
    again = robustness(twice.table(), draws=3)
    for e, other in zip(robustness(world.table(), draws=3), again, strict=True):
        if e.metric != "equivalent_to_ceiling" and not isinstance(e.value, NotMeasured):
            assert other.number() == pytest.approx(e.number())
            assert other.n_dilemmas == 2 * e.n_dilemmas


def test_the_size_of_parts_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    table = made(Random(4), 4).table()
    plain = robustness(table, draws=5)
    monkeypatch.setattr("normscope.agree.panel_readings.ROWS", 20)
    assert robustness(table, draws=5) == plain


def test_a_table_of_values_alone_is_refused() -> None:
    table = made(Random(4), 1).table()
    with pytest.raises(ValueError, match="make it with build_table"):
        robustness(AgreementTable(**{**vars(table), "said": None}))
