"""What PPI++ puts together: people's mean of the labelled rows, the matcher's of these and of all, and what moves each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.stats.bootstrap import Floats
from normscope.stats.corrected import ROUNDING, centred, does_not_move, unseen_variance
from normscope.stats.labelled import Labelled, enough_labels

__all__ = ["Predicted", "predicted", "tuned"]


@dataclass(frozen=True, eq=False)
class Predicted:
    """The means behind a rate by PPI++ and how each cluster moves them.

    `human_moved` and `spread` [clusters] are the influences on people's mean of the labelled rows, and on the matcher's mean of
    these minus that of all. `no_error` is the variance to add, times lam², where no labelled row shows an error;
    `no_difference` the one where people's labels show no difference, and `all_alike` the one where nothing moves (each
    0 elsewhere, but for `all_alike`).
    """

    human: float
    machine: float
    machine_all: float
    human_moved: Floats
    spread: Floats
    clusters: int
    no_error: float
    no_difference: float
    all_alike: float
    n_rows: int
    n_labelled: int

    def at(self, lam: float) -> float:
        """The rate that leans on the matcher with `lam`, not cut."""
        return lam * self.machine_all + self.human - lam * self.machine

    def unseen(self, lam: float, influence: Floats) -> float:
        """The part of the variance that the labels happen not to show."""
        return self.no_difference or lam**2 * self.no_error or (self.all_alike if does_not_move(influence) else 0.0)


def predicted(f: Floats, c: npt.NDArray[np.intp], labelled: Labelled, w: Floats, *, level: float, minimum: int) -> Predicted:
    """The means of the rows by their weights `w`; `Undefined` below `minimum` labels or 2 clusters of them."""
    rows = np.flatnonzero(w)
    drawn, human = labelled.rows, labelled.human
    on_drawn = w[drawn] / labelled.probability
    kept = on_drawn > 0
    counted = labelled.counted(kept)
    labels, on_counted = c[drawn][counted], on_drawn[counted]
    enough_labels(labels.size, labels, minimum=max(minimum, 2))

    n = int(c.max()) + 1
    mean_all, each = centred(f[rows], w[rows])
    all_machine = np.bincount(c[rows], weights=each, minlength=n)
    mean_machine, each = centred(f[drawn], on_drawn)
    drawn_machine = labelled.by_cluster(each, c, n)
    mean_human, each = centred(human, on_drawn)
    drawn_human = labelled.by_cluster(each, c, n)

    share = float(on_counted.sum()) / float(on_drawn.sum())
    floor = unseen_variance(on_counted, labels, level=level, share=share)
    no_error = floor if bool(np.all((human == f[drawn])[kept])) else 0.0
    no_difference = 0.0
    # all alike, or all dilemmas alike: other dilemmas could have been different
    all_alike = unseen_variance(on_counted, labels, level=level)
    if bool(np.all(human[kept] == human[kept][0])) or does_not_move(drawn_human):
        no_difference = all_alike
    elif labelled.same_within_strata(kept):
        no_difference = floor  # only what was not drawn could have been different
    return Predicted(
        mean_human, mean_machine, mean_all, drawn_human, drawn_machine - all_machine, int(np.unique(labels).size),
        no_error, no_difference, all_alike, n_rows=rows.size, n_labelled=labels.size,
    )  # fmt: skip


def tuned(human_moved: Floats, spread: Floats, clusters: int, no_error: float) -> float:
    """How much to lean on the matcher, in [0, 1], for the least variance.

    The influence of a cluster is human_moved - lam · spread, and what errors of the matcher are unseen counts with lam²: together
    a square in lam, with one minimum.
    """
    small = clusters / (clusters - 1)
    room = small * float((spread * spread).sum()) + no_error
    # strata by the matcher's label have used it up: what is then left of the spread is rounding
    return min(1.0, max(0.0, small * float((human_moved * spread).sum()) / room)) if room > ROUNDING else 0.0
