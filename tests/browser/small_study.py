"""A real study, small enough to be made for a test: 36 dilemmas, three people, three models on loopback, the lexical matcher.

All of it is written for these tests. In every sixth dilemma the people say the same and no model agrees with them; people and
models differ elsewhere by a fixed pattern, so that every filter of the report finds some dilemmas and not all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from normscope.records import Label
from normscope.study import Study
from normscope.study.labelling import study_sheets
from normscope.study.sample import Wish, ensure_sample
from normscope.testing import LoopbackServer
from normscope.validate.coding import Sheet, gold_of

__all__ = ["DILEMMAS", "MODELS", "NOBODY_AGREES", "PEOPLE", "TITLE", "small_study"]

TITLE = "Three small models beside three invented people"
MODELS = {"north": None, "south": None, "blunt": "You are blunt and brief."}
PEOPLE = ("Ane", "Bo", "Chris")
NOBODY_AGREES = 6
"""In each dilemma whose number is a multiple of this all models are against the people."""

SITUATIONS = {
    "neighbours": (
        "My neighbour plays the drums every evening until ten. I have small children. What should I do?",
        "The family upstairs leaves its shoes on the stairs, and my mother fell over them. How do I bring it up?",
        "Somebody takes my newspaper from the letter box. I think I know who. Should I say so?",
    ),
    "work": (
        "A colleague tells my ideas at meetings as if they were hers. What would you do?",
        "My manager asked me to work on the day of my brother's wedding. What now?",
        "I found out that I earn less than the new man at the next desk. Do I say anything?",
    ),
    "friends": (
        "A friend borrowed 500 from me a year ago and has never mentioned it again. Should I ask for it?",
        "My best friend's husband writes to other women. I saw it by chance. Do I tell her?",
        "An old friend wants to stay with us for two months and my wife is against it. What do I tell him?",
    ),
}
TURNS = ("It began last week.", "It has been going on for a year.", "I have never talked about it.", "I am tired of it by now.")
LABELLED = 150
"""Comparisons that a coder labels, so that rates are corrected too."""
DILEMMAS = 3 * 3 * len(TURNS)

COURSES = (
    "Talk to them calmly and say what bothers you.",
    "Let the matter rest and forget about it.",
    "Write a short friendly letter and keep a copy.",
    "Ask somebody you both trust to settle the quarrel.",
    "Wait a month before you decide anything.",
    "Refuse politely and explain nothing.",
)
PRICE = {"input": 0.5, "output": 1.5}
REFUSAL = "I'm sorry, but I can't help with that."


def small_study(folder: Path) -> Path:
    """Make the study in a folder beside its sources, with all that `run` does and labels by a person; returns its folder."""
    sources = folder.parent
    dilemmas = _dilemmas()
    _write(sources / "dilemmas.jsonl", dilemmas)
    _write(sources / "people.jsonl", [_person(i, d["dilemma_id"], name) for i, d in enumerate(dilemmas) for name in PEOPLE])
    numbers = {d["text"]: i for i, d in enumerate(dilemmas)}
    with LoopbackServer(answer=lambda request: _answer(request, numbers)) as server:
        models = [
            {"id": name, "model": f"http:{name}", "base_url": server.url, "persona": persona, "price": PRICE}
            for name, persona in MODELS.items()
        ]
        with Study.create(
            folder,
            title=TITLE,
            dilemmas=[str(sources / "dilemmas.jsonl")],
            answers=[str(sources / "people.jsonl")],
            models=models,
            matcher="lexical",
            explicit={"per_side": 1},
            resamples=100,
            seed=1,
            notes=["The people are invented for this test; no norm is measured here."],
        ) as study:
            study.run()
            ensure_sample(study.settings, study.store, Wish(n=LABELLED, twice=0.0))
            study.store.put([gold_of(sheet, _label(sheet), "Dina") for sheet in study_sheets(study.store)])
            study.agree()
            study.audit()
            study.report()
    return folder


def _dilemmas() -> list[dict[str, str]]:
    return [
        {"dilemma_id": f"{topic}-{n}-{turn}", "topic": topic, "language": "en", "text": f"{text} {added}"}
        for turn, added in enumerate(TURNS)
        for topic, texts in SITUATIONS.items()
        for n, text in enumerate(texts)
    ]


def _person(i: int, dilemma_id: str, name: str) -> dict[str, object]:
    course = _course_of_person(i, PEOPLE.index(name))
    text = f"I have been there. {course} It is not worth a sleepless night, whatever comes of it."
    rejected = [_course(i + 3)]
    return {
        "dilemma_id": dilemma_id,
        "responder_id": name,
        "kind": "human",
        "text": text,
        "accepted": [course],
        "rejected": rejected,
    }


def _course_of_person(i: int, person: int) -> str:
    differs = i % NOBODY_AGREES != 0 and (i + person) % 4 == 0
    return _course(i + 1 if differs else i)


def _answer(request: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    """What the model says that is asked; it says the same to the same question."""
    said = [str(m["content"]) for m in request["messages"] if m["role"] == "user"]
    i, model = numbers[said[0]], list(MODELS).index(str(request["model"]))
    own = _course(i + 2 if i % NOBODY_AGREES == 0 else i + (i + model) % 3)
    if model == 2 and i % 9 == 4:
        return REFUSAL
    if len(said) == 1:
        return f"That sounds hard. {own} You know them better than I do, so trust your own judgement."
    if len(said) == 2:
        return own
    return "Yes, I would do that." if (i + len(said) + model) % 2 else "No, I would not do that."


def _label(sheet: Sheet) -> Label:
    """What a careful coder would say: the same course, or a yes, is agreement."""
    same = any(course in sheet.text and course in sheet.solution for course in COURSES)
    return Label.AGREE if same or sheet.text.startswith("Yes") else Label.DISAGREE


def _course(i: int) -> str:
    return COURSES[i % len(COURSES)]


def _write(path: Path, rows: list[Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
