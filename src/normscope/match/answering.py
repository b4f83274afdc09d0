"""What the words of an answer say of a solution that was shown: yes, no, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass

from normscope.match.vocabulary import Vocabulary, fold

__all__ = ["Cues", "cues"]

_OPENING = re.compile(r"\s*(.*?[.!?…\n]|.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cues:
    """Weights of what was found, each ≥ 0, and the answer's first sentence (None of an empty answer)."""

    agree: float
    disagree: float
    unclear: float
    questions: float
    first: str | None


def cues(text: str, vocabulary: Vocabulary, *, opening: float) -> Cues:
    """Count the phrases that agree, disagree or leave open; one in the first sentence counts `opening` times.

    A phrase that lies inside a longer one of another kind ("a good idea" in "not a good idea") counts for the longer only.

    >>> from normscope.match.vocabulary import vocabulary
    >>> found = cues("That's not a good idea. It depends?", vocabulary("en"), opening=2.0)
    >>> found.agree, found.disagree, found.unclear, found.questions, found.first
    (0.0, 2.0, 1.0, 1.0, "That's not a good idea.")
    """
    first = _OPENING.match(text)
    folded = fold(text).rstrip() + "."
    # folding can lengthen a text by a character or two: the border moves by as much
    border = len(fold(first.group(0))) if first else 0
    spans = sorted(
        (
            (found.start(), -found.end(), label)
            for label, pattern in vocabulary.shown.items()
            for found in pattern.finditer(folded)
        ),
    )
    weights = dict.fromkeys(("agree", "disagree", "unclear"), 0.0)
    covered = 0
    for start, minus_end, label in spans:
        if -minus_end > covered:
            covered = -minus_end
            weights[label] += opening if start < border else 1.0
    questions = sum(opening if mark.start() < border else 1.0 for mark in re.finditer(r"[?？]", folded))
    return Cues(**weights, questions=questions, first=first.group(1).strip() if first and first.group(1).strip() else None)
