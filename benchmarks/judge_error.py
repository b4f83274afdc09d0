"""Do corrected intervals cover the truth when the judge errs and 200 comparisons are labelled by people? (--quick: fewer studies)

Simulated studies with a known truth: 1,000 dilemmas, 13 responders, all 78 pairs, a judge with known error rates. For each
study the naive interval, Rogan-Gladen and PPI++ are computed for the agreement rate over all pairs and for that of one pair,
with labels drawn uniformly and three times as often where the judge says `agree`. A figure is the share of studies whose 95 %
interval covers the truth; corrected ones must lie within 0.93 and 0.97.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
import numpy.typing as npt

from benchmarks.bars import Bar, read_arguments, show
from normscope.errors import Undefined
from normscope.stats import Labelled, ppi, rogan_gladen, rogan_gladen_columns, t_quantile

DILEMMAS, RESPONDERS, COURSES, LABELS = 1000, 13, 3, 200
STUDIES, QUICK_STUDIES = 500, 60
PAIRS = np.array(list(combinations(range(RESPONDERS), 2)))
LEAST, MOST = 0.93, 0.97

# A dilemma has three courses, chosen with probabilities from Dirichlet(1/2, 1/2, 1/2): two responders choose the same
# with probability E(p1² + p2² + p3²) = 0.6. Responder 1 follows responder 0 on 3 of 10 dilemmas, so that their rate is
# 0.3 + 0.7 · 0.6 = 0.72; all other pairs stay at 0.6.
RATE, FOLLOWS = 0.6, 0.3
PAIR_RATE = FOLLOWS + (1 - FOLLOWS) * RATE
OVERALL_RATE = (RATE * (len(PAIRS) - 1) + PAIR_RATE) / len(PAIRS)

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Judge:
    """A judge that says `agree` to a share of the true disagreements (and the other way round)."""

    false_positives: float
    false_negatives: float

    def __str__(self) -> str:
        return f"judge {self.false_positives:.0%}/{self.false_negatives:.0%}"


@dataclass(frozen=True)
class Study:
    """Rows are pairs x dilemmas; the first `DILEMMAS` rows are those of the one pair, responders 0 and 1."""

    truth: Numbers
    machine: Numbers
    clusters: npt.NDArray[np.intp]


class Coverage:
    """Counts how often intervals cover, and adds up their widths."""

    def __init__(self) -> None:
        self.hits: dict[str, list[bool]] = defaultdict(list)
        self.widths: dict[str, list[float]] = defaultdict(list)

    def add(self, name: str, low: float, high: float, truth: float) -> None:
        self.hits[name].append(low <= truth <= high)
        self.widths[name].append(high - low)


def made_up(judge: Judge, rng: np.random.Generator) -> Study:
    chances = rng.dirichlet(np.full(COURSES, 0.5), DILEMMAS)
    choices = (rng.random((RESPONDERS, DILEMMAS, 1)) > chances.cumsum(axis=1)[:, :-1]).sum(axis=2)
    choices[1] = np.where(rng.random(DILEMMAS) < FOLLOWS, choices[0], choices[1])
    same = (choices[PAIRS[:, 0]] == choices[PAIRS[:, 1]]).ravel()
    wrong = rng.random(same.size) < np.where(same, judge.false_negatives, judge.false_positives)
    return Study(same.astype(float), (same ^ wrong).astype(float), np.tile(np.arange(DILEMMAS), len(PAIRS)))


def drawn(study: Study, rows: int, plan: str, rng: np.random.Generator, *, coders_err: float = 0.0) -> Labelled:
    """`LABELS` of the first `rows` rows, by `plan`, labelled by people who err in a share of them."""
    machine = study.machine[:rows]
    strata, sizes = [np.arange(rows)], [LABELS]
    if plan == "stratified":
        strata, sizes = [np.flatnonzero(machine == 1), np.flatnonzero(machine == 0)], [LABELS * 3 // 4, LABELS // 4]
    picked = [rng.choice(stratum, size, replace=False) for stratum, size in zip(strata, sizes, strict=True)]
    probability = [np.full(size, size / stratum.size) for stratum, size in zip(strata, sizes, strict=True)]
    chosen = np.concatenate(picked)
    human = np.abs(study.truth[chosen] - (rng.random(chosen.size) < coders_err))
    return Labelled(chosen, human, np.concatenate(probability))


def naive(study: Study, rows: int) -> tuple[float, float]:
    """The interval that takes the judge at its word: t over dilemmas."""
    by_dilemma = study.machine[:rows].reshape(-1, DILEMMAS).mean(axis=0)
    half = t_quantile(0.975, DILEMMAS - 1) * float(by_dilemma.std(ddof=1)) / sqrt(DILEMMAS)
    return float(by_dilemma.mean()) - half, float(by_dilemma.mean()) + half


def one_study(judge: Judge, rng: np.random.Generator, coverage: Coverage) -> None:
    study = made_up(judge, rng)
    everything = study.machine.size
    machine, clusters = study.machine, study.clusters
    coverage.add(f"naive, all pairs, {judge}", *naive(study, everything), OVERALL_RATE)
    coverage.add(f"naive, one pair, {judge}", *naive(study, DILEMMAS), PAIR_RATE)
    one_pair = np.zeros(everything)
    one_pair[:DILEMMAS] = 1
    for plan in ("uniform", "stratified"):
        of_all = drawn(study, everything, plan, rng)
        powered = ppi(machine, clusters, of_all)
        overall, pair = rogan_gladen_columns(machine, clusters, of_all, [np.ones(everything), one_pair])
        assert not isinstance(overall, Undefined)
        assert not isinstance(pair, Undefined)
        coverage.add(f"PPI++, all pairs, {plan}, {judge}", powered.low, powered.high, OVERALL_RATE)
        coverage.add(f"Rogan-Gladen, all pairs, {plan}, {judge}", overall.low, overall.high, OVERALL_RATE)
        coverage.add(f"Rogan-Gladen, one pair, labels of all pairs, {plan}, {judge}", pair.low, pair.high, PAIR_RATE)
        of_pair = drawn(study, DILEMMAS, plan, rng)
        powered = ppi(machine[:DILEMMAS], clusters[:DILEMMAS], of_pair)
        own = rogan_gladen(machine[:DILEMMAS], clusters[:DILEMMAS], of_pair)
        coverage.add(f"PPI++, one pair, its own labels, {plan}, {judge}", powered.low, powered.high, PAIR_RATE)
        coverage.add(f"Rogan-Gladen, one pair, its own labels, {plan}, {judge}", own.low, own.high, PAIR_RATE)
    wrongly = drawn(study, everything, "uniform", rng, coders_err=0.03)
    powered = ppi(machine, clusters, wrongly)
    corrected = rogan_gladen(machine, clusters, wrongly)
    coverage.add(f"coders err 3 %: PPI++, all pairs, {judge}", powered.low, powered.high, OVERALL_RATE)
    coverage.add(f"coders err 3 %: Rogan-Gladen, all pairs, {judge}", corrected.low, corrected.high, OVERALL_RATE)


def measure(studies: int, *, seed: int = 4) -> dict[str, Bar]:
    """The figures: coverage, with bars where corrected, and the mean width of the interval in the note."""
    coverage = Coverage()
    rngs = np.random.default_rng(seed).spawn(studies)
    for rng in rngs:
        for judge in (Judge(0.05, 0.05), Judge(0.10, 0.02), Judge(0.02, 0.10)):
            one_study(judge, rng, coverage)
    # with fewer studies than the bar is meant for, three standard errors of the simulation are allowed on top
    slack = 0.0 if studies >= STUDIES else 3 * sqrt(0.95 * 0.05 / studies)
    figures, corrected = {}, []
    for name, hits in coverage.hits.items():
        share, width = float(np.mean(hits)), float(np.mean(coverage.widths[name]))
        barred = not name.startswith(("naive", "coders err"))
        corrected += [share] if barred else []
        note = f"mean width {width:.3f}, {studies} studies"
        figures[name] = Bar(share, round(LEAST - slack, 4) if barred else None, "at least", note)
    figures["highest corrected coverage"] = Bar(max(corrected), min(1.0, round(MOST + slack, 4)))
    return figures


def main() -> None:
    arguments = read_arguments(__doc__)
    show(measure(QUICK_STUDIES if arguments.quick else STUDIES), as_json=arguments.json)


if __name__ == "__main__":
    main()
