"""Readings and reference policies by hand, their limits, degenerate studies, and a simulation."""

from __future__ import annotations

from itertools import permutations
from random import Random
from statistics import mean

import pytest

from normscope.agree import PEOPLE, Equivalence, estimate, robustness
from normscope.errors import UsageError
from normscope.records import Estimate, NotMeasured
from normscope.table import AgreementTable
from tests.agree.loops import Talk, World, find

READINGS = ("main", "any", "conditional", "strict", "coverage", "violation")


def panel(*, dilemma: str = "d") -> World:
    """Three people and a model on one dilemma.

    h1 recommends `tell` and advises against `leave`; h2 recommends `talk`; h3 recommends `wait`. h1 and h2 mean the same course
    and their labels say so; h3 disagrees with both. The model says `call`: it agrees with `tell` and `talk`, and is silent
    on `wait` and on `leave`. h2 disagrees with `leave` (opposes it), h3 agrees with it (supports it).
    """
    world = World()
    talks = {r: (dilemma, r, 0) for r in ("h1", "h2", "h3", "m")}
    world.outcomes |= dict.fromkeys(talks.values(), "answered")
    for name, who, good in (
        ("tell", "h1", True),
        ("leave", "h1", False),
        ("talk", "h2", True),
        ("wait", "h3", True),
        ("call", "m", True),
    ):
        world.solutions[dilemma + name] = (talks[who], good, name != "leave", "rules", False)
    said = {
        "h1": {"talk": "agree", "wait": "disagree", "call": "agree"},
        "h2": {"tell": "agree", "leave": "disagree", "wait": "silent", "call": "agree"},
        "h3": {"tell": "disagree", "leave": "agree", "talk": "disagree", "call": "silent"},
        "m": {"tell": "agree", "leave": "silent", "talk": "agree", "wait": "silent"},
    }
    world.labels |= {(talks[r], "main", dilemma + s): label for r, labels in said.items() for s, label in labels.items()}
    return world


# The panel's votes (support / oppose):  tell 2 / 1 (h1, h2 / h3) · talk 2 / 1 · wait 1 / 1 (h3 / h1) · leave 1 / 2 (h3 / h1, h2)
# union      k = 1: S+ = tell, talk, wait; S- = none, since h3 supports leave
# majority   k = 2: S+ = tell, talk;       S- = leave (two oppose, one supports)
# unanimous  k = 3: nothing
BY_HAND = {
    # m says: tell agree, talk agree, wait silent, leave silent
    ("union", "main"): 1.0,
    ("union", "any"): 1.0,
    ("union", "conditional"): 1.0,  # 2 right of the 2 on which it takes a side
    ("union", "strict"): 2 / 3,
    ("union", "coverage"): 2 / 3,
    ("union", "violation"): "nothing_rejected",
    ("majority", "main"): 1.0,
    ("majority", "any"): 1.0,
    ("majority", "conditional"): 1.0,
    ("majority", "strict"): 2 / 3,  # tell, talk of tell, talk, leave
    ("majority", "coverage"): 1.0,
    ("majority", "violation"): 0.0,
    ("unanimous", "main"): "no_reference",
    ("each", "main"): 2 / 3,  # h1: 1, h2: 1, h3: 0
    ("each", "any"): 2 / 3,
    ("each", "conditional"): 1.0,  # h1: 1 / 1, h2: 1 / 1, h3: no side taken
    ("each", "strict"): (1 / 2 + 1 + 0) / 3,
    ("each", "coverage"): 2 / 3,
    ("each", "violation"): 0.0,  # h1 only
}


def every(table: AgreementTable, **options: int) -> list[Estimate]:
    return [*estimate(table, draws=9), *robustness(table, draws=9, **options)]  # type: ignore[arg-type]


def test_a_model_by_hand() -> None:
    found = every(panel().table())
    for (policy, reading), expected in BY_HAND.items():
        e = find(found, "stated", reading, policy, "m", PEOPLE)
        if isinstance(expected, str):
            assert e.value == NotMeasured(f"nothing counted: 1 {expected}")
            assert e.excluded == {expected: 1}
        else:
            assert e.number() == pytest.approx(expected)


