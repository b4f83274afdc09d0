"""Whose reading of a comparison counts: that of all together, or each coder's where they differ and nobody settled it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from normscope.records import Label
from normscope.validate.counting import counting_label

__all__ = ["voices"]


def voices(items: Sequence[str], votes: Mapping[str, Mapping[str, Label]]) -> tuple[str | None, ...]:
    """Who speaks for a comparison with these questions: None = the labels that count, else coders in the order of their names.

    `votes` has the labels of each question by coder. A coder speaks for a comparison of which some questions have no label that
    counts if all of those have a label of that coder; on the others the label that counts stands in each coder's place. Empty
    where nobody labelled all of them.

    >>> voices(["q"], {"q": {"Bo": Label.SILENT, "Ane": Label.AGREE}})
    ('Ane', 'Bo')
    """
    unsettled = [votes[item] for item in items if counting_label(votes[item]) is None]
    if not unsettled:
        return (None,)
    return tuple(sorted(set(unsettled[0]).intersection(*unsettled[1:])))
