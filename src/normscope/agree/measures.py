"""What each metric sums: its numerators and denominators per dilemma, for every scope.

A measure keeps its terms per (scope, dilemma); summing them over any set of dilemmas, or over resampled ones, and applying
`statistic` gives the metric. Draws are averaged before anything else, so that a responder asked more often does not
count more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from normscope.agree.scopes import KEY, KEY_SCHEMA, NOBODY, Key, Scope, Who, spread, whole
from normscope.records import Label, Outcome, Pairing
from normscope.stats import Statistic, dprimes, ratio, ratio_difference
from normscope.table import COUNTED, AgreementTable

__all__ = [
    "AT",
    "Measure",
    "distance_to_ceiling",
    "excluded_counts",
    "measures",
    "stated_keys",
    "status_counts",
]

RATE = ("num", "den")
TWO_RATES = ("num", "den", "other_num", "other_den")
AT = (*KEY, "dilemma")
EXCLUDED_SCHEMA = {**KEY_SCHEMA, "dilemma": pl.UInt32, "status": pl.String, "n": pl.UInt32}

NOT_SHOWN = "no solutions were shown"


@dataclass(frozen=True)
class Measure:
    """One metric. `terms`: `KEY`, dilemma and the `parts` to sum; `excluded`: `KEY`, dilemma, status, n.

    `keys` are reported even where nothing was observed; `missing` then says why (else the scope does). `rate`: the
    statistic is a mean of values in [0, 1].
    """

    metric: str
    terms: pl.DataFrame
    excluded: pl.DataFrame
    keys: Sequence[Key]
    parts: tuple[str, ...] = RATE
    statistic: Statistic = ratio
    rate: bool = True
    missing: str | None = None


def measures(table: AgreementTable, who: Who) -> list[Measure]:
    """All metrics of a table, in the order in which they are reported."""
    stated = _stated(table.stated, who)
    explicit = _explicit(table.explicit, who)
    return [
        stated,
        explicit[0],
        _gap(stated, explicit[0]),
        *explicit[1:],
        distance_to_ceiling(stated, who),
        _asymmetry(table.stated, who),
        *_conversations(table.stated, who),
    ]


def _stated(rows: pl.DataFrame, who: Who) -> Measure:
    """Mean over draws, then over the targets of the scope: one value in [0, 1] per dilemma."""
    terms = spread(_over_draws(rows), who).group_by(AT).agg(num=pl.col("value").mean()).with_columns(den=pl.lit(1.0))
    return Measure("stated", terms.sort(AT), excluded_counts(rows, who), stated_keys(who))


def stated_keys(who: Who) -> list[Key]:
    """What stated agreement is given of, even where nobody met."""
    return [*who.pairs(), *who.towards_people(), *who.wholes(), *who.both_ways()]


def _over_draws(rows: pl.DataFrame) -> pl.DataFrame:
    at = ("dilemma", "responder", "target")
    return rows.filter(pl.col("status") == COUNTED).group_by(at).agg(pl.col("value").mean()).sort(at)


def _explicit(rows: pl.DataFrame, who: Who) -> list[Measure]:
    """`explicit`, `acquiescence`, `dprime` and `explicit_unclear`: sums over the solutions shown."""
    accepted, label = pl.col("accepted"), pl.col("label")
    agrees = (label == Label.AGREE.value).mean()
    at = ("dilemma", "responder", "target")
    solutions = (
        rows.filter(pl.col("status") == COUNTED)
        .group_by(*at, "solution_id", "accepted")
        .agg(
            pl.col("value").mean(),
            agrees=agrees,
            unclear=label.is_in([Label.UNCLEAR.value, Label.SILENT.value]).mean(),
        )
        .sort(*at, "solution_id")
    )
    pairs = solutions.group_by(at, maintain_order=True).agg(
        value=pl.col("value").sum(),
        shown=pl.len().cast(pl.Float64),
        hits=pl.col("agrees").filter(accepted).sum(),
        signals=accepted.sum().cast(pl.Float64),
        false_alarms=pl.col("agrees").filter(~accepted).sum(),
        noises=(~accepted).sum().cast(pl.Float64),
        unclear=pl.col("unclear").sum(),
    )
    sums = spread(pairs, who).group_by(AT).agg(pl.exclude(AT).sum()).sort(AT)
    excluded = excluded_counts(rows, who)
    seen = _keys(sums, excluded)
    one_way = [key for key in seen if key.scope != Scope.BOTH]
    sums_one_way, excluded_one_way = (f.filter(pl.col("scope") != int(Scope.BOTH)) for f in (sums, excluded))
    of_rejected = excluded_counts(rows.filter(~accepted), who).filter(pl.col("scope") != int(Scope.BOTH))
    return [
        Measure("explicit", _rate(sums, "value", "shown"), excluded, [*who.wholes(), *seen], missing=NOT_SHOWN),
        Measure(
            "acquiescence",
            _rate(sums_one_way, "false_alarms", "noises"),
            of_rejected,
            one_way,
            missing="no rejected solutions were shown",
        ),
        Measure(
            "dprime",
            sums_one_way,
            excluded_one_way,
            one_way,
            parts=("hits", "signals", "false_alarms", "noises"),
            statistic=dprimes,
            rate=False,
            missing="d′ needs accepted and rejected solutions to be shown",
        ),
        Measure("explicit_unclear", _rate(sums_one_way, "unclear", "shown"), excluded_one_way, one_way, missing=NOT_SHOWN),
    ]


def _gap(stated: Measure, explicit: Measure) -> Measure:
    """Explicit minus stated, both on the dilemmas where the scope has both."""
    one_way = pl.col("scope") != int(Scope.BOTH)
    said = stated.terms.filter(one_way).rename({"num": "other_num", "den": "other_den"})
    shown = explicit.terms.filter(one_way)
    keys = [key for key in explicit.keys if key.scope != Scope.BOTH]
    among = pl.concat([explicit.terms.select(KEY), explicit.excluded.select(KEY)])
    lone = [
        said.join(among, on=KEY, how="semi").join(shown, on=AT, how="anti").with_columns(status=pl.lit("stated_only")),
        shown.join(said, on=AT, how="anti").with_columns(status=pl.lit("explicit_only")),
    ]
    return Measure(
        "gap",
        shown.join(said, on=AT).sort(AT),
        pl.concat([_one_each(frame) for frame in lone]),
        keys,
        parts=TWO_RATES,
        statistic=ratio_difference,
        rate=False,
        missing=NOT_SHOWN,
    )


def distance_to_ceiling(stated: Measure, who: Who) -> Measure:
    """A model's stated agreement with people minus that of people among themselves, on the dilemmas where there are both."""
    models = [key for key in who.towards_people() if not who.person[key.responder]]
    among = pl.DataFrame(models, schema=KEY_SCHEMA, orient="row")
    model = stated.terms.join(among, on=KEY, how="semi")
    ceiling = stated.terms.filter(_is(whole(Pairing.HUMAN_HUMAN))).select("dilemma", other_num="num", other_den="den")
    without = model.join(ceiling, on="dilemma", how="anti").with_columns(status=pl.lit("no_ceiling"))
    return Measure(
        "distance_to_ceiling",
        model.join(ceiling, on="dilemma").sort(AT),
        _one_each(without),
        models,
        parts=TWO_RATES,
        statistic=ratio_difference,
        rate=False,
    )


