"""Per-label agreement of predicted with true labels: the confusion matrix and macro-F1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats, Masked

__all__ = ["Confusion", "confusion", "f1s", "macro_f1"]


@dataclass(frozen=True, eq=False)
class Confusion:
    """`counts[i, j]` items have the true (first) label `labels[i]` and the predicted (second) label `labels[j]`."""

    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]

    def as_dict(self) -> dict[str, dict[str, int]]:
        """Counts by true label, then by predicted label, every combination present."""
        return {
            label: dict(zip(self.labels, row, strict=True)) for label, row in zip(self.labels, self.counts.tolist(), strict=True)
        }


def confusion(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> Confusion:
    """How often did each true label meet each predicted one? Labels are those in use on either side, sorted.

    Two 1-D arrays over the same items; unequal lengths are a `ValueError`.

    >>> confusion(["a", "a", "b"], ["a", "b", "b"]).as_dict()
    {'a': {'a': 1, 'b': 1}, 'b': {'a': 0, 'b': 1}}
    """
    true, guess = np.asarray(truth), np.asarray(predicted)
    if true.ndim != 1 or true.shape != guess.shape:
        raise ValueError(f"two 1-D arrays over the same items are needed; got shapes {true.shape} and {guess.shape}")
    if not true.size:
        return Confusion((), np.zeros((0, 0), dtype=np.int64))
    labels, codes = np.unique(np.concatenate([true, guess]), return_inverse=True)
    pairs = codes[: true.size] * labels.size + codes[true.size :]
    counts = np.bincount(pairs, minlength=labels.size**2).reshape(labels.size, labels.size)
    return Confusion(tuple(str(label) for label in labels.tolist()), counts.astype(np.int64))


def macro_f1(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """How well is each label predicted, every label in use counting alike? In [0, 1]. `Undefined` without items.

    >>> round(macro_f1(["a", "a", "b"], ["a", "b", "b"]), 3)
    0.667
    """
    counts = confusion(truth, predicted).counts
    if not counts.sum():
        raise Undefined("macro-F1 needs labelled items; got 0")
    return float(f1s(counts.astype(np.float64)).mean())


def f1s(counts: Floats) -> Masked:
    """F1 = 2 TP / (2 TP + FP + FN) of each label, from confusion matrices [..., labels, labels] to [..., labels].

    Masked for a label that is on neither side, so that `.mean(axis=-1)` is the macro-F1 of the labels in use.
    """
    both = counts.sum(axis=-1) + counts.sum(axis=-2)
    value = np.zeros(np.shape(both))
    np.divide(2 * np.diagonal(counts, axis1=-2, axis2=-1), both, out=value, where=both > 0)
    return np.ma.MaskedArray(value, mask=both <= 0)
