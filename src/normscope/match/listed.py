"""Lists of solutions: which questions one call can ask together, and what a judge answered to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from normscope.match.verdict import NEEDS_EVIDENCE, Unusable, Verdict, labels_given, parsed, read_entry, schema
from normscope.models.base import Completion
from normscope.records import Label, Question

__all__ = ["ListedVerdict", "list_schema", "lists", "read_list"]

ListedVerdict = tuple[Verdict[Label], float | None]
"""One solution's verdict and the probability of its label, where the server reported it."""


def lists(questions: Iterable[Question], *, most: int, characters: int) -> list[list[Question]]:
    """The questions in lists of one dilemma, text and `asked`: at most `most`, with solutions of at most `characters` in all.

    A solution that is longer than that is a list of its own. The lists of one text are of about the same length. Within a
    text the order is by a hash of dilemma, text and solution: it depends on nothing but these, so it tells nothing of who
    wrote a solution, and a solution that is early in the list of one text is late in that of another. What a judge makes of
    a place in a list is thereby spread over all solutions.
    """
    texts: dict[tuple[str, str, str], list[Question]] = {}
    for question in questions:
        texts.setdefault((question.dilemma, question.text, question.asked), []).append(question)
    found = []
    for same_text in texts.values():
        parts = -(-len(same_text) // most)
        size = -(-len(same_text) // parts)
        part: list[Question] = []
        length = 0
        for question in sorted(same_text, key=_shuffled):
            if part and (len(part) == size or length + len(question.solution) > characters):
                found.append(part)
                part, length = [], 0
            part.append(question)
            length += len(question.solution)
        found.append(part)
    return found


@cache
def list_schema(count: int) -> str:
    """The JSON Schema of an answer about `count` solutions."""
    entry = schema(Label)
    entry["properties"] = {"solution": {"type": "integer"}, **entry["properties"]}
    entry["required"] = ["solution", *entry["required"]]
    labels = {"type": "array", "minItems": count, "maxItems": count, "items": entry}
    whole = {"type": "object", "properties": {"labels": labels}, "required": ["labels"], "additionalProperties": False}
    return json.dumps(whole, separators=(",", ":"))


def read_list(completion: Completion, text: str, numbers: Sequence[int]) -> dict[int, ListedVerdict | Unusable]:
    """What an answer says of each of the solutions `numbers`, in their order. What it says of other numbers is left out.

    A number that is missing or occurs twice is unusable, as is an entry that would be unusable alone; the others stand.
    """
    given = parsed(completion)
    if isinstance(given, Unusable):
        return dict.fromkeys(numbers, given)
    listed = given.get("labels")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    probabilities = _probabilities(completion, entries)
    found: dict[int, ListedVerdict | Unusable] = {}
    for number in numbers:
        # as text: some models write "1", and a JSON true is no number
        places = [place for place, entry in enumerate(entries) if str(entry.get("solution")).strip() == str(number)]
        if len(places) != 1:
            found[number] = Unusable("it is missing." if not places else "it occurs more than once.")
            continue
        (place,) = places
        entry = read_entry(entries[place], text, labels=Label, need_evidence=NEEDS_EVIDENCE)
        found[number] = entry if isinstance(entry, Unusable) else (entry, probabilities[place])
    return found


def _probabilities(completion: Completion, entries: Sequence[dict[str, Any]]) -> list[float | None]:
    """The probability of each entry's label; None where the labels in the text are not those of the entries, one for one."""
    labels = labels_given(completion)
    wanted = [str(entry.get("label")).strip().lower() for entry in entries]
    if [label for label, _ in labels] != wanted:
        return [None] * len(entries)
    return [probability for _, probability in labels]


def _shuffled(question: Question) -> bytes:
    return hashlib.sha256(json.dumps([question.dilemma, question.text, question.solution]).encode()).digest()
