"""How long, and in how much memory, are 4,950 pairs over 100,000 dilemmas resampled? Measured in a process of its own."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter, process_time

import numpy as np

from benchmarks.bars import Bar
from benchmarks.resampling import MISSING, SHARE, Product, agreement
from normscope.stats import Intervals, Resamples, bootstrap_intervals, ratio

__all__ = ["figures"]

SECONDS, GIGABYTES = 60.0, 4.0
DILEMMAS, RESPONDERS, DRAWS = 100_000, 100, 2_000
QUICK_DILEMMAS = 6_250
"""A sixteenth of the work; its bar for the seconds is a sixteenth as well. Its share of the product's speed has none: intervals
take as long as for all dilemmas."""


PRODUCTS = 5
"""Matrix products timed before, and after."""


def figures(*, quick: bool) -> dict[str, Bar]:
    """The figures, with complete data and with some answers missing; drawing weights and making intervals is included."""
    dilemmas = QUICK_DILEMMAS if quick else DILEMMAS
    smaller = DILEMMAS / dilemmas
    found: dict[str, Bar] = {}
    for name, missing in (("complete", 0.0), ("missing", MISSING)):
        command = [sys.executable, "-m", "benchmarks.resampling_scale", str(dilemmas), str(RESPONDERS), str(DRAWS), str(missing)]
        measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        data = f"{missing:.0%} of the answers missing" if missing else "complete data"
        case = f"{dilemmas:,} dilemmas, {measured['pairs']:,} pairs, {DRAWS:,} draws with Poisson weights, {data}"
        if quick:
            case += f"; 1/{smaller:g} of the full case and of its bar"
        processor = f"{measured['processor']:.1f} s of processor time"
        of = f"of one product per pair; sgemm {measured['speed']:.0f} GFLOP/s"
        found |= {
            f"scale_seconds_{name}": Bar(measured["seconds"], SECONDS / smaller, note=f"{processor}; {case}"),
            f"scale_gigabytes_{name}": Bar(measured["gigabytes"], GIGABYTES, note=f"peak of the process; {case}"),
            f"scale_share_of_product_speed_{name}": Bar(measured["share"], None if quick else SHARE, "at least", f"{of}; {case}"),
            f"scale_share_by_processor_time_{name}": Bar(
                measured["share_of_processor"],
                None,
                "at least",
                "the same in processor time, which others disturb less",
            ),
        }
    return found


def _measure(dilemmas: int, responders: int, draws: int, missing: float) -> dict[str, float]:
    agreed, both = agreement(dilemmas, responders, missing=missing, seed=6)
    pairs = agreed.shape[1]
    product = Product(min(draws, 1024), min(dilemmas, 4096), min(pairs, 2048))
    # products before and after, all of them and not the fastest: what is measured between them has no second try either
    reference = np.array([_times(product) for _ in range(PRODUCTS)])
    found: list[Intervals] = []
    resampled = _times(
        lambda: found.append(bootstrap_intervals(Resamples(dilemmas, draws, 7, "poisson"), ratio, agreed, both, rate=True))
    )
    reference = np.concatenate([reference, [_times(product) for _ in range(PRODUCTS)]])
    assert not any(found[0].reason)
    speeds = product.work * len(reference) / reference.sum(axis=0)
    # one product per pair is counted: with missing data, rate and denominator are two in one
    shares = 2 * draws * dilemmas * pairs / 1e9 / np.array(resampled) / speeds
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {
        "pairs": pairs,
        "seconds": resampled[0],
        "processor": resampled[1],
        "gigabytes": kilobytes / 2**20,
        "speed": float(speeds[0]),
        "share": float(shares[0]),
        "share_of_processor": float(shares[1]),
    }


def _times(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time."""
    started, worked = perf_counter(), process_time()
    work()
    return perf_counter() - started, process_time() - worked


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("dilemmas", "responders", "draws"):
        parser.add_argument(name, type=int)
    parser.add_argument("missing", type=float)
    arguments = parser.parse_args()
    print(json.dumps(_measure(arguments.dilemmas, arguments.responders, arguments.draws, arguments.missing)))
