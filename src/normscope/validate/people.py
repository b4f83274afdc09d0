"""People beside the matcher: how far do coders agree with each other on the same items, and how far does the matcher?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.records import CoderPair, Label, NotMeasured, People
from normscope.stats import (
    Codings,
    Resamples,
    coders_kappa_interval,
    cohen_kappa,
    nominal_alpha,
    percent_agreement,
)
from normscope.stats.coders import mean_kappa_interval, more_pairs_than
from normscope.stats.codings import NOT_CODED
from normscope.validate.figures import Figures, figures

__all__ = ["people_beside"]

INDEX = {label: i for i, label in enumerate(Label)}

MOST_PAIRS = 500
"""Pairs of coders above which a table with one line for each is no use to anybody, and kappas by pair take long."""


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
    item has two coders; the kappas are where more than `MOST_PAIRS` pairs of coders share items (a crowd), with nominal alpha,
    which needs no pairs, in the reason.
    """
    shared = [i for i, labels in enumerate(given) if len(labels) > 1]
    if not shared:
        return NotMeasured("no pair was labelled by two people")
    numbers: dict[str, int] = {}
    rows = [numbers.setdefault(clusters[i], len(numbers)) for i in shared]
    resamples = Resamples(len(numbers), draws, seed)
    long = [(n, coder, label.value) for n, i in enumerate(shared) for coder, label in given[i].items()]
    codings = Codings(*(np.array(column) for column in zip(*long, strict=True)))
    if more_pairs_than(codings, MOST_PAIRS):
        return People(len(shared), *_too_many(codings))
    labels = [given[i] for i in shared]
    clustered = np.array(rows, dtype=np.intp)
    return People(
        len(shared),
        *_people(codings, resamples, rows, level),
        *_matcher(labels, [matcher[i] for i in shared], clustered, resamples, level),
        pairs=tuple(_pairs(labels)),
    )


def _too_many(codings: Codings) -> tuple[NotMeasured, NotMeasured, NotMeasured, NotMeasured, NotMeasured, NotMeasured]:
    """What stands for the kappas of more pairs of coders than are compared; alpha needs no pairs."""
    why = f"more than {MOST_PAIRS} pairs of coders share items, too many to compare pair by pair"
    try:
        people = NotMeasured(f"{why}; Krippendorff's nominal alpha of all coders is {nominal_alpha(codings):.2f}")
    except Undefined as error:
        people = NotMeasured(f"{why}; {error}")
    matcher = NotMeasured(why)
    return people, people, people, matcher, matcher, matcher


def _people(codings: Codings, resamples: Resamples, rows: Sequence[int], level: float) -> Figures:
    try:
        return figures(coders_kappa_interval(codings, resamples, rows, level=level))
    except Undefined as error:
        none = NotMeasured(str(error))
        return none, none, none


def _matcher(
    given: Sequence[Mapping[str, Label]],
    matcher: Sequence[Label],
    clusters: npt.NDArray[np.intp],
    resamples: Resamples,
    level: float,
) -> Figures:
    """The mean of the matcher's kappa with each coder, weighted by the items that the coder labelled."""
    coders = {coder: n for n, coder in enumerate(sorted({coder for labels in given for coder in labels}))}
    codes = np.full((len(given), len(coders) + 1), NOT_CODED, dtype=np.intp)  # the matcher is the last column
    codes[:, -1] = [INDEX[label] for label in matcher]
    for row, labels in zip(codes, given, strict=True):
        for coder, label in labels.items():
            row[coders[coder]] = INDEX[label]
    pairs = [(n, len(coders)) for n in coders.values()]
    return figures(mean_kappa_interval(codes, pairs, clusters, resamples, labels=len(Label), level=level))


def _pairs(given: Sequence[Mapping[str, Label]]) -> list[CoderPair]:
    shared: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for labels in given:
        for a, b in combinations(sorted(labels), 2):
            shared.setdefault((a, b), []).append((labels[a].value, labels[b].value))
    found = []
    for (a, b), both in sorted(shared.items()):
        first, second = zip(*both, strict=True)
        kappa: float | NotMeasured
        try:
            kappa = cohen_kappa(first, second)
        except Undefined as error:
            kappa = NotMeasured(str(error))
        found.append(CoderPair(a, b, len(both), percent_agreement(first, second), kappa))
    return found
