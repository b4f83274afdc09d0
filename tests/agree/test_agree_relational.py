"""Real verdicts of real models (432 dilemmas, 4 models, 3 runs): the agreement that the data's README names comes out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from statistics import mean

import polars as pl
import pytest

from normscope.agree import build_table, estimate, matrix
from normscope.records import Dilemma, Estimate, Kind, Responder
from normscope.stats import cohen_kappa
from normscope.table import AgreementTable

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "relational_dilemma" / "responses.jsonl"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"real data absent: {DATA}")

CLAUDE, DEEPSEEK, GPT, O3 = "claude-3.5-haiku", "deepseek-chat-v3.1", "gpt-5-mini-2025-08-07", "o3-mini-2025-01-31"
RETEST = {CLAUDE: 0.894, DEEPSEEK: 0.840, GPT: 0.921, O3: 0.934}
BETWEEN = {
    (CLAUDE, DEEPSEEK): (0.749, 0.404),
    (CLAUDE, GPT): (0.790, 0.482),
    (CLAUDE, O3): (0.800, 0.481),
    (DEEPSEEK, GPT): (0.787, 0.418),
    (DEEPSEEK, O3): (0.816, 0.466),
    (GPT, O3): (0.896, 0.678),
}


@pytest.fixture(scope="module")
def verdicts() -> dict[tuple[str, str, int], str | None]:
    with DATA.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {(row["dilemma_id"], row["responder_id"], row["run"]): row["verdict"] for row in rows}


def table_of(verdicts: dict[tuple[str, str, int], str | None], *, runs: Iterable[int]) -> AgreementTable:
    """Each verdict as a coded solution; one agrees with another if it is the same word. No verdict: no solution."""
    kept = [(*at, verdict) for at, verdict in verdicts.items() if at[2] in set(runs)]
    said = pl.DataFrame(
        kept,
        schema={"dilemma_id": pl.String, "responder_id": pl.String, "draw": pl.Int64, "text": pl.String},
        orient="row",
    )
    solutions = said.drop_nulls("text").with_columns(
        solution_id=pl.concat_str("dilemma_id", "responder_id", pl.col("draw").cast(pl.String), separator="/"),
        stance=pl.lit("recommends"),
        main=pl.lit(value=True),
        extractor=pl.lit("coded"),
    )
    matches = (
        solutions.join(solutions.select("dilemma_id", "solution_id", "text"), on="dilemma_id", suffix="_other")
        .filter(pl.col("solution_id") != pl.col("solution_id_other"))
        .select(
            "dilemma_id",
            "responder_id",
            "draw",
            basis=pl.lit("main"),
            solution_id="solution_id_other",
            label=pl.when(pl.col("text") == pl.col("text_other")).then(pl.lit("agree")).otherwise(pl.lit("disagree")),
        )
    )
    return build_table(
        dilemmas=[Dilemma(d, "…") for d in said["dilemma_id"].unique(maintain_order=True)],
        responders=[Responder(r, Kind.MODEL) for r in sorted(said["responder_id"].unique())],
        responses=said.with_columns(outcome=pl.lit("answered")),
        solutions=solutions,
        matches=matches,
        matcher="exact",
    )


@pytest.fixture(scope="module")
def found(verdicts: dict[tuple[str, str, int], str | None]) -> list[Estimate]:
    return estimate(table_of(verdicts, runs=(1, 2, 3)))


def test_run_to_run(verdicts: dict[tuple[str, str, int], str | None], found: list[Estimate]) -> None:
    dilemmas = {d for d, _, _ in verdicts}
    for model, published in RETEST.items():
        values = []
        for d in dilemmas:
            runs = [verdicts[d, model, k] for k in (1, 2, 3)]
            pairs = [float(a == b) for a, b in combinations(runs, 2) if a is not None and b is not None]
            if pairs:
                values.append(mean(pairs))
        e = matrix(found)[model, model]
        assert e.number() == pytest.approx(mean(values), abs=1e-12)
        assert e.n_dilemmas == len(values)
        assert e.number() == pytest.approx(published, abs=0.0005)


def test_between_models(verdicts: dict[tuple[str, str, int], str | None]) -> None:
    cells = matrix(estimate(table_of(verdicts, runs=(1,)), draws=10))
    for (a, b), (agreement, kappa) in BETWEEN.items():
        both = [(verdicts[d, a, 1], verdicts[d, b, 1]) for d in {d for d, _, _ in verdicts}]
        pairs = [(x, y) for x, y in both if x is not None and y is not None]
        e = cells[a, b]
        assert e.number() == pytest.approx(mean(float(x == y) for x, y in pairs), abs=1e-12)
        assert (e.n_dilemmas, sum(e.excluded.values())) == (len(pairs), len(both) - len(pairs))
        assert e.number() == pytest.approx(agreement, abs=0.0005)
        assert cohen_kappa([x for x, _ in pairs], [y for _, y in pairs]) == pytest.approx(kappa, abs=0.0005)


def test_the_whole_of_it_is_fast(verdicts: dict[tuple[str, str, int], str | None]) -> None:
    # measured 0.3 s on two cores; the bound leaves room for a busy machine
    start = time.perf_counter()
    table = table_of(verdicts, runs=(1, 2, 3))
    estimate(table, draws=1000)
    assert table.stated.height == 432 * 12 * 11
    assert time.perf_counter() - start < 5
