"""Does the matcher find agreement where there is none?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from normscope.audit.evidence import Evidence
from normscope.audit.held import Fixes, held, missing
from normscope.audit.paths import path
from normscope.audit.saying import interval, some
from normscope.audit.shares import Share
from normscope.records import Finding, NotMeasured

__all__ = ["PlaceboRate"]

FIXES = Fixes(
    "The matcher says yes too easily: use another one (docs/matchers.md); until then read rates beside the placebo.",
    "Try it on more pairs: normscope validate FOLDER",
    "Run: normscope validate FOLDER",
)


@dataclass(frozen=True)
class PlaceboRate:
    """One finding: the share in [0, 1] of answers to *other* dilemmas that the matcher labels `agree`, from its card, against
    `at_most`."""

    name: ClassVar[str] = "placebo"
    scopes: ClassVar[frozenset[str]] = frozenset()

    at_most: Share = 0.05

    def __call__(self, evidence: Evidence) -> list[Finding]:
        card = evidence.card
        part = card if isinstance(card, NotMeasured) else card.placebo
        if isinstance(part, NotMeasured):
            return [missing(self.name, f"The placebo rate is not measured: {part.reason}.", fix=FIXES.not_measured)]
        rate = part.agree.overall
        return [
            held(
                self.name,
                (rate.value, rate.low, rate.high),
                f"The share of answers to other dilemmas with which the matcher {evidence.matcher} agrees is "
                f"{interval(rate.value, rate.low, rate.high)} ({some(rate.n, 'pair')}, {part.source}); at most {self.at_most:g} "
                "is demanded.",
                fixes=FIXES,
                ceiling=self.at_most,
                evidence=(path("card", "placebo"),),
            )
        ]
