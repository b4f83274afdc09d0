"""Findings as JUnit XML, which CI systems show beside test results."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from normscope.records import Finding, Verdict

__all__ = ["junit"]

_JOINERS = frozenset("\u200c\u200d")
"""Needed to write Persian, several Indic scripts and many emoji."""

_SAID = {Verdict.FAIL: "failed", Verdict.INCONCLUSIVE: "inconclusive", Verdict.NOT_MEASURED: "not measured"}


def junit(findings: Sequence[Finding], *, study: str) -> str:
    """One test suite for each check, one test case for each finding; the same findings give the same text.

    A gate that is failed is a `failure`, one that is inconclusive or not measured an `error`; what is no gate and not passed is
    `skipped`, with its sentence, so that it breaks no build. Names from data are escaped, and without the control characters that
    XML does not allow or that turn around what is read.
    """
    suites = ET.Element("testsuites", {"name": _clean(f"normscope audit: {study}"), **_counts(findings)})
    for check in dict.fromkeys(finding.check for finding in findings):
        of_check = [finding for finding in findings if finding.check == check]
        suite = ET.SubElement(suites, "testsuite", {"name": _clean(check), **_counts(of_check), "skipped": _skipped(of_check)})
        for finding in of_check:
            _add_case(suite, finding)
    ET.indent(suites, space=" ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _add_case(suite: ET.Element, finding: Finding) -> None:
    case = ET.SubElement(
        suite, "testcase", {"classname": f"normscope.audit.{_clean(finding.check)}", "name": _clean(finding.subject)}
    )
    kind = _kind(finding)
    if kind is None:
        ET.SubElement(case, "system-out").text = _clean(finding.what)
        return
    said = f"{finding.severity.value}, {_SAID[finding.verdict]}"
    if kind == "skipped":
        ET.SubElement(case, kind, {"message": _clean(f"{said} (no gate): {finding.what} {finding.fix}".strip())})
        return
    element = ET.SubElement(case, kind, {"type": finding.verdict.value, "message": _clean(finding.what)})
    element.text = _clean("\n".join([said, finding.what, finding.fix, *finding.evidence]))


def _kind(finding: Finding) -> str | None:
    """The element that a case holds; None for one that is passed."""
    if finding.verdict is Verdict.PASS:
        return None
    if not finding.gate:
        return "skipped"
    return "failure" if finding.verdict is Verdict.FAIL else "error"


def _counts(findings: Sequence[Finding]) -> dict[str, str]:
    kinds = [_kind(finding) for finding in findings]
    return {"tests": str(len(kinds)), "failures": str(kinds.count("failure")), "errors": str(kinds.count("error"))}


def _skipped(findings: Sequence[Finding]) -> str:
    return str(sum(_kind(finding) == "skipped" for finding in findings))


def _clean(text: str) -> str:
    return "".join(
        c for c in text if c in _JOINERS or c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
