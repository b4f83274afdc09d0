"""Everything that `agree` says of a study beyond its single estimates: ranks, topics, what it could have found, the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from normscope.agree.detectable import detectable_rows, distance_rows
from normscope.agree.drawn import drawn
from normscope.agree.estimates import PEOPLE_LISTED
from normscope.agree.measures import measures
from normscope.agree.pooled_topics import topic_rows
from normscope.agree.rank_agreement import Lists, rank_lists, tau_rows
from normscope.agree.rankings import rank_rows
from normscope.agree.resampled import grouping
from normscope.agree.responder_map import map_rows
from normscope.agree.scopes import NOBODY, PAIRINGS, Key, Scope, Who
from normscope.agree.section_rows import SECTIONS, Row, row_values
from normscope.records import Estimate, Pairing
from normscope.stats import Resamples
from normscope.table import AgreementTable

__all__ = ["Sections", "sections"]

RANKED = ("stated", "explicit")
DISTANCE = "distance_to_ceiling"


@dataclass(frozen=True)
class Sections:
    """The rows of each section by its name (`SECTIONS`), in order; a section that the study cannot fill is empty."""

    rows: Mapping[str, list[Row]] = field(default_factory=dict)

    def values(self) -> dict[str, list[dict[str, Any]]]:
        """All sections as JSON values."""
        return {name: [row_values(row) for row in self.rows.get(name, ())] for name in SECTIONS}


def sections(
    table: AgreementTable,
    estimates: Iterable[Estimate],
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    people_listed: int = PEOPLE_LISTED,
    beside: Lists | None = None,
) -> Sections:
    """Which models rank where, on which topics, what the study could have found, and who stands close to whom?

    `estimates` are those of `table` (with the corrected ones, if there are any); `draws`, `level` and `seed` must be those that
    they were made with, so that ranks and differences come from the same resamples. `beside`: further lists of the models (say
    by another matcher) whose order is compared with that of this study (`rank_lists`).
    """
    who = Who(table.responders, people_listed=people_listed)
    groups = grouping(table, by_topic=True)
    resamples = Resamples(clusters=max(1, groups.clusters), draws=draws, seed=seed)
    found: dict[str, list[Row]] = {name: [] for name in SECTIONS}
    # also where there are no people: then each model says what it lacks
    with_whom = PAIRINGS.index(Pairing.MODEL_HUMAN)
    models = [Key(Scope.PEOPLE, with_whom, i, NOBODY) for i in who.listed() if not who.person[i]]
    # the first of a name is the one that tables show: the reading `main` with each person
    by_name = {measure.metric: measure for measure in reversed(measures(table, who))}
    for metric in RANKED:
        measure = by_name[metric]
        with_people = drawn(measure, models, groups, resamples)
        if metric != RANKED[0] and not with_people.n_dilemmas.any():
            continue  # no model was shown people's solutions
        ranked, above = rank_rows(metric, with_people, who, level=level)
        found["rankings"] += ranked
        found["above"] += above
        found["topics"] += topic_rows(measure, models, groups, who, level=level)
        found["detectable"] += detectable_rows(metric, with_people, who, level=level)
    to_ceiling = drawn(by_name[DISTANCE], models, groups, resamples)
    found["detectable"] += distance_rows(RANKED[0], to_ceiling, who, level=level)
    found["tau"] += tau_rows(rank_lists(estimates) | (beside or {}))
    mapped = map_rows(table.stated, who, groups, draws=draws, seed=seed)
    found["map"] += mapped.places
    found["map_pairs"] += mapped.pairs
    found["tree"] += mapped.tree
    return Sections(found)
