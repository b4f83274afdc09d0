"""Estimates: by hand, against naive loops, under invariances, and in a simulation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from statistics import NormalDist, mean

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.agree import PEOPLE, estimate
from normscope.errors import UsageError
from normscope.records import Estimate, Kind, NotMeasured, Responder
from normscope.stats import trusted_differences, trusted_rates
from normscope.stats.bootstrap import Floats
from normscope.table import EXPLICIT_SCHEMA, STATED_SCHEMA, AgreementTable

Stated = tuple[int, str, int, str, int, float | None, str]
"""dilemma, responder, draw, target, target's draw, value, status"""
Shown = tuple[int, str, int, str, str, bool, str | None, float | None, str]
"""dilemma, responder, draw, target, solution, accepted, label, value, status"""


def table_of(
    responders: Iterable[str],
    stated: Iterable[Stated],
    shown: Iterable[Shown] = (),
    *,
    dilemmas: int,
    topics: Callable[[int], str] = lambda d: "unspecified",
    clusters: Callable[[int], str] = str,
) -> AgreementTable:
    """A table of responders by name; those called h… are people."""
    names = list(responders)
    n = {name: i for i, name in enumerate(names)}
    said = [(d, n[r], k, n[t], j, value, status) for d, r, k, t, j, value, status in stated]
    asked = [(d, n[r], k, n[t], *rest) for d, r, k, t, *rest in shown]
    return AgreementTable(
        dilemmas=tuple(f"d{i}" for i in range(dilemmas)),
        topics=tuple(topics(i) for i in range(dilemmas)),
        clusters=tuple(clusters(i) for i in range(dilemmas)),
        languages=("en",) * dilemmas,
        responders=tuple(Responder(name, Kind.HUMAN if name.startswith("h") else Kind.MODEL) for name in names),
        stated=pl.DataFrame(said, schema=STATED_SCHEMA, orient="row"),
        explicit=pl.DataFrame(asked, schema=EXPLICIT_SCHEMA, orient="row"),
        matcher="exact",
    )


def yes(d: int, r: str, t: str, value: float, k: int = 0, j: int = 0) -> Stated:
    return (d, r, k, t, j, value, "counted")


def shown(d: int, r: str, t: str, solution: str, label: str) -> Shown:
    """Solutions called no… are rejected by their target."""
    accepted = not solution.startswith("no")
    return (d, r, 0, t, f"{t}{d}{solution}", accepted, label, float(label == ("agree" if accepted else "disagree")), "counted")


def find(
    found: list[Estimate], metric: str, responder: str = "", target: str = "", topic: str = "all", pairing: str = ""
) -> Estimate:
    wanted = [
        e
        for e in found
        if (e.metric, e.responder_id, e.target_id, e.topic) == (metric, responder, target, topic) and pairing in e.pairing
    ]
    assert len(wanted) == 1, f"{len(wanted)} estimates of {metric} {responder} {target} {topic} {pairing}"
    return wanted[0]


def small() -> AgreementTable:
    """Two people and two models on three dilemmas; on the third only the people and `m` can be compared."""
    said = [
        yes(0, "m", "h1", 1.0),
        yes(0, "m", "h2", 0.0),
        yes(1, "m", "h1", 1.0),
        yes(1, "m", "h2", 1.0),
        yes(2, "m", "h1", 0.0),
        (2, "m", 0, "h2", 0, None, "target_refused"),
        yes(0, "h1", "h2", 1.0),
        yes(0, "h2", "h1", 0.0),
        yes(1, "h1", "h2", 1.0),
        yes(1, "h2", "h1", 1.0),
        yes(0, "m", "n", 1.0),
        yes(0, "n", "m", 0.0),
        (1, "n", 0, "m", 0, None, "refused"),
    ]
    asked = [
        shown(0, "m", "h1", "tell", "agree"),
        shown(0, "m", "h1", "no_leave", "agree"),
        shown(0, "m", "h2", "wait", "unclear"),
        shown(1, "m", "h1", "tell", "agree"),
    ]
    return table_of(["h1", "h2", "m", "n"], said, asked, dilemmas=3, topics=lambda d: "work" if d < 2 else "love")


