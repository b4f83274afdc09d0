"""Rankings, detectable differences, topics, orders and map: by hand, against the estimates, and where there is little."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.agree import estimate, pilot, sections
from normscope.agree.pooled_topics import design_effect
from normscope.errors import Undefined
from normscope.records import Estimate, Kind, NotMeasured, Responder
from normscope.stats import Resamples
from normscope.table import EXPLICIT_SCHEMA, STATED_SCHEMA, AgreementTable

Values = Mapping[tuple[str, str], Sequence[float | None]]
"""What a responder's agreement with another is on each dilemma; None = they were not compared there."""


def table_of(
    values: Values, *, topics: Callable[[int], str] = lambda d: "unspecified", clusters: Callable[[int], str] = str
) -> AgreementTable:
    """Responders are those named, in order; those whose names begin with h are people."""
    names = list(dict.fromkeys(name for pair in values for name in pair))
    dilemmas = max(map(len, values.values()), default=0)
    rows = [
        (d, names.index(a), 0, names.index(b), 0, value, "counted")
        for (a, b), given_ in values.items()
        for d, value in enumerate(given_)
        if value is not None
    ]
    return AgreementTable(
        dilemmas=tuple(f"d{i}" for i in range(dilemmas)),
        topics=tuple(topics(i) for i in range(dilemmas)),
        clusters=tuple(clusters(i) for i in range(dilemmas)),
        languages=("en",) * dilemmas,
        responders=tuple(Responder(name, Kind.HUMAN if name.startswith("h") else Kind.MODEL) for name in names),
        stated=pl.DataFrame(rows, schema=STATED_SCHEMA, orient="row"),
        explicit=pl.DataFrame(schema=EXPLICIT_SCHEMA),
        matcher="exact",
    )


def found_in(table: AgreementTable, *, draws: int = 100, beside: Any = None) -> dict[str, list[dict[str, Any]]]:
    estimates = estimate(table, draws=draws)
    return sections(table, estimates, draws=draws, beside=beside).values()


def three_models(n: int = 40, seed: int = 1) -> Values:
    """`good` agrees with h1 on nearly all dilemmas, `bad` on few, `middling` on as many as `good`."""
    rng = np.random.default_rng(seed)
    return {
        (name, "h1"): [float(x) for x in rng.random(n) < rate] for name, rate in (("good", 0.9), ("middling", 0.9), ("bad", 0.2))
    }


def test_the_ranking_is_of_the_estimates_and_from_their_resamples() -> None:
    values = three_models()
    table = table_of(values)
    found = found_in(table, draws=300)
    estimates = {e.responder_id: e for e in estimate(table, draws=300) if (e.metric, e.target_id) == ("stated", "people")}
    rows = {row["responder_id"]: row for row in found["rankings"]}
    assert {name: row["value"] for name, row in rows.items()} == {name: estimates[name].value for name in rows}
    assert [row["rank"] for row in found["rankings"]] == sorted(row["rank"] for row in found["rankings"])
    assert (rows["bad"]["rank"], rows["bad"]["rank_low"], rows["bad"]["among_best"]) == (3, 3, False)
    assert rows["good"]["among_best"]
    assert rows["middling"]["among_best"]
    assert all(row["same_dilemmas"] for row in found["rankings"])
    # P(good above middling) from the very weights that the estimates' intervals are made of
    good, middling = (np.array(values[name, "h1"], dtype=float) for name in ("good", "middling"))
    apart = Resamples(40, 300, 0).weights @ (good - middling)
    above = {(row["responder_id"], row["other_id"]): row["above"] for row in found["above"]}
    assert above["good", "middling"] == pytest.approx(np.mean(apart > 0) + np.mean(apart == 0) / 2)
    assert above["good", "middling"] + above["middling", "good"] == pytest.approx(1.0)


def test_the_detectable_difference_by_hand() -> None:
    # 100 dilemmas: the one model agrees on the first 60, the other on the first 50: their differences are ten 1 and ninety 0
    values = {("m", "h1"): [1.0] * 60 + [0.0] * 40, ("n", "h1"): [1.0] * 50 + [0.0] * 50}
    (row,) = [row for row in found_in(table_of(values), draws=4000)["detectable"] if row["other_id"] == "n"]
    # sd of the differences 0.3, of their mean 0.03; (t of 0.975 + t of 0.8 with 99 df) = 1.9842 + 0.8453 = 2.8295
    assert row["difference"] == pytest.approx(0.1)
    assert row["error"] == pytest.approx(0.3 / np.sqrt(99), rel=0.04)
    assert row["detectable"] == pytest.approx(2.8295 * row["error"], rel=1e-4)
    assert row["n_dilemmas"] == 100


