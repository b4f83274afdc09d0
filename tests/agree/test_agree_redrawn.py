"""Intervals for `these dilemmas`: by hand, against a loop, in a simulation, and where there is none."""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean, stdev

import numpy as np
import pytest

from normscope.agree import PEOPLE, estimate
from normscope.agree.measures import measures
from normscope.agree.redrawn import ONE_DRAW, REDRAWN, RETEST, Redrawn, redrawn
from normscope.agree.resampled import ALL_TOPICS, grouping, resampled
from normscope.agree.scopes import Who
from normscope.errors import UsageError
from normscope.records import Estimate, NotMeasured
from normscope.stats import Resamples
from normscope.table import AgreementTable
from tests.agree.test_agree_estimates import NAMES, Shown, Stated, find, per_dilemma, per_solution, random_rows, table_of, yes

THESE = "these dilemmas"


def ends(e: Estimate) -> tuple[float, float]:
    assert isinstance(e.low, float)
    assert isinstance(e.high, float)
    return e.low, e.high


def why(e: Estimate) -> str:
    assert isinstance(e.low, NotMeasured)
    assert isinstance(e.high, NotMeasured)
    return e.low.reason


def by_hand(unsettled: int = 5) -> AgreementTable:
    """`m`, asked twice about each of 10 dilemmas, differs from itself on the last few alone; two people always agree."""
    said: list[Stated] = []
    asked: list[Shown] = []
    for d in range(10):
        said += [yes(d, "h1", "h2", 1.0), yes(d, "h2", "h1", 1.0)]
        for k in range(2):
            differs = d >= 10 - unsettled
            said += [yes(d, "m", h, float(not (differs and k == 1)), k=k) for h in ("h1", "h2")]
            right = not (differs and k == 0)
            asked.append((d, "m", k, "h1", f"h1{d}", True, "agree" if right else "silent", float(right), "counted"))
        said += [yes(d, "m", "m", 1.0, k=k, j=1 - k) for k in range(2)]
    return table_of(["h1", "h2", "m"], said, asked, dilemmas=10)


def test_by_hand() -> None:
    found = estimate(by_hand(), draws=400, level=0.8, estimand="these dilemmas")
    # Five dilemmas are 1 whatever is picked. Of the draws of each of the others, 1 and 0, one is picked: (5 + x) / 10 with x
    # binomial(5, 1/2). P(x <= 0) = 0.031 < 0.1 < P(x <= 1) = 0.19, so the middle 80 % are x = 1 to 4: 0.75 -+ 0.15.
    # Five dilemmas moved: t(0.9, 5) / z(0.9) = 1.4759 / 1.2816 = 1.1517; 0.15 * 1.1517 = 0.1727.
    stated = find(found, "stated", "m", PEOPLE)
    assert stated.number() == pytest.approx(0.75)
    assert stated.estimand == THESE
    assert ends(stated) == pytest.approx((0.75 - 0.1727, 0.75 + 0.1727), abs=1e-4)
    how = "bootstrap of draws, percentile, 400 draws, seed 0, widened by Student's t; "
    assert stated.method == how + "people's answers taken as given"
    # The other draw of these is the one that went along with the solution shown: (10 - x) / 10.
    explicit = find(found, "explicit", "m", "h1")
    assert explicit.number() == pytest.approx(0.75)
    assert ends(explicit) == pytest.approx((0.75 - 0.1727, 0.75 + 0.1727), abs=1e-4)
    assert explicit.method == how + "solutions shown taken as given"
    # As it is the same conversation, (5 - 2x) / 10: -+ 0.3, times 1.1517. Were both drawn apart, it were -+ 0.2 times it.
    gap = find(found, "gap", "m", "h1")
    assert gap.number() == pytest.approx(0.0)
    assert ends(gap) == pytest.approx((-0.3455, 0.3455), abs=1e-4)
    # The ceiling is 1 and given.
    distance = find(found, "distance_to_ceiling", "m", PEOPLE)
    assert distance.number() == pytest.approx(-0.25)
    assert ends(distance) == pytest.approx((-0.25 - 0.1727, -0.25 + 0.1727), abs=1e-4)
    assert distance.estimand == gap.estimand == explicit.estimand == THESE


