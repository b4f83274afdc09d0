"""One demand of a policy: a check with its thresholds, what it is about, and how much it matters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from normscope.audit.evidence import Evidence
from normscope.records import Finding, Severity, Verdict

__all__ = ["Check", "Rule"]


class Check(Protocol):
    """Holds a study against its thresholds."""

    name: ClassVar[str]
    scopes: ClassVar[frozenset[str]]

    def __call__(self, evidence: Evidence) -> list[Finding]: ...


@dataclass(frozen=True)
class Rule:
    """A check, made of some models and topics only (None = all). `gate`: its findings decide the exit code.

    A failed finding has the rule's `severity`, one that was passed is `info`, any other at most a `warning`.
    """

    check: Check
    gate: bool = False
    severity: Severity = Severity.WARNING
    models: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None

    def __call__(self, evidence: Evidence) -> list[Finding]:
        """The rule's findings, never none: where the study has nothing that the check is about, it says so.

        `UsageError` for a model or topic that the study does not have: else a misspelt name would pass.
        """
        name = self.check.name
        about = evidence.only(self.models, self.topics, where=f"the policy's check {name}")
        found = self.check(about) or [_nothing(name)]
        return [replace(finding, gate=self.gate, severity=self._severity(finding.verdict)) for finding in found]

    def _severity(self, verdict: Verdict) -> Severity:
        if verdict is Verdict.PASS:
            return Severity.INFO
        if verdict is Verdict.FAIL or self.severity is Severity.INFO:
            return self.severity
        return Severity.WARNING


def _nothing(name: str) -> Finding:
    return Finding(
        check=name,
        severity=Severity.WARNING,
        verdict=Verdict.NOT_MEASURED,
        what=f"The study has nothing that the check {name} could look at: no such models, topics or comparisons.",
        fix="Ask models, give dilemmas topics, run normscope agree anew, or turn the check off in the policy.",
    )
