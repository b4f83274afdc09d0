"""Who answers like whom? Responders on a plane and in a tree, from how far each two of them agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.drawn import Drawn, drawn
from normscope.agree.measures import Measure
from normscope.agree.resampled import Grouping
from normscope.agree.scopes import KEY_SCHEMA, NOBODY, PEOPLE, Key, Scope, Who
from normscope.agree.section_rows import MapPairRow, MapRow, TreeRow
from normscope.errors import Undefined
from normscope.records import NotMeasured
from normscope.stats import Resamples, average_linkage, classical_mds, group_support, spread_on_map
from normscope.stats.bootstrap import Floats
from normscope.table import COUNTED

__all__ = ["MapRows", "map_rows"]

MAP_DRAWS = 200
"""Resamples that the stability of map and tree is taken from: each is mapped anew, and shares need no more digits."""

ONE_CLUSTER = NotMeasured("data on 1 cluster of dilemmas only")
NO_OTHER = NotMeasured("no two responders have an agreement on at least 2 clusters of dilemmas")
NEVER = NotMeasured("these two were never both scored on the same dilemma")
NAMED = 5
"""So many of the responders that a pair is missing with are named."""


@dataclass(frozen=True)
class MapRows:
    """The rows of the sections `map`, `map_pairs` and `tree`."""

    places: list[MapRow]
    pairs: list[MapPairRow]
    tree: list[TreeRow]


def map_rows(stated: pl.DataFrame, who: Who, groups: Grouping, *, draws: int, seed: int) -> MapRows:
    """Where does each responder stand, and which groups answer alike, when distance is 1 - agreement?

    Agreement is stated agreement in both directions together, as `stated_both` has it, here also between models and people.
    Draws are averaged first, then directions, then dilemmas. Where people are a crowd they are one responder, `people`.

    Map and tree need every pair. Who lacks one is left out, those first that lack most, and says with whom; pairs on one
    cluster of dilemmas only count as missing. The stability comes from at most 200 resamples of clusters of dilemmas.
    """
    names, terms = _pair_terms(stated, who)
    numbers = range(len(names))
    keys = [Key(Scope.BOTH, NOBODY, i, j) for i, j in combinations(numbers, 2)]
    resamples = Resamples(clusters=max(1, groups.clusters), draws=min(draws, MAP_DRAWS), seed=seed)
    measure = Measure("stated_both", terms, terms.clear(), keys)
    of_pairs = drawn(measure, keys, groups, resamples)
    agreement, missing = _square(of_pairs, len(names))
    pairs = [
        MapPairRow(names[k.responder], names[k.target], _agreement(of_pairs, i), int(of_pairs.n_dilemmas[i]))
        for i, k in enumerate(keys)
    ]
    without = _left_out(missing, names)
    kept = [i for i in numbers if i not in without]
    if without and len(kept) < 2:
        # whoever is left over is no better known than the others
        without, kept = dict.fromkeys(numbers, NO_OTHER), []
    try:
        placed, tree = _placed(kept, names, agreement, of_pairs, resamples) if kept else ([], [])
    except Undefined as undefined:
        without |= dict.fromkeys(kept, NotMeasured(str(undefined)))
        placed, tree = [], []
    lacking = [MapRow(names[i], why, why, why, why, why, "not measured") for i, why in sorted(without.items())]
    return MapRows([*placed, *lacking], pairs, tree)


def _pair_terms(stated: pl.DataFrame, who: Who) -> tuple[list[str], pl.DataFrame]:
    """The names on the map, and one value per dilemma and unordered pair of their numbers, with the columns of a measure."""
    alone = [i for i in range(len(who.responders)) if who.people_listed or not who.person[i]]
    names = [who.responders[i].responder_id for i in alone] + ([] if who.people_listed else [PEOPLE])
    place = np.full(len(who.responders), len(alone), dtype=np.int32)
    place[alone] = range(len(alone))
    placed = pl.lit(pl.Series(place, dtype=pl.Int32))
    at = ("dilemma", "responder", "target")
    values = (
        stated.filter(pl.col("status") == COUNTED)
        .group_by(at)
        .agg(pl.col("value").mean())
        .with_columns(placed.gather(pl.col("responder")).alias("responder"), placed.gather(pl.col("target")).alias("target"))
        .filter(pl.col("responder") != pl.col("target"))
        .with_columns(low=pl.min_horizontal("responder", "target"), high=pl.max_horizontal("responder", "target"))
    )
    terms = (
        values.group_by("dilemma", "low", "high")
        .agg(num=pl.col("value").sort().mean())  # sorted: a sum must not depend on the order of rows
        .select(
            pl.lit(int(Scope.BOTH)).alias("scope"),
            pl.lit(NOBODY).alias("pairing"),
            pl.col("low").alias("responder"),
            pl.col("high").alias("target"),
            "dilemma",
            "num",
            den=pl.lit(1.0),
        )
        .with_columns(pl.col(name).cast(kind) for name, kind in KEY_SCHEMA.items())
        .sort("responder", "target", "dilemma")
    )
    return names, terms


def _agreement(of_pairs: Drawn, i: int) -> float | NotMeasured:
    if np.ma.getmaskarray(of_pairs.found.value)[i]:
        return NEVER
    return float(of_pairs.found.value.data[i]) if of_pairs.found.clusters[i] > 1 else ONE_CLUSTER


def _square(of_pairs: Drawn, n: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Agreement [n, n], 1 on the diagonal, and which pairs have none that can be used."""
    agreement, missing = np.eye(n), np.zeros((n, n), dtype=bool)
    for i, key in enumerate(of_pairs.keys):
        value = _agreement(of_pairs, i)
        if isinstance(value, NotMeasured):
            missing[key.responder, key.target] = missing[key.target, key.responder] = True
        else:
            agreement[key.responder, key.target] = agreement[key.target, key.responder] = value
    return agreement, missing


