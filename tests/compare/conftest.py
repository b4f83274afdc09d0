"""Two small studies: which model agrees with people on which dilemma is written down, so that every number can be counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from normscope.records import Dilemma, Kind, Outcome, Responder, Response, Solution, Stance, Turn
from normscope.study import Study

COURSE = "Talk to him about dilemma {}."
OTHER = "Leave him be."


def make(
    folder: Path,
    models: Mapping[str, str],
    *,
    people: Mapping[str, str] | None = None,
    texts: Mapping[int, str] | None = None,
    topics: tuple[str, ...] = ("home", "work"),
    system_prompt: str | None = None,
    **settings: Any,
) -> Path:
    """A study matched by `exact`. A responder is a string, one character per dilemma: `+` people's course, `-` another one,
    `r` refused, `?` answered without a solution, space: not asked. Two people give the course unless `people` says what they do.
    `texts` replaces the text of some dilemmas."""
    said = {**(people or {"h0": "+" * 99, "h1": "+" * 99}), **models}
    n = max(map(len, models.values()))
    asked = [
        Dilemma(f"d{i:02}", (texts or {}).get(i, f"He is loud at {i}. What do I do?"), "en", topic=topics[i % len(topics)])
        for i in range(n)
    ]
    everybody = [
        Responder(name, Kind.MODEL if name in models else Kind.HUMAN, system_prompt=system_prompt if name in models else None)
        for name in said
    ]
    responses, solutions = [], []
    for i, dilemma in enumerate(asked):
        for responder in everybody:
            sign = said[responder.responder_id][i : i + 1] or " "
            if sign == " ":
                continue
            key = (dilemma.dilemma_id, responder.responder_id, 0)
            text = COURSE.format(i) if sign == "+" else OTHER
            turns = (Turn("user", dilemma.text), Turn("assistant", text))
            outcome = Outcome.REFUSED if sign == "r" else Outcome.ANSWERED
            responses.append(Response(*key, "ask", outcome, turns))
            if sign in "+-":
                solutions.append(Solution("/".join(map(str, key)), *key, text, Stance.RECOMMENDS, True, "rules"))
    with Study.create(folder, dilemmas="starter", matcher="exact", **settings) as study:
        study.store.put([*asked, *everybody, *responses, *solutions])
        study.match()
    return folder


@pytest.fixture
def study_of() -> Callable[..., Path]:
    """Makes a study in a folder; arguments as in `make`."""
    return make
