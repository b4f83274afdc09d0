"""Labels of the explicit side: answers to shown solutions, and what people coded themselves."""

from __future__ import annotations

import polars as pl

from normscope.match.sides import CODED, CONVERSATION
from normscope.records import Label, Stance

__all__ = ["answers", "coded_stances", "shown_pairs"]


def answers(turns: pl.DataFrame) -> pl.DataFrame:
    """The turns in which a responder answers a shown solution."""
    explicit = (pl.col("role") == "assistant") & (pl.col("stage") == "explicit") & pl.col("solution_id").is_not_null()
    return turns.filter(explicit)


def shown_pairs(answers: pl.DataFrame, solutions: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Each answer with the text it was shown (`solution`), once per solution of the dilemma that has this text.

    `solutions` needs the column `same_as` (see `same.py`). A solution that was itself shown keeps its own answer. Also
    returns how many answers were left out, by reason: `unknown_solution_shown`, `shown_twice` (the first in alphabetical
    order counts).
    """
    known = answers.join(
        solutions.select("dilemma_id", "solution_id", "same_as", solution="text"), on=["dilemma_id", "solution_id"]
    )
    once = known.sort("text").unique([*CONVERSATION, "solution_id"], keep="first", maintain_order=True)
    spread = (
        once.rename({"solution_id": "shown_id"})
        .join(solutions.select("dilemma_id", "same_as", "solution_id"), on=["dilemma_id", "same_as"])
        .sort(pl.col("solution_id") != pl.col("shown_id"), "shown_id")
        .unique([*CONVERSATION, "solution_id"], keep="first", maintain_order=True)
    )
    left_out = {"unknown_solution_shown": answers.height - known.height, "shown_twice": known.height - once.height}
    return spread.select(*CONVERSATION, "solution_id", "text", "solution"), left_out


def coded_stances(solutions: pl.DataFrame, people: list[str], asked: pl.Series) -> pl.DataFrame:
    """What a person who was never shown anything says of another person's coded solution of the same text: the own stance.

    `people` are the responders who are persons, `asked` those responders who were shown solutions; `solutions` needs the
    column `same_as`. `agree` where the person recommends that text, `disagree` where it advises against it, `unclear` where
    the codes hold both. Solutions that no two people share have no row: only shared ones can be read off the codes.
    """
    coded = solutions.filter((pl.col("extractor").cast(pl.String) == CODED) & pl.col("responder_id").is_in(people))
    against = pl.col("stance").cast(pl.String) == Stance.ADVISES_AGAINST.value
    own = (
        coded.filter(~pl.col("responder_id").is_in(asked.unique().to_list()))
        .group_by(*CONVERSATION, "same_as")
        .agg(
            pl.when(against.all())
            .then(pl.lit(Label.DISAGREE.value))
            .when(against.any())
            .then(pl.lit(Label.UNCLEAR.value))
            .otherwise(pl.lit(Label.AGREE.value))
            .alias("label")
        )
    )
    theirs = coded.select("dilemma_id", "same_as", "solution_id", target="responder_id")
    return (
        own.join(theirs, on=["dilemma_id", "same_as"])
        .filter(pl.col("responder_id") != pl.col("target"))
        .select(*CONVERSATION, "solution_id", "label")
    )
