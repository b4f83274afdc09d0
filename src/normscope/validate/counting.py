"""Which label of a question counts, where several people labelled it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from normscope.records import Gold, Label
from normscope.validate.coding import ADJUDICATED, item_id

__all__ = ["counting_label", "votes"]


def counting_label(labels: Mapping[str, Label]) -> Label | None:
    """The adjudicated label, else that of most coders; None where there is a tie. `labels` are by coder.

    >>> counting_label({"Ane": Label.AGREE, "Bo": Label.SILENT}) is None
    True
    """
    if ADJUDICATED in labels:
        return labels[ADJUDICATED]
    ranked = Counter(labels.values()).most_common(2)
    return ranked[0][0] if len(ranked) == 1 or (ranked and ranked[0][1] > ranked[1][1]) else None


def votes(golds: Iterable[Gold]) -> dict[str, dict[str, Label]]:
    """The labels of every labelled question by coder, by the id of the question that follows from what was read."""
    given: dict[str, dict[str, Label]] = {}
    for gold in golds:
        given.setdefault(item_id(gold.dilemma, gold.text, gold.solution, gold.asked), {})[gold.coder] = gold.label
    return given