def test_the_distance_to_the_ceiling_has_a_detectable_size_too() -> None:
    people = {("h1", "h2"): [1.0, 0.0] * 20, ("h2", "h1"): [1.0, 0.0] * 20}
    found = found_in(table_of({("m", "h1"): [1.0, 1.0, 0.0, 0.0] * 10} | people))
    (row,) = [row for row in found["detectable"] if row["other_id"] == "ceiling"]
    assert row["difference"] == pytest.approx(0.0)
    assert row["detectable"] > row["error"] > 0


def test_a_topic_of_few_dilemmas_does_not_top_the_table() -> None:
    rng = np.random.default_rng(2)
    sizes = {f"t{i:02}": 40 for i in range(10)} | {"work": 50, "zoo": 3}
    names = [topic for topic, size in sizes.items() for _ in range(size)]
    said = [1.0 if names[d] == "zoo" else float(rng.random() < {"work": 0.85}.get(names[d], 0.6)) for d in range(len(names))]
    rows = {row["topic"]: row for row in found_in(table_of({("m", "h1"): said}, topics=names.__getitem__))["topics"]}
    assert list(rows) == sorted(sizes)
    assert max(rows, key=lambda t: rows[t]["raw"]) == "zoo"
    assert max(rows, key=lambda t: rows[t]["pooled"]) == "work"
    assert rows["zoo"]["weight"] < rows["work"]["weight"] <= 1
    assert rows["zoo"]["pooled_low"] < rows["zoo"]["pooled"] < rows["zoo"]["pooled_high"]
    assert {t: row["n_dilemmas"] for t, row in rows.items()} == sizes
    assert not found_in(table_of({("m", "h1"): said}))["topics"]  # no topics are known


def test_the_design_effect_by_hand_and_recovered() -> None:
    # one topic of rate 1/2, four clusters of two equal values: deviations ± 1/2, summed ± 1, squares 4 · 1; times 4 / 3 clusters;
    # over 8 · 1/4: 16 / 3 / 2 = 8 / 3. Few clusters: at least 1
    rows = pl.DataFrame(
        {"topic": [0] * 8, "cluster": [0, 0, 1, 1, 2, 2, 3, 3], "num": [1.0, 1, 0, 0, 1, 1, 0, 0], "den": [1.0] * 8}
    )
    assert design_effect(rows) == pytest.approx(8 / 3)
    assert design_effect(rows.with_columns(num=pl.lit(1.0))) == 1.0
    assert design_effect(rows.with_columns(num=pl.lit(0.5) + pl.col("cluster") / 100)) == 1.0
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(400), 5)
    shared = rng.normal(size=400)[cluster] * 0.5 + rng.normal(size=2000) * np.sqrt(0.75)
    said = (shared < NormalDist().inv_cdf(0.6)).astype(float)
    many = pl.DataFrame({"topic": cluster % 4, "cluster": cluster, "num": said, "den": np.ones(2000)})
    # within a cluster the correlation of the binary values is about 0.25 · 0.64 = 0.16: 1 + 4 · 0.16
    assert design_effect(many) == pytest.approx(1.64, abs=0.15)


def test_orders_of_metrics_and_of_another_matcher() -> None:
    table = table_of(three_models())
    other = {"stated (runs, by judge:x)": {"bad": 0.9, "good": 0.5, "middling": 0.1}}
    found = {(row["first"], row["second"]): row for row in found_in(table, beside=other)["tau"]}
    (row,) = found.values()
    value = {row["responder_id"]: row["value"] for row in found_in(table)["rankings"]}
    # bad is last here and first there: two of three pairs turned; the third pair, of equals or not, decides
    third = np.sign(value["good"] - value["middling"])
    assert row["tau"] == pytest.approx((third - 2) / 3 if third else -2 / np.sqrt(2 * 3))
    assert row["n_models"] == 3


