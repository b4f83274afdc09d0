"""What changed between two studies, corrected for the matcher's errors, where people labelled a sample of both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from normscope.agree.corrected_change import CorrectedChange, LabelledTable, corrected_changes
from normscope.compare import Difference, named
from normscope.records import CORRECTED, Change, Dilemma, NotMeasured
from normscope.store import Store
from normscope.study.correcting import Stale, labels_of_people
from normscope.study.paired_responders import Paired
from normscope.table import AgreementTable

__all__ = ["changes_by_people"]

NO_TEST = NotMeasured("the permutation test is of rates that are not corrected")


def changes_by_people(
    stores: tuple[Store, Store],
    tables: tuple[AgreementTable, AgreementTable],
    dilemmas: Sequence[Dilemma],
    who: Paired,
    clusters: npt.NDArray[np.intp],
    *,
    level: float,
) -> tuple[list[Change], list[str]]:
    """`stated_corrected` and `explicit_corrected` of each paired model, and what a reader must know of them.

    Nothing where either study has no labels of its sample, or labels of what it no longer has.
    """
    people = [labels_of_people(store, among=(dilemmas, of)) for store, of in zip(stores, (who.of_a, who.of_b), strict=True)]
    if any(isinstance(said, Stale) for said in people):
        stale = " and ".join(name for name, said in zip("ab", people, strict=True) if isinstance(said, Stale))
        return [], [f"The labels by people in {stale} are of other conversations or solutions than it has now, and are not used."]
    first, second = people
    if first is None or second is None or isinstance(first, Stale) or isinstance(second, Stale):
        return [], []
    models = range(len(who.people), len(who.of_a))
    found = corrected_changes(LabelledTable(tables[0], first), LabelledTable(tables[1], second), models, clusters, level=level)
    return [
        named(f"{metric}{CORRECTED}", pair, _difference(change, len(dilemmas)), level=level)
        for metric, rows in found.items()
        for pair, change in zip(who.models, rows, strict=True)
    ], []


def _difference(change: CorrectedChange, shared: int) -> Difference:
    excluded = {"not_in_both": shared - change.n_dilemmas} if change.n_dilemmas < shared else {}
    return Difference(
        change.a, change.b, change.value, change.low, change.high, NO_TEST, change.method, change.n_dilemmas, excluded
    )
