"""Stated agreement with a panel's reference as measures: of each responder, and of what is compared with the ceiling."""

from __future__ import annotations

import polars as pl

from normscope.agree.measures import AT, Measure, over_draws, status_counts
from normscope.agree.panel import NOBODY_LEFT_OUT
from normscope.agree.scopes import NOBODY, PAIRINGS, Scope, Who, whole
from normscope.records import Pairing
from normscope.table import COUNTED

__all__ = ["panel_measures"]

WHOLES = (Pairing.MODEL_HUMAN, Pairing.HUMAN_HUMAN)


def panel_measures(rows: pl.DataFrame, who: Who) -> tuple[Measure, Measure]:
    """`stated` with the panel's reference, and the same with models held against the references that people are held against.

    `rows` are those of `panel_sides` with the value and status of one reading. The former takes models towards the full panel
    and people towards the others; the latter takes models towards the panel without each one of its people, then their mean.
    """
    full = pl.col("left_out") == NOBODY_LEFT_OUT
    own, lent = rows.filter(full | pl.col("person")), rows.filter(full.not_() & ~pl.col("person"))
    alone = over_draws(own, ("dilemma", "responder"))
    among_people = over_draws(lent, ("dilemma", "responder", "left_out"))
    lent_mean = among_people.group_by("dilemma", "responder").agg(pl.col("value").mean())
    people = alone.filter(_person(who))
    keys = [*who.towards_people(), *(whole(pairing) for pairing in WHOLES)]
    excluded = status_counts(_scoped(own.filter(pl.col("status") != COUNTED), who))
    none = excluded.head(0)
    return (
        Measure("stated", _terms(alone, who), excluded, keys),
        Measure("stated", _terms(pl.concat([lent_mean, people]), who), none, keys),
    )


def _terms(values: pl.DataFrame, who: Who) -> pl.DataFrame:
    """One value in [0, 1] per scope and dilemma: the mean over its responders."""
    return _scoped(values, who).group_by(AT).agg(num=pl.col("value").mean()).with_columns(den=pl.lit(1.0)).sort(AT)


def _scoped(rows: pl.DataFrame, who: Who) -> pl.DataFrame:
    """Rows of responders towards people: of each listed one, and of the pairing as a whole."""
    pairing = {of: pl.lit(PAIRINGS.index(of), dtype=pl.Int32) for of in WHOLES}
    nobody = pl.lit(NOBODY, dtype=pl.Int32)
    towards = rows.with_columns(
        pl.col("responder").cast(pl.Int32),
        target=nobody,
        pairing=pl.when(_person(who)).then(pairing[Pairing.HUMAN_HUMAN]).otherwise(pairing[Pairing.MODEL_HUMAN]),
    )
    scoped = {
        Scope.PEOPLE: towards.filter(pl.col("responder").is_in(who.listed())),
        Scope.WHOLE: towards.with_columns(responder=nobody),
    }
    return pl.concat([frame.with_columns(scope=pl.lit(int(scope), dtype=pl.Int32)) for scope, frame in scoped.items()])


def _person(who: Who) -> pl.Expr:
    return pl.lit(pl.Series(who.person, dtype=pl.Boolean)).gather(pl.col("responder"))
