"""From observations to numbers: every agreement estimate of a study, all from one set of resamples."""

from __future__ import annotations

from dataclasses import replace

from normscope.agree.measures import Measure, measures
from normscope.agree.redrawn import redrawn
from normscope.agree.resampled import ALL_TOPICS, At, Column, Grouping, grouping, resampled
from normscope.agree.scopes import PEOPLE, Key, Scope, Who, whole
from normscope.errors import UsageError, did_you_mean
from normscope.records import Estimate, Pairing
from normscope.stats import ESTIMANDS, Estimand, Resamples
from normscope.table import AgreementTable

__all__ = ["ALL", "ESTIMAND", "PEOPLE", "PEOPLE_LISTED", "check", "estimate", "named"]

ALL = "all"
"""The topic of an estimate over all dilemmas."""

ESTIMAND: Estimand = "dilemmas like these"
"""The estimand of every interval that does not name another."""

PEOPLE_LISTED = 50
"""More people than this are a crowd: they are compared as one, not person by person."""

NEVER_MET = {
    Pairing.MODEL_HUMAN.value: "no model and person answered the same dilemma",
    Pairing.MODEL_MODEL.value: "no two models answered the same dilemma",
    Pairing.HUMAN_HUMAN.value: "no two people answered the same dilemma",
}


def estimate(
    table: AgreementTable,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    topics: bool = True,
    people_listed: int = PEOPLE_LISTED,
    estimand: Estimand = ESTIMAND,
) -> list[Estimate]:
    """Who agrees with whom, how much, and how sure is that?

    Draws are averaged first, then the targets of a scope, then dilemmas. Metrics, in [0, 1] unless said:

    * `stated`, `explicit`: agreement accuracy; `explicit` is over the solutions shown, accepted and rejected.
    * `gap` in [-1, 1]: explicit minus stated, on the dilemmas that have both.
    * `acquiescence`: share of `agree` on rejected solutions. `dprime`: z(agree on accepted) - z(agree on rejected).
      `explicit_unclear`: share of silent or unclear answers to shown solutions (they count as 0 in `explicit`).
    * `stated_both`, `explicit_both`: two responders of one kind, both directions. `asymmetry`: mean absolute difference of
      a pair's two directions, per dilemma.
    * `ceiling`, `explicit_ceiling`: people among themselves. `distance_to_ceiling` in [-1, 1]: a model's stated agreement
      with people minus the ceiling, on the dilemmas that have both.
    * `no_solution`: share of a responder's answered conversations without a main solution; `refused`: share of its
      conversations that did not fail. Only conversations that could be compared with some other are in the table.

    They are given for every ordered pair (with itself: test–retest), for every responder against all other people
    (`target_id` is `people`), and for each pairing as a whole (both ids empty; model–human means the model towards the
    person). The latter two also come by topic. With more than `people_listed` people, single people are not listed.

    Intervals of rates and of their differences are cluster-robust (`stats.trusted_rates`, `stats.trusted_differences`): none
    below 5 clusters' worth of dilemmas, and `method` says where one is cautious. That of `dprime` is from percentiles of
    `draws` resamples of clusters of dilemmas. With the `estimand` `these dilemmas` those of `stated`, `explicit`, `gap` and the
    distance to the ceiling are percentiles of `draws` resamples of each responder's draws on each dilemma instead; each estimate
    names its estimand, and `method` what was taken as given. `excluded` counts the rows that have no value, by status. What
    cannot be computed is a `NotMeasured`.
    `UsageError` for impossible options, and for ids or topics that the result needs itself (`people`, `all`).
    """
    check(table, draws=draws, level=level)
    if estimand not in ESTIMANDS:
        raise UsageError(f"the estimand cannot be {estimand!r:.60}. {did_you_mean(str(estimand), ESTIMANDS)}")
    who = Who(table.responders, people_listed=people_listed)
    groups = grouping(table, by_topic=topics)
    resamples = Resamples(clusters=max(1, groups.clusters), draws=draws, seed=seed)
    every = measures(table, who)
    again = redrawn(table, who, groups, every, draws=draws, seed=seed) if estimand != ESTIMAND else {}
    found = []
    for measure in every:
        columns = resampled(measure, groups, resamples, level=level)
        aim = ESTIMAND
        if measure.metric in again:
            columns, aim = again[measure.metric].intervals(columns, level=level), estimand
        estimates = named(measure, columns, who, groups, level=level, matcher=table.matcher)
        found += [replace(e, estimand=aim) for e in estimates]
    return found


def named(
    measure: Measure, columns: dict[At, Column], who: Who, groups: Grouping, *, level: float, matcher: str
) -> list[Estimate]:
    """The estimates of a measure's columns in order; its keys that have no column are missing ones."""
    missing = {
        (key, ALL_TOPICS): Column.missing(measure.missing or _never_met(key, who))
        for key in measure.keys
        if (key, ALL_TOPICS) not in columns
    }
    every = {**columns, **missing}
    return [e for at in sorted(every, key=_order) for e in _named(measure, at, every[at], who, groups, level, matcher)]


def _named(measure: Measure, at: At, column: Column, who: Who, groups: Grouping, level: float, matcher: str) -> list[Estimate]:
    """The estimate of a column; people among themselves come again under the name of the ceiling."""
    key, topic = at
    responder_id, target_id = who.ids(key)
    named = Estimate(
        metric=f"{measure.metric}_both" if key.scope == Scope.BOTH else measure.metric,
        pairing=who.pairing_name(key),
        responder_id=responder_id,
        target_id=target_id,
        topic=ALL if topic == ALL_TOPICS else groups.topics[topic],
        value=column.value,
        low=column.low,
        high=column.high,
        level=level,
        method=column.method,
        estimand=ESTIMAND,
        n_dilemmas=column.n_dilemmas,
        excluded=column.excluded,
        matcher=matcher,
    )
    ceilings = {"stated": "ceiling", "explicit": "explicit_ceiling"}
    if key == whole(Pairing.HUMAN_HUMAN) and measure.metric in ceilings:
        return [named, replace(named, metric=ceilings[measure.metric])]
    return [named]


def _order(at: At) -> tuple[int, int, int, int, int]:
    key, topic = at
    return (key.scope, key.pairing, key.responder, key.target, topic)


def _never_met(key: Key, who: Who) -> str:
    if key.scope == Scope.WHOLE:
        return NEVER_MET[who.pairing_name(key)]
    if key.scope == Scope.PEOPLE:
        return "no other person answered the same dilemmas"
    return "these two never answered the same dilemma"


def check(table: AgreementTable, *, draws: int, level: float) -> None:
    """A `UsageError` for impossible options, and for ids or topics that the result needs itself."""
    if draws < 1:
        raise UsageError(f"draws must be at least 1; got {draws}. 1000 is the default")
    if not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1; got {level}. 0.95 gives 95 % intervals")
    taken = [r.responder_id for r in table.responders if r.responder_id in (PEOPLE, "")]
    if taken:
        raise UsageError(f"a responder may not be called {taken[0]!r}: in the results {PEOPLE!r} means all people. Rename it")
    if ALL in table.topics:
        raise UsageError(f"a topic may not be called {ALL!r}: in the results it means all topics together. Rename it")
