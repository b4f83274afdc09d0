"""Which solutions stand for a conversation: its own main one, and those that others are compared with."""

from __future__ import annotations

import polars as pl

__all__ = ["CODED", "CONVERSATION", "own_mains", "target_sides"]

CODED = "coded"
"""The extractor of solutions that came with the data."""

CONVERSATION = ["dilemma_id", "responder_id", "draw"]


def own_mains(solutions: pl.DataFrame) -> pl.DataFrame:
    """The main solution of each conversation that has one: one row each.

    It is taken from what an extractor read where that found anything, since a person's own words are read by the same
    extractor as a model's; else from the codes. Of two main ones (two extractors), the first by `solution_id` counts.
    """
    coded = pl.col("extractor").cast(pl.String) == CODED
    own = solutions.filter(pl.col("main") & (coded != (~coded).any().over(CONVERSATION)))
    return own.sort("solution_id").unique(CONVERSATION, keep="first", maintain_order=True)


def target_sides(solutions: pl.DataFrame) -> pl.DataFrame:
    """The solutions by which a conversation is a target for others: the coded ones where it has them, else the others."""
    coded = pl.col("extractor").cast(pl.String) == CODED
    return solutions.filter(coded == coded.any().over(CONVERSATION))
