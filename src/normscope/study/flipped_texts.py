"""The dilemmas that flipped, with what was said of them in either study."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from normscope.compare import Flipped
from normscope.records import Dilemma, FlippedDilemma, ModelPair
from normscope.store import Store

__all__ = ["with_texts"]

CODED = "coded"
"""The extractor of solutions that came with the data."""


def with_texts(
    turned: Sequence[Flipped],
    stores: tuple[Store, Store],
    dilemmas: Sequence[Dilemma],
    models: Sequence[ModelPair],
    people_changed: Collection[str],
) -> list[FlippedDilemma]:
    """Dilemmas and models by name, with the dilemma's text and the model's main solutions in both studies."""
    wanted = [(dilemmas[f.dilemma], models[f.model], f) for f in turned]
    said = [
        _main_solutions(store, {(d.dilemma_id, getattr(pair, side)) for d, pair, _ in wanted})
        for store, side in zip(stores, ("a", "b"), strict=True)
    ]
    return [
        FlippedDilemma(
            dilemma_id=d.dilemma_id,
            topic=d.topic,
            responder_a=pair.a,
            responder_b=pair.b,
            a=f.a,
            b=f.b,
            text=d.text,
            said_a=said[0].get((d.dilemma_id, pair.a), ()),
            said_b=said[1].get((d.dilemma_id, pair.b), ()),
            people_changed=d.dilemma_id in people_changed,
        )
        for d, pair, f in wanted
    ]


def _main_solutions(store: Store, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The texts of the main solutions of these (dilemma, responder), each once; what was read comes before what was coded."""
    columns = ("dilemma_id", "responder_id", "draw", "text", "main", "extractor")
    if not wanted:
        return {}
    about = pl.DataFrame(sorted(wanted), schema={"dilemma_id": pl.String, "responder_id": pl.String}, orient="row")
    rows = (
        store.frame("solutions", columns=columns)
        .filter("main")
        .join(about, on=["dilemma_id", "responder_id"], how="semi")
        .with_columns(coded=pl.col("extractor") == CODED)
        .filter(pl.col("coded") == pl.col("coded").all().over("dilemma_id", "responder_id", "draw"))
        .sort("dilemma_id", "responder_id", "draw", maintain_order=True)
    )
    found: dict[tuple[str, str], dict[str, None]] = {}
    for dilemma, responder, text in rows.select("dilemma_id", "responder_id", "text").iter_rows():
        found.setdefault((dilemma, responder), {})[text] = None
    return {key: tuple(texts) for key, texts in found.items()}
