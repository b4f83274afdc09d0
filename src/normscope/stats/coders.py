"""How well do people agree with each other on labels: kappa for any number of coders who share some of their items."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats, Intervals, Masked, Resamples, intervals, ratio, replicate
from normscope.stats.codings import NOT_CODED, Codings
from normscope.stats.kappa import kappas

__all__ = ["coders_kappa", "coders_kappa_interval", "mean_kappa"]


def coders_kappa(codings: Codings) -> float:
    """How much do coders agree beyond chance, pair by pair, on the items that both labelled?

    The mean of Cohen's kappa over the pairs of coders, weighted by the number of items they share; pairs without a kappa (no
    shared item, or one label throughout) are left out. In [-1, 1]: 1 = always agree, 0 = as by chance. With two coders it is
    Cohen's kappa. `Undefined` where no pair has a kappa.

    >>> items, coders = np.repeat(np.arange(4), 2), np.tile(["Ane", "Bo"], 4)
    >>> coders_kappa(Codings(items, coders, np.array(["a", "a", "a", "b", "b", "b", "b", "b"])))
    0.5
    """
    value = mean_kappa(_tables(codings).sum(axis=0))
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
    tables = _tables(codings)
    numbers = np.arange(tables.shape[0]) if clusters is None else np.asarray(clusters, dtype=np.intp)
    if numbers.shape != tables.shape[:1] or not 0 <= numbers.min() <= numbers.max() < resamples.clusters:
        raise ValueError(f"each of {tables.shape[0]} items needs a cluster number from 0 to {resamples.clusters - 1}")
    by_cluster = np.zeros((resamples.clusters, *tables.shape[1:]))
    np.add.at(by_cluster, numbers, tables)
    cells = by_cluster.reshape(resamples.clusters, -1)

    def of_cells(*sums: Floats) -> Masked:
        return mean_kappa(np.stack(sums, axis=-1).reshape(*sums[0].shape, *tables.shape[1:]))

    return intervals(replicate(resamples, of_cells, *(cell[:, None] for cell in cells.T)), level=level)


def _tables(codings: Codings) -> Floats:
    """[items, pairs of coders who share an item, labels, labels]: 1 where the pair gave those two labels to that item."""
    codes, n = codings.codes, codings.label_names.size
    coded = (codes != NOT_CODED).astype(np.intp)
    together = coded.T @ coded
    pairs = [(a, b) for a, b in combinations(range(codes.shape[1]), 2) if together[a, b]]
    tables = np.zeros((codes.shape[0], len(pairs), n, n))
    for p, (a, b) in enumerate(pairs):
        shared = np.flatnonzero(coded[:, a] & coded[:, b])
        tables[shared, p, codes[shared, a], codes[shared, b]] = 1
    return tables


def mean_kappa(tables: Floats) -> Masked:
    """[..., pairs, labels, labels] -> [...]: kappa of each pair, averaged by the items shared; masked where no pair has one."""
    value = kappas(tables)
    weight = np.where(np.ma.getmaskarray(value), 0.0, tables.sum(axis=(-2, -1)))
    return ratio((weight * value.data).sum(axis=-1), weight.sum(axis=-1))
