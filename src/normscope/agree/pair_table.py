"""The pair table of a study that is too large for the agreement table: stated agreement, shard by shard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from normscope.agree.conversations import MATCHES, RESPONSES, SOLUTIONS, numbered
from normscope.agree.pair_cells import EXCLUDED, pairs
from normscope.agree.pair_labels import CONVERSATION, main_labels
from normscope.agree.pair_shards import Shard, shards
from normscope.agree.pair_sums import INTERVAL, PairSums, interval_columns
from normscope.agree.resampled import NOT_MEASURED
from normscope.errors import UsageError
from normscope.records import Basis, Dilemma, Kind, Pairing, Responder

__all__ = ["COMPARISONS_PER_SHARD", "pair_table"]

COMPARISONS_PER_SHARD = 2_500_000
"""Some 0.5 GB of memory."""

AT_A_TIME = 2
"""Shards in memory: half of the work is numpy's, which takes one core."""

Table = pl.DataFrame | pl.LazyFrame
T = TypeVar("T")


def pair_table(
    *,
    dilemmas: Sequence[Dilemma],
    responders: Sequence[Responder],
    responses: Table,
    solutions: Table,
    matches: Table,
    level: float = 0.95,
    comparisons_per_shard: int = COMPARISONS_PER_SHARD,
) -> pl.DataFrame:
    """How often does each responder agree unprompted with each other one, in a study of any size?

    The frames are those of `build_table`, best as scans of Parquet files that are ordered by dilemma_id (as a study's label
    parts are): then each part is read about once. Other orders give the same table and are read as often as there are shards.
    Memory: some 200 bytes per comparison of a shard, beside one row per pair of responders.

    Values, counts and intervals are those of `estimate(build_table(...))`: metric `stated`, reading `main`, over all topics.
    One row per ordered pair of responders that answered a common dilemma, in their order; a responder with itself is test-retest.
    Columns: responder_id, target_id, pairing; `value` in [0, 1], the mean over dilemmas after that over draws;
    `low`, `high` and `method`, the interval; `standard_error`, over clusters of dilemmas (`interval_columns`);
    `n_dilemmas`, `n_clusters`; for each status the number of comparisons that it excluded (`stated_rows`). A number that cannot
    be had is null, and `not_measured` says why.

    `ValueError` for missing columns, two dilemmas of the same id, two responses for the same conversation, two solutions of the
    same id, and two labels of a conversation's main solution towards the same solution of the dilemma. `UsageError` for an
    impossible level.
    """
    if not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1; got {level}. 0.95 gives 95 % intervals")
    if comparisons_per_shard < 1:
        raise UsageError(f"a shard needs at least 1 comparison; got {comparisons_per_shard}. Leave it out for the default")
    if len({d.dilemma_id for d in dilemmas}) != len(dilemmas):
        raise ValueError("the dilemma ids are not unique")
    study = _Study.of(dilemmas, responders, responses, solutions, matches)
    if study.solutions.select(pl.col("solution_id").is_duplicated().any()).collect().item():
        raise ValueError("solutions hold two rows for the same solution_id")
    cut = shards(dilemmas, study.responses, study.solutions, comparisons=comparisons_per_shard)
    sums = _sums(cut)
    counts = pl.DataFrame(schema={"pair": pl.Int64, "result": pl.Int64, "n": pl.Int64})
    before = 0
    for number, (here, values) in enumerate(
        _in_order(lambda shard: _met(shard, study, responders, clusters=sums.cluster is not None), cut)
    ):
        counts = pl.concat([counts, here]).group_by("pair", "result").agg(pl.col("n").sum())
        if values is None:
            sums.add_counts(here)
        else:
            sums.add(values.with_columns(pl.col("dilemma") + before), number)
        before += len(cut[number].dilemmas)
    return _table(responders, sums.done, counts, level)


@dataclass(frozen=True, eq=False)
class _Study:
    """The columns that are needed; `matches` of main solutions only."""

    responses: pl.LazyFrame
    solutions: pl.LazyFrame
    matches: pl.LazyFrame
    said: pl.LazyFrame
    """The solutions of the study's conversations."""

    @classmethod
    def of(
        cls, dilemmas: Sequence[Dilemma], responders: Sequence[Responder], responses: Table, solutions: Table, matches: Table
    ) -> _Study:
        answers = _columns("responses", responses, RESPONSES)
        known = _columns("solutions", solutions, SOLUTIONS)
        ids = {"dilemma_id": [d.dilemma_id for d in dilemmas], "responder_id": [r.responder_id for r in responders]}
        said = known.join(answers, on=CONVERSATION, how="semi")
        for name, values in ids.items():
            said = said.join(pl.LazyFrame({name: values}, schema={name: pl.String}), on=name, how="semi")
        main = pl.col("basis").cast(pl.String) == Basis.MAIN.value
        return cls(answers, known, _columns("matches", matches, MATCHES).filter(main), said)


