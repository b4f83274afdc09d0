"""Is Krippendorff's alpha on 100,000 units x 100 raters as fast as with the package `krippendorff`? (--quick: fewer repetitions)

Simulated ratings, a fifth of them missing: four nominal categories, and numbers from 1 to 7 on an interval scale. Both read
the same numbers, each in the layout it likes: the package a float table [raters, units] with NaN where a rating is missing,
normscope the transpose, which it masks and codes first. They take turns in one process. A figure is the median over the turns
of the package's seconds divided by normscope's, so at least 1 is wanted; beside it, without a bar, the same where the
ratings are coded already, and the seconds. The values must be equal to nine decimals in every turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import krippendorff
import numpy as np
import numpy.typing as npt

from benchmarks.bars import Bar, read_arguments, show
from normscope.stats import Ratings, ScaleLevel, krippendorff_alpha

UNITS, RATERS = 100_000, 100
TURNS, QUICK_TURNS = 9, 3
CASES: tuple[tuple[ScaleLevel, int], ...] = (("nominal", 4), ("interval", 7))

Numbers = npt.NDArray[np.float64]


def made_up(units: int, raters: int, categories: int, rng: np.random.Generator) -> Numbers:
    """[units, raters]: each rating is the true one in half of the cases, else any; NaN in a fifth."""
    truth = rng.integers(1, categories + 1, (units, 1))
    anything = rng.integers(1, categories + 1, (units, raters))
    ratings = np.where(rng.random((units, raters)) < 0.5, truth, anything).astype(np.float64)
    ratings[rng.random((units, raters)) < 0.2] = np.nan
    return ratings


def coded(ratings: Numbers) -> Ratings:
    return Ratings.of(np.ma.masked_invalid(ratings, copy=False))


def timed(work: Callable[[], float]) -> tuple[float, float]:
    start = time.perf_counter()
    value = work()
    return time.perf_counter() - start, value


def compare(ratings: Numbers, level: ScaleLevel, turns: int) -> dict[str, list[float]]:
    """Seconds of each turn, by who was measured."""
    transposed = np.ascontiguousarray(ratings.T)
    ready = coded(ratings)
    ways: dict[str, Callable[[], Any]] = {
        "package": lambda: krippendorff.alpha(reliability_data=transposed, level_of_measurement=level),
        "normscope": lambda: krippendorff_alpha(coded(ratings), level),
        # made anew, so that nothing counted before is still there
        "normscope, coded already": lambda: krippendorff_alpha(Ratings(ready.codes, ready.scale), level),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(turns):
        values = []
        # who goes first changes from turn to turn
        for name in list(ways)[turn % len(ways) :] + list(ways)[: turn % len(ways)]:
            took, value = timed(ways[name])
            seconds[name].append(took)
            values.append(value)
        assert max(values) - min(values) < 1e-9, f"{level}: the values differ: {values}"
    return seconds


def measure(turns: int, *, units: int = UNITS, raters: int = RATERS, seed: int = 5) -> dict[str, Bar]:
    found: dict[str, Bar] = {}
    for (level, categories), rng in zip(CASES, np.random.default_rng(seed).spawn(len(CASES)), strict=True):
        seconds = compare(made_up(units, raters, categories, rng), level, turns)
        package = seconds["package"]
        note = f"{units:,} units x {raters} raters, {categories} categories, {turns} turns"
        for way in ("normscope", "normscope, coded already"):
            ratio = median(theirs / ours for theirs, ours in zip(package, seconds[way], strict=True))
            bar = 1.0 if way == "normscope" else None
            found[f"{level}: package / {way}"] = Bar(ratio, bar, "at least", note)
        for way, taken in seconds.items():
            found[f"{level}: seconds, {way}"] = Bar(median(taken), None)
    return found


def figures(*, quick: bool) -> dict[str, Bar]:
    """All figures; `quick` takes fewer turns."""
    return measure(QUICK_TURNS if quick else TURNS)


def main() -> None:
    arguments = read_arguments(__doc__)
    show(figures(quick=arguments.quick), as_json=arguments.json)


if __name__ == "__main__":
    main()
