"""A study made up at random, with unprompted solutions and answers to shown ones, to draw and label samples from."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.records import Dilemma, Kind, Outcome, Responder, Response, Solution, Stance, Turn
from normscope.study import Study

TEXTS = ["Talk to him.", "Leave him be.", "Say nothing.", "Write to his boss.", "talk to HIM."]
PEOPLE = [Responder("p1", Kind.HUMAN), Responder("p2", Kind.HUMAN), Responder("m1", Kind.MODEL), Responder("m2", Kind.MODEL)]


def make(folder: Path, seed: int, dilemmas: int) -> Path:
    """The folder of a study with that many dilemmas, matched by `lexical`."""
    chance = random.Random(seed)
    asked = [
        Dilemma(f"d{i}", f"He is loud at {i} o'clock. What do I do?", "en", topic=("home", "work")[i % 2], cluster=f"c{i // 2}")
        for i in range(dilemmas)
    ]
    responses, solutions = [], []
    for dilemma in asked:
        here: list[Solution] = []
        for responder in PEOPLE:
            for j in range(chance.randint(0, 2)):
                key = f"{dilemma.dilemma_id}/{responder.responder_id}/{j}"
                stance = chance.choice([Stance.RECOMMENDS, Stance.RECOMMENDS, Stance.ADVISES_AGAINST])
                text = chance.choice(TEXTS)
                here.append(Solution(key, dilemma.dilemma_id, responder.responder_id, 0, text, stance, j == 0, "rules"))
        for responder in PEOPLE:
            turns = [Turn("user", dilemma.text), Turn("assistant", "Hm.")]
            if responder.kind is Kind.MODEL:
                for solution in chance.sample(here, min(2, len(here))):
                    turns.append(Turn("user", solution.text, "explicit", solution.solution_id))
                    answer = chance.choice(["Yes, do that.", "No!", "It depends on him.", " "])
                    turns.append(Turn("assistant", answer, "explicit", solution.solution_id))
            outcome = Outcome.REFUSED if chance.random() < 0.1 else Outcome.ANSWERED
            responses.append(Response(dilemma.dilemma_id, responder.responder_id, 0, "ask", outcome, tuple(turns)))
        solutions += here
    with Study.create(folder, dilemmas="starter", resamples=50, matcher="lexical") as study:
        study.store.put([*asked, *PEOPLE, *responses, *solutions])
        study.match()
    return folder


@pytest.fixture
def make_study() -> Callable[[Path, int, int], Path]:
    """Makes a study of a seed and a number of dilemmas in a folder."""
    return make


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("labelling") / "study", 1, 10)


@pytest.fixture
def folder(tmp_path: Path, made_once: Path) -> Path:
    """The folder of a study of ten dilemmas, a copy for each test."""
    return shutil.copytree(made_once, tmp_path / "study")