def everybody(n: int = 30, seed: int = 3) -> Values:
    """Two camps of a person and two models each: within a camp they nearly always agree, across seldom."""
    rng = np.random.default_rng(seed)
    camp = {"h1": 0, "h2": 1, "a": 0, "b": 0, "x": 1, "y": 1}
    return {
        (one, other): [float(v) for v in rng.random(n) < (0.9 if camp[one] == camp[other] else 0.2)]
        for one in camp
        for other in camp
        if one != other
    }


def test_the_map_parts_the_camps_and_says_how_stable_that_is() -> None:
    table = table_of(everybody())
    found = found_in(table, draws=80)
    place = {row["responder_id"]: row for row in found["map"]}
    assert all(abs(place[a]["x"] - place[b]["x"]) < 0.3 for a, b in (("a", "b"), ("a", "h1"), ("x", "h2")))
    assert abs(place["a"]["x"] - place["x"]["x"]) > 0.5
    assert all(0 < row["spread"] < 0.3 and 0 < row["kept"] <= 1 for row in found["map"])
    order = sorted(place, key=lambda name: place[name]["order"])
    assert {frozenset(order[:3]), frozenset(order[3:])} == {frozenset({"h1", "a", "b"}), frozenset({"h2", "x", "y"})}
    groups = {frozenset(row["members"]): row["support"] for row in found["tree"]}
    assert groups[frozenset({"h1", "a", "b"})] > 0.9
    assert groups[frozenset(place)] == 1.0
    # two models' agreement is the estimate of the same name
    both = {(e.responder_id, e.target_id): e.value for e in estimate(table, draws=5) if e.metric == "stated_both"}
    pairs = {(row["responder_id"], row["other_id"]): row["agreement"] for row in found["map_pairs"]}
    assert len(pairs) == 15
    assert {pair: pairs[pair] for pair in both} == pytest.approx(both)


def test_who_lacks_a_pair_is_left_off_the_map_and_says_with_whom() -> None:
    values = {pair: said for pair, said in everybody().items() if set(pair) != {"y", "h1"}}
    found = found_in(table_of(values), draws=20)
    place = {row["responder_id"]: row for row in found["map"]}
    assert place["y"]["x"] == {"not_measured": "no agreement is known with: h1"}
    assert isinstance(place["h1"]["x"], float)
    (pair,) = [row for row in found["map_pairs"] if {row["responder_id"], row["other_id"]} == {"h1", "y"}]
    assert pair["agreement"] == {"not_measured": "these two were never both scored on the same dilemma"}
    assert sorted(found["tree"][-1]["members"]) == ["a", "b", "h1", "h2", "x"]


def test_a_crowd_is_one_place() -> None:
    values = {("m", f"h{i}"): [1.0, 0.0, 1.0] for i in range(4)} | {("m", "n"): [1.0, 1.0, 0.0], ("n", "h0"): [0.0, 1.0, 1.0]}
    table = table_of(values)
    found = sections(table, [], draws=20, people_listed=3).values()
    assert {row["responder_id"] for row in found["map"]} == {"m", "n", "people"}
    agreement = {(row["responder_id"], row["other_id"]): row["agreement"] for row in found["map_pairs"]}
    assert agreement["m", "people"] == pytest.approx(2 / 3)


LITTLE: dict[str, tuple[Values, str]] = {
    "one model": ({("m", "h1"): [1.0, 0.0, 1.0]}, "a ranking needs at least 2 to rank; got 1"),
    "one dilemma": ({("m", "h1"): [1.0], ("n", "h1"): [0.0]}, "a rank needs data on at least 2 clusters of dilemmas; 1 has them"),
    "no people": ({("m", "n"): [1.0, 0.0]}, "it shares no dilemma with people on which both can be scored"),
    "no rows": ({("m", "h1"): [None], ("n", "h1"): [None]}, "it shares no dilemma with people on which both can be scored"),
    "one responder": ({("m", "m"): [1.0, 0.0]}, "it shares no dilemma with people on which both can be scored"),
    "no models": ({("h1", "h2"): [1.0, 0.0]}, ""),
}


@pytest.mark.parametrize("case", LITTLE)
def test_little_data_gives_names_and_no_numbers(case: str) -> None:
    values, why = LITTLE[case]
    found = found_in(table_of(values), draws=20)
    assert {row["rank"]["not_measured"] for row in found["rankings"]} == ({why} if why else set())
    assert not found["above"]
    whys = {row["x"]["not_measured"] for row in found["map"] if isinstance(row["x"], dict)}
    assert len(whys) <= 1, "nobody is singled out where nobody can be placed"
    json.dumps(found, allow_nan=False)


