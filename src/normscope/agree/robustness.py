"""Stated agreement under every reading and every reference policy, and what stands beside it, from the labels of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from normscope.agree.baselines import hedge, placebo, random_pair
from normscope.agree.ceilings import Equivalence, ratio_to_ceiling
from normscope.agree.estimates import PEOPLE_LISTED, check, named
from normscope.agree.measures import Measure, distance_to_ceiling
from normscope.agree.pair_readings import pair_measures, pair_rows
from normscope.agree.panel_measures import panel_measures
from normscope.agree.panel_readings import panel_rows
from normscope.agree.resampled import grouping, resampled
from normscope.agree.scopes import Who
from normscope.agree.sides import read_as
from normscope.records import Estimate, Policy, Reading
from normscope.stats import Resamples
from normscope.table import COUNTED, AgreementTable, Numbered

__all__ = ["robustness"]

NO_CEILING = "no dilemma has both a value of the model and a ceiling"


def robustness(
    table: AgreementTable,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    topics: bool = True,
    people_listed: int = PEOPLE_LISTED,
    equivalence: Equivalence | None = None,
) -> list[Estimate]:
    """How much do the numbers of `estimate` hang on what counts as agreement and on what people are taken to stand behind?

    For every `reading` and `policy` (docs/definitions.md): `stated` of every responder with people and of the pairings as wholes,
    under `each` also of every pair; `ceiling` (leave-one-out); `distance_to_ceiling`, `ratio_to_ceiling` (at least 0; 1 = as
    people among themselves) and `equivalent_to_ceiling` (1 = shown to be within the margin of `equivalence`, 0 = not shown).
    Under `each` also `random_pair`. Beside them `hedge` of every responder, and `placebo`. What `estimate` gives, `stated`,
    `ceiling` and `distance_to_ceiling` of `main` under `each`, is not given again.

    Pass what `estimate` is passed, and all is from the same resamples. By topic only the reading `main` is given. What cannot
    be computed is a `NotMeasured`. A table without the labels that it was made of (`said`) is a `ValueError`; impossible
    options are a `UsageError`.
    """
    said = table.said
    if said is None:
        raise ValueError("the table does not hold the labels that it was made of; make it with build_table")
    check(table, draws=draws, level=level)
    who = Who(table.responders, people_listed=people_listed)
    groups = grouping(table, by_topic=topics)
    of_topics = {True: groups, False: replace(groups, topics=())}
    resamples = Resamples(clusters=max(1, groups.clusters), draws=draws, seed=seed)
    verdict = equivalence or Equivalence()

    def estimates(measure: Measure, *, by_topic: bool, tested: bool = False) -> list[Estimate]:
        under = of_topics[by_topic]
        at_level = verdict.level if tested else level
        columns = resampled(measure, under, resamples, level=at_level)
        if tested:
            columns = verdict.verdicts(columns)
        return named(measure, columns, who, under, level=at_level, matcher=table.matcher)

    found = []
    for reading, policy, stated, compared, beside in _measures(table, said, who):
        main = reading is Reading.MAIN
        distance = replace(distance_to_ceiling(compared, who), missing=NO_CEILING)
        plain = [*beside, ratio_to_ceiling(distance)]
        if not (main and policy is Policy.EACH):
            plain = [stated, distance, *plain]
        new = [e for measure in plain for e in estimates(measure, by_topic=main)]
        new += estimates(verdict.measure(distance), by_topic=main, tested=True)
        found += [replace(e, reading=reading.value, policy=policy.value) for e in new]
    found += estimates(hedge(table, said, who), by_topic=False)
    return [*found, *(placebo(e) for e in found if e.metric == "random_pair" and e.topic == "all" and e.reading == "main")]


def _measures(
    table: AgreementTable, said: Numbered, who: Who
) -> Iterator[tuple[Reading, Policy, Measure, Measure, list[Measure]]]:
    """Of each reading and policy `stated`, the same with models held against what people are, and what stands beside.

    Where no people are in the study there is no panel.
    """
    rows = pair_rows(table, said)
    pairs = pair_measures(rows, who)
    together = panel_rows(said, who.person) if who.person.any() else {}
    panels = {policy: panel_measures(of_policy, who) for policy, of_policy in together.items()}
    for reading, (stated, values) in pairs.items():
        excluded = read_as(rows, reading).filter(pl.col("status") != COUNTED)
        yield reading, Policy.EACH, stated, stated, [random_pair(values, excluded)]
        for policy, measures in panels.items():
            yield reading, policy, *measures[reading], []