def test_stated_by_hand() -> None:
    found = estimate(small(), draws=50)
    assert find(found, "stated", "m", "h1").number() == pytest.approx(2 / 3)  # 1, 1, 0
    towards_people = find(found, "stated", "m", PEOPLE)  # dilemmas 0: (1 + 0) / 2, 1: (1 + 1) / 2, 2: 0 -> 1.5 / 3
    assert towards_people.number() == pytest.approx(0.5)
    assert (towards_people.pairing, towards_people.n_dilemmas) == ("model–human", 3)
    assert towards_people.excluded == {"target_refused": 1}
    assert find(found, "stated", "m", PEOPLE, topic="work").number() == pytest.approx(0.75)
    assert find(found, "stated", "m", PEOPLE, topic="love").number() == 0.0
    ceiling = find(found, "ceiling")  # dilemma 0: (1 + 0) / 2, 1: 1 -> 0.75
    assert ceiling.number() == 0.75
    assert ceiling.value == find(found, "stated", pairing="human–human").value
    assert find(found, "stated", "h1", PEOPLE).number() == 1.0  # leave one out: h1 towards h2 only
    distance = find(found, "distance_to_ceiling", "m", PEOPLE)  # on dilemmas 0 and 1: 0.75 - 0.75
    assert (distance.number(), distance.n_dilemmas, distance.excluded) == (0.0, 2, {"no_ceiling": 1})
    both = find(found, "stated_both", "m", "n")  # 1 one way, 0 the other
    assert (both.number(), both.excluded) == (0.5, {"refused": 1})
    assert find(found, "asymmetry", "h1", "h2").number() == 0.5  # |1 - 0| and |1 - 1|
    assert find(found, "asymmetry", "m", "n").number() == 1.0
    assert find(found, "refused", "n").number() == 0.5
    assert find(found, "no_solution", "n").excluded == {"refused": 1}


def test_which_comparisons_are_given() -> None:
    found = estimate(small(), draws=5)

    def given_by(metric: str, topic: str = "all") -> set[tuple[str, str]]:
        return {(e.responder_id, e.target_id) for e in found if (e.metric, e.topic) == (metric, topic)}

    names = ("h1", "h2", "m", "n")
    pairs = {(a, b) for a in names for b in names if a != b}
    assert given_by("stated") == pairs | {(a, PEOPLE) for a in names} | {("", "")}
    assert given_by("stated", "love") == {("m", PEOPLE), ("", "")}
    assert given_by("stated_both") == {("h1", "h2"), ("m", "n")}
    assert given_by("asymmetry") == {("h1", "h2"), ("m", "n"), ("h1", "m"), ("h2", "m")}
    assert given_by("distance_to_ceiling") == {("m", PEOPLE), ("n", PEOPLE)}
    assert given_by("refused") == given_by("no_solution") == {(a, "") for a in names}
    assert given_by("gap") == given_by("dprime") | {("", "")}
    assert {e.topic for e in estimate(small(), draws=5, topics=False)} == {"all"}


def test_explicit_by_hand() -> None:
    found = estimate(small(), draws=50)
    # towards people: tell agree 1, no_leave agree 0, wait unclear 0, tell agree 1 -> 2 / 4
    assert find(found, "explicit", "m", PEOPLE).number() == 0.5
    assert find(found, "explicit_unclear", "m", PEOPLE).number() == 0.25
    assert find(found, "acquiescence", "m", PEOPLE).number() == 1.0
    # d′: (2 + 0.5) / (3 + 1) = 0.625 and (1 + 0.5) / (1 + 1) = 0.75
    z = NormalDist().inv_cdf
    assert find(found, "dprime", "m", PEOPLE).number() == pytest.approx(z(0.625) - z(0.75))
    # the gap is taken on dilemmas 0 and 1: 2 / 4 - 0.75; stated alone on dilemma 2
    gap = find(found, "gap", "m", PEOPLE)
    assert (gap.number(), gap.excluded) == (-0.25, {"stated_only": 1})
    assert find(found, "gap", "m", "h1").number() == pytest.approx(2 / 3 - 1)
    nothing_rejected = find(found, "dprime", "m", "h2").value
    assert nothing_rejected == NotMeasured("d′ needs accepted and rejected solutions to be shown")
    assert find(found, "explicit_ceiling").value == NotMeasured("no solutions were shown")


def test_draws_are_averaged_before_dilemmas() -> None:
    # dilemma 0 has three draws (1, 1, 0), dilemma 1 one (0): (2 / 3 + 0) / 2, not 2 / 4
    said = [yes(0, "m", "n", v, k) for k, v in enumerate((1.0, 1.0, 0.0))] + [yes(1, "m", "n", 0.0)]
    assert find(estimate(table_of("mn", said, dilemmas=2)), "stated", "m", "n").number() == pytest.approx(1 / 3)


