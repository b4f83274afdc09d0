"""What a study that was made tells about one that is to be made: rate, design effect, correlation of the models."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from normscope.agree.drawn import Drawn, drawn
from normscope.agree.estimates import PEOPLE_LISTED
from normscope.agree.measures import measures
from normscope.agree.resampled import grouping
from normscope.agree.scopes import Who
from normscope.errors import Undefined
from normscope.records import NotMeasured
from normscope.stats import Resamples
from normscope.stats.bootstrap import Masked
from normscope.table import COUNTED, AgreementTable

__all__ = ["Pilot", "pilot"]

STILL = 1e-12
"""Rates that move less than this over the resamples do not move at all, up to rounding."""


@dataclass(frozen=True)
class Pilot:
    """What `normscope power` takes from a pilot study, of stated agreement with people by the matcher; means over the models.

    `raw` in [0, 1]: the rate. `per_dilemma`: comparisons of a model per dilemma. `per_cluster`: dilemmas in a cluster.
    `design_effect`: the clustered variance of a model's rate over that of as many independent comparisons. `correlation` in
    [-1, 1]: how far two models' rates move together over the resamples, where there are two. `n_models` have a rate, on
    `n_dilemmas` in the mean.
    """

    raw: float
    per_dilemma: float
    per_cluster: float
    design_effect: float
    correlation: float | NotMeasured
    n_models: int
    n_dilemmas: float


def pilot(table: AgreementTable, *, draws: int = 1000, seed: int = 0) -> Pilot:
    """What does this study tell about how surely another like it will measure?

    `Undefined` where no model has a rate between 0 and 1 on at least 2 clusters of dilemmas.
    """
    who = Who(table.responders, people_listed=PEOPLE_LISTED)
    groups = grouping(table, by_topic=False)
    models = [key for key in who.towards_people() if not who.person[key.responder]]
    stated = next(measure for measure in measures(table, who) if measure.metric == "stated")
    found = drawn(stated, models, groups, Resamples(clusters=max(1, groups.clusters), draws=draws, seed=seed))
    usable = [i for i in range(len(models)) if _usable(found, i)]
    if not usable:
        raise Undefined(
            "a pilot needs a model whose stated agreement with people is between 0 and 1, on at least 2 clusters of dilemmas"
        )
    people = [i for i, person in enumerate(who.person.tolist()) if person]
    rows = table.stated.filter((table.stated["status"] == COUNTED) & table.stated["target"].is_in(people))
    counted = rows.select("dilemma", "responder", "target").unique().group_by("responder").len()
    comparisons = dict(counted.iter_rows())
    value, draws_of = found.found.value.data, found.found.draws
    effects = []
    for i in usable:
        clusters = int(found.found.clusters[i])
        variance = float(draws_of[:, i].compressed().var()) * clusters / (clusters - 1)
        effects.append(variance * comparisons[models[i].responder] / (value[i] * (1 - value[i])))
    together = [_correlation(draws_of[:, [i, j]]) for i, j in combinations(usable, 2)]
    n_dilemmas = [int(found.n_dilemmas[i]) for i in usable]
    return Pilot(
        raw=float(np.mean(value[usable])),
        per_dilemma=float(np.mean([comparisons[models[i].responder] / found.n_dilemmas[i] for i in usable])),
        per_cluster=float(np.mean([found.n_dilemmas[i] / found.found.clusters[i] for i in usable])),
        design_effect=float(np.mean(effects)),
        correlation=float(np.mean(together)) if together else NotMeasured("a correlation needs two models"),
        n_models=len(usable),
        n_dilemmas=float(np.mean(n_dilemmas)),
    )


def _usable(found: Drawn, i: int) -> bool:
    value = found.found.value
    if np.ma.getmaskarray(value)[i] or found.found.clusters[i] < 2 or not 0 < float(value.data[i]) < 1:
        return False
    draws = found.found.draws[:, i].compressed()
    return draws.size > 1 and float(draws.std()) > STILL


def _correlation(two: Masked) -> float:
    """The correlation of two models' rates over the resamples in which both have one."""
    both = np.asarray(two.data)[~np.ma.getmaskarray(two).any(axis=1)]
    apart = both - both.mean(axis=0)
    spread = float(np.sqrt((apart[:, 0] ** 2).sum() * (apart[:, 1] ** 2).sum()))
    return float((apart[:, 0] * apart[:, 1]).sum()) / spread if spread > STILL else 0.0
