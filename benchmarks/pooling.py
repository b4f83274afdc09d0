"""Do pooled topic rates and the best attainable agreement recover a known truth? (--quick: fewer studies)

Topics: 4, 8 or 20 of 6 to 59 dilemmas, true logits normal around that of a mean rate of 0.5, 0.82 or 0.92 with a standard
deviation tau of 0 to 1.5. A figure is the share of topics whose 95 % interval holds the truth, over the studies of one such
setting: the lowest and highest of all 36 settings; and the squared error as a share of that of the raw rates.

Best attainable: 300 dilemmas of 4 options, 2, 3 or 10 panelists, true shares from a symmetric Dirichlet distribution of
concentration 0.5, 2, 5 or 50. A figure is the largest distance from the truth of the mean estimate over studies.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from benchmarks.bars import Bar, read_arguments, show
from normscope.stats import best_attainable, pooled_rates

TOPICS, MEANS, TAUS = (4, 8, 20), (0.0, 1.5, 2.5), (0.0, 0.3, 0.8, 1.5)
CONCENTRATIONS, PANELISTS, OPTIONS, DILEMMAS = (0.5, 2.0, 5.0, 50.0), (2, 3, 10), 4, 300
STUDIES, QUICK_STUDIES = 2000, 300
PANELS, QUICK_PANELS = 40, 6


def topic_figures(studies: int) -> dict[str, Bar]:
    shares, errors = [], []
    for topics, mean, tau in product(TOPICS, MEANS, TAUS):
        rng = np.random.default_rng([topics, int(10 * mean), int(10 * tau)])
        truth = 1 / (1 + np.exp(-mean - tau * rng.standard_normal((studies, topics))))
        n = rng.integers(6, 60, truth.shape)
        successes = rng.binomial(n, truth)
        found = pooled_rates(successes, n)
        shares.append(float(((found.low <= truth) & (truth <= found.high)).mean()))
        errors.append(float(((found.rate - truth) ** 2).mean() / ((successes / n - truth) ** 2).mean()))
    return {
        "topics, lowest share of intervals that hold the truth": Bar(min(shares), 0.92, "at least"),
        "topics, highest share of intervals that hold the truth": Bar(max(shares), None),
        "topics, largest squared error / that of raw rates": Bar(max(errors), 1.0),
        "topics, smallest squared error / that of raw rates": Bar(min(errors), None),
    }


def panel_figures(studies: int) -> dict[str, Bar]:
    off: dict[str, list[float]] = {"value": [], "naive": []}
    even: dict[str, list[float]] = {"value": [], "naive": []}
    for concentration, panelists in product(CONCENTRATIONS, PANELISTS):
        rng = np.random.default_rng([int(10 * concentration), panelists])
        shares = rng.dirichlet(np.full(OPTIONS, concentration / OPTIONS), (studies, DILEMMAS))
        found = [best_attainable(rng.multinomial(panelists, each)) for each in shares]
        truth = float(shares.max(axis=-1).mean())
        into = even if concentration == CONCENTRATIONS[-1] else off
        into["value"].append(abs(float(np.mean([one.value for one in found])) - truth))
        into["naive"].append(float(np.mean([one.naive for one in found])) - truth)
    return {
        "best attainable, largest bias": Bar(max(off["value"]), 0.02),
        "best attainable, largest bias of the naive share": Bar(max(off["naive"]), None),
        "best attainable, largest bias where options are nearly alike": Bar(max(even["value"]), 0.05),
        "best attainable, largest bias of the naive share where options are nearly alike": Bar(max(even["naive"]), None),
    }


def main() -> None:
    options = read_arguments(__doc__)
    figures = topic_figures(QUICK_STUDIES if options.quick else STUDIES)
    figures |= panel_figures(QUICK_PANELS if options.quick else PANELS)
    show(figures, as_json=options.json)


if __name__ == "__main__":
    main()
