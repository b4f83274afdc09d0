"""Study folders made up at random, in which models give people's very advice as often as wished."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from normscope.records import Dilemma, Kind, Outcome, Responder, Response, Solution, Stance, Turn
from normscope.study import Study

MODELS = {"m1": 0.9, "m2": 0.6, "m3": 0.3}


def make(
    folder: Path,
    *,
    seed: int = 0,
    dilemmas: int = 30,
    models: Mapping[str, float] = MODELS,
    people: int = 2,
    matcher: str = "exact",
) -> Path:
    """The folder of a study of that many dilemmas, matched by `exact`: a model repeats a person's advice at its rate."""
    chance = random.Random(seed)
    asked = [
        Dilemma(f"d{i}", f"He is loud at {i} o'clock. What do I do?", "en", topic=("home", "work")[i % 2])
        for i in range(dilemmas)
    ]
    everybody = [Responder(f"h{i}", Kind.HUMAN) for i in range(people)] + [Responder(name, Kind.MODEL) for name in models]
    responses, solutions = [], []
    for dilemma in asked:
        course = f"Talk to him about {dilemma.dilemma_id}."
        for responder in everybody:
            rate = models.get(responder.responder_id, 0.7)
            text = course if chance.random() < rate else chance.choice(["Leave him be.", "Say nothing."])
            key = (dilemma.dilemma_id, responder.responder_id, 0)
            responses.append(Response(*key, "ask", Outcome.ANSWERED, (Turn("user", dilemma.text), Turn("assistant", text))))
            solutions.append(Solution("/".join(map(str, key)), *key, text, Stance.RECOMMENDS, True, "rules"))
    with Study.create(folder, dilemmas="starter", resamples=60, matcher=matcher) as study:
        study.store.put([*asked, *everybody, *responses, *solutions])
        study.match()
    return folder


@pytest.fixture
def study_of() -> Callable[..., Path]:
    """Makes a study in a folder; keyword arguments as in `make`."""
    return make
