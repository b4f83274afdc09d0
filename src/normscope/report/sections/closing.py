"""What the comparisons leave out, how the study was run, and who answered."""

from __future__ import annotations

from normscope.report.content import Column, Section, Table
from normscope.report.data import ReportData
from normscope.report.exclusions import PEOPLE_LISTED, exclusion_rows
from normscope.report.lookup import Lookup

__all__ = ["exclusions", "settings"]


def exclusions(data: ReportData, found: Lookup) -> Section:
    """What each responder's comparison with all people together leaves out, by reason."""
    rows = tuple((row.responder, row.stated, row.explicit) for row in exclusion_rows(data, found))
    columns = (
        Column("responder", "Responder", numeric=False),
        Column("stated", "Comparisons left out of stated", numeric=False),
        Column("explicit", "Comparisons left out of explicit", numeric=False),
    )
    if not rows:
        return Section("exclusions", "Exclusions", ["There are no responders."])
    note = "Comparisons, not conversations: one conversation is compared with each target."
    table = Table("exclusions", "What the comparison with all people leaves out, by reason", columns, rows, note)
    return Section("exclusions", "Exclusions", tables=[table])


def settings(data: ReportData) -> Section:
    """How the study was run, and its responders; of a crowd of people only how many there are."""
    run = {"study": data.study, "normscope": data.created_with, "seed": str(data.seed), **data.settings}
    how = Table(
        "settings",
        "How the study was run",
        (Column("setting", "Setting", numeric=False), Column("value", "Value", numeric=False)),
        tuple(run.items()),
    )
    crowd = len(data.people) > PEOPLE_LISTED
    listed = data.models if crowd else data.responders
    columns = (
        Column("responder", "Responder", numeric=False),
        Column("kind", "Kind", numeric=False),
        Column("model", "Model", numeric=False),
        Column("persona", "Persona", numeric=False),
        Column("note", "Note", numeric=False),
    )
    rows = tuple((r.responder_id, r.kind.value, r.model or None, r.persona or None, r.note or None) for r in listed)
    note = f"{len(data.people):,} people are not listed one by one." if crowd else ""
    who = [Table("responders", "Responders", columns, rows, note)] if rows or note else []
    return Section("settings", "Settings, software and responders", tables=[how, *who])
