"""The audit's findings in the report: what is open is listed, passes are counted, and without an audit there is no section."""

from __future__ import annotations

from dataclasses import replace

from normscope.records import Finding, NotMeasured, Severity, Verdict
from normscope.report import ReportData
from normscope.report.content_of import content
from tests.report.frames import frames

FOUND = [
    Finding("agreement", Severity.SERIOUS, Verdict.FAIL, "m agrees in 0.2", "ask more", gate=True, responder_id="m"),
    Finding("matcher", Severity.WARNING, Verdict.NOT_MEASURED, "nobody labelled", "label some", gate=True),
    Finding("holes", Severity.INFO, Verdict.PASS, "none"),
]
STUDY = ReportData("T", "t", "0", 0, [], [], estimates=[], card=NotMeasured("no labels"), **frames())


def test_open_findings_are_listed_and_passes_counted() -> None:
    report = content(replace(STUDY, findings=FOUND))
    second = report.sections[1]
    assert second.name == "findings"
    assert second.lines == [
        "3 findings: 1 pass, 1 fail, 0 inconclusive, 1 not measured. Of 2 about gates 1 failed and 1 are undecided."
    ]
    (table,) = second.tables
    assert [row[:5] for row in table.rows] == [
        ("agreement", "fail", "serious", "yes", "m"),
        ("matcher", "not measured", "warning", "yes", "the study"),
    ]


def test_passes_alone_need_no_table_and_no_audit_no_section() -> None:
    assert content(replace(STUDY, findings=FOUND[2:])).sections[1].tables == []
    assert "findings" not in [section.name for section in content(STUDY).sections]
