"""Stated agreement with a panel's reference as measures: of each responder, and of what is compared with the ceiling."""

from __future__ import annotations

import polars as pl

from normscope.agree.measures import AT, Measure, status_counts
from normscope.agree.panel import NOBODY_LEFT_OUT
from normscope.agree.scopes import NOBODY, PAIRINGS, Scope, Who, whole
from normscope.agree.sides import read_as
from normscope.records import Pairing, Reading
from normscope.table import COUNTED

__all__ = ["panel_measures"]

WHOLES = (Pairing.MODEL_HUMAN, Pairing.HUMAN_HUMAN)
VALUES = [reading.value for reading in Reading]


def panel_measures(rows: pl.DataFrame, who: Who) -> dict[Reading, tuple[Measure, Measure]]:
    """Under each reading `stated` with the panel's reference, and the same with models held against what people are held against.

    `rows` are those of `panel_rows`. The former takes models towards the full panel and people towards the others; the latter
    takes models towards the panel without each one of its people, then their mean.
    """
    full, person = pl.col("left_out") == NOBODY_LEFT_OUT, pl.col("person")
    own = rows.filter(full | person)
    alone = _mean(own, "dilemma", "responder")
    lent = _mean(_mean(rows.filter(~full & ~person), "dilemma", "responder", "left_out"), "dilemma", "responder")
    terms, compared = _terms(alone, who), _terms(pl.concat([lent, alone.filter(_person(who))]), who)
    keys = [*who.towards_people(), *(whole(pairing) for pairing in WHOLES)]
    found = {}
    for reading in Reading:
        excluded = status_counts(_scoped(read_as(own, reading).filter(pl.col("status") != COUNTED), who))
        found[reading] = (
            Measure("stated", _of(terms, reading), excluded, keys),
            Measure("stated", _of(compared, reading), excluded.head(0), keys),
        )
    return found


def _mean(rows: pl.DataFrame, *at: str) -> pl.DataFrame:
    """The mean under every reading of what counts there; null where nothing does."""
    return rows.group_by(at).agg(pl.col(VALUES).mean()).sort(at)


def _terms(values: pl.DataFrame, who: Who) -> pl.DataFrame:
    """One value in [0, 1] per scope and dilemma: the mean over its responders."""
    return _mean(_scoped(values, who), *AT)


def _of(terms: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    return terms.select(*AT, num=reading.value, den=pl.lit(1.0)).drop_nulls("num")


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