def test_all_equal_is_one_rank_and_a_map_says_that_nobody_differs() -> None:
    table = table_of({pair: [1.0] * 12 for pair in (("ü 🦊", "h1"), ("n", "h1"), ("ü 🦊", "n"), ("n", "ü 🦊"))})
    found = found_in(table, draws=20)
    assert [(row["responder_id"], row["rank"], row["rank_low"], row["rank_high"]) for row in found["rankings"]] == [
        ("ü 🦊", 1, 1, 2),
        ("n", 1, 1, 2),
    ]
    (pair,) = [row for row in found["detectable"] if row["other_id"] != "ceiling"]
    assert pair["difference"] == 0.0
    assert "all resamples are equal" in pair["detectable"]["not_measured"]
    assert "all distances are 0" in found["map"][0]["x"]["not_measured"]
    json.dumps(found, allow_nan=False)


def test_models_on_other_dilemmas_are_ranked_and_it_is_said() -> None:
    few = [None] * 5 + [1.0, 0.0] * 10
    found = found_in(table_of({("m", "h1"): [1.0, 0.0, 0.0] * 8 + [1.0], ("n", "h1"): few}))
    assert {row["same_dilemmas"] for row in found["rankings"]} == {False}
    lone = found_in(table_of({("m", "h1"): [1.0, 0.0] * 8, ("n", "h1"): [1.0, 0.0] * 8, ("o", "h1"): [1.0]}))
    ranked = {row["responder_id"]: row["rank"] for row in lone["rankings"]}
    assert ranked["o"] == {"not_measured": "a rank needs data on at least 2 clusters of dilemmas; 1 has them"}
    assert (ranked["m"], ranked["n"]) == (1, 1)
    assert {row["responder_id"]: row["value"] for row in lone["rankings"]}["o"] == 1.0


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    table = table_of(everybody(8, seed))
    turned = AgreementTable(**(vars(table) | {"stated": table.stated.sample(fraction=1.0, shuffle=True, seed=seed)}))
    first, second = (json.dumps(sections(t, [], draws=20).values()) for t in (table, turned))
    assert first == second


def test_a_pilot_recovers_what_its_study_was_made_from() -> None:
    rng = np.random.default_rng(6)
    # all comparisons of a dilemma share 0.3 of what decides them; how far that correlates 0 and 1 is seen in 200,000 pairs
    shared, own = np.sqrt(0.3), np.sqrt(0.7)
    cut = NormalDist().inv_cdf(0.6)
    said = (shared * rng.normal(size=(200_000, 1)) + own * rng.normal(size=(200_000, 4)) < cut).astype(float)
    alike = float(np.asarray(np.corrcoef(said[:, 0], said[:, 1]))[0, 1])
    values = {pair: said[:1500, i].tolist() for i, pair in enumerate((m, h) for m in "mn" for h in ("h1", "h2"))}
    found = pilot(table_of(values), draws=1000)
    assert (found.n_models, found.n_dilemmas, found.per_dilemma, found.per_cluster) == (2, 1500.0, 2.0, 1.0)
    assert found.raw == pytest.approx(0.6, abs=0.03)
    # two comparisons per dilemma: 1 + alike; two means of two comparisons, all four pairs across alike: 2 alike / (1 + alike)
    assert found.design_effect == pytest.approx(1 + alike, abs=0.1)
    assert found.correlation == pytest.approx(2 * alike / (1 + alike), abs=0.1)
    clustered = pilot(table_of(values, clusters=lambda d: str(d // 3)))
    assert clustered.per_cluster == 3.0
    with pytest.raises(Undefined, match="a pilot needs a model"):
        pilot(table_of({("m", "h1"): [1.0, 1.0]}))


def test_estimates_that_are_missing_are_in_no_order() -> None:
    missing = NotMeasured("no data")
    lone = Estimate(
        "stated", "model–human", "m", "people", "all", missing, missing, missing, 0.95, "not measured", "dilemmas like these", 0
    )
    assert not sections(table_of({("m", "h1"): [1.0]}), [lone], draws=5).values()["tau"]
