"""The measures of the paired models of two studies, as arrays with the same rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from normscope.agree.measures import Measure, measures
from normscope.agree.scopes import NOBODY, Key, Scope, Who, whole
from normscope.compare import METRICS, Floats, Scores
from normscope.errors import UsageError
from normscope.records import Dilemma, Pairing
from normscope.store import Store
from normscope.study.correcting import MATCHES, Among, table_of
from normscope.study.current_labels import check_labels
from normscope.study.large_studies import check_fits
from normscope.study.paired_responders import Paired
from normscope.study.settings import Settings
from normscope.table import AgreementTable

__all__ = ["paired_scores", "paired_tables"]

ALONE = ("refused", "no_solution")
"""Measures of a responder alone, not of its agreement with people."""

CEILING = "ceiling"


def paired_tables(
    settings: tuple[Settings, Settings], stores: tuple[Store, Store], dilemmas: Sequence[Dilemma], who: Paired
) -> tuple[AgreementTable, AgreementTable]:
    """The agreement tables of the paired responders on the shared dilemmas: the same numbers mean the same in both.

    A `UsageError` where a study has no labels, or labels that are not those of its settings.
    """
    (a, b), (store_a, store_b) = settings, stores
    return _table(a, store_a, (dilemmas, who.of_a)), _table(b, store_b, (dilemmas, who.of_b))


def paired_scores(tables: tuple[AgreementTable, AgreementTable], who: Paired) -> dict[str, Scores]:
    """Every measure by name, a row per dilemma and a column per paired model; people among themselves as `ceiling`."""
    sides: list[dict[str, tuple[Floats, ...]]] = []
    missing: dict[str, str] = {}
    for table in tables:
        scope = Who(table.responders, people_listed=len(who.people))
        found = {m.metric: m for m in measures(table, scope)}
        towards = {key.responder: key for key in scope.towards_people()}
        keys: dict[str, list[Key | None]] = {
            name: [_alone(i) if name in ALONE else towards.get(i) for i in range(len(who.people), len(table.responders))]
            for name in METRICS
        }
        n = len(table.dilemmas)
        side = {name: _dense(found[name], keys[name], n) for name in METRICS}
        sides.append(side | {CEILING: _dense(found["stated"], [whole(Pairing.HUMAN_HUMAN)], n)})
        missing |= {name: why for name in METRICS if (why := found[name].missing)}
    a, b = sides
    return {name: Scores(name, a[name], b[name], _reason(name, a[name], b[name], missing, who)) for name in a}


def _reason(name: str, a: tuple[Floats, ...], b: tuple[Floats, ...], missing: dict[str, str], who: Paired) -> str:
    """Why a measure has no dilemma that counts in both, if it has none."""
    here, there = (all(part.any() for part in side[1::2]) for side in (a, b))
    if name not in ALONE and len(who.people) < (2 if name == CEILING else 1):
        return f"{'fewer than 2 people are' if name == CEILING else 'no person is'} in both studies"
    if not here and not there:
        return f"{missing.get(name, 'no shared dilemma counts')}, in either study"
    if not here or not there:
        return f"{missing.get(name, 'no shared dilemma counts')}, in {'b' if here else 'a'}"
    return "no shared dilemma counts in both studies"


def _alone(responder: int) -> Key:
    return Key(Scope.SELF, NOBODY, responder, NOBODY)


def _table(settings: Settings, store: Store, among: Among) -> AgreementTable:
    check_fits(store)
    matches = store.frame("matches", columns=MATCHES)
    check_labels(settings, store, matches)
    if not matches.height:
        raise UsageError(
            f"{store.folder} holds no match labels to compare. Run: normscope run, or normscope match {store.folder}"
        )
    return table_of(store, matches, matcher=settings.matcher, among=among)


def _dense(measure: Measure, keys: Sequence[Key | None], dilemmas: int) -> tuple[Floats, ...]:
    """The parts of a measure as arrays [dilemmas, keys]; 0 where there is nothing."""
    parts = [np.zeros((dilemmas, len(keys))) for _ in measure.parts]
    for i, key in enumerate(keys):
        if key is None:
            continue
        same = [pl.col(name) == value for name, value in key._asdict().items()]
        rows = measure.terms.filter(*same)
        at = rows["dilemma"].to_numpy()
        for part, name in zip(parts, measure.parts, strict=True):
            part[at, i] = rows[name].to_numpy()
    return tuple(parts)
