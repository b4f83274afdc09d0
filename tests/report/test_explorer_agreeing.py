"""Who agrees with whom in the explorer is what stated agreement counts, and "against the people" is what it says."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import polars as pl
import pytest

from normscope.agree import build_table
from normscope.records import (
    Basis,
    Dilemma,
    Kind,
    Label,
    Match,
    NotMeasured,
    Outcome,
    Pairing,
    Responder,
    Response,
    Solution,
    Stance,
)
from normscope.report import ReportData
from normscope.report.explorer.agreeing import PAIRINGS, agreeing
from normscope.report.explorer.letters import letters
from normscope.report.explorer.places import places
from tests.report.frames import frames

RESPONDERS = [Responder(name, Kind.HUMAN if name < "m" else Kind.MODEL) for name in ("ane", "bo", "cy", "m1", "m2")]
KINDS = [r.kind for r in RESPONDERS]


def random_study(seed: int) -> ReportData:
    """12 dilemmas; solutions that are recommended or not, two draws now and then, labels of which some are missing.

    Some of people's solutions came coded; what was read from the same answers then stands beside them and is no target.
    """
    rng = random.Random(seed)
    dilemmas = [Dilemma(f"d{i}", "?") for i in range(12)]
    responses, solutions, matches = [], [], []
    for d in dilemmas:
        mine: list[Solution] = []
        read: list[Solution] = []
        for r in RESPONDERS:
            for draw in range(rng.choice((1, 1, 2))):
                responses.append(Response(d.dilemma_id, r.responder_id, draw, "ask", Outcome.ANSWERED))
                by = "coded" if r.kind is Kind.HUMAN and rng.random() < 0.5 else "rules"
                for i in range(rng.choice((1, 2))):
                    stance = rng.choice((Stance.RECOMMENDS, Stance.RECOMMENDS, Stance.ADVISES_AGAINST))
                    name = f"{d.dilemma_id}/{r.responder_id}/{draw}/{i}"
                    mine.append(Solution(name, d.dilemma_id, r.responder_id, draw, "x", stance, i == 0, by))
                if by == "coded":
                    name = f"{d.dilemma_id}/{r.responder_id}/{draw}/rules"
                    read.append(Solution(name, d.dilemma_id, r.responder_id, draw, "x", Stance.RECOMMENDS, True, "rules"))
        sources = sorted({(s.responder_id, s.draw) for s in mine})
        matches += [
            Match(d.dilemma_id, *source, Basis.MAIN, s.solution_id, rng.choice(list(Label)), 1.0, "m")
            for source in sources
            for s in mine
            if (s.responder_id, s.draw) != source and rng.random() < 0.95
        ]
        solutions += [*mine, *read]
    return ReportData(
        "T", "t", "0", 0, dilemmas, RESPONDERS, **frames(responses, solutions, matches), estimates=[], card=NotMeasured("none")
    )


@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_those_of_stated_agreement(seed: int) -> None:
    data = random_study(seed)
    table = build_table(
        dilemmas=data.dilemmas, responders=RESPONDERS, responses=data.responses, solutions=data.solutions,
        matches=data.matches, matcher="m",
    )  # fmt: skip
    counted = table.stated.filter(pl.col("value").is_not_null(), pl.col("responder") != pl.col("target"))
    expected: dict[tuple[int, Pairing], list[int]] = {}
    for d, r, t, value in counted.select("dilemma", "responder", "target", "value").iter_rows():
        cell = expected.setdefault((d, Pairing.of(KINDS[r], KINDS[t])), [0, 0])
        cell[0] += int(value)
        cell[1] += 1
    here = places(data, [d.dilemma_id for d in data.dilemmas], [r.responder_id for r in RESPONDERS])
    for d, found in enumerate(agreeing(here, KINDS, dilemmas=len(data.dilemmas))):
        for pairing, pairs in zip(PAIRINGS, found.pairs, strict=True):
            assert list(pairs) == expected.get((d, pairing), [0, 0])


def test_grids_hold_every_label_once() -> None:
    data = random_study(7)
    ids = [d.dilemma_id for d in data.dilemmas]
    here = places(data, ids, [r.responder_id for r in RESPONDERS])
    grids = letters(here, dilemmas=len(ids))
    for d, grid in enumerate(grids):
        rows = here.conversations.filter(pl.col("dilemma") == d)
        columns = here.solutions.filter(pl.col("dilemma") == d)
        said = {
            (m["responder_id"], m["draw"], m["solution_id"]): m["label"][0]
            for m in data.matches.filter(pl.col("dilemma_id") == ids[d]).iter_rows(named=True)
        }
        text = grid["main"]
        assert isinstance(text, str)
        cells = np.array(list(text)).reshape(rows.height, columns.height)
        for i, row in enumerate(rows.iter_rows(named=True)):
            for j, column in enumerate(columns.iter_rows(named=True)):
                key = (row["responder_id"], row["draw"], column["solution_id"])
                assert cells[i, j] == said.get(key, ".")


def test_too_many_labels_are_counted_instead() -> None:
    data = random_study(7)
    ids = [d.dilemma_id for d in data.dilemmas]
    grids = letters(places(data, ids, [r.responder_id for r in RESPONDERS]), dilemmas=len(ids), most=5)
    for name, grid in zip(ids, grids, strict=True):
        counts = Counter(data.matches.filter(pl.col("dilemma_id") == name)["label"])
        assert grid == {"main": {label.value: counts[label.value] for label in Label}}


def courses(*chosen: str, people: str = "abc") -> str:
    """The letters of a dilemma on which each responder recommends one course (ane, bo, cy, m1, m2), labelled without error."""
    names = [r.responder_id for r in RESPONDERS if r.kind is Kind.MODEL or r.responder_id[0] in people]
    taken = dict(zip(names, chosen, strict=True))
    solutions = [Solution(name, "d", name, 0, course, Stance.RECOMMENDS, True, "rules") for name, course in taken.items()]
    matches = [
        Match("d", r, 0, Basis.MAIN, t, Label.AGREE if taken[r] == taken[t] else Label.DISAGREE, 1.0, "m")
        for r in names
        for t in names
        if r != t
    ]
    data = ReportData(
        "T", "t", "0", 0, [Dilemma("d", "?")], RESPONDERS, **frames((), solutions, matches), estimates=[], card=NotMeasured("-")
    )
    (found,) = agreeing(places(data, ["d"], [r.responder_id for r in RESPONDERS]), KINDS, dilemmas=1)
    return found.models


def test_a_model_is_against_people_who_agree_with_each_other() -> None:
    assert courses("x", "x", "x", "y", "x") == "---xo"
    assert courses("x", "x", "x", "y", "z") == "---xx"
    # two of three people: 2 of their 6 ordered pairs agree, which is less than half
    assert courses("x", "x", "y", "z", "z") == "-----"
    # two people who differ cannot be stood against, and one alone can
    assert courses("x", "y", "z", "z", people="ab") == "-----"
    assert courses("x", "x", "z", "x", people="ab") == "---xo"
    assert courses("x", "z", "x", people="a") == "---xo"
    # without people nobody is against them
    assert courses("z", "x", people="") == "-----"
