"""Whom an estimate is about: two responders, one against all people, a whole pairing, or one alone."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
import polars as pl

from normscope.records import Kind, Pairing, Responder

__all__ = ["KEY", "KEY_SCHEMA", "NOBODY", "PAIRINGS", "PEOPLE", "Key", "Scope", "Who", "spread", "whole"]

PEOPLE = "people"
"""The `target_id` of an estimate of one responder against all people together."""

NOBODY = -1
"""Stands for a responder, target or pairing that a scope does not have."""

PAIRINGS = tuple(Pairing)
KEY = ("scope", "pairing", "responder", "target")
KEY_SCHEMA = {"scope": pl.Int32, "pairing": pl.Int32, "responder": pl.Int32, "target": pl.Int32}


class Scope(IntEnum):
    """`PAIR` responder towards target · `PEOPLE` responder towards all other people · `WHOLE` a pairing · `BOTH` two
    responders of one kind in both directions · `SELF` one responder."""

    PAIR = 0
    PEOPLE = 1
    WHOLE = 2
    BOTH = 3
    SELF = 4


class Key(NamedTuple):
    """The columns `KEY` of one estimate: numbers of responders, of the pairing, or `NOBODY`."""

    scope: int
    pairing: int
    responder: int
    target: int


class Who:
    """The responders of a table: who is a person, and whether people are listed one by one."""

    def __init__(self, responders: tuple[Responder, ...], *, people_listed: int) -> None:
        self.responders = responders
        self.person = np.array([r.kind is Kind.HUMAN for r in responders], dtype=bool)
        self.people_listed = int(self.person.sum()) <= people_listed

    def pairing(self, responder: int, target: int) -> int:
        """The pairing of two responders, as a number."""
        if responder == target:
            return PAIRINGS.index(Pairing.RETEST)
        return PAIRINGS.index(Pairing.of(self.responders[responder].kind, self.responders[target].kind))

    def pairing_name(self, key: Key) -> str:
        """The word for a key's pairing; empty for a responder alone."""
        return "" if key.pairing == NOBODY else PAIRINGS[key.pairing].value

    def ids(self, key: Key) -> tuple[str, str]:
        """`responder_id` and `target_id` of an estimate."""
        responder = "" if key.responder == NOBODY else self.responders[key.responder].responder_id
        if key.scope == Scope.PEOPLE:
            return responder, PEOPLE
        return responder, "" if key.target == NOBODY else self.responders[key.target].responder_id

    def listed(self) -> list[int]:
        """The responders that have estimates of their own."""
        return [i for i, person in enumerate(self.person.tolist()) if self.people_listed or not person]

    def pairs(self) -> list[Key]:
        """Every ordered pair of different listed responders."""
        listed = self.listed()
        return [Key(Scope.PAIR, self.pairing(r, t), r, t) for r in listed for t in listed if r != t]

    def towards_people(self) -> list[Key]:
        """Every listed responder against all people, if there are any."""
        if not self.person.any():
            return []
        pairings = {True: PAIRINGS.index(Pairing.HUMAN_HUMAN), False: PAIRINGS.index(Pairing.MODEL_HUMAN)}
        return [Key(Scope.PEOPLE, pairings[bool(self.person[r])], r, NOBODY) for r in self.listed()]

    def wholes(self) -> list[Key]:
        """The three pairings of different responders."""
        return [whole(p) for p in (Pairing.MODEL_HUMAN, Pairing.MODEL_MODEL, Pairing.HUMAN_HUMAN)]

    def both_ways(self) -> list[Key]:
        """Every unordered pair of listed responders of the same kind."""
        return [
            Key(Scope.BOTH, k.pairing, k.responder, k.target)
            for k in self.pairs()
            if k.responder < k.target and self.person[k.responder] == self.person[k.target]
        ]


def whole(pairing: Pairing) -> Key:
    """The key of a pairing as a whole."""
    return Key(Scope.WHOLE, PAIRINGS.index(pairing), NOBODY, NOBODY)


def spread(rows: pl.DataFrame, who: Who) -> pl.DataFrame:
    """Rows of (responder, target, …) repeated for every scope they belong to: columns `KEY`, then the rest.

    A model and a person as a whole pairing means the model towards the person; the other pairings go both ways.
    """
    numbers = rows.with_columns(pl.col("responder", "target").cast(pl.Int32))
    is_person = pl.lit(pl.Series(who.person, dtype=pl.Boolean))
    rows = numbers.with_columns(
        person=is_person.gather(pl.col("responder")),
        of_person=is_person.gather(pl.col("target")),
    )
    person, of_person = pl.col("person"), pl.col("of_person")
    retest = pl.col("responder") == pl.col("target")
    pairing = (
        pl.when(retest)
        .then(PAIRINGS.index(Pairing.RETEST))
        .when(person & of_person)
        .then(PAIRINGS.index(Pairing.HUMAN_HUMAN))
        .when(person | of_person)
        .then(PAIRINGS.index(Pairing.MODEL_HUMAN))
        .otherwise(PAIRINGS.index(Pairing.MODEL_MODEL))
    )
    rows = rows.with_columns(pairing=pairing.cast(pl.Int32))
    own = rows if who.people_listed else rows.filter(~person)
    between = own if who.people_listed else own.filter(~of_person)
    nobody = pl.lit(NOBODY, dtype=pl.Int32)
    low, high = pl.min_horizontal("responder", "target"), pl.max_horizontal("responder", "target")
    scoped = {
        Scope.PAIR: between,
        Scope.PEOPLE: own.filter(of_person & ~retest).with_columns(target=nobody),
        Scope.WHOLE: rows.filter(~(person & ~of_person)).with_columns(responder=nobody, target=nobody),
        Scope.BOTH: between.filter((person == of_person) & ~retest).with_columns(responder=low, target=high),
    }
    return pl.concat(
        [
            frame.with_columns(scope=pl.lit(int(scope), dtype=pl.Int32)).select(*KEY, pl.exclude(*KEY, "person", "of_person"))
            for scope, frame in scoped.items()
        ]
    )
