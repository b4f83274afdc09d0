"""Made-up rows of the further sections of `estimates.json`, in the shape that `agree` writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

from normscope.agree.section_rows import (
    SECTIONS,
    AboveRow,
    DetectableRow,
    MapPairRow,
    MapRow,
    RankRow,
    Row,
    TauRow,
    TopicRow,
    TreeRow,
    row_values,
)

__all__ = ["made_sections"]

METHOD = "made up for a test"


def made_sections(
    models: Sequence[str], people: Sequence[str], topics: Sequence[str], *, method: str = METHOD
) -> Mapping[str, list[dict[str, Any]]]:
    """Every section with rows for these models (the first agrees most) and people; the last person stands first in the tree."""
    everyone = [*models, *people]
    last = len(models)
    rows: dict[str, list[Row]] = {name: [] for name in SECTIONS}
    for i, name in enumerate(models, 1):
        ends = (max(1, i - 1), min(last, i + 1))
        numbers = (0.8 - 0.1 * i, i, *ends, *ends, 0.1 * i - 0.15, 0.1 * i - 0.25, 0.1 * i - 0.05)
        rows["rankings"].append(RankRow("stated", name, *numbers, i < last or last == 1, True, 3, 0.95, method))
        for topic in topics:
            rows["topics"].append(
                TopicRow("stated", name, topic, 0.9 - 0.1 * i, 0.7 - 0.1 * i, 0.4, 0.65, 0.25, 2, 2.0, 0.95, f"{method}; more")
            )
    rows["above"] = [
        AboveRow("stated", a, b, 0.75 if models.index(a) < models.index(b) else 0.25) for a, b in permutations(models, 2)
    ]
    rows["tau"] = [TauRow("stated", method, -1.0, last), TauRow("stated", "explicit", 1.0, last)]
    rows["detectable"] = [
        DetectableRow("stated", a, b, 0.1, 0.05, 0.2, 3, 0.95, 0.8, method)
        for a, b in [*combinations(models, 2), *((model, "ceiling") for model in models)]
    ]
    n = len(everyone)
    rows["map"] = [MapRow(name, 0.1 * i, -0.05 * i, 0.02 * i, 0.8, n - 1 - i, method) for i, name in enumerate(everyone)]
    rows["map_pairs"] = [MapPairRow(a, b, 0.5, 3) for a, b in combinations(everyone, 2)]
    rows["tree"] = [TreeRow(i, list(everyone[: i + 2]), 0.6 - 0.1 * i, 0.9) for i in range(max(0, n - 1))]
    return {name: [row_values(row) for row in made] for name, made in rows.items()}
