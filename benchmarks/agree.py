"""How fast are the statistics of a study, beside what else computes them? (--quick: smaller cases, see the notes)

Everything is measured in this one run, best of some repeats, so that ratios hold on a busy machine as well.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import resampling, resampling_scale
from benchmarks.bars import Bar, read_arguments, show

FIGURES: tuple[Callable[..., dict[str, Bar]], ...] = (resampling.figures, resampling_scale.figures)
"""What is measured, in this order; each is called with `quick`."""


def main() -> None:
    arguments = read_arguments(__doc__)
    figures: dict[str, Bar] = {}
    for measured in FIGURES:
        figures |= measured(quick=arguments.quick)
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
