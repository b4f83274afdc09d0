"""How long do the intervals of 78 pairs over 3,000 dilemmas take, beside scipy, and does the delta method give the same?"""

from __future__ import annotations

import os
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats as scipy_stats

from benchmarks.bars import Bar
from normscope.stats import Resamples, bootstrap_intervals, delta_intervals, linearise, ratio, replicate

__all__ = ["MISSING", "SHARE", "Product", "agreement", "best", "figures"]

DILEMMAS, RESPONDERS, COURSES, DRAWS = 3000, 13, 3, 10_000
SCIPY_PAIRS, SCIPY_PAIRS_QUICK = 8, 3
MISSING = 0.1

SHARE = 0.5
"""Of the speed of the matrix product. With few columns it is not reached: drawing a weight takes as long as multiplying it."""

Truths = npt.NDArray[np.bool_]


def figures(*, quick: bool) -> dict[str, Bar]:
    """The figures; `quick` lets scipy do fewer pairs, and repeats less."""
    repeats = 3 if quick else 7
    agreed, both = agreement(DILEMMAS, RESPONDERS, missing=0.0, seed=1)
    agreed_some, both_some = agreement(DILEMMAS, RESPONDERS, missing=MISSING, seed=1)
    pairs = agreed.shape[1]
    case = f"{DILEMMAS:,} dilemmas, {pairs} pairs, {DRAWS:,} draws"

    def ours(num: Truths, den: Truths, scheme: Any) -> Callable[[], object]:
        # a new Resamples each time: drawing the weights is part of what is measured
        return lambda: bootstrap_intervals(Resamples(DILEMMAS, DRAWS, 2, scheme), ratio, num, den, rate=True)

    product = Product(DRAWS, DILEMMAS, pairs)
    seconds = best(product, repeats)
    multinomial = best(ours(agreed, both, "multinomial"), repeats)
    poisson = best(ours(agreed, both, "poisson"), repeats)
    some = best(ours(agreed_some, both_some, "multinomial"), repeats)
    theirs, how = _scipy(agreed, SCIPY_PAIRS_QUICK if quick else SCIPY_PAIRS)
    delta = best(lambda: delta_intervals(linearise(agreed, both), rate=True), repeats)
    seconds = min(seconds, best(product, repeats))
    least, largest = _errors_compared(agreed_some, both_some)
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return {
        "machine_load": Bar(busy, None, note="processes that want a processor, per processor; above 1 all seconds are too long"),
        "bootstrap_seconds": Bar(multinomial, 1.0, note=f"{case}, multinomial weights, intervals included"),
        "bootstrap_seconds_poisson": Bar(poisson, 1.0, note=f"{case}, Poisson weights, intervals included"),
        "bootstrap_seconds_missing": Bar(some, 1.0, note=f"{case}, multinomial weights, {MISSING:.0%} of the answers missing"),
        "bootstrap_times_faster_than_scipy": Bar(theirs / multinomial, 30, "at least", how),
        "bootstrap_times_faster_than_scipy_poisson": Bar(theirs / poisson, 30, "at least", how),
        "scipy_seconds": Bar(theirs, None, note=how),
        "share_of_product_speed_78_pairs": Bar(
            seconds / poisson, SHARE, "at least", f"Poisson, intervals included; sgemm {product.work / seconds:.0f} GFLOP/s"
        ),
        "delta_seconds": Bar(delta, 0.1, note=f"{DILEMMAS:,} dilemmas, {pairs} pairs"),
        "delta_error_over_bootstrap_error_least": Bar(least, -4, "at least", "in Monte-Carlo standard errors, of all pairs"),
        "delta_error_over_bootstrap_error_most": Bar(largest, 4, note="in Monte-Carlo standard errors, of all pairs"),
    }  # fmt: skip


def agreement(dilemmas: int, responders: int, *, missing: float, seed: int) -> tuple[Truths, Truths]:
    """[dilemmas, pairs] each: do the two choose the same of three courses, and did both choose? [dilemmas, 1] where all did."""
    rng = np.random.default_rng(seed)
    favourite = rng.integers(0, COURSES, size=(dilemmas, 1), dtype=np.int8)
    choices = rng.integers(0, COURSES, size=(dilemmas, responders), dtype=np.int8)
    choices = np.where(rng.random((dilemmas, responders), dtype=np.float32) < 0.5, favourite, choices)
    answered = rng.random((dilemmas, responders), dtype=np.float32) >= missing
    pairs = responders * (responders - 1) // 2
    agreed, both = np.empty((dilemmas, pairs), dtype=bool), np.ones((dilemmas, pairs if missing else 1), dtype=bool)
    for start in range(0, dilemmas, 512):  # few dilemmas at a time stay in the cache
        some, first = slice(start, start + 512), 0
        for one in range(responders - 1):
            of_one = slice(first, first + responders - 1 - one)
            agreed[some, of_one] = choices[some, one : one + 1] == choices[some, one + 1 :]
            if missing:
                both[some, of_one] = answered[some, one : one + 1] & answered[some, one + 1 :]
            first = of_one.stop
    agreed &= both
    return agreed, both


def best(work: Callable[[], object], repeats: int) -> float:
    """The shortest of some runs, in seconds: what the others took longer was somebody else's."""
    seconds = []
    for _ in range(repeats):
        started = perf_counter()
        work()
        seconds.append(perf_counter() - started)
    return min(seconds)


class Product:
    """Call it for one float32 matrix product of this shape by numpy; `work` is what it takes, in GFLOP."""

    def __init__(self, rows: int, inner: int, columns: int) -> None:
        rng = np.random.default_rng(3)
        self.a, self.b = rng.random((rows, inner), dtype=np.float32), rng.random((inner, columns), dtype=np.float32)
        self.into = np.empty((rows, columns), dtype=np.float32)
        self.work = 2 * rows * inner * columns / 1e9

    def __call__(self) -> None:
        np.matmul(self.a, self.b, out=self.into)


def _scipy(agreed: Truths, pairs: int) -> tuple[float, str]:
    """Seconds for all pairs by scipy, from its time for some of them."""
    values = agreed[:, :pairs].astype(np.float64)
    seconds = best(
        lambda: scipy_stats.bootstrap(
            (values,), np.mean, axis=0, vectorized=True, method="percentile", n_resamples=DRAWS, batch=500, rng=4
        ),
        1,
    )
    of = agreed.shape[1]
    return seconds * of / pairs, f"scipy.stats.bootstrap timed on {pairs} of the {of} pairs in one call, times {of / pairs:g}"


def _errors_compared(agreed: Truths, both: Truths) -> tuple[float, float]:
    """How far the standard errors of the bootstrap lie from those of the delta method, over all pairs."""
    draws = replicate(Resamples(DILEMMAS, DRAWS, 5), ratio, agreed, both).draws.data
    found = linearise(agreed, both)
    # the bootstrap lacks the factor k / (k - 1); an error from B draws is itself uncertain by 1 / sqrt(2 B)
    relative = draws.std(axis=0, ddof=1) / (found.error.data * np.sqrt((found.clusters - 1) / found.clusters)) - 1
    off = relative * np.sqrt(2 * DRAWS)
    return float(off.min()), float(off.max())
