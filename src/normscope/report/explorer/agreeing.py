"""Who agrees with whom on each dilemma: the share of pairs that agree, and which models stand against the people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from normscope.records import Basis, Kind, Label, Pairing, Stance
from normscope.report.explorer.places import Places

__all__ = ["PAIRINGS", "Agreeing", "agreeing"]

PAIRINGS = (Pairing.HUMAN_HUMAN, Pairing.MODEL_HUMAN, Pairing.MODEL_MODEL)

Counted: TypeAlias = tuple[int, int]
"""Ordered pairs of conversations that agree, and all that count."""


@dataclass(frozen=True)
class Agreeing:
    """One dilemma. `pairs` has the counts of each of `PAIRINGS`; `models` one letter per responder in their order: `x` a model
    against the people, `o` one that is not, `-` where it cannot be said (and for people).

    A pair counts as in stated agreement by the reading `main`. A model is against the people where the people agree with
    each other on at least half of their pairs (one person alone always does) and it agrees with them on less than half.
    """

    pairs: tuple[Counted, Counted, Counted]
    models: str


def agreeing(here: Places, kinds: Sequence[Kind | None], *, dilemmas: int) -> list[Agreeing]:
    """One for each of the dilemmas; `kinds` are the responders' in the order of the page, None where it is not known."""
    values = _values(here)
    kind = pl.DataFrame({"kind": [k.value if k else "" for k in kinds]}, schema={"kind": pl.String}).with_row_index("responder")
    between = values.join(kind, on="responder").join(
        kind.rename({"responder": "target", "kind": "target_kind"}), on="target", how="inner"
    )
    found = [[[0, 0], [0, 0], [0, 0]] for _ in range(dilemmas)]
    by_kinds = between.group_by("dilemma", "kind", "target_kind").agg(pl.col("agrees").sum(), pl.len())
    for dilemma, one, other, agree, n in by_kinds.iter_rows():
        if one and other:
            cell = found[dilemma][PAIRINGS.index(Pairing.of(Kind(one), Kind(other)))]
            cell[0] += agree
            cell[1] += n
    people = _people(here, kinds)
    letters = [["-"] * len(kinds) for _ in range(dilemmas)]
    for dilemma, model, agree, n in _with_people(between).iter_rows():
        together, pairs = found[dilemma][0]
        if people.get(dilemma) == 1 or (pairs and 2 * together >= pairs):
            letters[dilemma][model] = "x" if 2 * agree < n else "o"
    return [
        Agreeing(((a[0], a[1]), (b[0], b[1]), (c[0], c[1])), "".join(said))
        for (a, b, c), said in zip(found, letters, strict=True)
    ]


def _values(here: Places) -> pl.DataFrame:
    """dilemma, responder, target, agrees: one row per ordered pair of conversations of two responders that counts."""
    recommended = pl.col("stance") == Stance.RECOMMENDS.value
    who = here.conversations.select("dilemma", "row", "responder")
    targets = here.solutions.select("dilemma", "column", recommended=recommended, target_row="row")
    offered = targets.group_by("dilemma", "target_row").agg(pl.len().alias("solutions"), pl.col("recommended").any())
    label, plus = pl.col("label"), pl.col("recommended")
    return (
        here.labels.filter(pl.col("basis") == Basis.MAIN.value)
        .join(targets, on=["dilemma", "column"])
        .group_by("dilemma", "row", "target_row")
        .agg(
            pl.len().alias("labelled"),
            ((label == Label.AGREE.value) & plus).any().alias("agrees"),
            ((label == Label.AGREE.value) & ~plus).any().alias("conflicts"),
            ((label == Label.UNCLEAR.value) & plus).any().alias("unclear"),
        )
        .join(offered, on=["dilemma", "target_row"])
        .filter(plus, pl.col("labelled") >= pl.col("solutions"), pl.col("agrees") | pl.col("conflicts") | ~pl.col("unclear"))
        .join(who, on=["dilemma", "row"])
        .join(who.rename({"row": "target_row", "responder": "target"}), on=["dilemma", "target_row"])
        .filter(pl.col("responder") != pl.col("target"))
        .select("dilemma", "responder", "target", agrees=pl.col("agrees") & ~pl.col("conflicts"))
    )


def _with_people(between: pl.DataFrame) -> pl.DataFrame:
    """dilemma, model, agree, n: each model's pairs with people, both ways, summed."""
    model, person = Kind.MODEL.value, Kind.HUMAN.value
    out = between.filter((pl.col("kind") == model) & (pl.col("target_kind") == person))
    back = between.filter((pl.col("kind") == person) & (pl.col("target_kind") == model))
    both = pl.concat(
        [out.select("dilemma", "agrees", model="responder"), back.select("dilemma", "agrees", model="target")], how="vertical"
    )
    return both.group_by("dilemma", "model").agg(pl.col("agrees").sum(), pl.len()).select("dilemma", "model", "agrees", "len")


def _people(here: Places, kinds: Sequence[Kind | None]) -> dict[int, int]:
    """How many people recommend something, by dilemma."""
    people = [i for i, kind in enumerate(kinds) if kind is Kind.HUMAN]
    recommending = here.solutions.filter(pl.col("stance") == Stance.RECOMMENDS.value, pl.col("responder").is_in(people))
    return dict(recommending.group_by("dilemma").agg(pl.col("responder").n_unique()).iter_rows())
