"""One scope's rate, corrected for the matcher's errors: known rows apart, PPI++ or Rogan-Gladen on the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.agree.judged import Judged
from normscope.errors import Undefined
from normscope.records import NotMeasured
from normscope.stats import (
    CAUTIOUS,
    LEAST_CLUSTERS,
    Corrected,
    Labelled,
    RoganGladen,
    cautious,
    known_rate,
    over_clusters,
    ppi,
    quotient,
    rogan_gladen,
    trusted_corrected,
    trusted_quotient,
    trusted_rogan_gladen,
    with_known,
)
from normscope.stats.bootstrap import Floats
from normscope.stats.trust import too_few

__all__ = ["Correction", "Rate", "Rows", "ends"]

Rows = npt.NDArray[np.intp]

YOUDEN = "sensitivity + specificity - 1"
SETTLED = "every comparison is settled without a matcher, Wilson's interval, Student's t over clusters"


@dataclass(frozen=True, eq=False)
class Rate:
    """A corrected rate, how it came about, and how many labelled comparisons it rests on.

    `ends` are those of its interval; with labels on too few clusters there is none, and they say so.
    """

    corrected: Corrected
    method: str
    n_labels: int

    @property
    def ends(self) -> tuple[float | NotMeasured, float | NotMeasured]:
        return ends(self.corrected)


@dataclass(frozen=True, eq=False)
class Correction:
    """Corrects rates over the comparisons `rows`, whose clusters are `cluster` [rows], of `clusters` in all.

    With fewer than `minimum` labels that people could decide (of its own for PPI++) a rate is `Undefined`.
    """

    rows: Judged
    cluster: Rows
    clusters: int
    level: float
    minimum: int

    def decided(self, at: Rows) -> int:
        """How many of the rows people labelled and could decide, or some of them where they differ."""
        return int((self.rows.decided[at] > 0).sum())

    def predicted(self, at: Rows, weights: Floats) -> Rate:
        """The weighted rate of the rows `at` by PPI++.

        Where people called a labelled comparison unclear, the rate is that among what they could decide: the corrected sum
        of their agreements over the corrected share that they decide, settled comparisons being decided. Where coders differ,
        each stands for an equal part of the comparison, in the sum and in the share.
        """
        known = self.rows.settled[at]
        unknown, w = at[~known], weights[~known]
        if not unknown.size:
            return self._settled(at, weights)
        n = self.decided(unknown)
        self._enough(n)
        cluster = self.cluster[unknown]
        drawn = np.flatnonzero(self.rows.labelled[unknown])
        decided = self.rows.decided[unknown][drawn]
        inclusion = self.rows.inclusion[unknown][drawn]
        human = Labelled(drawn, decided * self.rows.human[unknown][drawn], inclusion)
        found = ppi(self.rows.machine[unknown], cluster, human, weights=w, level=self.level, minimum=self.minimum)
        rate = self._with_known(over_clusters(found, self.clusters), at, weights, self.rows.machine)
        if bool((decided < 1).any()):
            which = Labelled(drawn, decided, inclusion)
            share = ppi(self.rows.counted[unknown], cluster, which, weights=w, level=self.level, minimum=self.minimum)
            # settled comparisons are among those that count
            counts = self._with_known(over_clusters(share, self.clusters), at, weights, np.ones(self.rows.machine.size))
            rate = quotient(rate, counts)
        method = f"PPI++, Wilson's interval, Student's t over clusters [lambda {found.lam:.2f}; {self._labels(unknown)}]"
        return _trusted(rate, method, n)

    def rogan_gladen(self, at: Rows, weights: Floats) -> Rate:
        """The weighted rate of the rows `at` by Rogan-Gladen, with the sensitivity and specificity of all labelled rows.

        `at` are rows that the matcher counts: `Undefined` where it calls all of them unclear. Where coders differ, the mean of
        those who could tell is people's value.
        """
        if not at.size:
            raise Undefined("the matcher calls every comparison unclear")
        known = self.rows.settled[at]
        if known.all():
            return self._settled(at, weights)
        labels = np.flatnonzero((self.rows.decided > 0) & self.rows.counted)
        self._enough(labels.size)
        # the labelled rows of all scopes say how the matcher errs; outside this scope they have no weight
        both = np.concatenate([at[~known], np.setdiff1d(labels, at[~known])])
        w = np.zeros(both.size)
        w[: int((~known).sum())] = weights[~known]
        drawn = np.flatnonzero(np.isin(both, labels))
        human = Labelled(drawn, self.rows.human[both][drawn], self.rows.inclusion[both][drawn])
        found = rogan_gladen(self.rows.machine[both], self.cluster[both], human, weights=w, level=self.level)
        errs = f"sensitivity {found.sensitivity:.2f}, specificity {found.specificity:.2f}"
        method = f"Rogan-Gladen, Fieller's interval, Student's t over clusters [{errs}; {self._labels(labels)}]"
        rate = self._with_known(over_clusters(found, self.clusters), at, weights, self.rows.machine)
        if found.clusters >= LEAST_CLUSTERS:
            rate = self._beside_known(rate, found) if known.any() else trusted_rogan_gladen(found)
        return _said(rate, method, int(labels.size))

    def _beside_known(self, rate: Corrected, found: RoganGladen) -> Corrected:
        """The rate of corrected and known rows together, whose denominator is still that of `found`."""
        on_youden = np.concatenate([found.on_youden, np.zeros(self.clusters - found.on_youden.size)])
        moved = rate.value * found.youden
        return trusted_quotient(rate, moved, denominator=found.youden, on_denominator=on_youden, name=YOUDEN)

    def _settled(self, at: Rows, weights: Floats) -> Rate:
        rate = known_rate(self.rows.machine[at], weights, self.cluster[at], n=self.clusters, level=self.level)
        return _trusted(rate, SETTLED, 0)

    def _labels(self, at: Rows) -> str:
        """How many of the rows people could decide, and on how many of those they differ."""
        several = int((self.rows.mean_of_coders[at] & (self.rows.decided[at] > 0)).sum())
        differ = f", {several} of them the mean of coders who differ" if several else ""
        return f"{self.decided(at)} labelled comparisons{differ}"

    def _enough(self, n: int) -> None:
        if n < self.minimum:
            said = f"{n} labelled comparison{'' if n == 1 else 's'} that people could decide"
            raise Undefined(f"{said}; at least {self.minimum} are needed")

    def _with_known(self, part: Corrected, at: Rows, weights: Floats, values: Floats) -> Corrected:
        """The rate of the rows `at`, from that of those that are not settled and the `values` [all rows] of the others."""
        known = self.rows.settled[at]
        weight = np.bincount(self.cluster[at[~known]], weights=weights[~known], minlength=self.clusters).astype(np.float64)
        return with_known(part, weight, values[at[known]], weights[known], self.cluster[at[known]])


def ends(rate: Corrected) -> tuple[float | NotMeasured, float | NotMeasured]:
    """The ends of the rate's interval, or why labels on so few clusters give none."""
    if rate.clusters < LEAST_CLUSTERS:
        why = NotMeasured(too_few(rate.clusters))
        return why, why
    return rate.low, rate.high


def _trusted(rate: Corrected, method: str, n_labels: int) -> Rate:
    return _said(rate if rate.clusters < LEAST_CLUSTERS else trusted_corrected(rate), method, n_labels)


def _said(rate: Corrected, method: str, n_labels: int) -> Rate:
    if rate.clusters < LEAST_CLUSTERS:
        return Rate(rate, f"{method}; no interval", n_labels)
    return Rate(rate, f"{method}; {CAUTIOUS}" if cautious(rate) else method, n_labels)
