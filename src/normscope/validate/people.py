"""People beside the matcher: how far do coders agree with each other on the same items, and how far does the matcher?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from normscope.errors import Undefined
from normscope.records import CoderPair, Label, NotMeasured, People
from normscope.stats import (
    Codings,
    Resamples,
    coders_kappa_interval,
    cohen_kappa,
    intervals,
    percent_agreement,
    replicate,
)
from normscope.stats.bootstrap import Floats, Masked
from normscope.stats.coders import mean_kappa
from normscope.validate.figures import Figures, figures

__all__ = ["people_beside"]

INDEX = {label: i for i, label in enumerate(Label)}


def people_beside(
    given: Sequence[Mapping[str, Label]],
    matcher: Sequence[Label],
    clusters: Sequence[str],
    *,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> People | NotMeasured:
    """How far do people agree with each other on the items that two or more of them labelled, and the matcher with them?

    `given[i]` are the labels of item i by coder, `matcher[i]` is the matcher's, `clusters[i]` the dilemma it is about. Both
    kappas are over the same items, unweighted, with intervals from the same resamples of dilemmas. `NotMeasured` where no
    item has two coders.
    """
    shared = [i for i, labels in enumerate(given) if len(labels) > 1]
    if not shared:
        return NotMeasured("no pair was labelled by two people")
    numbers: dict[str, int] = {}
    rows = [numbers.setdefault(clusters[i], len(numbers)) for i in shared]
    resamples = Resamples(len(numbers), draws, seed)
    long = [(n, coder, label.value) for n, i in enumerate(shared) for coder, label in given[i].items()]
    codings = Codings(*(np.array(column) for column in zip(*long, strict=True)))
    return People(
        len(shared),
        *_people(codings, resamples, rows, level),
        *_matcher([given[i] for i in shared], [matcher[i] for i in shared], rows, resamples, level),
        pairs=tuple(_pairs([given[i] for i in shared])),
    )


def _people(codings: Codings, resamples: Resamples, rows: Sequence[int], level: float) -> Figures:
    try:
        return figures(coders_kappa_interval(codings, resamples, rows, level=level))
    except Undefined as error:
        none = NotMeasured(str(error))
        return none, none, none


def _matcher(
    given: Sequence[Mapping[str, Label]], matcher: Sequence[Label], rows: Sequence[int], resamples: Resamples, level: float
) -> Figures:
    """The mean of the matcher's kappa with each coder, weighted by the items that the coder labelled."""
    coders = {coder: n for n, coder in enumerate(sorted({coder for labels in given for coder in labels}))}
    tables = np.zeros((resamples.clusters, len(coders), len(Label), len(Label)))
    for row, labels, found in zip(rows, given, matcher, strict=True):
        for coder, label in labels.items():
            tables[row, coders[coder], INDEX[label], INDEX[found]] += 1
    shape = tables.shape[1:]

    def of_cells(*sums: Floats) -> Masked:
        return mean_kappa(np.stack(sums, axis=-1).reshape(*sums[0].shape, *shape))

    cells = tables.reshape(resamples.clusters, -1)
    return figures(intervals(replicate(resamples, of_cells, *(cell[:, None] for cell in cells.T)), level=level))


def _pairs(given: Sequence[Mapping[str, Label]]) -> list[CoderPair]:
    coders = sorted({coder for labels in given for coder in labels})
    found = []
    for a, b in combinations(coders, 2):
        both = [(labels[a].value, labels[b].value) for labels in given if a in labels and b in labels]
        if not both:
            continue
        first, second = zip(*both, strict=True)
        kappa: float | NotMeasured
        try:
            kappa = cohen_kappa(first, second)
        except Undefined as error:
            kappa = NotMeasured(str(error))
        found.append(CoderPair(a, b, len(both), percent_agreement(first, second), kappa))
    return found
