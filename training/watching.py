"""How a network that is being trained does on dilemmas, vignettes and claims that are kept for choosing settings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from normscope.stats import auc
from training.pairs import LABELS, Pair

__all__ = ["line"]

OWN = {
    "wordings": ("same course", "both against", "opposite"),
    "excluded": ("same course", "excluded"),
    "reply": ("reply",),
    "question": ("question",),
}
VERDICTS = {"verdict pairs": ("same verdict", "other verdict"), "verdict": ("verdict",)}
CLAIMS = {"claim": ("claim",)}


def line(pairs: Sequence[Pair], found: NDArray[np.float64]) -> str:
    """AUC of agree against disagree by kind and language, of points of one side against opposite ones, and the F1 of each label.

    `found` are the labels' probabilities (pairs, labels).
    """
    balance, label = found[:, 0] - found[:, 1], np.array([pair.label for pair in pairs])
    kind, spoken = np.array([pair.kind for pair in pairs]), np.array([pair.language for pair in pairs])
    sided, points = np.isin(label, ("agree", "disagree")), np.isin(kind, ("same_side", "opposite point"))
    own = np.isin(kind, [kind for kinds in OWN.values() for kind in kinds] + ["other course"])
    parts = {"own": sided & own}
    parts |= {name: sided & np.isin(kind, kinds) for name, kinds in (OWN | VERDICTS | CLAIMS).items()}
    parts |= {language: sided & own & (spoken == language) for language in sorted(set(spoken))}
    said = [f"{name} {auc(label[c] == 'agree', balance[c]):.3f}" for name, c in parts.items() if len(set(label[c])) == 2]
    if points.any():
        said.append(f"side {auc(kind[points] == 'same_side', balance[points]):.3f}")
    given = np.array(LABELS)[found.argmax(axis=1)]
    shares = [f1(label[own], given[own], one) for one in ("agree", "disagree", "silent")]
    return f"dev AUC: {', '.join(said)}; F1 {' '.join(f'{share:.3f}' for share in shares)}"


def f1(truth: NDArray[np.str_], given: NDArray[np.str_], label: str) -> float:
    """F1 of one label; 0 where it neither occurs nor is given."""
    hits = int(((truth == label) & (given == label)).sum())
    return 2 * hits / max(1, int((truth == label).sum() + (given == label).sum()))
