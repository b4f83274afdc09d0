"""How long, and in how much memory, are 4,950 pairs over 100,000 dilemmas resampled? Measured in a process of its own."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from time import perf_counter, process_time

from benchmarks.bars import Bar
from benchmarks.resampling import MISSING, SHARE, agreement, product_speed
from normscope.stats import Resamples, bootstrap_intervals, ratio

__all__ = ["figures"]

SECONDS, GIGABYTES = 60.0, 4.0
DILEMMAS, RESPONDERS, DRAWS = 100_000, 100, 2_000
QUICK_DILEMMAS, QUICK_DRAWS = 25_000, 500
"""A sixteenth of the work; its bar for the seconds is a sixteenth as well."""


def figures(*, quick: bool) -> dict[str, Bar]:
    """The figures, with complete data and with some answers missing; drawing weights and making intervals is included."""
    dilemmas, draws = (QUICK_DILEMMAS, QUICK_DRAWS) if quick else (DILEMMAS, DRAWS)
    smaller = DILEMMAS * DRAWS / dilemmas / draws
    found: dict[str, Bar] = {}
    for name, missing in (("complete", 0.0), ("missing", MISSING)):
        command = [sys.executable, "-m", "benchmarks.resampling_scale", str(dilemmas), str(RESPONDERS), str(draws), str(missing)]
        measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        data = f"{missing:.0%} of the answers missing" if missing else "complete data"
        case = f"{dilemmas:,} dilemmas, {measured['pairs']:,} pairs, {draws:,} draws with Poisson weights, {data}"
        if quick:
            case += f"; 1/{smaller:g} of the full case and of its bar"
        processor = f"{measured['processor']:.1f} s of processor time"
        of = f"of one product per pair; sgemm {measured['speed']:.0f} GFLOP/s"
        found |= {
            f"scale_seconds_{name}": Bar(measured["seconds"], SECONDS / smaller, note=f"{processor}; {case}"),
            f"scale_gigabytes_{name}": Bar(measured["gigabytes"], GIGABYTES, note=f"peak of the process; {case}"),
            f"scale_share_of_product_speed_{name}": Bar(measured["share"], SHARE, "at least", f"{of}; {case}"),
        }
    return found


def _measure(dilemmas: int, responders: int, draws: int, missing: float) -> dict[str, float]:
    agreed, both = agreement(dilemmas, responders, missing=missing, seed=6)
    pairs = agreed.shape[1]
    shape = min(draws, 1024), min(dilemmas, 4096), min(pairs, 2048)
    speed = product_speed(*shape, repeats=3)
    started, worked = perf_counter(), process_time()
    found = bootstrap_intervals(Resamples(dilemmas, draws, 7, "poisson"), ratio, agreed, both, rate=True)
    seconds, processor = perf_counter() - started, process_time() - worked
    assert not any(found.reason)
    speed = max(speed, product_speed(*shape, repeats=3))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    # one product per pair is counted: with missing data, rate and denominator are two in one
    share = 2 * draws * dilemmas * pairs / 1e9 / seconds / speed
    took = {"pairs": pairs, "seconds": seconds, "processor": processor, "gigabytes": kilobytes / 2**20}
    return took | {"share": share, "speed": speed}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("dilemmas", "responders", "draws"):
        parser.add_argument(name, type=int)
    parser.add_argument("missing", type=float)
    arguments = parser.parse_args()
    print(json.dumps(_measure(arguments.dilemmas, arguments.responders, arguments.draws, arguments.missing)))
