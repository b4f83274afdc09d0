"""A rate over items, as a whole and by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from normscope.records import LEAST_ITEMS, UNSPECIFIED, NotMeasured, Rate, Rated
from normscope.stats import Resamples, intervals, ratio, replicate, wilson
from normscope.validate.figures import figures

__all__ = ["Rating", "too_few"]


@dataclass(frozen=True)
class Rating:
    """How often does something happen, with an interval at `level`; clusters are resampled `draws` times with `seed`.

    Hits are 1 or True, and 0.5 counts half; `clusters[i]` is the dilemma that item i is about. At least one item is needed.
    """

    level: float = 0.95
    draws: int = 1000
    seed: int = 0

    def rate(self, hits: Sequence[float], clusters: Sequence[str]) -> Rate:
        """The share of hits in [0, 1].

        Where a cluster holds more than one item the interval resamples clusters, as items about one dilemma are not
        independent; where all resamples are equal it is Wilson's for so many clusters; a single cluster has none. Where each
        item is a cluster of its own the interval is Wilson's.

        >>> Rating().rate([True, False, True, True], ["a", "b", "c", "d"]).value
        0.75
        >>> every = Rating().rate([1] * 10 + [0] * 10, ["a"] * 10 + ["b"] * 10)  # two dilemmas say little
        >>> every.low, every.high, every.clustered
        (0.0, 1.0, True)
        """
        numbers: dict[str, int] = {}
        rows = [numbers.setdefault(cluster, len(numbers)) for cluster in clusters]
        total, n = float(sum(hits)), len(hits)
        if len(numbers) == n:
            return Rate(total / n, *wilson(total, n, level=self.level), n)
        sums = np.zeros((2, len(numbers), 1))
        np.add.at(sums[0, :, 0], rows, np.asarray(hits, dtype=np.float64))
        np.add.at(sums[1, :, 0], rows, 1.0)
        resamples = Resamples(len(numbers), self.draws, self.seed)
        _, low, high = figures(intervals(replicate(resamples, ratio, *sums), level=self.level, rate=True))
        return Rate(total / n, low, high, n, clustered=True)

    def by_part(self, hits: Sequence[float], clusters: Sequence[str], parts: Sequence[str]) -> dict[str, Rate | NotMeasured]:
        """The rate of each part, by its name in order; parts with fewer than `LEAST_ITEMS` items say how many they have.

        >>> Rating().by_part([1] * 10 + [0], list("abcdefghijk"), ["en"] * 10 + ["da"])["da"].reason
        '1 item; a part needs at least 10'
        """
        found: dict[str, list[tuple[float, str]]] = {}
        for hit, cluster, part in zip(hits, clusters, parts, strict=True):
            found.setdefault(part, []).append((hit, cluster))
        return {
            part: self.rate([hit for hit, _ in items], [cluster for _, cluster in items])
            if len(items) >= LEAST_ITEMS
            else too_few(len(items))
            for part, items in sorted(found.items())
        }

    def __call__(
        self, hits: Sequence[float], clusters: Sequence[str], *, languages: Sequence[str], topics: Sequence[str] = ()
    ) -> Rated:
        """The rate over all items, by language, and by topic where topics are known."""
        known: Mapping[str, Rate | NotMeasured] = (
            self.by_part(hits, clusters, topics) if topics and set(topics) != {UNSPECIFIED} else {}
        )
        return Rated(self.rate(hits, clusters), self.by_part(hits, clusters, languages), dict(known))


def too_few(n: int) -> NotMeasured:
    """What stands for the figures of a part with too few items."""
    return NotMeasured(f"{n} item{'' if n == 1 else 's'}; a part needs at least {LEAST_ITEMS}")
