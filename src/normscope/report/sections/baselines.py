"""What stands beside a rate so that it can be read: any two responders, answers to other dilemmas, people with each other."""

from __future__ import annotations

from normscope.records import Estimate, NotMeasured
from normscope.report.content import Cell, Column, Section, Table
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup
from normscope.report.text import basis_of

__all__ = ["baselines"]

BESIDE = {
    "ceiling": ("Ceiling", "people with each other, each left out in turn and held against the others"),
    "random_pair": ("Random pair", "the mean over all pairs of different responders on the same dilemma"),
    "placebo": ("Placebo", "how often the matcher agrees with answers to other dilemmas: its yes-bias"),
}


def baselines(data: ReportData, found: Lookup) -> Section:
    """The baselines of stated agreement, and each model as a share of the ceiling with the verdict of equivalence."""
    tables = [table for table in (_beside(found), _models(data, found)) if table is not None]
    lines = [] if tables else ["Baselines were not measured: they are made by normscope agree."]
    return Section("baselines", "Baselines", lines, tables=tables)


def _beside(found: Lookup) -> Table | None:
    known = {metric: e for metric in BESIDE if (e := found.of(metric)) is not None}
    if not known.keys() - {"ceiling"}:
        return None
    columns = (
        Column("baseline", "Baseline", numeric=False),
        Column("value", "Value"),
        Column("meaning", "What it is", numeric=False),
        Column("n_dilemmas", "Dilemmas"),
    )
    rows = tuple((BESIDE[metric][0], e, BESIDE[metric][1], e.n_dilemmas or None) for metric, e in known.items())
    # the placebo rests on the pairs of the validation card, not on the study's dilemmas
    of_dilemmas = [e for e in known.values() if e.n_dilemmas]
    of_pairs = [e.method for e in known.values() if not e.n_dilemmas and not isinstance(e.value, NotMeasured)]
    note = " ".join([*([basis_of(of_dilemmas)] if of_dilemmas else []), *(f"Placebo: {method}." for method in of_pairs)])
    return Table("baselines", "What to hold stated agreement against", columns, rows, note)


def _models(data: ReportData, found: Lookup) -> Table | None:
    metrics = ("stated", "distance_to_ceiling", "ratio_to_ceiling", "equivalent_to_ceiling")
    cells = {m.responder_id: [found.of(metric, m.responder_id) for metric in metrics] for m in data.models}
    if not any(e for of in cells.values() for e in of[2:]):
        return None
    columns = (
        Column("responder", "Model", numeric=False),
        Column("stated", "Stated"),
        Column("distance_to_ceiling", "From the ceiling"),
        Column("ratio_to_ceiling", "Share of the ceiling", "its agreement divided by people's with each other; 1 = as people"),
        Column(
            "equivalent_to_ceiling", "As good as people", "whether the difference is shown to be within the margin", numeric=False
        ),
    )
    rows: list[tuple[Cell, ...]] = [(name, *of[:3], _verdict(of[3])) for name, of in cells.items()]
    used = [e for of in cells.values() for e in of[:3] if e is not None]
    tested = [
        e.method.split(":")[0] for of in cells.values() if (e := of[3]) is not None and not isinstance(e.value, NotMeasured)
    ]
    note = f"{basis_of(used)}{f' Equivalence: {tested[0]}.' if tested else ''}"
    return Table("equivalence", "Each model beside the ceiling", columns, tuple(rows), note)


def _verdict(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return None
    if isinstance(estimate.value, NotMeasured):
        return estimate.value
    return "shown" if estimate.value == 1 else "not shown"
