"""How fast are the statistics of a study, beside what else computes them? (--quick: smaller cases, see the notes)

Everything is measured in this one run, best of some repeats, so that ratios hold on a busy machine as well.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import alpha, pair_table, resampling, resampling_scale
from benchmarks.bars import Bar, read_arguments, show

FIGURES: dict[str, Callable[..., dict[str, Bar]]] = {
    "": resampling.figures,
    "large: ": resampling_scale.figures,
    "alpha: ": alpha.figures,
    "pair table: ": pair_table.figures,
}
"""What is measured, in this order, by what its figures' names begin with; each is called with `quick`."""


def main() -> None:
    arguments = read_arguments(__doc__)
    figures: dict[str, Bar] = {}
    for begins, measured in FIGURES.items():
        figures |= {f"{begins}{name}": figure for name, figure in measured(quick=arguments.quick).items()}
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
