"""Which model agrees most with people, and which cannot be told from it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from normscope.agree.drawn import Drawn
from normscope.agree.scopes import Who
from normscope.agree.section_rows import AboveRow, RankRow
from normscope.errors import Undefined
from normscope.records import NotMeasured
from normscope.stats import Ranks, ranks

__all__ = ["rank_rows"]

UNSCORED = NotMeasured("it shares no dilemma with people on which both can be scored")
ONE_CLUSTER = NotMeasured("a rank needs data on at least 2 clusters of dilemmas; 1 has them")
FEW_DRAWS = NotMeasured("it has a value in less than half of the resamples")


def rank_rows(metric: str, with_people: Drawn, who: Who, *, level: float) -> tuple[list[RankRow], list[AboveRow]]:
    """Models (the keys of `with_people`) in the order of their ranks, those without one last; and how often each is above each.

    To be ranked a model needs a value, data on at least 2 clusters, and a value in at least half of the resamples; used are
    the resamples in which all that are ranked have one.
    """
    found = with_people.found
    names = [who.ids(key)[0] for key in with_people.keys]
    without = {i: why for i in range(len(names)) if (why := _without_rank(with_people, i)) is not None}
    kept = [i for i in range(len(names)) if i not in without]
    rows: list[RankRow] = []
    above: list[AboveRow] = []
    try:
        clusters = int(found.clusters[kept].min()) if kept else 0
        places = ranks(found.value.data[kept], found.draws[:, kept], clusters=clusters, level=level)
        rows = _ranked(metric, places, kept, names, with_people)
        above = list(_above(metric, places, [names[i] for i in kept]))
    except Undefined as missing:
        without |= dict.fromkeys(kept, NotMeasured(str(missing)))
    return rows + [_unranked(metric, names[i], i, why, with_people, level) for i, why in sorted(without.items())], above


def _without_rank(with_people: Drawn, i: int) -> NotMeasured | None:
    found = with_people.found
    if np.ma.getmaskarray(found.value)[i]:
        return UNSCORED
    if found.clusters[i] < 2:
        return ONE_CLUSTER
    return None if found.draws[:, i].count() * 2 >= len(found.draws) else FEW_DRAWS


def _ranked(metric: str, places: Ranks, kept: Sequence[int], names: Sequence[str], with_people: Drawn) -> list[RankRow]:
    same = len({with_people.dilemma_sets[i] for i in kept}) == 1
    return [
        RankRow(
            metric=metric,
            responder_id=names[kept[at]],
            value=float(with_people.found.value.data[kept[at]]),
            rank=int(places.rank[at]),
            rank_low=int(places.low[at]),
            rank_high=int(places.high[at]),
            drawn_low=int(places.drawn_low[at]),
            drawn_high=int(places.drawn_high[at]),
            behind=float(places.behind[at]),
            behind_low=max(-1.0, float(places.behind_low[at])),  # rates do not differ by more
            behind_high=min(1.0, float(places.behind_high[at])),
            among_best=bool(places.among_best[at]),
            same_dilemmas=same,
            n_dilemmas=int(with_people.n_dilemmas[kept[at]]),
            level=places.level,
            method=f"{places.method}; {with_people.found.resamples.described('percentile')}",
        )
        for at in np.argsort(places.rank, kind="stable").tolist()
    ]


def _unranked(metric: str, name: str, i: int, why: NotMeasured, with_people: Drawn, level: float) -> RankRow:
    value = with_people.found.value
    known = why if np.ma.getmaskarray(value)[i] else float(value.data[i])
    return RankRow(
        metric=metric,
        responder_id=name,
        value=known,
        rank=why,
        rank_low=why,
        rank_high=why,
        drawn_low=why,
        drawn_high=why,
        behind=why,
        behind_low=why,
        behind_high=why,
        among_best=why,
        same_dilemmas=why,
        n_dilemmas=int(with_people.n_dilemmas[i]),
        level=level,
        method="not measured",
    )


def _above(metric: str, places: Ranks, names: Sequence[str]) -> Iterator[AboveRow]:
    for i, name in enumerate(names):
        for j, other in enumerate(names):
            if i != j:
                yield AboveRow(metric, name, other, float(places.above[i, j]))
