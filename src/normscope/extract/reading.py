"""What a judge answered: courses of action with their places in the text, or why the answer cannot be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from normscope.models.base import Completion
from normscope.models.quotes import locate
from normscope.records import Stance

__all__ = ["LONGEST_COURSE", "MOST", "SCHEMA", "Course", "Unusable", "read"]

MOST = 8
"""A judge lists at most this many solutions of one response."""

LONGEST_COURSE = 400
"""Characters of the course of action in the judge's words."""

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "solutions": {
                "type": "array",
                "maxItems": MOST,
                "items": {
                    "type": "object",
                    "properties": {
                        "evidence": {"type": "string"},
                        "text": {"type": "string"},
                        "stance": {"type": "string", "enum": [stance.value for stance in Stance]},
                        "main": {"type": "boolean"},
                    },
                    "required": ["evidence", "text", "stance", "main"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["solutions"],
        "additionalProperties": False,
    },
    separators=(",", ":"),
)
"""The JSON Schema of an answer. The evidence comes first, so that it is looked for before the course is worded."""


@dataclass(frozen=True, slots=True)
class Course:
    """One solution in the judge's answer; `text[start:end]` of the response is its evidence."""

    text: str
    stance: Stance
    main: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer that cannot be used. `problem` is one sentence for the judge, without anything from the texts."""

    problem: str


def read(completion: Completion, text: str) -> tuple[Course, ...] | Unusable:
    """The courses of action in a judge's answer about `text`, in its order; none where it found none.

    Words and code fences around the JSON object are put up with. Everything else must hold for every entry, evidence that
    stands in the text included: a half-usable answer is unusable, since which half is missing is not known. Exactly one
    course is main: of several that are marked the first, of none marked the first that is recommended (or the first).
    """
    start, end = completion.text.find("{"), completion.text.rfind("}")
    if not 0 <= start < end:
        cut = completion.finish_reason == "length"
        return Unusable("the answer was too long and broke off." if cut else "it holds no JSON object.")
    try:
        given = json.loads(completion.text[start : end + 1])
    except (ValueError, RecursionError):
        return Unusable("it is not valid JSON.")
    listed = given.get("solutions")
    if not isinstance(listed, list):
        return Unusable("it has no list `solutions`.")
    if len(listed) > MOST:
        return Unusable(f"it lists {len(listed)} solutions; at most {MOST} are allowed.")
    courses: list[Course] = []
    for number, entry in enumerate(listed, start=1):
        try:
            courses.append(_course(entry, text))
        except _Flaw as flaw:
            return Unusable(f"in solution {number}, {flaw}.")
    return _one_main(courses)


class _Flaw(ValueError):
    """What is wrong with one entry."""


def _course(entry: Any, text: str) -> Course:
    if not isinstance(entry, Mapping):
        raise _Flaw("there is no JSON object")
    course, stance, main, evidence = (entry.get(name) for name in ("text", "stance", "main", "evidence"))
    if not isinstance(course, str) or not any(character.isalnum() for character in course):
        raise _Flaw("`text` names no course of action")
    if len(course) > LONGEST_COURSE:
        raise _Flaw(f"`text` has {len(course)} characters; at most {LONGEST_COURSE} are allowed")
    if not isinstance(stance, str) or stance not in {known.value for known in Stance}:
        raise _Flaw("`stance` is neither recommends nor advises_against")
    if not isinstance(main, bool):
        raise _Flaw("`main` is neither true nor false")
    span = locate(evidence, text) if isinstance(evidence, str) else None
    if span is None:
        raise _Flaw("`evidence` is not a passage of the response")
    return Course(" ".join(course.split()), Stance(stance), main, *span)


def _one_main(courses: list[Course]) -> tuple[Course, ...]:
    ranked = sorted(courses, key=lambda course: (not course.main, course.stance is not Stance.RECOMMENDS))
    return tuple(Course(c.text, c.stance, c is ranked[0], c.start, c.end) for c in courses)
