"""Does the order of the models hang on what counts as agreement, on the reference, or on the matcher?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from normscope.audit.evidence import ALL, PEOPLE, Evidence
from normscope.audit.held import Fixes, held, missing
from normscope.audit.order import RANKED, Pairs, flips, told_apart
from normscope.audit.paths import path
from normscope.audit.saying import number, some
from normscope.audit.shares import Count
from normscope.records import Finding, NotMeasured, Pairing, Policy, Reading

__all__ = ["Ranks"]

FIXES = Fixes(
    "Do not report one order of the models: give their places under each reading, policy and matcher (normscope report).",
    "More dilemmas, or models further apart, would tell; until then say how far the order moves.",
)
NO_ORDER = (
    "An order needs two models or more that the ranking tells apart. Ask about more dilemmas: normscope power says how many."
)
ONE = "An order needs two models or more: ask another, or turn the check off in the policy (`ranks: off`)."
ROUNDING = 1e-9
"""A number of pairs that is so near to a whole one is whole."""


@dataclass(frozen=True)
class Ranks:
    """How many of the pairs of models that the ranking by stated agreement tells apart stand the other way round elsewhere,
    against `at_most`. One finding for the other readings and policies, at the worst of them, and one for each study that
    `agree --beside` set beside this one.

    The interval is a count from the pairs shown to be turned round to all but those shown to have stayed (`order.flips`). Of a
    study set beside only Kendall's tau of the values is known: of d pairs in another order at least d less the pairs not told
    apart flip; where models are tied there, d is known as an upper bound alone.
    """

    name: ClassVar[str] = "ranks"
    scopes: ClassVar[frozenset[str]] = frozenset({"models"})

    at_most: Count = 0

    def __call__(self, evidence: Evidence) -> list[Finding]:
        apart = told_apart(evidence)
        if len(evidence.models) < 2:
            return [
                missing(self.name, f"The study has {some(len(evidence.models), 'model')}: there is no order to hold.", fix=ONE)
            ]
        if not apart:
            return [missing(self.name, "The ranking tells no two models apart: there is no order to hold.", fix=NO_ORDER)]
        return [*self._readings(evidence, apart), *self._beside(evidence, apart)]

    def _readings(self, evidence: Evidence, apart: Pairs) -> Iterator[Finding]:
        others = [which for which in evidence.readings if which != (Reading.MAIN.value, Policy.EACH.value)]
        counted = {which: flips(evidence, apart, *which) for which in others}
        known = {which: found for which, found in counted.items() if found is not None}
        if not known:
            return
        worst = max(known, key=lambda which: known[which])
        value, low, high = (max(found[i] for found in known.values()) for i in range(3))
        surest = max(known, key=lambda which: known[which][1:]) if low else worst
        sure = "" if surest == worst else f" ({', '.join(surest)})"
        yield held(
            self.name,
            (float(value), float(low), float(high)),
            f"Of {some(len(apart), 'pair')} of models that the ranking tells apart, {value} stand the other way round under "
            f"another reading or reference policy (worst of {len(known)}: {', '.join(worst)}); by more than chance "
            f"{low}{sure}, and up to {high} cannot be ruled out. At most {self.at_most} are demanded.",
            fixes=FIXES,
            ceiling=self.at_most,
            evidence=(*_ranks_of(apart), *(_estimates_of(*which) for which in dict.fromkeys((worst, surest)))),
        )

    def _beside(self, evidence: Evidence, apart: Pairs) -> Iterator[Finding]:
        if evidence.only_models is not None:
            return  # tau is over all models
        for row in evidence.rows("tau"):
            # the lists of a study set beside are called by its folder and matcher, in brackets
            if row["first"] == RANKED and row["second"].startswith(f"{RANKED} ("):
                yield self._by_tau(row, apart, n_models=len(evidence.models))

    def _by_tau(self, row: dict[str, Any], apart: Pairs, *, n_models: int) -> Finding:
        second, tau, n = row["second"], row["tau"], row["n_models"]
        if isinstance(tau, NotMeasured):
            return missing(self.name, f"The order beside {second} is not measured ({tau.reason}).", fix=NO_ORDER)
        pairs = n * (n - 1) // 2
        untied = pairs * (1 - tau) / 2
        # tied pairs stand neither way round: with some of them fewer pairs do, and this is no whole number
        tied = abs(untied - round(untied)) > ROUNDING
        most = int(untied + ROUNDING)
        turned = f"at most {most}" if tied else str(most)
        # where it lacks some of the models it is not known which of the pairs told apart it has
        unsure = pairs - len(apart) if n == n_models and not tied else pairs
        high = float(min(most, len(apart)))
        low = float(max(most - unsure, 0))
        return held(
            self.name,
            (high, low, high),
            f"Beside {second}: Kendall's tau-b is {number(tau)} over {some(n, 'model')}, so that {turned} of {pairs} pairs stand "
            f"the other way round; of the {some(len(apart), 'pair')} that the ranking tells apart {low:g} to {high:g}. "
            f"At most {self.at_most} are demanded.",
            fixes=FIXES,
            ceiling=self.at_most,
            evidence=(*_ranks_of(apart), path("tau", RANKED, second)),
        )


def _estimates_of(reading: str, policy: str) -> str:
    return path("estimates", RANKED, Pairing.MODEL_HUMAN, "", PEOPLE, ALL, reading, policy)


def _ranks_of(apart: Pairs) -> tuple[str, ...]:
    return tuple(path("rankings", RANKED, name) for name in dict.fromkeys(name for pair in apart for name in pair))
