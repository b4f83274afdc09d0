"""Is the matcher good enough, by labels that people gave?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from normscope.audit.evidence import Evidence
from normscope.audit.held import Fixes, held, missing
from normscope.audit.paths import path
from normscope.audit.saying import interval, some
from normscope.audit.shares import Share, Yes
from normscope.records import Finding, NotMeasured

__all__ = ["MatcherBar"]

FIXES = Fixes(
    "Use a better matcher (docs/matchers.md), or report values corrected for its errors (docs/labelling.md).",
    "Label more comparisons: normscope label FOLDER; then normscope validate FOLDER",
    "Label some comparisons: normscope label FOLDER; then normscope validate FOLDER",
)


@dataclass(frozen=True)
class MatcherBar:
    """One finding: the matcher's Cohen kappa (or `accuracy`) with people's labels, from its card, against the floor `at_least`.

    Where nobody labelled comparisons of this study it is not measured, unless `project_pairs` lets the pairs that come with
    normscope count. Macro-F1 stands on the card without an interval, so that no verdict rests on it.
    """

    name: ClassVar[str] = "matcher"
    scopes: ClassVar[frozenset[str]] = frozenset()

    by: Literal["kappa", "accuracy"] = "kappa"
    at_least: Share = 0.6
    project_pairs: Yes = False

    def __call__(self, evidence: Evidence) -> list[Finding]:
        card = evidence.card
        if isinstance(card, NotMeasured):
            return [
                missing(self.name, f"The matcher {evidence.matcher} is not validated: {card.reason}.", fix=FIXES.not_measured)
            ]
        s = card.overall
        ends = (s.kappa, s.kappa_low, s.kappa_high) if self.by == "kappa" else (s.accuracy, s.accuracy_low, s.accuracy_high)
        word = "Cohen kappa" if self.by == "kappa" else "accuracy"
        said = f"the matcher {card.matcher} has {word} {interval(*ends)} against {some(s.n, 'labelled pair')} ({card.gold})"
        demand = f"at least {self.at_least:g} is demanded"
        if not (evidence.own_labels or self.project_pairs):
            what = f"The matcher is not validated on this study: nobody labelled its comparisons. Elsewhere {said}; {demand}."
            return [missing(self.name, what, fix=FIXES.not_measured)]
        return [
            held(
                self.name,
                ends,
                f"{said[0].upper()}{said[1:]}; {demand}.",
                fixes=FIXES,
                floor=self.at_least,
                evidence=(path("card", "overall", self.by),),
            )
        ]
