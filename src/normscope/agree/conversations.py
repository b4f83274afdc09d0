"""Conversations and solutions by number, so that all pairs can be joined on small integers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from normscope.records import Basis, Dilemma, Responder, Stance
from normscope.table import BASES, LABELS, Numbered

__all__ = ["Numbered", "numbered"]

CODED = "coded"
"""The extractor of solutions that came with the data."""

RESPONSES = ("dilemma_id", "responder_id", "draw", "outcome")
SOLUTIONS = ("solution_id", "dilemma_id", "responder_id", "draw", "stance", "main", "extractor")
MATCHES = ("dilemma_id", "responder_id", "draw", "basis", "solution_id", "label")


def numbered(
    dilemmas: Sequence[Dilemma],
    responders: Sequence[Responder],
    responses: pl.DataFrame,
    solutions: pl.DataFrame,
    matches: pl.DataFrame,
) -> Numbered:
    """Number what the given dilemmas and responders have said; rows of other dilemmas or responders are outside the study.

    A conversation's solutions may have been coded by people and read by an extractor. As a target it is represented by
    the coded ones where it has them; its own main solution is taken from what the extractor read, where that found any,
    since a person's own words are read by the same extractor as a model's.
    """
    _check("responses", responses, RESPONSES, unique=("dilemma_id", "responder_id", "draw"))
    _check("solutions", solutions, SOLUTIONS, unique=("solution_id",))
    _check("matches", matches, MATCHES, unique=("dilemma_id", "responder_id", "draw", "basis", "solution_id"))
    key = ["dilemma", "responder", "draw"]
    by_id = (_index("dilemma", [d.dilemma_id for d in dilemmas]), _index("responder", [r.responder_id for r in responders]))

    conversations = (
        _place(responses, by_id).select(*key, pl.col("outcome").cast(pl.String)).sort(key).with_row_index("conversation")
    )
    where = conversations.select(*key, "conversation")
    coded = pl.col("extractor").cast(pl.String) == CODED
    said = (
        _place(solutions, by_id)
        .join(where, on=key)
        .sort("conversation", "solution_id")
        .select(
            "conversation",
            "solution_id",
            (pl.col("stance").cast(pl.String) == Stance.RECOMMENDS.value).alias("recommended"),
            (pl.col("main") & (coded != (~coded).any().over("conversation"))).alias("own_main"),
            (coded == coded.any().over("conversation")).alias("target_side"),
        )
        .with_row_index("solution")
    )
    labels = (
        _place(matches, by_id)
        .join(where, on=key)
        .join(said.select("solution_id", "solution"), on="solution_id")
        .select(
            "conversation", "solution", pl.col("basis").cast(pl.String).cast(BASES), pl.col("label").cast(pl.String).cast(LABELS)
        )
    )
    main = pl.concat(
        [
            said.filter("own_main").select("conversation"),
            labels.filter(pl.col("basis") == Basis.MAIN.value).select("conversation"),
        ]
    ).unique()
    return Numbered(
        conversations=conversations.with_columns(has_main=pl.col("conversation").is_in(main["conversation"].implode())).join(
            _hedging(solutions, by_id, where), on="conversation", how="left", maintain_order="left"
        ),
        targets=said.filter("target_side").select("solution", "solution_id", "conversation", "recommended"),
        labels=labels,
    )


def _hedging(solutions: pl.DataFrame, by_id: tuple[pl.DataFrame, pl.DataFrame], where: pl.DataFrame) -> pl.DataFrame:
    """conversation, hedged: of the conversations whose solutions were read; what came coded was not read for hedging."""
    if "hedged" not in solutions.columns:
        return where.select("conversation", hedged=pl.lit(None, dtype=pl.Boolean)).head(0)
    read = _place(solutions.filter(pl.col("extractor").cast(pl.String) != CODED), by_id)
    key = ["dilemma", "responder", "draw"]
    return read.join(where, on=key).group_by("conversation").agg(pl.col("hedged").any())


def _index(name: str, ids: list[str]) -> pl.DataFrame:
    if len(set(ids)) != len(ids):
        raise ValueError(f"the {name} ids are not unique")
    schema = {f"{name}_id": pl.String, name: pl.UInt32}
    return pl.DataFrame({f"{name}_id": ids, name: range(len(ids))}, schema=schema)


def _place(frame: pl.DataFrame, by_id: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    for index in by_id:
        frame = frame.join(index, on=index.columns[0])
    return frame.with_columns(pl.col("draw").cast(pl.UInt32))


def _check(name: str, frame: pl.DataFrame, needed: tuple[str, ...], *, unique: tuple[str, ...]) -> None:
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise ValueError(f"{name} lack the columns {missing}; got {frame.columns}")
    if frame.select(pl.struct(unique).is_duplicated().any()).item():
        raise ValueError(f"{name} hold two rows for the same {', '.join(unique)}")
