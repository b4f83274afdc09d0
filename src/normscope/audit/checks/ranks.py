"""Does the order of the models hang on what counts as agreement, on the reference, or on the matcher?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar

from normscope.audit.evidence import ALL, PEOPLE, Evidence
from normscope.audit.held import Fixes, held, missing
from normscope.audit.paths import path
from normscope.audit.saying import number, some
from normscope.audit.shares import Count
from normscope.records import Finding, NotMeasured, Pairing, Policy, Reading
from normscope.stats import difference_interval

__all__ = ["Ranks"]

RANKED = "stated"
FIXES = Fixes(
    "Do not report one order of the models: give their places under each reading, policy and matcher (normscope report).",
    "More dilemmas, or models further apart, would tell; until then say how far the order moves.",
)
NO_ORDER = (
    "An order needs two models or more that the ranking tells apart. Ask about more dilemmas: normscope power says how many."
)
AT_ONCE = 0.5e-9
"""Tau is stored rounded: numbers of pairs so near to whole ones are whole."""

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Ranks:
    """How many of the pairs of models that the ranking by stated agreement tells apart stand the other way round elsewhere,
    against `at_most`. One finding for the other readings and policies, at the worst of them, and one for each study that
    `agree --beside` set beside this one.

    Told apart: the ranks' intervals do not touch. Under another reading at least those pairs flip whose difference (MOVER, of the
    two intervals) lies wholly on the other side, and at most all but those wholly on this one. Of a study set beside only
    Kendall's tau is known: of d pairs in another order at least d less the pairs not told apart flip.
    """

    name: ClassVar[str] = "ranks"
    scopes: ClassVar[frozenset[str]] = frozenset({"models"})

    at_most: Count = 0

    def __call__(self, evidence: Evidence) -> list[Finding]:
        apart = _told_apart(evidence)
        if not apart:
            return [missing(self.name, "The ranking tells no two models apart: there is no order to hold.", fix=NO_ORDER)]
        found = self._readings(evidence, apart)
        return [*found, *self._beside(evidence, apart)]

    def _readings(self, evidence: Evidence, apart: Pairs) -> list[Finding]:
        others = [which for which in evidence.readings if which != (Reading.MAIN.value, Policy.EACH.value)]
        if not others:
            return []
        flips = {which: _flips(evidence, apart, *which) for which in others}
        worst = max(others, key=lambda which: (flips[which][1], flips[which][0], flips[which][2]))
        low = max(found[1] for found in flips.values())
        most = max(found[2] for found in flips.values())
        value = min(max(flips[worst][0], low), most)
        return [
            held(
                self.name,
                (float(value), float(low), float(most)),
                f"Of {some(len(apart), 'pair')} of models that the ranking tells apart, {value} stand the other way round under "
                f"another reading or reference policy (worst of {len(others)}: {', '.join(worst)}); by more than chance {low}, "
                f"and up to {most} cannot be ruled out. At most {self.at_most} are demanded.",
                fixes=FIXES,
                ceiling=self.at_most,
                evidence=(*_rank_paths(apart), path("estimates", RANKED, Pairing.MODEL_HUMAN, "", PEOPLE, ALL, *worst)),
            )
        ]

    def _beside(self, evidence: Evidence, apart: Pairs) -> Iterator[Finding]:
        own = {RANKED, *(", ".join((RANKED, *which)) for which in evidence.readings)}
        for row in evidence.rows("tau"):
            first, second, tau, n = row["first"], row["second"], row["tau"], row["n_models"]
            # the lists of a study set beside are called by its folder and matcher, in brackets
            if first != RANKED or not second.startswith(f"{RANKED} (") or second in own or evidence.only_models is not None:
                continue
            evidence_paths = (*_rank_paths(apart), path("tau", first, second))
            if isinstance(tau, NotMeasured):
                yield missing(self.name, f"The order beside {second} is not measured ({tau.reason}).", fix=NO_ORDER)
                continue
            pairs = n * (n - 1) // 2
            turned = pairs * (1 - tau) / 2
            turned = float(round(turned)) if abs(turned - round(turned)) < AT_ONCE else turned
            unsure = max(pairs - len(apart), 0)
            most = min(turned, float(len(apart)))
            low = min(max(turned - unsure, 0.0), most)
            yield held(
                self.name,
                (most, low, most),
                f"Beside {second}: Kendall's tau-b is {number(tau)} over {some(n, 'model')}, so that {turned:g} of {pairs} pairs "
                f"stand the other way round; of the {some(len(apart), 'pair')} that the ranking tells apart {low:g} to {most:g}. "
                f"At most {self.at_most} are demanded.",
                fixes=FIXES,
                ceiling=self.at_most,
                evidence=evidence_paths,
            )


def _told_apart(evidence: Evidence) -> Pairs:
    """The pairs of models of which the first is shown to be ahead."""
    rows = [row for row in evidence.rows("rankings") if row["metric"] == RANKED and row["responder_id"] in set(evidence.models)]
    ranked = [row for row in rows if isinstance(row["rank_low"], int) and isinstance(row["rank_high"], int)]
    return [(a["responder_id"], b["responder_id"]) for a, b in permutations(ranked, 2) if a["rank_high"] < b["rank_low"]]


def _flips(evidence: Evidence, apart: Pairs, reading: str, policy: str) -> tuple[int, int, int]:
    """How many pairs stand the other way round by value, by more than chance, and at most."""
    by_value = shown = possible = 0
    for first, second in apart:
        ends = []
        for model in (first, second):
            e = evidence.of(RANKED, model, reading=reading, policy=policy)
            if e is None or isinstance(e.value, NotMeasured) or isinstance(e.low, NotMeasured) or isinstance(e.high, NotMeasured):
                break
            # of this reading less is better
            ends.append((-e.value, -e.high, -e.low) if reading == Reading.VIOLATION else (e.value, e.low, e.high))
        if len(ends) < 2:
            possible += 1
            continue
        value, low, high = difference_interval(*ends)
        by_value += value < 0
        shown += high < 0
        possible += low <= 0
    return by_value, shown, possible


def _rank_paths(apart: Pairs) -> tuple[str, ...]:
    return tuple(path("rankings", RANKED, name) for name in dict.fromkeys(name for pair in apart for name in pair))