def test_where_there_is_no_interval() -> None:
    found = estimate(by_hand(), draws=50, estimand="these dilemmas")
    ceiling = find(found, "ceiling")
    assert (ceiling.number(), why(ceiling), ceiling.method, ceiling.estimand) == (1.0, ONE_DRAW, "no interval", THESE)
    assert "`draws: 2` or more" in ONE_DRAW
    assert why(find(found, "stated", "h1", "h2")) == ONE_DRAW
    assert why(find(found, "stated", "m", "m")) == RETEST
    few = find(estimate(by_hand(4), draws=50, estimand="these dilemmas"), "stated", "m", "h1")
    assert why(few).startswith("draws differ on 4 dilemmas; an interval for these dilemmas needs 5")
    nothing = estimate(table_of("mn", [], dilemmas=0), estimand="these dilemmas")
    assert {e.estimand for e in nothing if e.metric == "stated"} == {THESE}


def test_single_answers_of_a_model_are_given_and_named() -> None:
    said = [yes(d, "m", "n", float(k == d % 2), k=k) for d in range(6) for k in range(2) if d < 5 or k == 0]
    one = find(estimate(table_of("mn", said, dilemmas=6), draws=50, estimand="these dilemmas"), "stated", "m", "n")
    assert one.method.endswith("; models' single answers taken as given")


def test_only_intervals_change() -> None:
    said, asked = random_rows(3, 8)
    table = table_of(NAMES, said, asked, dilemmas=8, topics=lambda d: "ab"[d % 2])
    plain, same = estimate(table, draws=30), estimate(table, draws=30, estimand="dilemmas like these")
    these = estimate(table, draws=30, estimand="these dilemmas")
    assert plain == same
    for one, other in zip(plain, these, strict=True):
        about = ("metric", "pairing", "responder_id", "target_id", "topic", "value", "n_dilemmas", "excluded", "level")
        assert all(getattr(one, name) == getattr(other, name) for name in about)
        changed = one.metric in {*REDRAWN, "stated_both", "explicit_both", "ceiling", "explicit_ceiling"}
        assert other.estimand == (THESE if changed else "dilemmas like these")
        assert changed or one == other
    assert estimate(table, draws=30, estimand="these dilemmas") == these


def test_no_such_estimand() -> None:
    with pytest.raises(UsageError, match="Did you mean 'these dilemmas'"):
        estimate(by_hand(), estimand="this dilemmas")  # type: ignore[arg-type]  # the wrong value is the point


DRAWS_OF = {"h1": 1, "h2": 1, "m1": 3, "m2": 2}


def uneven_rows(dilemmas: int) -> tuple[list[Stated], list[Shown]]:
    """People asked once, models two or three times; some rows have no value, and a row may be missing altogether."""
    rng = np.random.default_rng(5)
    said: list[Stated] = []
    asked: list[Shown] = []
    for d in range(dilemmas):
        for r, of_r in DRAWS_OF.items():
            for t, of_t in DRAWS_OF.items():
                for k, j in np.ndindex(of_r, of_t):
                    if (r, k) != (t, j):
                        counted = rng.random() < 0.8
                        value = float(rng.random() < 0.6) if counted else None
                        said.append((d, r, k, t, j, value, "counted" if counted else "unclear"))
                for k in range(of_r if r[0] == "m" and t[0] == "h" else 0):
                    for s in range(2):
                        right = bool(rng.random() < 0.7)
                        asked.append((d, r, k, t, f"{t}{d}{s}", True, "agree" if right else "silent", float(right), "counted"))
    return said, asked


def again(said: list[Stated], asked: list[Shown], rng: np.random.Generator) -> tuple[list[Stated], list[Shown]]:
    """One resample: of the k draws of a responder on a dilemma k - 1 are picked; a row counts as often as both of its are."""
    times: dict[tuple[int, str, int], int] = {}
    for d in {row[0] for row in said}:
        for name, k in DRAWS_OF.items():
            picked = rng.integers(0, k, size=k - 1).tolist() if k > 1 else [0]
            times |= {(d, name, draw): picked.count(draw) for draw in range(k)}
    kept = [row for row in said for _ in range(times[row[0], row[1], row[2]] * times[row[0], row[3], row[4]])]
    return kept, [row for row in asked for _ in range(times[row[0], row[1], row[2]])]


Numbers = Callable[[list[Stated], list[Shown]], float]


def stated(wanted: Callable[[str, str], bool]) -> Numbers:
    return lambda said, asked: mean(per_dilemma(said, wanted).values())


def explicit(wanted: Callable[[str, str], bool]) -> Numbers:
    return lambda said, asked: mean(value for _, value, _ in per_solution(asked, wanted).values())


