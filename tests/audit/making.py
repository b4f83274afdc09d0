"""Hand-made evidence: a study of two models and two people with just the numbers that a test is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl

from normscope.audit import Evidence
from normscope.records import (
    Card,
    Estimate,
    Finding,
    Kind,
    NotMeasured,
    Placebo,
    Rate,
    Rated,
    Responder,
    Score,
    Verdict,
)

__all__ = [
    "FEW",
    "NONE",
    "a_card",
    "a_study",
    "an_estimate",
    "conversations",
    "dilemmas",
    "ranked",
    "read_xml",
    "the_one",
    "verdicts",
]

NONE = NotMeasured("nobody met")
FEW = NotMeasured("4 clusters")
RESPONDERS = (
    Responder("h1", Kind.HUMAN),
    Responder("h2", Kind.HUMAN),
    Responder("m", Kind.MODEL),
    Responder("n", Kind.MODEL),
)


def an_estimate(
    metric: str,
    model: str,
    value: float | NotMeasured,
    low: float | NotMeasured,
    high: float | NotMeasured,
    *,
    topic: str = "all",
    reading: str = "main",
    policy: str = "each",
    n_labels: int = 0,
) -> Estimate:
    """A model's estimate with all people, on 40 dilemmas."""
    rest = {"n_labels": n_labels, "reading": reading, "policy": policy}
    about = (metric, "model–human", model, "people", topic)
    return Estimate(*about, value, low, high, 0.95, "by hand", "dilemmas like these", 40, **rest)  # type: ignore[arg-type]


def dilemmas(*topics: str, cluster: Sequence[str | None] = ()) -> pl.DataFrame:
    """The dilemmas d0, d1 … of these topics."""
    clusters = cluster or [None] * len(topics)
    rows = [(f"d{i}", topic, clusters[i]) for i, topic in enumerate(topics)]
    return pl.DataFrame(rows, schema={"dilemma_id": pl.String, "topic": pl.String, "cluster": pl.String}, orient="row")


def conversations(model: str, outcomes: Iterable[str], *, draw: int = 0) -> pl.DataFrame:
    """One conversation on each of d0, d1 … with these outcomes; an empty one was never held."""
    rows = [(f"d{i}", model, draw, outcome) for i, outcome in enumerate(outcomes) if outcome]
    schema = {"dilemma_id": pl.String, "responder_id": pl.String, "draw": pl.Int64, "outcome": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def a_card(*, score: Score | None = None, placebo: Rate | None = None) -> Card:
    """A card with these figures."""
    none = Score(0, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
    card = Card("exact", "labels given for this study", 0.95, score or none)
    if placebo is None:
        return card
    return Card(
        card.matcher, card.gold, card.level, card.overall, placebo=Placebo(Rated(placebo), Rate(0.0, NONE, NONE, 0), "this study")
    )


def a_study(**given: Any) -> Evidence:
    """Evidence with these parts; the others are empty, or not measured."""
    values = {
        "responders": RESPONDERS,
        "estimates": (),
        "sections": {},
        "dilemmas": dilemmas(),
        "conversations": conversations("m", []),
        "card": NotMeasured("not validated"),
        "matcher": "exact",
    }
    return Evidence(**{**values, **given})


def ranked(*places: tuple[str, int, int]) -> dict[str, list[dict[str, Any]]]:
    """The section of rankings in which these models have these ranks (low, high)."""
    rows = [{"metric": "stated", "responder_id": name, "rank_low": low, "rank_high": high} for name, low, high in places]
    return {"rankings": rows}


def the_one(findings: Sequence[Finding]) -> Finding:
    """The only finding."""
    assert len(findings) == 1, [finding.what for finding in findings]
    return findings[0]


def verdicts(findings: Iterable[Finding]) -> dict[tuple[str, str], Verdict]:
    """The verdict by responder and topic."""
    return {(finding.responder_id, finding.topic): finding.verdict for finding in findings}


def read_xml(text: str | bytes) -> ET.Element:
    """The root of XML that normscope wrote."""
    return ET.fromstring(text)  # noqa: S314 - our own
