"""Judge validation on stored verdicts of real judges: the published figures of LLMBar come out.

What reproduces them: accuracy over *all* verdicts, both orders counted alike, and the share of items whose verdict differs
between the orders; the adversarial figures pool the 319 items of the four adversarial sets. Nothing else does: by the first
order alone GPT-4 is at 0.790 and ChatGPT at 0.282 on the adversarial items, counting only items that are right in both orders
at 0.771 and 0.091, and averaging the four sets alike puts ChatGPT at 0.306 with 39 % flips.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from normscope.stats import accuracy_over_orders, order_flips


@pytest.mark.parametrize(
    ("judge", "natural", "items", "accuracy", "flips"),
    [
        ("GPT-4", True, 100, 0.955, 0.05),
        ("GPT-4", False, 319, 0.81, 0.08),
        ("ChatGPT", True, 100, 0.815, 0.29),
        ("ChatGPT", False, 319, 0.27, 0.36),
    ],
)
def test_published_figures(shared_data: Path, judge: str, natural: bool, items: int, accuracy: float, flips: float) -> None:
    folder = shared_data / "llmbar_judges"
    people = pl.read_ndjson(folder / "extraction.jsonl").select("item_id", "dilemma_id", pl.col("human").cast(pl.String))
    verdicts = (
        pl.read_ndjson(folder / "ratings.jsonl")
        .filter(pl.col("rater_id") == judge)
        .pivot(on="swapped", index="item_id", values="value")
        .join(people, on="item_id")
        .filter((pl.col("dilemma_id") == "Natural") == natural)
    )
    truth, forward, backward = (verdicts[column].to_numpy() for column in ("human", "false", "true"))
    found = order_flips(forward, backward)
    assert found.n == items
    assert round(found.rate, 2) == flips
    assert accuracy_over_orders(truth, forward, backward) == pytest.approx(accuracy, abs=0.0005 if natural else 0.005)
    assert found.low < flips < found.high