def test_the_ceiling_by_hand() -> None:
    found = every(panel().table())
    # union, main: h1 against {talk, wait}: agrees with talk: 1. h2 against {tell, wait; leave is supported by h3}: 1.
    # h3 against {tell, talk; leave: opposed by h1 and h2, supported by neither of them}: agrees with leave only: 0. -> 2 / 3
    assert find(found, "ceiling", "main", "union").number() == pytest.approx(2 / 3)
    # violation: only h3 meets a rejected solution, and agrees with it
    assert find(found, "ceiling", "violation", "union").number() == 1.0
    # majority of two is both: h1 against h2, h3: talk 1 / 1, wait 1 / 0: nothing. h2 against h1, h3: nothing.
    # h3 against h1, h2: tell, talk; leave rejected: 0.
    e = find(found, "ceiling", "main", "majority")
    assert (e.number(), e.excluded) == (0.0, {"no_reference": 2})
    # the model meets the same references: without h3 only, {tell, talk; leave} -> 1. Its distance is 1 - 0
    assert find(found, "distance_to_ceiling", "main", "majority", "m", PEOPLE).number() == 1.0
    assert isinstance(find(found, "ratio_to_ceiling", "main", "majority", "m", PEOPLE).value, NotMeasured)  # by 0
    # union: without h1 {talk, wait} 1, without h2 {tell, wait} 1, without h3 {tell, talk} 1: 1 - 2 / 3, and 1 / (2 / 3)
    assert find(found, "distance_to_ceiling", "main", "union", "m", PEOPLE).number() == pytest.approx(1 / 3)
    assert find(found, "ratio_to_ceiling", "main", "union", "m", PEOPLE).number() == pytest.approx(1.5)
    # each: h1 with h2 1, h1 with h3 0, h2 with h1 1 (it opposes leave), h2 with h3 0, h3 with h1 0 and with h2 0 -> 2 / 6
    assert find(found, "ceiling", "main", "each").number() == pytest.approx(1 / 3)
    assert find(found, "ratio_to_ceiling", "main", "each", "m", PEOPLE).number() == pytest.approx(2)


def test_any_two_by_hand() -> None:
    found = every(panel().table())
    # the six ordered pairs of people have 2; m with h1, h2, h3: 1, 1, 0; h1, h2, h3 with m: 1, 1, 0 -> 6 / 12
    e = find(found, "random_pair", "main", "each")
    assert (e.number(), e.pairing) == (0.5, "")
    placebo = find(found, "placebo", "main", "each")
    assert isinstance(placebo.value, NotMeasured)
    assert "normscope validate" in placebo.value.reason


def test_unclear_silent_and_missing_labels() -> None:
    world, m = panel(), ("d", "m", 0)
    world.labels[m, "main", "dtell"] = "unclear"
    world.labels[m, "main", "dtalk"] = "silent"
    world.labels[m, "main", "dleave"] = "unclear"
    found = every(world.table())
    expected = {
        "main": "unclear",
        "any": "unclear",
        "conditional": "unclear",
        "strict": 0.0,
        "coverage": 0.0,
        "violation": "unclear",
    }
    for reading, value in expected.items():
        e = find(found, "stated", reading, "majority", "m", PEOPLE)
        assert e.excluded == {value: 1} if isinstance(value, str) else e.value == value
    del world.labels[m, "main", "dleave"]
    assert find(every(world.table()), "stated", "any", "majority", "m", PEOPLE).excluded == {"not_matched": 1}
    # whether h2 agrees with tell is unknown, and h1 with talk: they might make a majority
    for talk, s in ((("d", "h2", 0), "dtell"), (("d", "h1", 0), "dtalk")):
        del world.labels[talk, "main", s]
    assert find(every(world.table()), "stated", "any", "majority", "m", PEOPLE).excluded == {"panel_not_matched": 1}


def test_a_stance_coded_in_the_same_words_is_a_vote() -> None:
    world = panel()
    world.labels[("d", "h3", 0), "explicit", "dtell"] = "agree"  # before what its main solution says of it
    found = every(world.table())
    # tell 3 / 0: unanimous, and so is nothing else
    assert find(found, "stated", "main", "unanimous", "m", PEOPLE).number() == 1.0
    assert find(found, "stated", "strict", "unanimous", "m", PEOPLE).number() == 1.0


def test_what_a_panel_of_one_can_be() -> None:
    world = panel()
    for r in ("h2", "h3"):
        world.outcomes["d", r, 0] = "refused"
    found = every(world.table())
    assert find(found, "stated", "main", "union", "m", PEOPLE).number() == 1.0
    for policy in ("majority", "unanimous"):
        assert find(found, "stated", "main", policy, "m", PEOPLE).excluded == {"one_panelist": 1}
    # h1 has nobody to be held against; the others refused
    assert find(found, "ceiling", "main", "union").excluded == {"no_reference": 1, "refused": 2}


def test_hedging_is_counted_where_it_was_looked_for() -> None:
    world = panel()
    for d in ("e", "f"):
        world.outcomes |= {(d, r, k): "answered" for r in ("m", "h1") for k in range(2)}
    world.solutions["e0"] = (("e", "m", 0), True, True, "rules", True)
    world.solutions["e1"] = (("e", "m", 1), True, True, "rules", False)
    world.solutions["f0"] = (("f", "m", 0), True, True, "coded", False)
    e = find(every(world.table()), "hedge", "main", "each", "m")
    # d: not hedged, 0; e: one of two draws, 0.5
    assert (e.number(), e.n_dilemmas, e.excluded) == (0.25, 2, {"no_solution": 1, "not_read": 1})


