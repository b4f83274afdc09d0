"""Cohen's kappa: agreement of two raters beyond chance, plain or with partial credit for labels that lie close."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.agreement_weights import AgreementWeights, agreement_weights
from normscope.stats.bootstrap import Floats, Masked
from normscope.stats.f1 import confusion
from normscope.stats.ratings import Ratings

__all__ = ["cohen_kappa", "kappas"]


def cohen_kappa(
    a: npt.ArrayLike, b: npt.ArrayLike, *, weights: AgreementWeights = "identity", scale: npt.ArrayLike | None = None
) -> float:
    """How much do two raters agree beyond what their label frequencies alone would give?

    Two 1-D arrays over the same items. In [-1, 1]: 1 = always, 0 = as by chance. `weights` (see `agreement_weights`) give
    partial credit on an ordered scale; they need that `scale`, all labels in their order. `Undefined` without items, and
    where both gave one and the same label throughout (chance alone then gives full agreement).
    Source: Cohen (1960), Educational and Psychological Measurement 20; weighted Cohen (1968), Psychological Bulletin 70.

    >>> round(cohen_kappa(["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15), 3)
    0.4
    >>> round(cohen_kappa([1, 1, 2, 3], [1, 2, 3, 3], weights="linear", scale=[1, 2, 3]), 3)
    0.5
    """
    table: Floats | None = None
    if isinstance(weights, str) and weights == "identity":
        counts = confusion(a, b).counts
    elif scale is None:
        raise ValueError("weights need `scale`: all labels that could be given, in their order")
    else:
        counts = _on_scale(a, b, scale)
        table = agreement_weights(weights, len(counts))
    if not counts.sum():
        raise Undefined("kappa needs items that both labelled; got 0")
    value = kappas(counts.astype(np.float64), table)
    if np.ma.getmaskarray(value).any():
        same = "the same one" if table is None else "one with full credit"
        raise Undefined(f"kappa needs at least two labels in use; all {counts.sum()} items got {same} from both")
    return float(value.data)


def kappas(counts: Floats, weights: Floats | None = None) -> Masked:
    """Cohen's kappa of each of many confusion matrices [..., labels, labels]; masked where undefined.

    `weights` [labels, labels] as `agreement_weights` makes them.

    >>> kappas(np.array([[[20.0, 5.0], [10.0, 15.0]], [[9.0, 0.0], [0.0, 0.0]]])).round(3).tolist()
    [0.4, None]
    """
    total = counts.sum(axis=(-2, -1))
    # all in units of total², so that "chance = 1" is an exact comparison of counts
    if weights is None:
        chance = (counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1)
        beyond, room = np.trace(counts, axis1=-2, axis2=-1) * total - chance, total * total - chance
    else:
        lost = 1.0 - weights
        room = ((counts.sum(axis=-1) @ lost) * counts.sum(axis=-2)).sum(axis=-1)
        beyond = room - (counts * lost).sum(axis=(-2, -1)) * total
    value = np.zeros(np.shape(room))
    np.divide(beyond, room, out=value, where=room > 0)
    return np.ma.MaskedArray(value, mask=room <= 0)


def _on_scale(a: npt.ArrayLike, b: npt.ArrayLike, scale: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """[labels, labels]: how many items got this label from the first rater and that one from the second."""
    first, second = np.asarray(a), np.asarray(b)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"two 1-D arrays over the same items are needed; got shapes {first.shape} and {second.shape}")
    ratings = Ratings.of(np.stack([first, second], axis=1), scale=scale)
    k = ratings.scale.size
    pairs = ratings.codes.astype(np.int64) @ np.array([k, 1])
    return np.bincount(pairs, minlength=k * k).reshape(k, k).astype(np.int64)
