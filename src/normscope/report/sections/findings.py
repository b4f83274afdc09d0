"""What the last audit of the study found, the worst first; a study that was not audited has no such section."""

from __future__ import annotations

from normscope.records import Finding, Verdict
from normscope.report.content import Cell, Column, Section, Table
from normscope.report.data import ReportData

__all__ = ["findings"]

COLUMNS = (
    Column("finding", "Check", numeric=False),
    Column("verdict", "Verdict", "inconclusive: the interval straddles the threshold", numeric=False),
    Column("severity", "Severity", "how much it matters", numeric=False),
    Column("gate", "Gate", "whether it decides the exit code of the audit", numeric=False),
    Column("subject", "About", numeric=False),
    Column("what", "What was found", numeric=False),
    Column("fix", "How to mend it", numeric=False),
)


def findings(data: ReportData) -> Section | None:
    """A row for each finding that is not a pass; passes are counted. None where there is no audit of these estimates."""
    if not data.findings:
        return None
    open_ones = [f for f in data.findings if f.verdict is not Verdict.PASS]
    table = Table(
        "findings",
        "What is not shown to be as the policy asks",
        COLUMNS,
        tuple(_row(finding) for finding in open_ones),
        "Each verdict is from the number's whole interval. docs/auditing.md says what each check asks.",
    )
    return Section("findings", "Findings of the audit", [_told(data)], tables=[table] if open_ones else [])


def _row(finding: Finding) -> tuple[Cell, ...]:
    return (
        finding.check.replace("_", " "),
        finding.verdict.value.replace("_", " "),
        finding.severity.value,
        "yes" if finding.gate else "no",
        finding.subject,
        finding.what,
        finding.fix or None,
    )


def _told(data: ReportData) -> str:
    counts = {verdict: sum(f.verdict is verdict for f in data.findings) for verdict in Verdict}
    gates = [f for f in data.findings if f.gate]
    failed = sum(f.verdict is Verdict.FAIL for f in gates)
    unsure = sum(f.verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED) for f in gates)
    told = ", ".join(f"{n:,} {verdict.value.replace('_', ' ')}" for verdict, n in counts.items())
    of_gates = f"Of {len(gates):,} about gates {failed:,} failed and {unsure:,} are undecided"
    return f"{len(data.findings):,} findings: {told}. {of_gates}."
