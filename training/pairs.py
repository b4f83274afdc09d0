"""What is learnt from: pairs of texts about one dilemma, with the label that people, or the set's own writers, gave them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["LABELS", "Pair", "argkp", "own_set", "perspectrum", "read_json", "read_jsonl"]

LABELS = ("agree", "disagree", "silent", "unclear")
TURNED = {"agree": "disagree", "disagree": "agree"}

Labelled = tuple[str, str, str, str]
"""Text, solution, label, kind."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`text` towards `solution`, given `dilemma`: one of `LABELS`. `group` is what a split keeps together; `kind` says how
    the pair came about (for results by kind); `shown`: the text answers the shown solution."""

    dilemma: str
    text: str
    solution: str
    label: str
    group: str
    language: str
    kind: str
    shown: bool = False


def read_json(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def perspectrum(folder: Path, split: str) -> list[Pair]:
    """Two perspectives on a claim: the same one agrees, one of the other side disagrees, another of this side is silent."""
    claims = {str(row["dilemma_id"]): str(row["text"]) for row in read_jsonl(folder / "dilemmas.jsonl")}
    meaning = {"same": "agree", "opposite": "disagree", "same_side": "silent"}
    found = []
    for row in read_jsonl(folder / "pairs.jsonl"):
        if row["split"] != split:
            continue
        label = meaning.get(str(row["label"]))
        kind = str(row["label"])
        if label is None:
            if float(str(row["label"])) < 1:
                continue
            label, kind = "agree", "paraphrase"
        claim = str(row["dilemma_id"])
        found.append(Pair(claims[claim], str(row["a_text"]), str(row["b_text"]), label, claim, "en", kind))
    return found


def argkp(folder: Path, split: str) -> list[Pair]:
    """A free argument and an expert's key point of the same side: agrees where it expresses it, else is silent."""
    topics = {str(row["dilemma_id"]): str(row["text"]) for row in read_jsonl(folder / "dilemmas.jsonl")}
    return [
        Pair(topics[str(row["dilemma_id"])], str(row["a_text"]), str(row["b_text"]), "agree" if row["label"] else "silent",
             str(row["dilemma_id"]), "en", "key point")
        for row in read_jsonl(folder / "pairs.jsonl")
        if row["split"] == split
    ]  # fmt: skip


def own_set(folder: Path) -> list[Pair]:
    """Every pair of texts of the advice-agreement set whose label follows from how the set was written.

    Of one course: two wordings for it agree, a wording for and one against it disagree, two wordings against it agree
    (`kind` `same course`, `opposite`, `both against`). Of two courses: wordings for both are silent towards each other, or
    disagree where they exclude each other (`other course`, `excluded`). A reply has the label its writer gave it towards
    every wording for a course, and the turned one towards wordings against it (`reply`). Towards the dilemma's question as
    the solution, what is for its first course agrees and what is against it disagrees (`question`).

    Two replies agree where both are for (or both against) some course and differ on none, and disagree where they differ on
    one and are at one on none (`replies`).

    Nothing is said of a wording against one course and one for another: what is advised instead may be that other course.
    """
    found: list[Pair] = []
    for path in sorted(folder.glob("*.jsonl")):
        for row in read_jsonl(path):
            found += _dilemma_pairs(row)
    return found


def _dilemma_pairs(row: Mapping[str, Any]) -> Iterator[Pair]:
    courses: Sequence[Mapping[str, Any]] = row["courses"]
    excluded = {frozenset(pair) for pair in row["conflicts"]}
    group = str(row.get("parallel") or row["id"])

    def pair(text: str, solution: str, label: str, kind: str) -> Pair:
        return Pair(row["text"], text, solution, label, group, row["language"], kind)

    for text, solution, label, kind in [
        *_of_one_course(courses),
        *_of_two_courses(courses, excluded),
        *_of_replies(row["replies"], courses, row["question"]),
    ]:
        yield pair(text, solution, label, kind)
    for text in courses[0]["for"]:
        yield pair(text, row["question"], "agree", "question")
    for text in courses[0]["against"]:
        yield pair(text, row["question"], "disagree", "question")


def _both_ways(a: str, b: str, label: str, kind: str) -> list[Labelled]:
    return [(a, b, label, kind), (b, a, label, kind)]


def _of_one_course(courses: Sequence[Mapping[str, Any]]) -> Iterator[Labelled]:
    for course in courses:
        for a, b in itertools.combinations(course["for"], 2):
            yield from _both_ways(a, b, "agree", "same course")
        for a, b in itertools.product(course["for"], course["against"]):
            yield from _both_ways(a, b, "disagree", "opposite")
        for a, b in itertools.combinations(course["against"], 2):
            yield from _both_ways(a, b, "agree", "both against")


def _of_two_courses(courses: Sequence[Mapping[str, Any]], excluded: set[frozenset[str]]) -> Iterator[Labelled]:
    for one, other in itertools.combinations(courses, 2):
        exclude = frozenset((one["name"], other["name"])) in excluded
        for a, b in itertools.product(one["for"], other["for"]):
            yield from _both_ways(a, b, "disagree" if exclude else "silent", "excluded" if exclude else "other course")


def _of_replies(replies: Sequence[Mapping[str, Any]], courses: Sequence[Mapping[str, Any]], question: str) -> Iterator[Labelled]:
    for reply in replies:
        for course in courses:
            label = reply["labels"][course["name"]]
            for solution in course["for"]:
                yield reply["text"], solution, label, "reply"
            for solution in course["against"] if label in TURNED else ():
                yield reply["text"], solution, TURNED[label], "reply"
        stand = reply["labels"][courses[0]["name"]]
        if stand in TURNED:
            yield reply["text"], question, stand, "question"
    for one, other in itertools.combinations(replies, 2):
        stands = [(one["labels"][c["name"]], other["labels"][c["name"]]) for c in courses]
        sided = [a == b for a, b in stands if a in TURNED and b in TURNED]
        if len(set(sided)) == 1:
            yield from _both_ways(one["text"], other["text"], "agree" if sided[0] else "disagree", "replies")
