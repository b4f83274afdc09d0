"""The alternative annotator test: may a judge stand in for the people who label?

Each coder is left out in turn. On every item that coder labelled, both the coder and the judge are compared with the coders
that remain; the question is whether the judge stands for them at least as well, allowing it `epsilon` for being cheaper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.codings import NOT_CODED, Codings
from normscope.stats.discoveries import benjamini_yekutieli
from normscope.stats.student import t_cdf

__all__ = ["MINIMUM_ITEMS", "Advantage", "AltTest", "advantage_p_value", "alt_test"]

MINIMUM_ITEMS = 30
"""Items a coder must share with others: below this the t-test's normality is not to be relied on, say the authors."""

PASSING = 0.5

NOT_JUDGED = -2
UNHEARD = -1
"""A label of the judge that no person gave to any item: it agrees with nobody."""


@dataclass(frozen=True)
class Advantage:
    """Judge and one coder, held against the other coders on `items` items.

    `judge` and `human` in [0, 1]: on which share of the items does each do at least as well as the other (a tie counts for
    both)? `p_value` is of the test that the judge is worse by epsilon or more; `won` says whether that is rejected.
    """

    coder: str
    items: int
    judge: float
    human: float
    p_value: float
    won: bool


@dataclass(frozen=True)
class AltTest:
    """The verdict, and what it rests on.

    `winning_rate` in [0, 1]: the share of coders that the judge won against; it passes at 0.5 or more. `advantage` in [0, 1]:
    the mean of `Advantage.judge`, for comparing judges. `left_out` has the coders that could not be tested, with the reason.
    """

    epsilon: float
    q: float
    winning_rate: float
    advantage: float
    against: tuple[Advantage, ...]
    left_out: Mapping[str, Undefined]

    @property
    def passed(self) -> bool:
        return self.winning_rate >= PASSING


def alt_test(
    humans: Codings, judge: Mapping[str, str], *, epsilon: float = 0.1, q: float = 0.05, minimum: int = MINIMUM_ITEMS
) -> AltTest:
    """May the judge stand in for the people who labelled?

    `judge` gives the judge's label of each item; items without one, and items with one human label, do not count. On an item,
    the score of a label is the share of the other coders who gave it. Per coder a one-sided paired t-test of
    H0: human advantage - judge advantage >= epsilon, over coders corrected by Benjamini-Yekutieli at `q`.

    `epsilon` is what the judge's lower cost is worth, chosen before looking. The authors' rule of thumb is 0.2 where the people
    are experts, 0.15 where they are skilled, 0.1 where they are crowd workers, and less where people agree little; our
    default is the strictest of these. They advise at least 3 coders and 50 to 100 items.

    A coder with fewer than `minimum` items is left out with an `Undefined`; if all are, `Undefined` is raised. Where all items
    of a coder give the same difference the t-test has no spread: it then rejects exactly if that difference is below epsilon.
    Source: Calderon, Reichart, Dror (2025), arXiv:2501.10970.

    >>> items = np.repeat([f"i{n:02}" for n in range(40)], 3)
    >>> labels = np.tile(["agree", "agree", "agree", "agree", "agree", "silent"], 20)  # Cy differs on every second item
    >>> people = Codings(items, np.tile(["Ane", "Bo", "Cy"], 40), labels)
    >>> found = alt_test(people, {item: "agree" for item in items})
    >>> found.passed, found.winning_rate, found.advantage
    (True, 1.0, 1.0)
    """
    known = {str(label): number for number, label in enumerate(humans.label_names.tolist())}
    given = np.array([_number(judge, str(item), known) for item in humans.item_names.tolist()], dtype=np.intp)
    counts = humans.counts
    usable = (given != NOT_JUDGED) & (counts.sum(axis=1) >= 2)
    left_out: dict[str, Undefined] = {}
    tested: list[tuple[str, Floats, Floats]] = []
    for column, coder in enumerate(humans.coder_names.tolist()):
        own = humans.codes[:, column]
        rows = np.flatnonzero(usable & (own != NOT_CODED))
        if rows.size < max(minimum, 2):
            reason = f"{coder} shares {rows.size} judged items with other coders; the test needs at least {minimum}"
            left_out[str(coder)] = Undefined(reason)
            continue
        # the coder agrees with itself, which is not agreement with the others
        human_score = counts[rows, own[rows]] - 1
        judge_score = _votes(counts[rows], given[rows]) - (given[rows] == own[rows])
        tested.append((str(coder), (judge_score >= human_score).astype(float), (human_score >= judge_score).astype(float)))
    if not tested:
        raise Undefined(f"no coder can be left out: {'; '.join(map(str, left_out.values())) or 'there are no codings'}")
    p_values = [advantage_p_value(human - judged, epsilon) for _, judged, human in tested]
    rejected = benjamini_yekutieli(p_values, q=q).tolist()
    against = tuple(
        Advantage(coder, judged.size, float(judged.mean()), float(human.mean()), p, won)
        for (coder, judged, human), p, won in zip(tested, p_values, rejected, strict=True)
    )
    advantage = sum(a.judge for a in against) / len(against)
    return AltTest(epsilon, q, sum(rejected) / len(rejected), advantage, against, left_out)


def _number(judge: Mapping[str, str], item: str, known: Mapping[str, int]) -> int:
    return known.get(judge[item], UNHEARD) if item in judge else NOT_JUDGED


def _votes(counts: npt.NDArray[np.int64], labels: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """How many people gave the judge's label to each item."""
    votes = np.zeros(labels.size, dtype=np.int64)
    heard = labels != UNHEARD
    votes[heard] = counts[np.flatnonzero(heard), labels[heard]]
    return votes


def advantage_p_value(differences: Floats, epsilon: float) -> float:
    """One-sided t-test: how probable is so small a mean of human - judge (1, 0 or -1 on each item) if it were epsilon?"""
    n, mean, spread = differences.size, float(differences.mean()), float(differences.std(ddof=1))
    if spread == 0:
        return 0.0 if mean < epsilon else 1.0
    return t_cdf((mean - epsilon) / (spread / n**0.5), n - 1)
