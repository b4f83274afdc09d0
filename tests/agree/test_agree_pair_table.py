"""The pair table says what the agreement table says, however a study is cut; its errors against loops, by hand, by simulation."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from normscope.agree import build_table, estimate, pair_table
from normscope.agree.pair_sums import PairSums, interval_columns
from normscope.errors import UsageError
from normscope.records import Basis, Dilemma, Kind, Label, NotMeasured, Outcome, Responder, Stance
from normscope.store.parts import read_parts, write_parts
from normscope.table import COUNTED, AgreementTable

IDS = ["d", "D", "dilemma 2", "dilemma 10", "ä", "äö", "zz", "日本", "日", "🙂", "\u200f", "'; --"]
PEOPLE, MODELS = ["Ø", "h/2", "h"], ["model-1", "模型", "m 3"]
RESPONSES = {"dilemma_id": pl.String, "responder_id": pl.String, "draw": pl.Int64, "outcome": pl.String}
SOLUTIONS = {
    "solution_id": pl.String,
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "stance": pl.String,
    "main": pl.Boolean,
    "extractor": pl.String,
}
MATCHES = {
    **{n: RESPONSES[n] for n in ("dilemma_id", "responder_id", "draw")},
    **dict.fromkeys(("basis", "solution_id", "label"), pl.String),
}
STATUS_COLUMNS = slice(10, 20)


@dataclass(frozen=True)
class Study:
    dilemmas: list[Dilemma]
    responders: list[Responder]
    responses: pl.DataFrame
    solutions: pl.DataFrame
    matches: pl.DataFrame

    def small(self) -> AgreementTable:
        return build_table(
            dilemmas=self.dilemmas,
            responders=self.responders,
            responses=self.responses,
            solutions=self.solutions,
            matches=self.matches,
            matcher="exact",
        )

    def large(self, *, comparisons: int = 1, matches: pl.LazyFrame | None = None, level: float = 0.95) -> pl.DataFrame:
        return pair_table(
            dilemmas=self.dilemmas,
            responders=self.responders,
            responses=self.responses,
            solutions=self.solutions,
            matches=self.matches if matches is None else matches,
            level=level,
            comparisons_per_shard=comparisons,
        )


def made_up(seed: int, *, dilemmas: int = 12, clusters: int | None = None, draws: int = 3) -> Study:
    """A study with everything that can happen, and rows of dilemmas and responders that it does not have."""
    rng = Random(seed)
    ids = [*IDS, *(f"{n:03}" for n in range(dilemmas))][:dilemmas]
    rng.shuffle(ids)
    asked = [Dilemma(d, "What now?", cluster=None if clusters is None else f"c{rng.randrange(clusters)}") for d in ids]
    responders = [Responder(r, Kind.HUMAN) for r in PEOPLE] + [Responder(r, Kind.MODEL) for r in MODELS]
    responses: list[tuple[object, ...]] = []
    solutions: list[tuple[object, ...]] = []
    matches: list[tuple[object, ...]] = []
    for d in [*ids[:-1], "nobody's dilemma"]:
        conversations = [
            (d, r, draw)
            for r in [*PEOPLE, *MODELS, "nobody"]
            if rng.random() < 0.9
            for draw in (rng.sample(range(5), rng.randint(1, draws)) if r in MODELS else [0])
        ]
        found: list[str] = []
        for at in conversations:
            responses.append((*at, rng.choices(list(Outcome), [8, 1, 1, 1])[0].value))
            for extractor in rng.choice([["rules"], ["coded"], ["coded", "rules"], ["rules", "coded"], []]):
                for n in range(rng.choice([1, 1, 2, 3])):
                    name = f"{d}/{at[1]}/{at[2]}/{extractor}/{n}"
                    solutions.append((name, *at, rng.choices(list(Stance), [3, 1])[0].value, n == 0, extractor))
                    found.append(name)
        solutions.append((f"{d}/unheard of", d, "model-1", 99, Stance.RECOMMENDS.value, True, "rules"))
        missing = rng.choice([0.0, 0.02, 0.3])
        silent = rng.choice(conversations)
        for at in [*conversations, (d, "h", 77)]:
            for name in [*found, f"{d}/unheard of", f"{d}/nowhere", *rng.choices([str(s[0]) for s in solutions], k=2)]:
                key = (*at, Basis.MAIN.value, name)
                if rng.random() >= missing and silent != at:
                    matches.append((*key, rng.choices(list(Label), [5, 2, 2, 1])[0].value))
            matches += [(*at, Basis.EXPLICIT.value, name, rng.choice(list(Label)).value) for name in found[:2]]
    once = list({m[:5]: m for m in matches}.values())
    frames: list[pl.DataFrame] = []
    for rows, schema in ((responses, RESPONSES), (solutions, SOLUTIONS), (once, MATCHES)):
        rng.shuffle(rows)
        frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
    return Study(asked, responders, *frames)


def check_equal(study: Study, found: pl.DataFrame, *, level: float = 0.95) -> None:
    """Values, counts and intervals against `estimate`, standard errors against loops over the agreement table."""
    table = study.small()
    expected = {
        (e.responder_id, e.target_id): e
        for e in estimate(table, draws=2, topics=False, level=level)
        if e.metric == "stated" and e.responder_id and e.target_id not in ("", "people")
    }
    errors = loops(table)
    met = set()
    for row in found.iter_rows(named=True):
        pair = (row["responder_id"], row["target_id"])
        met.add(pair)
        e = expected[pair]
        assert row["pairing"] == e.pairing
        assert {status: row[status] for status in found.columns[STATUS_COLUMNS] if row[status]} == dict(e.excluded)
        assert row["n_dilemmas"] == e.n_dilemmas
        if isinstance(e.value, NotMeasured):
            assert row["value"] is row["standard_error"] is row["low"] is row["high"] is None
            assert row["not_measured"].startswith("nothing counted: ")
            continue
        mean, error, clusters = errors[pair]
        assert row["value"] == pytest.approx(e.value, rel=1e-12) == pytest.approx(mean, rel=1e-12)
        assert row["n_clusters"] == clusters
        assert row["method"] == e.method
        assert row["standard_error"] == (None if error is None else pytest.approx(error, abs=1e-9))
        if isinstance(e.low, NotMeasured):
            assert row["low"] is row["high"] is None
            assert row["not_measured"] == e.low.reason
            continue
        assert row["not_measured"] is None
        assert (row["low"], row["high"]) == pytest.approx((e.low, e.high), abs=1e-9)
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1
    assert all(isinstance(e.value, NotMeasured) and not e.excluded for pair, e in expected.items() if pair not in met)


def loops(table: AgreementTable) -> dict[tuple[str, str], tuple[float, float | None, int]]:
    """(responder, target): mean, standard error and number of clusters, by the definition."""
    draws: dict[tuple[int, int], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for dilemma, responder, _, target, _, value, status in table.stated.iter_rows():
        if status == COUNTED:
            draws[responder, target][dilemma].append(value)
    found = {}
    for (responder, target), by_dilemma in draws.items():
        values = {d: sum(v) / len(v) for d, v in by_dilemma.items()}
        mean = sum(values.values()) / len(values)
        moved: Counter[str] = Counter()
        for d, v in values.items():
            moved[table.clusters[d]] += v - mean  # type: ignore[assignment]
        k = len(moved)
        error = sqrt(k / (k - 1) * sum(u * u for u in moved.values())) / len(values) if k > 1 else None
        found[table.responders[responder].responder_id, table.responders[target].responder_id] = (mean, error, k)
    return found


@given(seed=st.integers(0, 10**6), comparisons=st.sampled_from([1, 60, 200, 10**6]), clusters=st.sampled_from([None, 1, 4]))
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_the_same_numbers_as_the_agreement_table(seed: int, comparisons: int, clusters: int | None) -> None:
    study = made_up(seed, clusters=clusters)
    check_equal(study, study.large(comparisons=comparisons, level=0.8), level=0.8)


@pytest.mark.parametrize(("dilemmas", "clusters", "draws"), [(60, None, 1), (60, None, 3), (60, 20, 1), (60, 20, 3)])
def test_the_same_intervals_as_the_agreement_table(dilemmas: int, clusters: int | None, draws: int) -> None:
    study = made_up(3, dilemmas=dilemmas, clusters=clusters, draws=draws)
    found = study.large(comparisons=700)
    check_equal(study, found)
    assert found["low"].count() > 20, "there are intervals to compare"


@pytest.mark.parametrize("draws", [1, 3])
def test_the_same_from_parts_whatever_their_order(tmp_path: Path, draws: int) -> None:
    study = made_up(7, clusters=5, draws=draws)
    whole = study.large(comparisons=10**9)
    check_equal(study, whole)
    orders = {
        "by_dilemma": study.matches.sort("dilemma_id", "responder_id", "draw", "basis", "solution_id"),
        "by_solution": study.matches.sort("solution_id", "responder_id"),
        "categorical": study.matches.with_columns(pl.col("basis", "label", "responder_id").cast(pl.Categorical)),
    }
    for order, frame in orders.items():
        # dilemmas go on from one part to the next
        write_parts(frame, tmp_path / order, rows_per_part=401)
        found = study.large(comparisons=150, matches=read_parts(tmp_path / order))
        assert_frame_equal(found, whole, rel_tol=1e-12, abs_tol=1e-12)
    assert found.equals(study.large(comparisons=150, matches=read_parts(tmp_path / order))), "the same to the last digit"


def test_every_status_is_met_in_these_studies() -> None:
    counts = pl.concat([made_up(seed).large().select(pl.nth(range(10, 20)).sum()) for seed in range(3)]).sum()
    assert counts.width == 10
    assert min(counts.row(0)) > 0


def test_one_dilemma_and_none() -> None:
    study = made_up(1, dilemmas=2)
    one = study.large()
    assert one["n_clusters"].max() == 1
    assert set(one["method"]) <= {"no interval", "not measured"}
    assert one["standard_error"].null_count() == one.height
    check_equal(study, one)
    empty = replace(study, dilemmas=[]).large()
    assert empty.height == 0
    assert empty.schema == one.schema


def test_a_label_of_another_dilemma_shows_a_main_solution_and_no_more() -> None:
    study = made_up(1)
    ids = [d.dilemma_id for d in study.dilemmas[:2]]
    responses = pl.DataFrame([(d, r, 0, "answered") for d in ids for r in ("h", "Ø")], schema=RESPONSES, orient="row")
    solutions = pl.DataFrame([("s", ids[1], "h", 0, "recommends", True, "coded")], schema=SOLUTIONS, orient="row")
    matches = pl.DataFrame([(ids[0], "Ø", 0, "main", "s", "agree")], schema=MATCHES, orient="row")
    study = replace(study, responses=responses, solutions=solutions, matches=matches)
    found = study.large()
    check_equal(study, found)
    assert found.filter(responder_id="Ø")["target_no_solution"].item() == 1


def test_what_is_wrong_is_refused() -> None:
    study = made_up(2)
    for name in ("responses", "solutions"):
        doubled = replace(study, **{name: pl.concat([getattr(study, name)] * 2)})
        with pytest.raises(ValueError, match=f"{name} hold two rows for the same"):
            doubled.large()
    with pytest.raises(ValueError, match="matches hold two rows for the same"):
        replace(study, matches=pl.concat([study.matches] * 2)).large()
    with pytest.raises(ValueError, match="dilemma ids are not unique"):
        replace(study, dilemmas=study.dilemmas * 2).large()
    with pytest.raises(ValueError, match="matches lack the columns"):
        replace(study, matches=study.matches.drop("label")).large()
    with pytest.raises(ValueError, match="outcome 'asleep'; allowed"):
        replace(study, responses=study.responses.with_columns(outcome=pl.lit("asleep"))).large()
    with pytest.raises(UsageError, match="level must be between 0 and 1; got 95"):
        study.large(level=95)
    with pytest.raises(UsageError, match="at least 1 comparison; got 0"):
        study.large(comparisons=0)


def sums(values: list[list[float]]) -> pl.DataFrame:
    """The sums of one pair of which these are the values by cluster; each cluster comes in two shards."""
    flat = [(c, v) for c, cluster in enumerate(values) for v in cluster]
    kept = PairSums(pl.Series([c for c, _ in flat], dtype=pl.UInt32), pl.Series([1] * len(values), dtype=pl.UInt32))
    frame = pl.DataFrame({"dilemma": range(len(flat)), "pair": [7] * len(flat), "value": [v for _, v in flat]})
    for shard in (0, 1):
        kept.add(frame.filter(pl.col("dilemma") % 2 == shard), shard)
    assert kept.waiting is not None
    assert kept.waiting.height == 0
    return kept.done


def test_sums_of_few_and_of_very_many_possible_pairs_and_from_counts() -> None:
    values = pl.DataFrame({"dilemma": [0, 1, 2, 0], "pair": [3, 3, 3, 5], "value": [1.0, 0.0, 1.0, 0.0]})
    few, many, counted = PairSums(), PairSums(), PairSums()
    for shard in (0, 1):
        few.add(values, shard)
        many.add(values.with_columns(pl.col("pair") + 2**40), shard)
        counted.add_counts(pl.DataFrame({"pair": [3, 3, 5, 5], "result": [0, 1, 0, 7], "n": [1, 2, 1, 9]}))
    # pair, size, clusters, sum, squares, above 0, below the size
    assert few.done.rows() == [(3, 1, 6, 4.0, 4.0, 4.0, 2.0), (5, 1, 2, 0.0, 0.0, 0.0, 2.0)]
    assert many.done.equals(few.done.with_columns(pl.col("pair") + 2**40))
    assert counted.done.equals(few.done)


def test_by_hand() -> None:
    # mean 3/5; clusters move it by (2 - 1.2, 0 - 0.6, 1 - 1.2) / 5; 3/2 · (0.64 + 0.36 + 0.04) = 1.56; √1.56 / 5 = 0.2498
    row = interval_columns(sums([[1.0, 1.0], [0.0], [1.0, 0.0]]), level=0.8).row(0, named=True)
    assert row["value"] == pytest.approx(0.6)
    assert row["standard_error"] == pytest.approx(0.2498, abs=5e-5)
    assert (row["n"], row["clusters"], row["method"]) == (5, 3, "no interval")
    # clusters of 2, 1 and 2 dilemmas are worth 25 / 9
    assert row["not_measured"].endswith("these are worth 2.8")


def test_clusters_that_are_all_equal() -> None:
    third = interval_columns(sums([[1 / 3]] * 10), level=0.95).row(0, named=True)
    assert third["standard_error"] == 0
    assert third["low"] < 1 / 3 < third["high"]
    ones = interval_columns(sums([[1.0]] * 10), level=0.95).row(0, named=True)
    # Wilson's 10 / (10 + t²) for 10 of 10, with t = 2.2622 of 9 degrees of freedom
    assert (round(ones["low"], 3), ones["high"]) == (0.661, 1.0)
    assert ones["method"].endswith("cautious, little to tell from")


def test_intervals_cover_the_truth() -> None:
    """1,500 pairs are as many studies of 40 clusters of 1 to 5 dilemmas that agree with each other."""
    rng = np.random.default_rng(5)
    studies, clusters, truth = 1500, 40, 0.6
    sizes = rng.integers(1, 6, clusters)
    chance = rng.beta(truth * 2, (1 - truth) * 2, (studies, clusters))  # an intra-cluster correlation of 1/3
    of = np.repeat(np.arange(clusters), sizes)
    values = (rng.random((studies, of.size)) < chance[:, of]).astype(float)
    kept = PairSums(pl.Series(of, dtype=pl.UInt32), pl.Series([0] * clusters, dtype=pl.UInt32))
    dilemma, pair = np.tile(np.arange(of.size), studies), np.repeat(np.arange(studies), of.size)
    kept.add(pl.DataFrame({"dilemma": dilemma, "pair": pair, "value": values.ravel()}), 0)
    found = interval_columns(kept.done, level=0.95)
    covered = found.select((pl.col("low") <= truth) & (truth <= pl.col("high"))).to_series().mean()
    assert 0.93 <= float(covered) <= 0.97  # type: ignore[arg-type]
