"""The interval methods whose coverage is compared. To compare another one, add it to a list at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from benchmarks.coverage_made_up import Labelling, Numbers
from normscope.errors import Undefined
from normscope.stats import (
    CAUTIOUS,
    Corrected,
    Intervals,
    Labelled,
    Resamples,
    cautious,
    difference,
    intervals,
    ppi,
    ppi_columns,
    ppi_difference,
    ratio,
    ratio_difference,
    replicate,
    rogan_gladen,
    t_quantile,
    trusted_corrected,
    trusted_difference,
    trusted_differences,
    trusted_rates,
    trusted_rogan_gladen,
)

DRAWS, BLOCK = 1000, 100


@dataclass(frozen=True, eq=False)
class Ends:
    """Intervals of one method, one per replication; `printed` is False where it gave none, `cautious` where it said so."""

    low: Numbers
    high: Numbers
    printed: np.ndarray
    cautious: np.ndarray


class OnSums(Protocol):
    """A method for rates (numerators, denominators) or for differences (those of both), all [clusters, replications]."""

    @property
    def name(self) -> str: ...

    @property
    def dear(self) -> bool:
        """Does it cost so much more than others that it gets fewer replications?"""

    def __call__(self, *sums: Numbers) -> Ends: ...


class OnLabels(Protocol):
    """A method for a corrected rate or difference of one study: its interval, or why it has none."""

    def __call__(self, machine: Numbers, clusters: np.ndarray, labels: Labelled) -> Corrected | Undefined: ...


@dataclass(frozen=True)
class Percentile:
    """The percentile bootstrap over clusters, Wilson where all resamples are equal: `stats.intervals`."""

    name: str = "bootstrap percentile"
    dear: bool = True

    def __call__(self, *sums: Numbers) -> Ends:
        statistic = ratio if len(sums) == 2 else ratio_difference
        blocks = []
        for start in range(0, sums[0].shape[1], BLOCK):  # other resamples for each block, or their luck is in all replications
            parts = [part[:, start : start + BLOCK] for part in sums]
            resamples = Resamples(clusters=len(parts[0]), draws=DRAWS, seed=start)
            blocks.append(ends(intervals(replicate(resamples, statistic, *parts), rate=len(sums) == 2)))
        return Ends(*(np.concatenate([getattr(b, name) for b in blocks]) for name in ("low", "high", "printed", "cautious")))


@dataclass(frozen=True)
class ClusteredT:
    """value ± t · cluster-robust error. For comparison only, to be replaced by the delta method of `stats`."""

    name: str = "clustered t"
    dear: bool = False

    def __call__(self, *sums: Numbers) -> Ends:
        halves = [sums[i : i + 2] for i in range(0, len(sums), 2)]
        values = [num.sum(axis=0) / den.sum(axis=0) for num, den in halves]
        moved = [(num - v * den) / den.sum(axis=0) for (num, den), v in zip(halves, values, strict=True)]
        sign = (1, -1)[: len(halves)]
        value = sum(s * v for s, v in zip(sign, values, strict=True))
        influence = sum(s * m for s, m in zip(sign, moved, strict=True))
        clusters = len(sums[0])
        error = np.sqrt((influence * influence).sum(axis=0) * clusters / (clusters - 1))
        half = t_quantile(0.975, clusters - 1) * error
        all_printed = np.ones(half.shape, dtype=bool)
        return Ends(value - half, value + half, all_printed, ~all_printed)


@dataclass(frozen=True)
class Trusted:
    """Wilson on the effective sample size with t, of one rate or of two: `stats.trust`."""

    name: str = "trusted"
    dear: bool = False

    def __call__(self, *sums: Numbers) -> Ends:
        return ends(trusted_rates(*sums) if len(sums) == 2 else trusted_differences(*sums))


def ends(found: Intervals) -> Ends:
    printed = ~np.ma.getmaskarray(found.low)
    return Ends(found.low.data, found.high.data, printed, np.array([how.endswith(CAUTIOUS) for how in found.method]))


@dataclass(frozen=True)
class Named:
    """A method for corrected rates under a name; `trust` makes its interval a trusted one, which of a rate may be cautious."""

    name: str
    found: OnLabels
    trust: Callable[[Any], Corrected] | None = None
    of_a_rate: bool = True

    def __call__(self, study: Labelling) -> Ends:
        low, high = np.zeros(len(study.truth)), np.zeros(len(study.truth))
        printed, unsure = np.zeros(len(study.truth), dtype=bool), np.zeros(len(study.truth), dtype=bool)
        for i, (truth, machine, drawn) in enumerate(zip(study.truth, study.machine, study.drawn, strict=True)):
            labels = Labelled(drawn, truth[drawn], np.full(drawn.size, study.probability))
            try:
                rate = self.found(machine, study.clusters, labels)
                if isinstance(rate, Undefined):
                    continue
                rate = self.trust(rate) if self.trust else rate
            except Undefined:
                continue
            low[i], high[i], printed[i] = rate.low, rate.high, True
            unsure[i] = self.trust is not None and self.of_a_rate and cautious(rate)
        return Ends(low, high, printed, unsure)


def powered(machine: Numbers, clusters: np.ndarray, labels: Labelled) -> Corrected:
    return ppi(machine, clusters, labels)


def of_two(machine: Numbers, clusters: np.ndarray, labels: Labelled) -> Corrected | Undefined:
    """The difference of two rates by PPI++, each tuned for itself; the even rows are the first one's."""
    first = (np.arange(machine.size) + 1) % 2
    one, other = ppi_columns(machine, clusters, labels, [first, 1 - first])
    if isinstance(one, Undefined):
        return one
    return other if isinstance(other, Undefined) else difference(one, other)


def tuned_together(machine: Numbers, clusters: np.ndarray, labels: Labelled) -> Corrected:
    first = (np.arange(machine.size) + 1) % 2
    return ppi_difference(machine, clusters, labels, first, 1 - first)


def by_rogan_gladen(machine: Numbers, clusters: np.ndarray, labels: Labelled) -> Corrected:
    return rogan_gladen(machine, clusters, labels)


ON_SUMS: tuple[OnSums, ...] = (Percentile(), ClusteredT(), Trusted())
PPI = (Named("PPI++, t", powered), Named("PPI++, trusted", powered, trusted_corrected))
ROGAN_GLADEN = (
    Named("Rogan-Gladen, t", by_rogan_gladen),
    Named("Rogan-Gladen, trusted", by_rogan_gladen, trusted_rogan_gladen),
)
PPI_DIFFERENCES = (
    Named("difference of two PPI++, t", of_two),
    Named("PPI++ difference, trusted", tuned_together, trusted_difference, of_a_rate=False),
)
