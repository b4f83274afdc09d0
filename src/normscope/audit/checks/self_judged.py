"""Is a model graded by itself, or by its kin?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from normscope.audit.evidence import Evidence, Grader
from normscope.audit.paths import path
from normscope.audit.shares import Yes
from normscope.records import Finding, Severity, Verdict

__all__ = ["SelfJudged", "same_model"]

FIX = {
    Verdict.FAIL: "Name another model: normscope match FOLDER --matcher judge:OTHER (or extract --extractor), then agree again.",
    Verdict.INCONCLUSIVE: "Whether a judge favours its kin is not measured here: repeat with a judge of another family and set "
    "the two side by side (normscope agree --beside).",
    Verdict.NOT_MEASURED: "Look up which models the plug-in asks, and turn the check off in the policy if it is none of these.",
    Verdict.PASS: "",
}


@dataclass(frozen=True)
class SelfJudged:
    """One finding for each model: passed where no model that reads solutions or gives labels is that model.

    Failed where one is, by its name without backend and organisation. Where one is of the same family, as far as names tell, it
    is inconclusive; `family: false` lets kin pass. Which models a plug-in that is not normscope's own asks is not known: not
    measured.
    """

    name: ClassVar[str] = "self_judged"
    scopes: ClassVar[frozenset[str]] = frozenset({"models"})

    family: Yes = True

    def __call__(self, evidence: Evidence) -> list[Finding]:
        return [
            self._of(evidence, tested.responder_id, tested.model, tested.family)
            for tested in evidence.tested
            if tested.responder_id in set(evidence.models)
        ]

    def _of(self, evidence: Evidence, responder_id: str, model: str, family: str) -> Finding:
        itself = [g for g in evidence.graders if same_model(g.model, model) or same_model(g.model, responder_id)]
        kin = [g for g in evidence.graders if self.family and g.family == family]
        if itself:
            verdict, what = Verdict.FAIL, f"{responder_id} is graded by itself: {_named(itself)}."
        elif kin:
            verdict, what = Verdict.INCONCLUSIVE, f"{responder_id} is graded by its kin ({family}): {_named(kin)}."
        elif evidence.opaque:
            verdict, what = Verdict.NOT_MEASURED, f"Which models {' and '.join(evidence.opaque)} asks is not known."
        elif evidence.graders:
            verdict, what = Verdict.PASS, f"{responder_id} is graded by others: {_named(evidence.graders)}."
        else:
            verdict, what = Verdict.PASS, f"{responder_id} is graded by no model: the matcher is {evidence.matcher}."
        return Finding(
            check=self.name,
            severity=Severity.WARNING,
            verdict=verdict,
            what=what,
            fix=FIX[verdict],
            responder_id=responder_id,
            evidence=(path("responders", responder_id), path("settings", "matcher"), path("settings", "extractor")),
        )


def same_model(one: str, other: str) -> bool:
    """Whether two names are of one model, but for the backend, the organisation and the file's ending.

    >>> same_model("http:gpt-4o", "inspect:openai/GPT-4o"), same_model("http:gpt-4o", "http:gpt-4o-mini")
    (True, False)
    """
    return _bare(one) == _bare(other)


def _bare(model: str) -> str:
    backend, colon, rest = model.partition(":")
    # a name without a backend may have a colon of its own: llama3.2:1b
    name = rest if colon and backend in {"http", "inspect", "local", "recorded"} else model
    return name.rstrip("/").rpartition("/")[2].casefold().removesuffix(".gguf")


def _named(graders: Sequence[Grader]) -> str:
    return ", ".join(dict.fromkeys(f"{grader.role} {grader.model}" for grader in graders))
