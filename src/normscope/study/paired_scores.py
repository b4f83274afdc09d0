"""The measures of the paired models of two studies, as arrays with the same rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from normscope.agree import build_table
from normscope.agree.measures import Measure, measures
from normscope.agree.scopes import NOBODY, Key, Scope, Who, whole
from normscope.compare import METRICS, Floats, Scores
from normscope.errors import UsageError
from normscope.records import Dilemma, Pairing, Responder
from normscope.store import Store
from normscope.study.current_labels import check_labels
from normscope.study.large_studies import check_fits
from normscope.study.paired_responders import Paired
from normscope.study.settings import Settings

__all__ = ["paired_scores"]

ALONE = ("refused", "no_solution")
"""Measures of a responder alone, not of its agreement with people."""

CEILING = "ceiling"

RESPONSES = ("dilemma_id", "responder_id", "draw", "outcome")
SOLUTIONS = ("solution_id", "dilemma_id", "responder_id", "draw", "stance", "main", "extractor")
MATCHES = ("dilemma_id", "responder_id", "draw", "basis", "solution_id", "label")


def paired_scores(
    settings: tuple[Settings, Settings], stores: tuple[Store, Store], dilemmas: Sequence[Dilemma], who: Paired
) -> dict[str, Scores]:
    """Every measure by name, a row per dilemma and a column per paired model; people among themselves as `ceiling`.

    A `UsageError` where a study has no labels, or labels that are not those of its settings.
    """
    sides: list[dict[str, tuple[Floats, ...]]] = []
    missing: dict[str, str] = {}
    for setting, store, responders in zip(settings, stores, (who.of_a, who.of_b), strict=True):
        scope = Who(tuple(responders), people_listed=len(who.people))
        found = {m.metric: m for m in _measures(setting, store, dilemmas, responders, scope)}
        towards = {key.responder: key for key in scope.towards_people()}
        keys: dict[str, list[Key | None]] = {
            name: [_alone(i) if name in ALONE else towards.get(i) for i in range(len(who.people), len(responders))]
            for name in METRICS
        }
        side = {name: _dense(found[name], keys[name], len(dilemmas)) for name in METRICS}
        sides.append(side | {CEILING: _dense(found["stated"], [whole(Pairing.HUMAN_HUMAN)], len(dilemmas))})
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


def _measures(
    settings: Settings, store: Store, dilemmas: Sequence[Dilemma], responders: Sequence[Responder], who: Who
) -> list[Measure]:
    """All measures of these responders on these dilemmas."""
    check_fits(store)
    matches = store.frame("matches", columns=(*MATCHES, "matcher"))
    check_labels(settings, store, matches)
    if not matches.height:
        raise UsageError(
            f"{store.folder} holds no match labels to compare. Run: normscope run, or normscope match {store.folder}"
        )
    table = build_table(
        dilemmas=dilemmas,
        responders=responders,
        responses=store.frame("responses", columns=RESPONSES),
        solutions=store.frame("solutions", columns=SOLUTIONS),
        matches=matches,
        matcher=settings.matcher,
    )
    return measures(table, who)


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
