"""The scores of a matcher's labels against those that people gave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from normscope.records import Gold, Label, NotMeasured, Score
from normscope.stats import Resamples, f1s, intervals, kappas, ratio, replicate
from normscope.stats.bootstrap import Floats, Masked
from normscope.validate.figures import figures
from normscope.validate.settled import cluster_of

__all__ = ["score"]

LABELS = tuple(label.value for label in Label)


def score(
    golds: Sequence[Gold],
    given: Sequence[Label],
    *,
    weights: Sequence[float] | None = None,
    level: float,
    draws: int,
    seed: int,
) -> Score:
    """The figures of `given`, the matcher's labels, against `golds`, in the same order.

    `weights` says for how many pairs each stands (1 each without it). Intervals resample contexts (`Gold.cluster`), since
    pairs about one dilemma are not independent. Kappa and macro-F1 are not measured where the people's labels are all the
    same: accuracy then says everything.
    """
    plain, contexts = _counts(golds, given, np.ones(len(golds)))
    counts = plain if weights is None else _counts(golds, given, np.asarray(weights, dtype=np.float64))[0]
    whole = counts.sum(axis=0)
    table = {truth: {label: int(n) for label, n in zip(LABELS, row, strict=True)} for truth, row in _rows(plain.sum(axis=0))}
    precision = {label: _share(whole[j, j], whole[:, j].sum(), "given by the matcher") for j, label in enumerate(LABELS)}
    recall = {label: _share(whole[i, i], whole[i].sum(), "given by people") for i, label in enumerate(LABELS)}
    if not golds:
        none = NotMeasured("there are no labelled pairs")
        return Score(0, none, none, none, none, none, none, none, table, precision, recall)
    resamples = Resamples(contexts, draws, seed)
    right, items = np.trace(counts, axis1=1, axis2=2)[:, None], counts.sum(axis=(1, 2))[:, None]
    accuracy = figures(intervals(replicate(resamples, ratio, right, items), level=level, rate=True))
    if len({gold.label for gold in golds}) < 2:
        none = NotMeasured(f"the people's labels are all {golds[0].label.value!r}; see the accuracy")
        return Score(len(golds), *accuracy, none, none, none, none, table, precision, recall)
    cells = [counts[:, i, j][:, None] for i in range(len(LABELS)) for j in range(len(LABELS))]
    kappa = figures(intervals(replicate(resamples, _kappa_of_cells, *cells), level=level))
    return Score(len(golds), *accuracy, float(f1s(whole).mean()), *kappa, table, precision, recall)


def _counts(golds: Sequence[Gold], given: Sequence[Label], weights: Floats) -> tuple[Floats, int]:
    """Confusion matrices [contexts, people's label, matcher's label] and the number of contexts."""
    index = {label: i for i, label in enumerate(LABELS)}
    contexts: dict[str, int] = {}
    rows = [contexts.setdefault(cluster_of(gold), len(contexts)) for gold in golds]
    counts = np.zeros((len(contexts), len(LABELS), len(LABELS)))
    truth, labels = [index[gold.label.value] for gold in golds], [index[label.value] for label in given]
    np.add.at(counts, (rows, truth, labels), weights)
    return counts, len(contexts)


def _rows(confusion: Floats) -> list[tuple[str, list[float]]]:
    return list(zip(LABELS, confusion.tolist(), strict=True))


def _share(part: float, whole: float, never: str) -> float | NotMeasured:
    return float(part / whole) if whole > 0 else NotMeasured(f"this label was never {never}")


def _kappa_of_cells(*cells: Floats) -> Masked:
    return kappas(np.stack(cells, axis=-1).reshape(*cells[0].shape, len(LABELS), len(LABELS)))