def gap(said: list[Stated], asked: list[Shown]) -> float:
    main = per_dilemma(said, m1_with_people)
    shown_to = {at: v for at, v in per_solution(asked, m1_with_people).items() if at[0] in main}
    return mean(v[1] for v in shown_to.values()) - mean(main[d] for d in {at[0] for at in shown_to})


def distance(said: list[Stated], asked: list[Shown]) -> float:
    model, ceiling = per_dilemma(said, m1_with_people), per_dilemma(said, among_people)
    both = sorted(set(model) & set(ceiling))
    return mean(model[d] for d in both) - mean(ceiling[d] for d in both)


def m1_with_people(r: str, t: str) -> bool:
    return r == "m1" and t[0] == "h"


def among_people(r: str, t: str) -> bool:
    return r != t and r[0] == t[0] == "h"


CASES: list[tuple[str, tuple[str, str, str], Numbers]] = [
    ("stated", ("m1", "h2", "model–human"), stated(lambda r, t: (r, t) == ("m1", "h2"))),
    ("stated", ("m1", "m2", "model–model"), stated(lambda r, t: (r, t) == ("m1", "m2"))),
    ("stated", ("m1", PEOPLE, "model–human"), stated(m1_with_people)),
    ("stated", ("", "", "model–human"), stated(lambda r, t: r[0] == "m" and t[0] == "h")),
    ("stated", ("", "", "model–model"), stated(lambda r, t: r != t and r[0] == t[0] == "m")),
    ("explicit", ("m1", PEOPLE, "model–human"), explicit(m1_with_people)),
    ("explicit", ("m2", "h1", "model–human"), explicit(lambda r, t: (r, t) == ("m2", "h1"))),
    ("gap", ("m1", PEOPLE, "model–human"), gap),
    ("distance_to_ceiling", ("m1", PEOPLE, "model–human"), distance),
]


def of_table(table: AgreementTable, draws: int, seed: int = 0) -> tuple[Who, dict[str, Redrawn]]:
    who = Who(table.responders, people_listed=50)
    groups = grouping(table, by_topic=False)
    return who, redrawn(table, who, groups, measures(table, who), draws=draws, seed=seed)


def test_second_implementation(monkeypatch: pytest.MonkeyPatch) -> None:
    said, asked = uneven_rows(6)
    table = table_of(DRAWS_OF, said, asked, dilemmas=6)
    rng = np.random.default_rng(1)
    loops = [again(said, asked, rng) for _ in range(500)]
    for numbers_at_a_time in (2**22, 1):  # all dilemmas at once, and each in a block of its own
        monkeypatch.setattr("normscope.agree.redrawn.CELLS", numbers_at_a_time)
        who, found = of_table(table, 1500)
        for metric, ids, number in CASES:
            [at] = [
                i
                for (key, topic), i in found[metric].number.items()
                if (*who.ids(key), who.pairing_name(key)) == ids and topic == ALL_TOPICS and key.scope != 3
            ]
            ours = found[metric].draws[:, at].compressed()
            theirs = [number(*rows) for rows in loops]
            spread = stdev(theirs)
            assert float(ours.mean()) == pytest.approx(mean(theirs), abs=0.15 * spread), (metric, ids)
            assert float(ours.std()) == pytest.approx(spread, rel=0.15), (metric, ids)


def test_intervals_cover_what_they_name() -> None:
    """100 models of chances of their own on 30 given dilemmas: the mean chance is what is estimated."""
    rng = np.random.default_rng(2)
    models = [f"m{i}" for i in range(100)]
    chances = rng.uniform(0.1, 0.9, size=(100, 30))
    for k in (2, 4):
        drawn = rng.random((k, 100, 30)) < chances
        said = [yes(d, m, "h", float(drawn[j, i, d]), k=j) for j in range(k) for i, m in enumerate(models) for d in range(30)]
        table = table_of(["h", *models], said, dilemmas=30)
        who, found = of_table(table, 300)
        groups = grouping(table, by_topic=False)
        measure = measures(table, who)[0]
        columns = found["stated"].intervals(resampled(measure, groups, Resamples(30, 10, 0), level=0.95), level=0.95)
        of_models = [columns[at] for at in sorted(columns) if at[0].scope == 0]
        assert len(of_models) == 100
        truth = chances.mean(axis=1).tolist()
        held = [
            isinstance(c.low, float) and isinstance(c.high, float) and c.low <= t <= c.high
            for c, t in zip(of_models, truth, strict=True)
        ]
        assert 0.90 <= mean(held) <= 0.99, (k, mean(held))