def test_equivalence_is_a_verdict_on_the_interval() -> None:
    world = World()
    for i in range(40):
        part = panel(dilemma=f"d{i:02}")
        for talk, s in (((f"d{i:02}", "h3", 0), "tell"), ((f"d{i:02}", "h3", 0), "talk"), ((f"d{i:02}", "m", 0), "wait")):
            part.labels[talk, "main", f"d{i:02}{s}"] = "agree" if i % 8 else "silent"
        for name in ("outcomes", "solutions", "labels"):
            getattr(world, name).update(getattr(part, name))
    table = world.table()
    wide = robustness(table, draws=200, equivalence=Equivalence(margin=0.9))
    narrow = robustness(table, draws=200, equivalence=Equivalence(margin=0.01, alpha=0.025))
    at = ("main", "each", "m", PEOPLE)
    assert [find(found, "equivalent_to_ceiling", *at).number() for found in (wide, narrow)] == [1.0, 0.0]
    e, distance = find(narrow, "equivalent_to_ceiling", *at), find(estimate(table, draws=200), "distance_to_ceiling", *at)
    assert isinstance(distance.low, float)
    assert isinstance(distance.high, float)
    # alpha 0.025 is the 95% interval of the distance itself: the resamples are the same
    assert (
        f"margin 0.01, alpha 0.025: the 95% interval of distance_to_ceiling is [{distance.low:.4f}, {distance.high:.4f}]"
        in e.method
    )
    assert (e.level, isinstance(e.low, NotMeasured)) == (0.95, True)


@pytest.mark.parametrize("options", [{"margin": 0.0}, {"margin": float("nan")}, {"margin": 1.5}, {"alpha": 0.5}, {"alpha": 0.0}])
def test_impossible_tests_of_equivalence(options: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"margin|alpha"):
        Equivalence(**options)


def talks(*who: str, dilemmas: int = 1) -> World:
    """Everybody says the same and is understood."""
    world = World()
    all_talks: list[Talk] = [(f"d{i}", r, 0) for i in range(dilemmas) for r in who]
    world.outcomes |= dict.fromkeys(all_talks, "answered")
    world.solutions |= {f"{d} {r}": ((d, r, k), True, True, "rules", False) for d, r, k in all_talks}
    world.labels |= {(a, "main", f"{b[0]} {b[1]}"): "agree" for a, b in permutations(all_talks, 2) if a[0] == b[0]}
    return world


@pytest.mark.parametrize("who", [("m",), ("h1",), ("h1", "m"), ("m", "n"), ("hå 🙂", "h2", "h3", "модель")])
def test_degenerate_studies_have_values_or_reasons(who: tuple[str, ...]) -> None:
    for world in (talks(*who), World(dict.fromkeys(talks(*who).outcomes, "failed")), talks(*who, dilemmas=2)):
        for e in robustness(world.table(), draws=5):
            if isinstance(e.value, NotMeasured):
                assert e.value.reason
            else:
                assert e.number() in ((0.0,) if e.metric in ("hedge", "distance_to_ceiling") else (0.0, 1.0))
    assert robustness(World().table(), draws=5)[-1].metric == "placebo"


def test_all_equal_is_one_under_every_policy() -> None:
    found = robustness(talks("h1", "h2", "h3", "m", dilemmas=6).table(), draws=5)
    for policy in ("union", "majority", "unanimous"):
        for reading in READINGS[:-1]:
            e = find(found, "stated", reading, policy, "m", PEOPLE)
            assert (e.number(), e.method) == (1.0, "cluster-robust Wilson, Student's t; cautious, little to tell from")
            assert find(found, "ratio_to_ceiling", reading, policy, "m", PEOPLE).number() == 1.0


def test_simulated_policies_are_recovered() -> None:
    """Each person takes the one course with chance 0.7, else the other; the model takes it always. One side agrees with itself.

    With three people, two or three of a side make the majority. Union: the model agrees with somebody unless all three take the
    other course, 1 - 0.3³ = 0.973. Majority: 0.7³ + 3 · 0.7² · 0.3 = 0.784. Each: 0.7. Unanimous, where there is one:
    0.7³ / (0.7³ + 0.3³) = 0.927.
    """
    rng, n = Random(1), 400
    world = World()
    for i in range(n):
        sides = {r: rng.random() < 0.7 for r in ("h1", "h2", "h3")} | {"m": True}
        at: dict[str, Talk] = {r: (f"d{i}", r, 0) for r in sides}
        world.outcomes |= dict.fromkeys(at.values(), "answered")
        world.solutions |= {f"{i}{r}": (talk, True, True, "rules", False) for r, talk in at.items()}
        world.labels |= {
            (at[a], "main", f"{i}{b}"): "agree" if sides[a] == sides[b] else "disagree" for a, b in permutations(sides, 2)
        }
    found = every(world.table())
    values = {p: find(found, "stated", "main", p, "m", PEOPLE).number() for p in ("union", "majority", "each", "unanimous")}
    expected = {"union": 0.973, "majority": 0.784, "each": 0.7, "unanimous": 0.343 / 0.37}
    assert values == pytest.approx(expected, abs=0.05)
    # two people agree with 0.7² + 0.3² = 0.58; a third with at least one of two: 0.7 (1 - 0.09) + 0.3 (1 - 0.49) = 0.79
    ceilings = {p: find(found, "ceiling", "main", p).number() for p in ("each", "union")}
    assert ceilings == pytest.approx({"each": 0.58, "union": 0.79}, abs=0.04)
    assert mean(values.values()) > mean(ceilings.values())
