"""Do models agree with whatever they are shown?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from normscope.audit.evidence import Evidence
from normscope.audit.held import Fixes, held_estimate
from normscope.audit.shares import Share
from normscope.records import Finding

__all__ = ["Acquiescence"]

FIXES = Fixes(
    "Explicit agreement of this model is inflated by saying yes: report stated agreement and d-prime instead of it.",
    not_measured="It needs solutions that people reject, shown to the model: see `explicit` in study.yaml.",
)


@dataclass(frozen=True)
class Acquiescence:
    """One finding for each model (and topic, where the rule names topics): the share in [0, 1] of the solutions that people
    reject with which it agrees when shown them, corrected where that could be done, against `at_most`."""

    name: ClassVar[str] = "acquiescence"
    scopes: ClassVar[frozenset[str]] = frozenset({"models", "topics"})

    at_most: Share = 0.3

    def __call__(self, evidence: Evidence) -> list[Finding]:
        return [
            held_estimate(
                self.name,
                evidence.best("acquiescence", model, topic),
                model,
                topic,
                said=f"The share of solutions people reject with which {model} agrees when shown them",
                fixes=FIXES,
                ceiling=self.at_most,
            )
            for model in evidence.models
            for topic in evidence.wholes
        ]
