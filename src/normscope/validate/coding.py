"""Labelling by people: what a coder reads, whose turn a question is, and a sitting that goes from key to key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass

from normscope.records import UNSPECIFIED, Gold, Label, LabelItem

__all__ = [
    "ADJUDICATED",
    "KEYS",
    "Ended",
    "Screen",
    "Sheet",
    "Task",
    "differing",
    "gold_of",
    "item_id",
    "labels_by_item",
    "open_sheets",
    "sheet_of",
    "sheets",
    "sitting",
]

ADJUDICATED = "adjudicated"
"""The coder of a label that settles a difference between coders; nobody else may bear the name."""

KEYS: dict[str, Label] = {key: label for n, label in enumerate(Label, 1) for key in (str(n), label.value[0])}
"""1/a agree, 2/d disagree, 3/s silent, 4/u unclear."""

BLOCK = 10
"""So many questions are mixed anew for each coder, so that two who work at once seldom get the same one."""

ID_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a coder reads of one question, and nothing that tells who wrote it or what a matcher said. `twice`: two are to."""

    item_id: str
    dilemma: str
    text: str
    solution: str
    asked: str
    rank: int = 0
    twice: bool = False
    language: str = "und"
    topic: str = UNSPECIFIED
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """The next sheet of a coder, and its number among all that are the coder's to label."""

    sheet: Sheet
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Screen:
    """What is to be shown: a task, the label the coder gave before (after going back), a note, whether to explain the labels."""

    task: Task
    given: Label | None = None
    note: str = ""
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sitting ended: labels given in it, and whether nothing is left to label."""

    given: int
    finished: bool


def item_id(dilemma: str, text: str, solution: str, asked: str) -> str:
    """The id of a question: it follows from what the coder reads, so that the same question has the same id everywhere.

    It begins with a letter, so that no spreadsheet takes it for a number.

    >>> item_id("What now?", "Go.", "Stay.", "stated")
    'q18a8b9160fcf116e8243'
    """
    content = json.dumps([dilemma, text, solution, asked], ensure_ascii=False)
    return "q" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


def sheets(items: Iterable[LabelItem], clusters: dict[str, str]) -> list[Sheet]:
    """The distinct questions of a sample in the order of labelling. `clusters`: of each dilemma.

    A question that stands in several comparisons comes with the first of them, and is for two coders if any of them is.
    """
    found: dict[str, list[LabelItem]] = {}
    for item in sorted(items, key=lambda item: (item.rank, item.basis.value, item.solution_id)):
        found.setdefault(item.item_id, []).append(item)
    return [
        Sheet(
            item_id=same[0].item_id,
            dilemma=same[0].dilemma,
            text=same[0].text,
            solution=same[0].solution,
            asked=same[0].asked,
            rank=same[0].rank,
            twice=any(item.twice for item in same),
            language=same[0].language,
            topic=same[0].topic,
            cluster=clusters.get(same[0].dilemma_id, same[0].dilemma_id),
        )
        for same in found.values()
    ]


def sheet_of(gold: Gold) -> Sheet:
    """What the coder of a label read."""
    return Sheet(
        item_id=gold.gold_id,
        dilemma=gold.dilemma,
        text=gold.text,
        solution=gold.solution,
        asked=gold.asked,
        language=gold.language,
        topic=gold.topic,
        cluster=gold.cluster,
    )


def gold_of(sheet: Sheet, label: Label, coder: str) -> Gold:
    """The record of a label that a coder gave."""
    return Gold(
        gold_id=sheet.item_id,
        dilemma=sheet.dilemma,
        text=sheet.text,
        solution=sheet.solution,
        asked=sheet.asked,
        label=label,
        coder=coder,
        language=sheet.language,
        cluster=sheet.cluster,
        topic=sheet.topic,
    )


def labels_by_item(golds: Iterable[Gold]) -> dict[str, dict[str, Label]]:
    """The labels of every question by coder."""
    found: dict[str, dict[str, Label]] = {}
    for gold in golds:
        found.setdefault(gold.gold_id, {})[gold.coder] = gold.label
    return found


def open_sheets(everything: Sequence[Sheet], given: dict[str, dict[str, Label]], coder: str) -> list[Sheet]:
    """What is left for this coder: sheets without a label, or without a second one where two coders are to give one.

    In the order of labelling, mixed within blocks of ten comparisons in a way of the coder's own.
    """

    def place(sheet: Sheet) -> tuple[int, str, int]:
        mixed = hashlib.sha256(f"{coder}\n{sheet.rank}".encode("utf-8", "surrogatepass")).hexdigest()
        return ((sheet.rank - 1) // BLOCK, mixed, sheet.rank)

    def wanted(sheet: Sheet) -> bool:
        coders = given.get(sheet.item_id, {}).keys() - {ADJUDICATED}
        return coder not in coders and len(coders) < (2 if sheet.twice else 1)

    return sorted(filter(wanted, everything), key=place)


def differing(golds: Iterable[Gold]) -> list[Sheet]:
    """The questions on which coders differ and that are not adjudicated, in an order that tells nothing."""
    by_id: dict[str, list[Gold]] = {}
    for gold in golds:
        by_id.setdefault(gold.gold_id, []).append(gold)
    open_ = (
        same
        for same in by_id.values()
        if len({gold.label for gold in same}) > 1 and all(gold.coder != ADJUDICATED for gold in same)
    )
    return sorted((sheet_of(same[0]) for same in open_), key=lambda sheet: sheet.item_id)


def sitting(next_task: Callable[[], Task | None], save: Callable[[Sheet, Label], None]) -> Generator[Screen, str | None, Ended]:
    """One sitting at the keyboard: yields what to show, is sent the key that was pressed (None: nobody is there any more).

    A label is saved before the next screen. `b` goes back within the sitting, where a new label replaces the old one, and any
    other known label key goes on from there; `?` explains the labels; `q` ends. Other keys change nothing.
    """
    done: list[Task] = []
    labels: list[Label] = []
    at, note, explain = 0, "", False
    while True:
        back = at < len(done)
        task = done[at] if back else next_task()
        if task is None:
            return Ended(len(done), finished=True)
        key = yield Screen(task, labels[at] if back else None, note, explain)
        note, explain = "", False
        if key is None or key.strip().casefold() == "q":
            return Ended(len(done), finished=False)
        pressed = key.strip().casefold()
        if pressed in KEYS:
            save(task.sheet, KEYS[pressed])
            done[at:] = [task, *done[at + 1 :]]
            labels[at:] = [KEYS[pressed], *labels[at + 1 :]]
            at += 1
        elif pressed == "b" and at > 0:
            at -= 1
        elif pressed == "b":
            note = "This is where the sitting began: nothing to go back to."
        elif pressed == "?":
            explain = True
        else:
            note = "Keys: 1 agree, 2 disagree, 3 silent, 4 unclear, b back, ? what the labels mean, q quit."
