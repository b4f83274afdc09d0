"""Which courses of action a response recommends and advises against at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from normscope.extract.advice import Advice
from normscope.extract.cues import Cues
from normscope.records import Stance

__all__ = ["ALIKE", "hedged"]

ALIKE = 0.6
"""Two courses are the same where they share this much of the words that either names."""

_WORD = re.compile(r"[\w']+")
_OPPOSITE = {Stance.RECOMMENDS: Stance.ADVISES_AGAINST, Stance.ADVISES_AGAINST: Stance.RECOMMENDS}


def hedged(found: Sequence[Advice], cues: Cues, *, among: Collection[int] | None = None) -> frozenset[int]:
    """The places in `found` of advice whose opposite is in it too: the same course, once for and once against.

    Of the places `among` only, where they are given: then the time is that of their number times the length of `found`, else
    that of its square.

    Two courses are the same where their telling words (all but the `light` ones of the language and the conditions) overlap:
    Jaccard index at least `ALIKE`. What is said for different cases ("if he is calm, call him; else don't") is no hedge.
    Two different courses of which only one can be taken are not seen: that needs a judge.

    >>> from normscope.extract.advice import advice_in
    >>> from normscope.extract.cues import cues_for
    >>> english = cues_for("en")
    >>> sorted(hedged(advice_in("You should call her. Wait a week. Then again, don't call her.", english), english))
    [0, 2]
    """
    courses: dict[tuple[Stance, frozenset[str]], list[frozenset[str]]] = {}
    keys = [(advice.stance, frozenset(each.casefold() for each in advice.conditions)) for advice in found]
    for advice, key in zip(found, keys, strict=True):
        courses.setdefault(key, []).append(_course(advice, cues))
    both = set()
    for place in range(len(found)) if among is None else among:
        stance, case = keys[place]
        own = _course(found[place], cues)
        if any(_alike(own, other) for other in courses.get((_OPPOSITE[stance], case), ())):
            both.add(place)
    return frozenset(both)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    either = one | other
    return bool(either) and len(one & other) >= ALIKE * len(either)


def _course(advice: Advice, cues: Cues) -> frozenset[str]:
    text = advice.text.translate({0x2019: "'"})
    for condition in advice.conditions:
        text = text.replace(" ".join(condition.split()).translate({0x2019: "'"}), " ")
    return frozenset(_WORD.findall(text.casefold())) - cues.light
