"""Which courses of action a response recommends and advises against at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normscope.extract.advice import Advice
from normscope.extract.cues import Cues

__all__ = ["ALIKE", "hedged"]

ALIKE = 0.6
"""Two courses are the same where they share this much of the words that either names."""

_WORD = re.compile(r"[\w']+")


def hedged(found: Sequence[Advice], cues: Cues) -> frozenset[int]:
    """The places in `found` of advice whose opposite is in it too: the same course, once for and once against.

    Two courses are the same where their telling words (all but the `light` ones of the language and the conditions) overlap:
    Jaccard index at least `ALIKE`. What is said for different cases ("if he is calm, call him; else don't") is no hedge.
    Two different courses of which only one can be taken are not seen: that needs a judge.

    >>> from normscope.extract.advice import advice_in
    >>> from normscope.extract.cues import cues_for
    >>> english = cues_for("en")
    >>> sorted(hedged(advice_in("You should call her. Wait a week. Then again, don't call her.", english), english))
    [0, 2]
    """
    courses = [_course(advice, cues) for advice in found]
    both: set[int] = set()
    for first, one in enumerate(found):
        for second, other in enumerate(found[:first]):
            if one.stance is other.stance or not _for_the_same_case(one, other):
                continue
            either = courses[first] | courses[second]
            if either and len(courses[first] & courses[second]) >= ALIKE * len(either):
                both |= {first, second}
    return frozenset(both)


def _for_the_same_case(one: Advice, other: Advice) -> bool:
    return {each.casefold() for each in one.conditions} == {each.casefold() for each in other.conditions}


def _course(advice: Advice, cues: Cues) -> frozenset[str]:
    text = advice.text.translate({0x2019: "'"})
    for condition in advice.conditions:
        text = text.replace(" ".join(condition.split()).translate({0x2019: "'"}), " ")
    return frozenset(_WORD.findall(text.casefold())) - cues.light
