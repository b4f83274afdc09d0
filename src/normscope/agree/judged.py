"""The comparisons behind a metric: the matcher's value of each, people's where they gave one, and its weight in every scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.people_said import EXPLICIT_AT, LABELLED, STATED_AT, PeopleSaid
from normscope.agree.scopes import Scope, Who
from normscope.agree.weights import chances, placed
from normscope.records import Label
from normscope.stats.bootstrap import Floats
from normscope.table import COUNTED, AgreementTable

__all__ = ["UNCLEAR", "UNSURE", "Judged", "judged"]

UNSURE = 0.5
"""The matcher's value of a comparison that it calls unclear. Any fixed number is right: what it is wrong by is corrected."""

UNCLEAR = "unclear"
"""The status of a comparison that the matcher cannot tell."""


@dataclass(frozen=True, eq=False)
class Judged:
    """The comparisons of one metric, parallel arrays [rows], and where they count.

    `machine` in [0, 1]: the matcher's value. `counted`: the matcher could tell (else `machine` is `UNSURE`). `settled`: the
    value is known without a matcher. Where `labelled`, `decided` in [0, 1] is the share of its voices (the labels that count;
    where coders differ, each of them) that could tell, `human` in [0, 1] their mean, 0 where none could, and `inclusion` means
    something; `decided` is 0 elsewhere. `mean_of_coders`: labelled, with several voices. `differ`: drawn, but without a voice.
    `placed`: `KEY`, dilemma, row (a number of these arrays) and its two weights (`weights.placed`), for every scope that a row
    belongs to; a scope's value is the weighted mean of the rows that count. Rows that the matcher did not count have weight
    there too.
    """

    metric: str
    machine: Floats
    counted: npt.NDArray[np.bool_]
    settled: npt.NDArray[np.bool_]
    labelled: npt.NDArray[np.bool_]
    mean_of_coders: npt.NDArray[np.bool_]
    differ: npt.NDArray[np.bool_]
    decided: Floats
    human: Floats
    inclusion: Floats
    dilemma: npt.NDArray[np.intp]
    placed: pl.DataFrame


def judged(table: AgreementTable, people: PeopleSaid, who: Who) -> list[Judged]:
    """The comparisons behind `stated`, `explicit` and `acquiescence`.

    What nobody can score (refused, no solution, …) is outside. What only the matcher calls unclear is inside: whether it counts
    is for people to say.
    """
    status = pl.col("status")
    stated = table.stated.filter(status.is_in([COUNTED, UNCLEAR]))
    explicit = table.explicit.filter(status == COUNTED)
    agrees = (pl.col("label") == Label.AGREE.value).cast(pl.Float64).alias("value")
    shown_to_people = [table.explicit for table in people.tables]
    machine, *humans = (frame.filter(~pl.col("accepted")).with_columns(agrees) for frame in (explicit, *shown_to_people))
    pair = ("dilemma", "responder", "target")
    shown = (*EXPLICIT_AT, "target")
    return [
        _judged("stated", stated, [t.stated for t in people.tables], people.stated, STATED_AT, STATED_AT, pair, who),
        _judged("explicit", explicit, shown_to_people, people.explicit, shown, EXPLICIT_AT, (*pair, "solution_id"), who),
        _judged("acquiescence", machine, humans, people.explicit, shown, EXPLICIT_AT, (*pair, "solution_id"), who),
    ]


def _judged(
    metric: str,
    machine: pl.DataFrame,
    humans: Sequence[pl.DataFrame],
    drawn: pl.DataFrame,
    at: tuple[str, ...],
    drawn_at: tuple[str, ...],
    averaged: tuple[str, ...],
    who: Who,
) -> Judged:
    """`at` names a row, `drawn_at` its comparison; rows that are alike in `averaged` are draws of one value."""
    said = _said(humans, drawn, at, drawn_at)
    rows = (
        machine.join(drawn, on=drawn_at, how="left")
        .join(said, on=at, how="left")
        .with_columns(counted=pl.col("status") == COUNTED)
        # what is settled is settled with a value
        .filter(pl.col("counted") | pl.col("state").is_not_null())
        .sort(at)
        .with_row_index("row")
    )
    where = placed(chances(rows), averaged, who, dilemmas_count_once=metric == "stated")
    if metric == "acquiescence":
        where = where.filter(pl.col("scope") != int(Scope.BOTH))
    labelled = (rows["state"] == LABELLED).fill_null(value=False).to_numpy()
    return Judged(
        metric=metric,
        machine=rows["value"].fill_null(UNSURE).to_numpy(),
        counted=rows["counted"].to_numpy(),
        settled=rows["state"].is_null().to_numpy(),
        labelled=labelled,
        mean_of_coders=(rows["voices"] > 1).fill_null(value=False).to_numpy() & labelled,
        differ=(rows["state"] == "coders_differ").fill_null(value=False).to_numpy(),
        decided=np.where(labelled, rows["decided"].fill_null(0.0).to_numpy(), 0.0),
        human=rows["human"].fill_null(0.0).to_numpy(),
        inclusion=rows["inclusion"].fill_null(1.0).to_numpy(),
        dilemma=rows["dilemma"].to_numpy().astype(np.intp),
        placed=where,
    )


def _said(humans: Sequence[pl.DataFrame], drawn: pl.DataFrame, at: Sequence[str], drawn_at: Sequence[str]) -> pl.DataFrame:
    """`human` and `decided` (`Judged`) of every row whose comparison is labelled: the mean over its voices."""
    voices = [
        human.join(drawn.filter(pl.col("voices") > i), on=drawn_at, how="semi").select(
            *at, "value", decided=(pl.col("status") == COUNTED).cast(pl.Float64)
        )
        for i, human in enumerate(humans)
    ]
    decided = pl.col("decided")
    mean = pl.when(decided.sum() > 0).then((pl.col("value") * decided).sum() / decided.sum())
    return pl.concat(voices).group_by(at).agg(mean.alias("human"), decided.mean())