def _columns(name: str, frame: Table, needed: Sequence[str]) -> pl.LazyFrame:
    columns = frame.lazy().collect_schema().names()
    missing = [column for column in needed if column not in columns]
    if missing:
        raise ValueError(f"{name} lack the columns {missing}; got {columns}")
    ids = [column for column in needed if column.endswith("_id")]
    return frame.lazy().select(
        pl.col(column).cast(pl.String) if column in ids else pl.col(column).cast(pl.Int64) if column == "draw" else column
        for column in needed
    )


def _in_order(work: Callable[[Shard], T], cut: Sequence[Shard]) -> Iterator[T]:
    """The results of the shards in their order; while one is used the next are worked on, but no more than fit in memory."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        waiting: deque[Future[T]] = deque()
        for shard in cut:
            waiting.append(pool.submit(work, shard))
            if len(waiting) > AT_A_TIME:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _met(
    shard: Shard, study: _Study, responders: Sequence[Responder], *, clusters: bool
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """What a shard has of every pair: how many comparisons with each result, and the values of its dilemmas.

    None for the values where the counts say them, since each value is a cluster of its own.
    """
    nothing = pl.DataFrame(schema=dict.fromkeys(MATCHES, pl.String))
    responses, solutions = (shard.rows(frame).collect() for frame in (study.responses, study.solutions))
    said = numbered(shard.dilemmas, responders, responses, solutions, nothing)
    names = (pl.Series([d.dilemma_id for d in shard.dilemmas]), pl.Series([r.responder_id for r in responders]))
    ids = said.conversations.select(
        dilemma_id=pl.lit(names[0]).gather(pl.col("dilemma")),
        responder_id=pl.lit(names[1]).gather(pl.col("responder")),
        draw=pl.col("draw").cast(pl.Int64),
    )
    said, labels = main_labels(said, ids, shard.rows(study.matches), study.said)
    met = pairs(said, labels.conversation, labels.target, labels.label, n_responders=len(responders))
    return met.counts(), None if met.alike is None and not clusters else met.over_draws()


def _sums(cut: Sequence[Shard]) -> PairSums:
    """Empty sums that know which dilemmas are one cluster, and in which shard each cluster ends."""
    dilemmas = [(dilemma, number) for number, shard in enumerate(cut) for dilemma in shard.dilemmas]
    numbers: dict[str, int] = {}
    cluster = [numbers.setdefault(d.dilemma_id if d.cluster is None else d.cluster, len(numbers)) for d, _ in dilemmas]
    if len(numbers) == len(dilemmas):
        return PairSums()
    last = dict(zip(cluster, (number for _, number in dilemmas), strict=True))
    return PairSums(pl.Series(cluster, dtype=pl.UInt32), pl.Series([last[n] for n in range(len(numbers))], dtype=pl.UInt32))


def _table(responders: Sequence[Responder], sums: pl.DataFrame, counts: pl.DataFrame, level: float) -> pl.DataFrame:
    left_out = list(EXCLUDED)
    n = {status: pl.col("n").filter(pl.col("result") == number).sum() for status, number in EXCLUDED.items()}
    known = interval_columns(sums, level=level)
    found = counts.group_by("pair").agg(**n).sort("pair").join(known, on="pair", how="left", maintain_order="left")
    one, other = pl.col("pair") // len(responders), pl.col("pair") % len(responders)
    ids = pl.Series([r.responder_id for r in responders], dtype=pl.String)
    person = pl.Series([r.kind is Kind.HUMAN for r in responders], dtype=pl.Boolean)
    people = pl.lit(person).gather(one).cast(pl.Int8) + pl.lit(person).gather(other).cast(pl.Int8)
    pairing = (
        pl.when(one == other)
        .then(pl.lit(Pairing.RETEST.value))
        .when(people == 2)
        .then(pl.lit(Pairing.HUMAN_HUMAN.value))
        .when(people == 1)
        .then(pl.lit(Pairing.MODEL_HUMAN.value))
        .otherwise(pl.lit(Pairing.MODEL_MODEL.value))
    )
    return found.select(
        pl.lit(ids).gather(one).alias("responder_id"),
        pl.lit(ids).gather(other).alias("target_id"),
        pairing.alias("pairing"),
        pl.col(INTERVAL[:-1]),
        pl.col("method").fill_null(NOT_MEASURED),
        pl.col("n").fill_null(0).alias("n_dilemmas"),
        pl.col("clusters").fill_null(0).alias("n_clusters"),
        *left_out,
        pl.coalesce("not_measured", _nothing(left_out)).alias("not_measured"),
    )


def _nothing(left_out: Sequence[str]) -> pl.Expr:
    """Why a row has no value."""
    counts = [pl.when(pl.col(status) > 0).then(pl.concat_str(pl.col(status), pl.lit(f" {status}"))) for status in left_out]
    nothing = pl.concat_str(pl.lit("nothing counted: "), pl.concat_str(counts, separator=", ", ignore_nulls=True))
    return pl.when(pl.col("n").is_null()).then(nothing)
