"""What data a study is made of: sources, counts, languages and topics, and what is said of its rights."""

from __future__ import annotations

from typing import Any

import polars as pl

from normscope.store import Store
from normscope.study.settings import Settings

__all__ = ["data_card"]

NO_NOTES = "The study's author wrote nothing down: neither where the data are from nor their licence."


def data_card(settings: Settings, store: Store) -> dict[str, Any]:
    """What `data_card.json` holds. It counts, and quotes no text.

    `notes` are what the study's author wrote down of the data, licences among them; where that is nothing, it says so.
    """
    responders = store.frame("responders", columns=["responder_id", "kind"])
    responses = store.frame("responses", columns=["responder_id", "outcome"]).join(responders, on="responder_id", how="left")
    solutions = store.frame("solutions", columns=["responder_id", "extractor"]).join(responders, on="responder_id", how="left")
    dilemmas = store.frame("dilemmas", columns=["language", "topic", "cluster", "asked_on"])
    golds = store.frame("golds", columns=["coder", "label"])
    return {
        "sources": {"dilemmas": list(settings.dilemmas), "answers": list(settings.answers)},
        "kept": {"languages": settings.languages, "limit": settings.limit},
        "notes": list(settings.notes) or [NO_NOTES],
        "noticed": [str(note) for note in store.values("load_notes", list)],
        "dilemmas": {
            "n": dilemmas.height,
            "by_language": _counts(dilemmas, "language"),
            "by_topic": _counts(dilemmas, "topic"),
            "clusters": dilemmas["cluster"].drop_nulls().n_unique(),
            "dated": dilemmas.height - dilemmas["asked_on"].null_count(),
        },
        "responders": {"n": responders.height, "by_kind": _counts(responders, "kind")},
        "responses": {"n": responses.height, "by_kind": _two(responses, "kind", "outcome")},
        "solutions": {"n": solutions.height, "by_kind": _two(solutions, "kind", "extractor")},
        "match_labels": {"n": store.count("matches"), "by_label": _counts(store.frame("matches", columns=["label"]), "label")},
        "labels_by_people": {"n": golds.height, "coders": golds["coder"].n_unique(), "by_label": _counts(golds, "label")},
    }


def _counts(frame: pl.DataFrame, name: str) -> dict[str, int]:
    """How many rows have each value, sorted by value."""
    counted = frame.select(pl.col(name).cast(pl.String).fill_null("unknown")).group_by(name).len().sort(name)
    return dict(counted.iter_rows())


def _two(frame: pl.DataFrame, outer: str, inner: str) -> dict[str, dict[str, int]]:
    parts = frame.with_columns(pl.col(outer).cast(pl.String).fill_null("unknown")).partition_by(outer, as_dict=True)
    return {str(value): _counts(part, inner) for (value,), part in sorted(parts.items(), key=lambda item: str(item[0]))}
