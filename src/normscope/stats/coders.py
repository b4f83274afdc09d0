"""How well do people agree with each other on labels: kappa for any number of coders who share some of their items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats, Intervals, Masked, Replicates, Resamples, intervals, ratio
from normscope.stats.codings import NOT_CODED, Codings
from normscope.stats.kappa import kappas
from normscope.stats.weighted_sums import weighted_sums

__all__ = ["coder_pairs", "coders_kappa", "coders_kappa_interval", "mean_kappa", "mean_kappa_interval", "more_pairs_than"]

CELLS = 2**22
"""Numbers that a block of pairs may take; bounds the memory that is needed beside the weights of the resamples."""


def coders_kappa(codings: Codings) -> float:
    """How much do coders agree beyond chance, pair by pair, on the items that both labelled?

    The mean of Cohen's kappa over the pairs of coders, weighted by the number of items they share; pairs without a kappa (no
    shared item, or one label throughout) are left out. In [-1, 1]: 1 = always agree, 0 = as by chance. With two coders it is
    Cohen's kappa. `Undefined` where no pair has a kappa.

    >>> items, coders = np.repeat(np.arange(4), 2), np.tile(["Ane", "Bo"], 4)
    >>> coders_kappa(Codings(items, coders, np.array(["a", "a", "a", "b", "b", "b", "b", "b"])))
    0.5
    """
    pairs = coder_pairs(codings)
    value = mean_kappa(_tables(codings.codes, pairs, np.zeros(codings.item_names.size, dtype=np.intp), 1, _labels(codings))[0])
    if bool(np.ma.getmaskarray(value)):
        raise Undefined(
            "kappa needs two coders who share items and used at least two labels on them; "
            f"no pair of {codings.coder_names.size} coders on {codings.item_names.size} items does"
        )
    return float(value)


def coders_kappa_interval(
    codings: Codings, resamples: Resamples, clusters: npt.ArrayLike | None = None, *, level: float = 0.95
) -> Intervals:
    """`coders_kappa` with its bootstrap interval over clusters, as the only column.

    `clusters` numbers, for each of `codings.item_names`, the cluster (dilemma) it belongs to, below `resamples.clusters`; by
    default every item is a cluster of its own. The coders are taken as given: the interval says what other items would have
    shown, not what other coders would. `Undefined` as `coders_kappa` is.
    """
    coders_kappa(codings)
    items = codings.item_names.size
    numbers = np.arange(items) if clusters is None else np.asarray(clusters, dtype=np.intp)
    if numbers.shape != (items,) or not 0 <= numbers.min() <= numbers.max() < resamples.clusters:
        raise ValueError(f"each of {items} items needs a cluster number from 0 to {resamples.clusters - 1}")
    return mean_kappa_interval(codings.codes, coder_pairs(codings), numbers, resamples, labels=_labels(codings), level=level)


def mean_kappa_interval(
    codes: npt.NDArray[np.intp],
    pairs: Sequence[tuple[int, int]],
    clusters: npt.NDArray[np.intp],
    resamples: Resamples,
    *,
    labels: int,
    level: float = 0.95,
) -> Intervals:
    """`mean_kappa` of pairs of columns of `codes` [items, raters] with its bootstrap interval over clusters, as the only column.

    Labels are numbers below `labels`, -1 for none; `clusters` has each item's. Pairs are taken in blocks of about `CELLS`
    numbers, since all of them at once would need clusters x pairs x labels x labels.
    """
    block = max(1, CELLS // (max(resamples.clusters, resamples.draws) * labels * labels))
    # what stands on the data is the first row, the resamples follow
    agreed, shared = np.zeros(resamples.draws + 1), np.zeros(resamples.draws + 1)
    present = np.zeros(resamples.clusters, dtype=bool)
    for start in range(0, len(pairs), block):
        tables = _tables(codes, pairs[start : start + block], clusters, resamples.clusters, labels)
        cells = tables.reshape(resamples.clusters, -1)
        present |= cells.any(axis=1)
        sums = np.concatenate([cells.sum(axis=0)[None], weighted_sums(resamples, cells)[0]])
        above, below = _weighted(sums.reshape(-1, *tables.shape[1:]))
        agreed += above
        shared += below
    value = ratio(agreed[:, None], shared[:, None])
    with_data = np.array([np.count_nonzero(present)], dtype=np.intp)
    return intervals(Replicates(value=value[0], draws=value[1:], clusters=with_data, resamples=resamples), level=level)


def coder_pairs(codings: Codings) -> list[tuple[int, int]]:
    """The pairs of coders who share an item, by their numbers in `codings.coder_names`, in order."""
    return sorted(set(_pairs_by_item(codings)))


def more_pairs_than(codings: Codings, most: int) -> bool:
    """Do more than so many pairs of coders share an item? Stops counting there, and needs no memory beyond that."""
    found: set[tuple[int, int]] = set()
    for pair in _pairs_by_item(codings):
        found.add(pair)
        if len(found) > most:
            return True
    return False


def _pairs_by_item(codings: Codings) -> Iterator[tuple[int, int]]:
    for coders in codings.coders_by_item:
        yield from combinations(coders, 2)


def _labels(codings: Codings) -> int:
    return int(codings.label_names.size)


def _tables(
    codes: npt.NDArray[np.intp], pairs: Sequence[tuple[int, int]], clusters: npt.NDArray[np.intp], n: int, labels: int
) -> Floats:
    """[n clusters, pairs, labels, labels]: to how many items of the cluster the pair gave those two labels."""
    tables = np.zeros((n, len(pairs), labels, labels))
    for p, (a, b) in enumerate(pairs):
        both = np.flatnonzero((codes[:, a] != NOT_CODED) & (codes[:, b] != NOT_CODED))
        np.add.at(tables[:, p], (clusters[both], codes[both, a], codes[both, b]), 1.0)
    return tables


def mean_kappa(tables: Floats) -> Masked:
    """[..., pairs, labels, labels] -> [...]: kappa of each pair, averaged by the items shared; masked where no pair has one."""
    return ratio(*_weighted(tables))


def _weighted(tables: Floats) -> tuple[Floats, Floats]:
    """Over the pairs that have a kappa: the sum of kappa times items shared, and the sum of items shared."""
    value = kappas(tables)
    weight = np.where(np.ma.getmaskarray(value), 0.0, tables.sum(axis=(-2, -1)))
    return (weight * value.data).sum(axis=-1), weight.sum(axis=-1)
