"""What a judge answered: courses of action with their places in the text, or why the answer cannot be used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from normscope.models.base import Completion
from normscope.models.quotes import locate
from normscope.records import Stance

__all__ = ["LONGEST_COURSE", "MOST", "MOST_CONDITIONS", "SCHEMA", "Course", "Reading", "Unusable", "read"]

MOST = 8
"""A judge lists at most this many solutions of one response."""

LONGEST_COURSE = 400
"""Characters of the course of action in the judge's words, and of one condition."""

MOST_CONDITIONS = 4
"""A solution has at most this many conditions."""

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "refusal": {"type": "boolean"},
            "solutions": {
                "type": "array",
                "maxItems": MOST,
                "items": {
                    "type": "object",
                    "properties": {
                        "evidence": {"type": "string"},
                        "text": {"type": "string"},
                        "stance": {"type": "string", "enum": [stance.value for stance in Stance]},
                        "conditions": {"type": "array", "maxItems": MOST_CONDITIONS, "items": {"type": "string"}},
                        "main": {"type": "boolean"},
                        "opposed_to": {"type": "integer", "minimum": 0, "maximum": MOST},
                    },
                    "required": ["evidence", "text", "stance", "conditions", "main", "opposed_to"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["refusal", "solutions"],
        "additionalProperties": False,
    },
    separators=(",", ":"),
)
"""The JSON Schema of an answer. The evidence comes first, so that it is looked for before the course is worded."""


@dataclass(frozen=True, slots=True)
class Course:
    """One solution in the judge's answer; `text[start:end]` of the response is its evidence.

    `conditions` are passages of the response, as they stand there. `opposed_to` is the number (from 1) of the solution that it
    is the opposite of, both recommended; None where there is none. The other one need not say so too: see `hedged`.
    """

    text: str
    stance: Stance
    main: bool
    start: int
    end: int
    conditions: tuple[str, ...]
    opposed_to: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A usable answer: whether the response declines to advise, else its courses of action, in the answer's order."""

    refusal: bool
    courses: tuple[Course, ...]

    @property
    def hedged(self) -> frozenset[int]:
        """The numbers (from 1) of the courses that the response recommends together with their opposite."""
        opposed = {number: course.opposed_to for number, course in enumerate(self.courses, start=1) if course.opposed_to}
        return frozenset({*opposed, *opposed.values()})


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer that cannot be used. `problem` is one sentence for the judge, without anything from the texts."""

    problem: str


def read(completion: Completion, text: str) -> Reading | Unusable:
    """What a judge answered about `text`.

    Words and code fences around the JSON object are put up with. Everything else must hold for every entry, evidence and
    conditions that stand in the text included: a half-usable answer is unusable, since which half is missing is not known.
    Exactly one course is main: of several that are marked the first, of none marked the first that is recommended (or the
    first).
    """
    try:
        return _reading(_object(completion), text)
    except _Flaw as flaw:
        return Unusable(f"{flaw}.")


class _Flaw(ValueError):
    """What is wrong with an answer."""


def _object(completion: Completion) -> Mapping[str, Any]:
    start, end = completion.text.find("{"), completion.text.rfind("}")
    if not 0 <= start < end:
        raise _Flaw(
            "the answer was too long and broke off" if completion.finish_reason == "length" else "it holds no JSON object"
        )
    try:
        given: Mapping[str, Any] = json.loads(completion.text[start : end + 1])
    except (ValueError, RecursionError):
        raise _Flaw("it is not valid JSON") from None
    return given


def _reading(given: Mapping[str, Any], text: str) -> Reading:
    refusal, listed = given.get("refusal"), given.get("solutions")
    if not isinstance(refusal, bool):
        raise _Flaw("`refusal` is neither true nor false")
    if not isinstance(listed, list):
        raise _Flaw("it has no list `solutions`")
    if len(listed) > MOST:
        raise _Flaw(f"it lists {len(listed)} solutions; at most {MOST} are allowed")
    if refusal and listed:
        raise _Flaw("`refusal` is true, but solutions are listed")
    courses = [_course(number, entry, text) for number, entry in enumerate(listed, start=1)]
    for number, course in enumerate(courses, start=1):
        _check_opposite(number, course, courses)
    return Reading(refusal, _one_main(courses))


def _course(number: int, entry: Any, text: str) -> Course:
    at = f"in solution {number}, "
    if not isinstance(entry, Mapping):
        raise _Flaw(at + "there is no JSON object")
    course, stance, main, opposed_to = (entry.get(name) for name in ("text", "stance", "main", "opposed_to"))
    if not isinstance(course, str) or not any(character.isalnum() for character in course):
        raise _Flaw(at + "`text` names no course of action")
    if len(course) > LONGEST_COURSE:
        raise _Flaw(at + f"`text` has {len(course)} characters; at most {LONGEST_COURSE} are allowed")
    if not isinstance(stance, str) or stance not in {known.value for known in Stance}:
        raise _Flaw(at + "`stance` is neither recommends nor advises_against")
    if not isinstance(main, bool):
        raise _Flaw(at + "`main` is neither true nor false")
    if not isinstance(opposed_to, int) or isinstance(opposed_to, bool) or opposed_to < 0:
        raise _Flaw(at + "`opposed_to` is neither the number of a solution nor 0")
    span = _passage(entry.get("evidence"), text, what=at + "`evidence`")
    conditions = entry.get("conditions")
    if not isinstance(conditions, list) or len(conditions) > MOST_CONDITIONS:
        raise _Flaw(at + f"`conditions` is not a list of at most {MOST_CONDITIONS} passages")
    found = [text[slice(*_passage(each, text, what=at + "one of `conditions`"))] for each in conditions]
    if any(len(condition) > LONGEST_COURSE for condition in found):
        raise _Flaw(at + f"one of `conditions` has more than {LONGEST_COURSE} characters")
    return Course(" ".join(course.split()), Stance(stance), main, *span, tuple(dict.fromkeys(found)), opposed_to or None)


def _passage(quoted: Any, text: str, *, what: str) -> tuple[int, int]:
    span = locate(quoted, text) if isinstance(quoted, str) else None
    if span is None or not any(character.isalnum() for character in text[slice(*span)]):
        raise _Flaw(f"{what} is not a passage of the response")
    return span


def _check_opposite(number: int, course: Course, courses: Sequence[Course]) -> None:
    if course.opposed_to is None:
        return
    at = f"in solution {number}, "
    if course.opposed_to > len(courses) or course.opposed_to == number:
        raise _Flaw(at + "`opposed_to` is not the number of another solution")
    if any(each.stance is not Stance.RECOMMENDS for each in (course, courses[course.opposed_to - 1])):
        raise _Flaw(at + "`opposed_to` names a solution though not both are recommended; it must be 0")


def _one_main(courses: list[Course]) -> tuple[Course, ...]:
    ranked = sorted(courses, key=lambda course: (not course.main, course.stance is not Stance.RECOMMENDS))
    return tuple(replace(course, main=course is ranked[0]) for course in courses)
