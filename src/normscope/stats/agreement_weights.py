"""How nearly do two categories of an ordered scale agree? The partial credit that weighted coefficients give."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from normscope.stats.bootstrap import Floats

__all__ = ["MOST_CATEGORIES", "AgreementWeights", "agreement_weights"]

AgreementWeights: TypeAlias = Literal["identity", "linear", "quadratic"] | npt.ArrayLike
"""The name of a usual table, or a table of one's own."""

MOST_CATEGORIES = 2000
"""AgreementWeights are for scales of few categories: a table of them grows with the square of their number."""


def agreement_weights(weights: AgreementWeights, categories: int) -> Floats:
    """[categories, categories]: which credit do two ratings get, from 0 (full disagreement) to 1 (full agreement)?

    With i and j the places on a scale of k categories: `identity` is 1 where i = j, else 0; `linear` is 1 - |i - j| / (k - 1);
    `quadratic` is 1 - (i - j)² / (k - 1)². Places count, not the numbers that may stand for them. A table of one's own is
    symmetric, in [0, 1], with 1 on the diagonal; anything else, and more than 2,000 categories, is a ValueError.
    Source: Cohen (1968), Psychological Bulletin 70; Gwet (2014), Handbook of Inter-Rater Reliability.

    >>> agreement_weights("quadratic", 3).tolist()
    [[1.0, 0.75, 0.0], [0.75, 1.0, 0.75], [0.0, 0.75, 1.0]]
    """
    if categories > MOST_CATEGORIES:
        raise ValueError(f"weights are for scales of at most {MOST_CATEGORIES} categories; got {categories}")
    if isinstance(weights, str):
        place = np.arange(categories) / max(1, categories - 1)
        apart = np.abs(place[:, None] - place)
        tables = {"identity": (apart > 0).astype(np.float64), "linear": apart, "quadratic": apart**2}
        if weights not in tables:
            raise ValueError(f"weights are one of {', '.join(tables)}, or a table of one's own; got {weights!r:.80}")
        return 1.0 - tables[weights]
    table = np.asarray(weights, dtype=np.float64)
    if table.shape != (categories, categories):
        raise ValueError(f"weights of one's own are a table [{categories}, {categories}]; got shape {table.shape}")
    # written so that NaN is refused too
    if not ((table >= 0).all() and (table <= 1).all() and (table == table.T).all() and (np.diagonal(table) == 1).all()):
        raise ValueError("weights of one's own are symmetric, in [0, 1] and 1 on the diagonal (1 = full agreement)")
    return table