def test_retest_stays_out_of_every_other_pairing() -> None:
    said = [yes(0, "h", "h", 1.0, 0, 1), yes(0, "h", "h", 1.0, 1, 0), yes(0, "m", "h", 0.0)]
    found = estimate(table_of(["h", "m"], said, dilemmas=1))
    assert find(found, "stated", "h", "h").pairing == "test–retest"
    assert find(found, "stated", pairing="test–retest").number() == 1.0
    assert find(found, "ceiling").value == NotMeasured("no two people answered the same dilemma")
    assert find(found, "stated", "h", PEOPLE).value == NotMeasured("no other person answered the same dilemmas")
    assert find(found, "stated", "m", PEOPLE).number() == 0.0


def test_clusters_are_taken_whole() -> None:
    said = [yes(d, "m", "n", float(d % 2)) for d in range(12)]
    own = find(estimate(table_of("mn", said, dilemmas=12)), "stated", "m", "n")
    pairs = find(estimate(table_of("mn", said, dilemmas=12, clusters=lambda d: str(d // 2))), "stated", "m", "n")
    one = find(estimate(table_of("mn", said, dilemmas=12, clusters=lambda d: "radio")), "stated", "m", "n")
    assert own.method == "cluster-robust Wilson, Student's t"
    # each cluster of two holds a 0 and a 1: the interval is that of 6 observations which are all alike, not of 12
    alike = trusted_rates(np.ones((6, 1)), np.full((6, 1), 2.0))
    assert (pairs.low, pairs.high) == pytest.approx((float(alike.low[0]), float(alike.high[0])))
    why = "an interval needs data on at least 5 clusters of dilemmas of equal size; these are worth 1.0"
    assert (one.value, one.low, one.high, one.method) == (0.5, NotMeasured(why), NotMeasured(why), "no interval")


def test_an_empty_table_says_what_is_missing() -> None:
    found = estimate(table_of("mn", [], dilemmas=0))
    assert {(e.metric, e.pairing): e.value for e in found if not e.responder_id and e.metric == "stated"} == {
        ("stated", "model–human"): NotMeasured("no model and person answered the same dilemma"),
        ("stated", "model–model"): NotMeasured("no two models answered the same dilemma"),
        ("stated", "human–human"): NotMeasured("no two people answered the same dilemma"),
    }
    assert find(found, "stated", "m", "n").value == NotMeasured("these two never answered the same dilemma")


def test_nothing_counted_says_what_came_instead() -> None:
    said: list[Stated] = [(d, "m", 0, "n", 0, None, "failed" if d else "no_solution") for d in range(3)]
    found = find(estimate(table_of("mn", said, dilemmas=3)), "stated", "m", "n")
    assert found.value == NotMeasured("nothing counted: 2 failed, 1 no_solution")
    assert (found.n_dilemmas, found.excluded, found.method) == (0, {"failed": 2, "no_solution": 1}, "not measured")


def test_a_crowd_is_compared_as_one() -> None:
    people = [f"h{i}" for i in range(4)]
    said = [yes(0, a, b, 1.0) for a in people for b in people if a != b] + [yes(0, "m", p, 0.0) for p in people]
    found = estimate(table_of([*people, "m"], said, dilemmas=1), people_listed=3)
    assert not [e for e in found if e.responder_id.startswith("h") or e.target_id.startswith("h")]
    assert find(found, "ceiling").number() == 1.0
    assert find(found, "stated", "m", PEOPLE).number() == 0.0


@pytest.mark.parametrize(
    ("options", "message"), [({"draws": 0}, "draws must be at least 1"), ({"level": 95.0}, "level must be between 0 and 1")]
)
def test_impossible_options(options: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        estimate(small(), **options)  # type: ignore[arg-type]  # the wrong values are the point


def test_names_that_the_result_needs() -> None:
    with pytest.raises(UsageError, match="may not be called 'people'"):
        estimate(table_of(["m", PEOPLE], [], dilemmas=0))
    with pytest.raises(UsageError, match="topic may not be called 'all'"):
        estimate(table_of("mn", [], dilemmas=1, topics=lambda d: "all"))


LABELS = ("agree", "disagree", "silent", "unclear")
NAMES = ("h1", "h2", "h3", "m1", "m2")


def random_rows(seed: int, dilemmas: int) -> tuple[list[Stated], list[Shown]]:
    rng = np.random.default_rng(seed)
    said: list[Stated] = []
    asked: list[Shown] = []
    for d in range(dilemmas):
        for r in NAMES:
            for t in NAMES:
                draws = [(k, j) for k in range(2) for j in range(2) if (r, k) != (t, j)]
                for k, j in draws:
                    if rng.random() < 0.5:
                        said.append((d, r, k, t, j, float(rng.random() < 0.6), "counted"))
                    elif rng.random() < 0.5:
                        said.append((d, r, k, t, j, None, str(rng.choice(["target_refused", "unclear"]))))
                for s in range(int(rng.integers(0, 3)) if r != t else 0):
                    accepted = bool((d + s) % 2)
                    for k in range(2):
                        label = str(rng.choice(LABELS))
                        value = float(label == ("agree" if accepted else "disagree"))
                        asked.append((d, r, k, t, f"{t}{d}{s}", accepted, label, value, "counted"))
    return said, asked


def per_dilemma(said: list[Stated], wanted: Callable[[str, str], bool]) -> dict[int, float]:
    cells: dict[tuple[int, str, str], list[float]] = defaultdict(list)
    for d, r, _, t, _, value, _ in said:
        if value is not None and wanted(r, t):
            cells[d, r, t].append(value)
    dilemmas: dict[int, list[float]] = defaultdict(list)
    for (d, _, _), values in cells.items():
        dilemmas[d].append(mean(values))
    return {d: mean(values) for d, values in sorted(dilemmas.items())}


def per_solution(asked: list[Shown], wanted: Callable[[str, str], bool]) -> dict[tuple[int, str, str], tuple[bool, float, float]]:
    cells: dict[tuple[int, str, str], list[tuple[bool, float, float]]] = defaultdict(list)
    for d, r, _, t, s, accepted, label, value, _ in asked:
        if wanted(r, t) and value is not None:
            cells[d, r, s].append((accepted, value, float(label == "agree")))
    return {at: (v[0][0], mean(x[1] for x in v), mean(x[2] for x in v)) for at, v in cells.items()}


SCOPES: dict[tuple[str, str, str], Callable[[str, str], bool]] = {
    ("m1", "h2", "model–human"): lambda r, t: (r, t) == ("m1", "h2"),
    ("h2", "m1", "model–human"): lambda r, t: (r, t) == ("h2", "m1"),
    ("m1", "m1", "test–retest"): lambda r, t: r == t == "m1",
    ("m1", PEOPLE, "model–human"): lambda r, t: r == "m1" and t[0] == "h",
    ("h1", PEOPLE, "human–human"): lambda r, t: r == "h1" and t in ("h2", "h3"),
    ("", "", "model–human"): lambda r, t: r[0] == "m" and t[0] == "h",
    ("", "", "human–human"): lambda r, t: r[0] == t[0] == "h" and r != t,
    ("", "", "model–model"): lambda r, t: r[0] == t[0] == "m" and r != t,
}


@given(st.integers(0, 2**20))
@settings(max_examples=15, deadline=None)
def test_second_implementation(seed: int) -> None:
    said, asked = random_rows(seed, 4)
    found = estimate(table_of(NAMES, said, asked, dilemmas=4), draws=5)
    for (responder, target, pairing), wanted in SCOPES.items():
        stated = per_dilemma(said, wanted)
        shown_to = per_solution(asked, wanted)
        if stated:
            e = find(found, "stated", responder, target, pairing=pairing)
            assert e.number() == pytest.approx(mean(stated.values()))
            assert e.n_dilemmas == len(stated)
        if shown_to:
            e = find(found, "explicit", responder, target, pairing=pairing)
            assert e.number() == pytest.approx(mean(value for _, value, _ in shown_to.values()))
            assert e.n_dilemmas == len({d for d, _, _ in shown_to})
        rejected = [agrees for accepted, _, agrees in shown_to.values() if not accepted]
        if rejected:
            e = find(found, "acquiescence", responder, target, pairing=pairing)
            assert e.number() == pytest.approx(mean(rejected))
        common = set(stated) & {d for d, _, _ in shown_to}
        if common:
            expected = mean(v for (d, _, _), (_, v, _) in shown_to.items() if d in common) - mean(stated[d] for d in common)
            assert find(found, "gap", responder, target, pairing=pairing).number() == pytest.approx(expected)
    ceiling = per_dilemma(said, SCOPES["", "", "human–human"])
    model = per_dilemma(said, SCOPES["m1", PEOPLE, "model–human"])
    if common := set(ceiling) & set(model):
        expected = mean(model[d] for d in common) - mean(ceiling[d] for d in common)
        assert find(found, "distance_to_ceiling", "m1", PEOPLE).number() == pytest.approx(expected)


@given(st.integers(0, 2**20))
@settings(max_examples=10, deadline=None)
def test_invariances(seed: int) -> None:
    said, asked = random_rows(seed, 3)
    plain = estimate(table_of(NAMES, said, asked, dilemmas=3), draws=20)
    order = np.random.default_rng(seed).permutation
    shuffled = table_of(NAMES, [said[i] for i in order(len(said))], [asked[i] for i in order(len(asked))], dilemmas=3)
    assert estimate(shuffled, draws=20) == plain  # to the last bit
    twice = table_of(
        NAMES,
        said + [(row[0] + 3, *row[1:]) for row in said],
        asked + [(row[0] + 3, *row[1:]) for row in asked],
        dilemmas=6,
    )
    values = {(e.metric, e.pairing, e.responder_id, e.target_id): e for e in estimate(twice, draws=5)}
    for e in plain:
        again = values[e.metric, e.pairing, e.responder_id, e.target_id]
        if isinstance(e.value, NotMeasured):
            assert isinstance(again.value, NotMeasured)
        elif e.metric != "dprime":  # its correction fades as counts grow
            assert again.number() == pytest.approx(e.value)
            assert again.n_dilemmas == 2 * e.n_dilemmas


def test_the_size_of_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    said, asked = random_rows(1, 6)
    table = table_of(NAMES, said, asked, dilemmas=6, topics=lambda d: "work" if d % 2 else "love")
    plain = estimate(table, draws=20)
    monkeypatch.setattr("normscope.agree.resampled.COLUMNS", 3)
    for e, again in zip(plain, estimate(table, draws=20), strict=True):
        assert (e.metric, e.responder_id, e.target_id, e.topic) == (
            again.metric,
            again.responder_id,
            again.target_id,
            again.topic,
        )
        for a, b in ((e.value, again.value), (e.low, again.low), (e.high, again.high)):
            assert a == b if isinstance(a, NotMeasured) else b == pytest.approx(a)


def test_intervals_are_those_of_the_sums_over_clusters() -> None:
    said, asked = random_rows(3, 15)
    found = estimate(table_of(NAMES, said, asked, dilemmas=15, clusters=lambda d: str(d // 2)), level=0.9)
    stated = per_dilemma(said, SCOPES["m1", PEOPLE, "model–human"])
    ceiling = per_dilemma(said, SCOPES["", "", "human–human"])
    both = stated.keys() & ceiling.keys()

    def sums(values: Mapping[int, float], among: Collection[int]) -> tuple[Floats, Floats]:
        rows = np.array([[values[d], 1.0] for d in among])
        both = np.stack([np.bincount([d // 2 for d in among], column, minlength=8) for column in rows.T])[..., None]
        return both[0], both[1]

    for metric, of_sums in (
        ("stated", trusted_rates(*sums(stated, stated), level=0.9)),
        ("distance_to_ceiling", trusted_differences(*sums(stated, both), *sums(ceiling, both), level=0.9)),
    ):
        e = find(found, metric, "m1", PEOPLE)
        assert (e.low, e.high) == pytest.approx((float(of_sums.low[0]), float(of_sums.high[0])))


def test_simulated_agreement_and_distance_are_recovered() -> None:
    """People agree with rate 0.8, the model with people at 0.6; intervals cover the truth about as often as they say."""
    covered, values, runs = 0, [], 40
    names = ["h1", "h2", "m"]
    for run in range(runs):
        rng = np.random.default_rng(run)
        rate = {d: rng.beta(4, 1) for d in range(60)}  # mean 0.8; the model agrees with three quarters of that
        said = [
            yes(d, r, t, float(rng.random() < rate[d] * (0.75 if r == "m" else 1.0)))
            for d in range(60)
            for r in names
            for t in ("h1", "h2")
            if r != t
        ]
        e = find(estimate(table_of(names, said, dilemmas=60), draws=200, seed=run), "distance_to_ceiling", "m", PEOPLE)
        assert isinstance(e.low, float)
        assert isinstance(e.high, float)
        covered += e.low <= -0.2 <= e.high
        values.append(e.number())
    assert mean(values) == pytest.approx(-0.2, abs=0.02)
    assert 0.88 <= covered / runs <= 1.0
