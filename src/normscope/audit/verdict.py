"""From findings to one verdict: the exit code, and the order in which people read them."""

from __future__ import annotations

from collections.abc import Iterable

from normscope.records import Finding, Severity, Verdict

__all__ = ["EXIT_CODES", "exit_code", "verdict_of", "worst_first"]

EXIT_CODES = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 2}
"""3 is left for errors."""

_BADNESS = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED, Verdict.PASS)
_SEVERITIES = (Severity.SERIOUS, Severity.WARNING, Severity.INFO)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Failed if a gate is failed, else inconclusive if one is inconclusive or not measured, else passed.

    What is no gate does not count: without gates an audit is passed.
    """
    gates = {finding.verdict for finding in findings if finding.gate}
    if Verdict.FAIL in gates:
        return Verdict.FAIL
    return Verdict.INCONCLUSIVE if gates - {Verdict.PASS} else Verdict.PASS


def exit_code(findings: Iterable[Finding]) -> int:
    """0 pass, 1 a gate failed, 2 inconclusive."""
    return EXIT_CODES[verdict_of(findings)]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By verdict, then gates first, then by severity; the rest as the checks gave them."""
    return sorted(findings, key=lambda f: (_BADNESS.index(f.verdict), not f.gate, _SEVERITIES.index(f.severity)))
