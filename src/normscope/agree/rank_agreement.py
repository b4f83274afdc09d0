"""Do metrics, readings, reference policies and matchers put the models in the same order?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

from normscope.agree.estimates import ALL
from normscope.agree.scopes import PEOPLE
from normscope.agree.section_rows import TauRow
from normscope.errors import Undefined
from normscope.records import Estimate, NotMeasured, Pairing, to_dict
from normscope.stats import kendall_tau

__all__ = ["Lists", "rank_lists", "tau_rows"]

AGREEMENT = ("stated", "explicit")
"""What the names of metrics begin with by which more is more agreement."""

VIOLATION = "violation"
"""The reading that is high where bad."""

PLAIN = {"reading": "main", "policy": "each"}
"""The fields of an estimate that say which reading and which reference policy it is of, with those that need no mention."""

Lists: TypeAlias = dict[str, dict[str, float]]
"""The value of each model by the name of the list; more is better."""


def rank_lists(estimates: Iterable[Estimate], *, beside: str = "") -> Lists:
    """Each agreement metric's values of the models with people, over all topics, by metric, reading and reference policy.

    `stated` alone is the reading `main` with each person; others are named: `stated, any, majority`.

    `beside` is put behind the names, where the estimates of another matcher are to stand beside those of the study.
    """
    lists: Lists = {}
    for e in estimates:
        if e.pairing != Pairing.MODEL_HUMAN.value or e.target_id != PEOPLE or e.topic != ALL or isinstance(e.value, NotMeasured):
            continue
        if e.metric.startswith(AGREEMENT) and e.metric != "explicit_unclear":
            values = to_dict(e)
            which = [values[name] for name, plain in PLAIN.items() if values.get(name, plain) != plain]
            name = ", ".join((e.metric, *which)) + beside
            lists.setdefault(name, {})[e.responder_id] = -e.value if VIOLATION in which else e.value
    return lists


def tau_rows(lists: Mapping[str, Mapping[str, float]]) -> Iterator[TauRow]:
    """Kendall's tau-b of every two lists, over the models that both have; in the order of the lists.

    >>> rows = list(tau_rows({"stated": {"m": 0.6, "n": 0.5, "o": 0.4}, "explicit": {"n": 0.7, "m": 0.8, "o": 0.9}}))
    >>> [(row.first, row.second, round(row.tau, 3), row.n_models) for row in rows]
    [('stated', 'explicit', -0.333, 3)]
    """
    for (first, a), (second, b) in combinations(lists.items(), 2):
        shared = [name for name in a if name in b]
        tau: float | NotMeasured
        try:
            tau = kendall_tau([a[name] for name in shared], [b[name] for name in shared])
        except Undefined as missing:
            tau = NotMeasured(str(missing))
        yield TauRow(first, second, tau, len(shared))
