"""Means and their standard errors over dilemmas, for all pairs, from sums that are kept while a study streams by."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.stats import t_quantile, wilson

__all__ = ["INTERVAL", "ONE_CLUSTER", "SUMS", "PairSums", "interval_columns"]

Floats = npt.NDArray[np.float64]

METHOD = "cluster-robust delta method, Student t"
ALL_EQUAL = "wilson (all equal)"
NO_INTERVAL = "no interval"
NOT_MEASURED = "not measured"
ONE_CLUSTER = "an interval needs data on at least 2 clusters of dilemmas; 1 has them"

INTERVAL = ("value", "standard_error", "low", "high", "method")
"""The columns that say how much, and how sure that is."""

ROUNDING = 1e-11
"""A sum of squares this much smaller than what it is a difference of is zero, but for rounding."""

SUMS = ("clusters", "n", "sum", "squares", "products", "sizes")
"""Of a pair, over clusters with sum s of their values and n of them: how many, Σn, Σs, Σs², Σsn, Σn²."""

SCHEMA = {"pair": pl.Int64, **dict.fromkeys(SUMS, pl.Float64), "clusters": pl.Int64}

PLACES = 2**20
"""So many possible pairs (a thousand responders) always have a place each."""


@dataclass
class PairSums:
    """Adds up shards. `cluster` [dilemmas] numbers the clusters, `last_shard` [clusters] says when one is complete; both None
    where every dilemma is a cluster of its own, so that nothing has to wait for the shards to come."""

    cluster: pl.Series | None = None
    last_shard: pl.Series | None = None
    done: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    waiting: pl.DataFrame | None = field(default=None, repr=False)

    def add(self, values: pl.DataFrame, shard: int) -> None:
        """`values`: dilemma, pair (a number), value in [0, 1]; one row per dilemma and pair that counts."""
        if self.cluster is None or self.last_shard is None:
            self._close(values["pair"], values["value"].to_numpy(), np.ones(values.height))
            return
        here = values.select("pair", "value", cluster=self.cluster.gather(values["dilemma"]))
        # in order, because sums of several orders differ in their last digits
        met = here.group_by("pair", "cluster", maintain_order=True).agg(s=pl.col("value").sum(), n=pl.len().cast(pl.Float64))
        if self.waiting is not None:
            met = pl.concat([self.waiting, met]).group_by("pair", "cluster", maintain_order=True).agg(pl.col("s", "n").sum())
        complete = self.last_shard.gather(met["cluster"]) <= shard
        closed = met.filter(complete)
        self._close(closed["pair"], closed["s"].to_numpy(), closed["n"].to_numpy())
        self.waiting = met.filter(~complete)

    def add_counts(self, counts: pl.DataFrame) -> None:
        """`counts`: pair, result, n; so many values of a pair that count are 0 or 1, and each is a cluster of its own."""
        n = pl.col("n")
        ones = n.filter(pl.col("result") == 1).sum()
        values = {"n": n.sum(), "sum": ones, "squares": ones, "products": ones, "sizes": n.sum()}
        counted = counts.filter(pl.col("result") <= 1).group_by("pair")
        self._add(counted.agg(clusters=n.sum(), **{name: value.cast(pl.Float64) for name, value in values.items()}))

    def _close(self, pair: pl.Series, s: Floats, n: Floats) -> None:
        numbers, at = np.unique(pair.to_numpy(), return_inverse=True) if _sparse(pair) else (None, pair.to_numpy())
        k = np.bincount(at)
        sums = (k, *(np.bincount(at, weights=part) for part in (n, s, s * s, s * n, n * n)))
        found = pl.DataFrame([pl.Series(name, part, dtype=SCHEMA[name]) for name, part in zip(SUMS, sums, strict=True)])
        pairs = pl.Series("pair", np.arange(k.size) if numbers is None else numbers, dtype=pl.Int64)
        self._add(found.insert_column(0, pairs).filter(pl.col("clusters") > 0))

    def _add(self, sums: pl.DataFrame) -> None:
        self.done = pl.concat([self.done, sums]).group_by("pair").agg(pl.col(SUMS).sum()).sort("pair")


def _sparse(pair: pl.Series) -> bool:
    """Whether there would be more places than rows, if every possible pair had one."""
    greatest = pair.max()
    return isinstance(greatest, int) and greatest > max(PLACES, pair.len())


def interval_columns(sums: pl.DataFrame, *, level: float) -> pl.DataFrame:
    """Value, standard error and interval of every row of `SUMS`; what is missing is null and `not_measured` says why.

    The mean m = Σs / Σn is a ratio of sums over clusters, of which one moves it by (s - m n) / Σn; error² = k / (k - 1) · Σ of
    the squares of that, with k clusters, and the interval is m ± t · error with k - 1 degrees of freedom, cut to [0, 1]. Where
    all clusters are equal the error would pretend certainty: then it is Wilson's on k clusters. One cluster gives no
    interval. Source: linearisation, as for clustered samples; Liang and Zeger (1986).
    """
    k, n, s, ss, sn, nn = (sums[name].to_numpy().astype(np.float64) for name in SUMS)
    some, several = n > 0, k > 1
    mean = s / np.where(some, n, 1.0)
    spread = ss - 2 * mean * sn + mean**2 * nn
    equal = several & (spread <= ROUNDING * ss)
    error = np.sqrt(np.where(several & ~equal, spread * k / np.maximum(k - 1, 1), 0.0)) / np.where(some, n, 1.0)
    df, back = np.unique(np.maximum(k - 1, 1), return_inverse=True)
    half = np.array([t_quantile((1 + level) / 2, one) for one in df.tolist()])[back] * error if df.size else error
    low, high = np.clip(mean - half, 0.0, 1.0), np.clip(mean + half, 0.0, 1.0)
    for i in np.flatnonzero(equal).tolist():
        low[i], high[i] = wilson(mean[i] * k[i], k[i], level=level)
    columns = {"value": (mean, some), "standard_error": (error, several), "low": (low, several), "high": (high, several)}
    words = np.select([~some, ~several, equal], [NOT_MEASURED, NO_INTERVAL, ALL_EQUAL], default=METHOD)
    return pl.DataFrame(
        [
            *(pl.Series(name, numbers).set(pl.Series(~shown), None) for name, (numbers, shown) in columns.items()),
            pl.Series("method", words.tolist(), dtype=pl.String),
        ]
    )
