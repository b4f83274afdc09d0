"""Texts whose labels stand out: they go with everything, where others on the same dilemma do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from normscope.records import Judgement, Label, Question

__all__ = ["outliers"]


def outliers(judgements: Mapping[Question, Judgement], *, fewest: int = 4, usual: float = 0.5) -> list[Question]:
    """Which questions are about a text that has one label towards everything, and others have not?

    A text is flagged that was labelled towards at least `fewest` different solutions, all of them `agree` or all of them
    `disagree`, where less than the share `usual` of the labels of the *other* texts on that dilemma (and `asked` the same
    way) are that label. Where no other text was labelled, nothing is flagged. A text that orders its judge to agree looks like
    this; so does one that many solutions happen to repeat, which is why a flag leads to a second question and not to a label.
    """
    texts: dict[tuple[str, str], dict[str, list[Question]]] = {}
    for question in judgements:
        texts.setdefault((question.dilemma, question.asked), {}).setdefault(question.text, []).append(question)
    flagged: list[Question] = []
    for same_dilemma in texts.values():
        counts = {text: Counter(judgements[q].label for q in asked) for text, asked in same_dilemma.items()}
        whole = sum(counts.values(), Counter[Label]())
        for text, asked in same_dilemma.items():
            label = judgements[asked[0]].label
            others = whole.total() - len(asked)
            same_elsewhere = whole[label] - counts[text][label]
            alike = label in (Label.AGREE, Label.DISAGREE) and counts[text][label] == len(asked) >= fewest
            if alike and others and same_elsewhere < usual * others:
                flagged += asked
    return flagged