def _left_out(missing: npt.NDArray[np.bool_], names: Sequence[str]) -> dict[int, NotMeasured]:
    """Who is left out so that no pair is missing among the others: always who lacks most pairs, the last of equals."""
    without: dict[int, NotMeasured] = {}
    left = missing.copy()
    while left.any():
        lacking = left.sum(axis=1)
        worst = int(np.flatnonzero(lacking == lacking.max())[-1])
        others = [names[j] for j in np.flatnonzero(missing[worst]).tolist()]
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        without[worst] = NotMeasured(f"no agreement is known with: {', '.join(others[:NAMED])}{more}")
        left[worst], left[:, worst] = False, False
    return without


def _placed(
    kept: Sequence[int], names: Sequence[str], agreement: Floats, of_pairs: Drawn, resamples: Resamples
) -> tuple[list[MapRow], list[TreeRow]]:
    tree = average_linkage(1 - agreement[np.ix_(kept, kept)])
    found = classical_mds(1 - agreement[np.ix_(kept, kept)])
    again = _resampled(kept, of_pairs)
    spread: list[float | NotMeasured] = [NotMeasured("no resample has a value of every pair") for _ in kept]
    support: list[float | NotMeasured] = [*spread[1:]]
    if again:
        maps = np.array([_points(distances) for distances in again])
        spread = [float(x) for x in spread_on_map(maps, found.points)]
        support = [float(x) for x in group_support(tree, (average_linkage(distances) for distances in again))]
    method = (
        f"classical multidimensional scaling of 1 - agreement, which shows {found.kept:.0%} of the variance; average linkage; "
        f"stability from {len(again)} of {resamples.draws} resamples of clusters, seed {resamples.seed}"
    )
    place = {responder: i for i, responder in enumerate(tree.order)}
    rows = [
        MapRow(names[i], float(found.points[at, 0]), float(found.points[at, 1]), spread[at], found.kept, place[at], method)
        for at, i in enumerate(kept)
    ]
    groups = zip(tree.groups, tree.heights.tolist(), support, strict=True)
    joins = [
        TreeRow(step, [names[kept[i]] for i in group], 1 - height, held) for step, (group, height, held) in enumerate(groups)
    ]
    return rows, joins


def _points(distances: Floats) -> Floats:
    """The points of a resample; all in one place where no two responders differ in it."""
    return classical_mds(distances).points if distances.any() else np.zeros((len(distances), 2))


def _resampled(kept: Sequence[int], of_pairs: Drawn) -> list[Floats]:
    """Distances [kept, kept] of each resample in which every pair of them has a value."""
    at = {responder: i for i, responder in enumerate(kept)}
    columns = [i for i, key in enumerate(of_pairs.keys) if key.responder in at and key.target in at]
    first = [at[of_pairs.keys[i].responder] for i in columns]
    second = [at[of_pairs.keys[i].target] for i in columns]
    draws = of_pairs.found.draws[:, columns]
    again = []
    for values in np.asarray(draws.data)[~np.ma.getmaskarray(draws).any(axis=1)]:
        distances = np.zeros((len(kept), len(kept)))
        distances[first, second] = distances[second, first] = 1 - values
        again.append(np.maximum(distances, 0.0))
    return again
