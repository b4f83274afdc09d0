"""Means over dilemmas and their intervals, for all pairs, from sums that are kept while a study streams by."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.stats import RateSums, trusted_from_sums

__all__ = ["INTERVAL", "SUMS", "PairSums", "interval_columns"]

Floats = npt.NDArray[np.float64]

INTERVAL = ("value", "standard_error", "low", "high", "method")
"""The columns that say how much, and how sure that is."""

ROUNDING = 1e-11
"""A sum of squares this much smaller than what it is a difference of is zero, but for rounding."""

SUMS = ("clusters", "sum", "squares", "some", "short")
"""Of the clusters of a pair that have the same `size` n, with sums s of their n values: how many they are, Σs, Σs², and how many
have s > 0 and s < n."""

BY = ("pair", "size")

SCHEMA = {**dict.fromkeys(BY, pl.Int64), **dict.fromkeys(SUMS, pl.Float64), "clusters": pl.Int64}

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
            self._close(values["pair"], values["value"].to_numpy(), np.ones(values.height, dtype=np.int64))
            return
        here = values.select("pair", "value", cluster=self.cluster.gather(values["dilemma"]))
        # in order, because sums of several orders differ in their last digits
        met = here.group_by("pair", "cluster", maintain_order=True).agg(s=pl.col("value").sum(), n=pl.len().cast(pl.Int64))
        if self.waiting is not None:
            met = pl.concat([self.waiting, met]).group_by("pair", "cluster", maintain_order=True).agg(pl.col("s", "n").sum())
        complete = self.last_shard.gather(met["cluster"]) <= shard
        closed = met.filter(complete)
        self._close(closed["pair"], closed["s"].to_numpy(), closed["n"].to_numpy())
        self.waiting = met.filter(~complete)

    def add_counts(self, counts: pl.DataFrame) -> None:
        """`counts`: pair, result, n; so many values of a pair that count are 0 or 1, and each is a cluster of its own."""
        ones, zeros = (pl.col("n").filter(pl.col("result") == result).sum() for result in (1, 0))
        values = {"sum": ones, "squares": ones, "some": ones, "short": zeros}
        counted = counts.filter(pl.col("result") <= 1).with_columns(size=pl.lit(1, dtype=pl.Int64)).group_by(BY)
        self._add(counted.agg(clusters=ones + zeros, **{name: value.cast(pl.Float64) for name, value in values.items()}))

    def _close(self, pair: pl.Series, s: Floats, n: npt.NDArray[np.int64]) -> None:
        """Clusters that are complete: pair, sum and number of their values."""
        sizes = int(n.max(initial=0)) + 1
        key = pair.to_numpy().astype(np.int64) * sizes + n
        numbers, at = np.unique(key, return_inverse=True) if _sparse(key) else (np.arange(key.max(initial=-1) + 1), key)
        k = np.bincount(at)
        sums = (k, *(np.bincount(at, weights=part) for part in (s, s * s, s > 0, s < n)))
        found = pl.DataFrame([pl.Series(name, part, dtype=SCHEMA[name]) for name, part in zip(SUMS, sums, strict=True)])
        by = [pl.Series(name, part, dtype=SCHEMA[name]) for name, part in zip(BY, divmod(numbers, sizes), strict=True)]
        self._add(pl.DataFrame(by).hstack(found).filter(pl.col("clusters") > 0))

    def _add(self, sums: pl.DataFrame) -> None:
        self.done = pl.concat([self.done, sums.select(list(SCHEMA))]).group_by(BY).agg(pl.col(SUMS).sum()).sort(BY)


def _sparse(key: npt.NDArray[np.int64]) -> bool:
    """Whether there would be more places than rows, if every possible pair and size had one."""
    return int(key.max(initial=0)) > max(PLACES, key.size)


def interval_columns(sums: pl.DataFrame, *, level: float) -> pl.DataFrame:
    """Value, standard error and interval of every pair of the sums that `PairSums` kept, one row each, in their order.

    Columns: pair, those of `INTERVAL`, n, clusters and `not_measured`, the reason why there is no interval. The value is
    m = Σs / Σn over the clusters; its interval that of `stats.trusted_rates`, for which sums by size are enough: a cluster's
    share in the variance, ((s - m n) / (Σn - n))², has the same divisor for all clusters of a size. The standard error is
    √(k / (k - 1) · Σ(s - m n)²) / Σn with k clusters, null for one. Source: linearisation, as for clustered samples; Liang and
    Zeger (1986).
    """
    pairs, at = np.unique(sums["pair"].to_numpy(), return_inverse=True)

    def total(part: Floats) -> Floats:
        return np.bincount(at, weights=part, minlength=pairs.size).astype(np.float64, copy=False)

    size, k, s, squares, some, short = (sums[name].to_numpy().astype(np.float64) for name in ("size", *SUMS))
    clusters, n = total(k), total(size * k)
    value = total(s) / n
    m = value[at]
    spread = squares - 2 * m * size * s + m * m * size * size * k
    spread = np.where(spread <= ROUNDING * squares, 0.0, spread)
    others = n[at] - size
    found = trusted_from_sums(
        RateSums(
            value=np.ma.MaskedArray(value),
            variance=total(spread / np.where(others > 0, others, 1.0) ** 2),
            seen=clusters.astype(np.intp),
            clusters=n * n / total(size * size * k),
            departing=np.minimum(total(some), total(short)).astype(np.intp),
        ),
        level=level,
    )
    error = np.sqrt(total(spread) * clusters / np.maximum(clusters - 1, 1)) / n
    return pl.DataFrame(
        {
            "pair": pairs,
            "value": value,
            "standard_error": _where(clusters > 1, error),
            "low": _where(~np.ma.getmaskarray(found.low), found.low.data),
            "high": _where(~np.ma.getmaskarray(found.high), found.high.data),
            "method": pl.Series(found.method, dtype=pl.String),
            "n": n.astype(np.int64),
            "clusters": clusters.astype(np.int64),
            "not_measured": pl.Series([why or None for why in found.reason], dtype=pl.String),
        }
    )


def _where(known: npt.NDArray[np.bool_], numbers: Floats) -> pl.Series:
    """The numbers, null where they are not known."""
    return pl.Series(numbers, dtype=pl.Float64).set(pl.Series(~known), None)
