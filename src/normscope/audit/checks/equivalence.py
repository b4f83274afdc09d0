"""Is it shown that models agree with people as much as people with each other, but for a margin?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from normscope.audit.checks.beside_ceiling import DISTANCE, NO_CEILING
from normscope.audit.evidence import Evidence
from normscope.audit.held import Fixes, ends_of, held, missing
from normscope.audit.paths import estimate_path
from normscope.audit.saying import basis, interval, of_topic
from normscope.audit.shares import Margin
from normscope.records import Finding, Verdict

__all__ = ["Equivalence"]

FIXES = Fixes("The model differs from people by more than the margin: do not call it equivalent to people.")


@dataclass(frozen=True)
class Equivalence:
    """One finding for each model (and topic, where the rule names topics): two one-sided tests of its distance to the ceiling.

    Passed where the distance is shown to lie within ± `margin`: the interval of the distance lies within it, or the study's own
    test (interval of 90 %, raw values) says so of this margin or a smaller one. Failed where the interval lies outside.
    """

    name: ClassVar[str] = "equivalence"
    scopes: ClassVar[frozenset[str]] = frozenset({"models", "topics"})

    margin: Margin = 0.05

    def __call__(self, evidence: Evidence) -> list[Finding]:
        return [self._of(evidence, model, topic) for model in evidence.models for topic in evidence.wholes]

    def _of(self, evidence: Evidence, model: str, topic: str) -> Finding:
        e = evidence.best(DISTANCE, model, topic)
        said = f"equivalence of {model} to people{of_topic(topic)}, within {self.margin:g} either way"
        if e is None:
            return missing(self.name, f"Not measured: {said}.", fix=NO_CEILING, responder_id=model, topic=topic)
        tested = evidence.of("equivalent_to_ceiling", model, topic) if self.margin >= evidence.margin else None
        raw = e.metric == DISTANCE
        found = held(
            self.name,
            ends_of(e),
            f"the distance to the ceiling is {interval(*ends_of(e), signed=True)} ({basis(e)})",
            fixes=FIXES,
            floor=-self.margin,
            ceiling=self.margin,
            responder_id=model,
            topic=topic,
            evidence=(estimate_path(e), *([estimate_path(tested)] if raw and tested is not None else ())),
        )
        if raw and tested is not None and tested.value == 1.0 and found.verdict is Verdict.INCONCLUSIVE:
            found = replace(found, verdict=Verdict.PASS, fix="", what=f"{found.what}, and its 90 % interval is within")
        word = {Verdict.PASS: "Shown", Verdict.FAIL: "Shown not to hold"}.get(found.verdict, "Not shown")
        return replace(found, what=f"{word}: {said}; {found.what}.")