def _asymmetry(rows: pl.DataFrame, who: Who) -> Measure:
    """How far the two directions of a pair differ on a dilemma, in [0, 1]; only dilemmas where both are counted."""
    at = ["dilemma", "responder", "target"]
    there = spread(_over_draws(rows), who).filter(
        (pl.col("scope") == int(Scope.PAIR)) & (pl.col("responder") != pl.col("target"))
    )
    back = there.select("dilemma", responder="target", target="responder", back="value")
    pairs = there.join(back, on=at).filter(pl.col("responder") < pl.col("target"))
    terms = pairs.with_columns(num=(pl.col("value") - pl.col("back")).abs(), den=pl.lit(1.0)).select(*AT, *RATE).sort(AT)
    lone = there.join(back, on=at, how="anti").with_columns(
        responder=pl.min_horizontal("responder", "target"),
        target=pl.max_horizontal("responder", "target"),
        status=pl.lit("one_direction"),
    )
    excluded = _one_each(lone)
    return Measure("asymmetry", terms, excluded, _keys(terms, excluded))


def _conversations(rows: pl.DataFrame, who: Who) -> list[Measure]:
    """`no_solution` and `refused`, of each responder's conversations (those that the table compares with some other)."""
    silent = [o.value for o in Outcome if o is not Outcome.ANSWERED]
    status = pl.col("status")
    held = (
        rows.with_columns(pl.when(status.is_in([*silent, "no_solution"])).then(status).otherwise(pl.lit("answered")))
        .select("dilemma", "responder", "draw", "status")
        .unique()
        .filter(pl.col("responder").is_in(who.listed()))
        .with_columns(
            pl.col("responder").cast(pl.Int32),
            scope=pl.lit(int(Scope.SELF), dtype=pl.Int32),
            pairing=pl.lit(NOBODY, dtype=pl.Int32),
            target=pl.lit(NOBODY, dtype=pl.Int32),
        )
    )
    keys = _keys(held)

    def share(of: str, without: list[str]) -> Measure:
        left_out = status.is_in(without)
        terms = held.filter(~left_out).group_by(AT).agg(num=(status == of).mean()).with_columns(den=pl.lit(1.0)).sort(AT)
        return Measure(of, terms, status_counts(held.filter(left_out)), keys)

    return [share("no_solution", silent), share(Outcome.REFUSED.value, [Outcome.FAILED.value])]


def _rate(sums: pl.DataFrame, numerator: str, denominator: str) -> pl.DataFrame:
    return sums.select(*AT, num=numerator, den=denominator).filter(pl.col("den") > 0)


def _keys(*frames: pl.DataFrame) -> list[Key]:
    return [Key(*row) for row in pl.concat([frame.select(KEY) for frame in frames]).unique().sort(KEY).iter_rows()]


def _is(key: Key) -> pl.Expr:
    return pl.all_horizontal(pl.col(name) == value for name, value in zip(KEY, key, strict=True))


def excluded_counts(rows: pl.DataFrame, who: Who) -> pl.DataFrame:
    """Rows without a value, counted by status, for every scope they belong to."""
    left_out = rows.filter(pl.col("status") != COUNTED).select("dilemma", "responder", "target", "status")
    return status_counts(spread(left_out, who))


def status_counts(rows: pl.DataFrame) -> pl.DataFrame:
    """How many rows there are of each scope, dilemma and status."""
    counts = rows.group_by(*AT, "status").agg(n=pl.len())
    return counts.select(pl.col(name).cast(dtype) for name, dtype in EXCLUDED_SCHEMA.items())


def _one_each(rows: pl.DataFrame) -> pl.DataFrame:
    return status_counts(rows.select(*AT, "status"))
