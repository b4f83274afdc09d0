"""What a judge answered: a label and a passage of the text, or the sentence that says why the answer cannot be used."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from normscope.models.base import Completion
from normscope.models.quotes import locate
from normscope.records import Label

__all__ = [
    "LABEL_SCHEMA",
    "NEEDS_EVIDENCE",
    "SCHEMA",
    "Unusable",
    "Verdict",
    "label_probability",
    "labels_given",
    "parsed",
    "read_entry",
    "schema",
    "verdict",
]

L = TypeVar("L", bound=StrEnum)

NEEDS_EVIDENCE = frozenset({Label.AGREE, Label.DISAGREE})
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_LABEL = re.compile(r'"label"\s*:\s*"\s*([^"\s]*)')


def schema(labels: type[StrEnum], *, evidence: bool = True) -> dict[str, Any]:
    """The JSON Schema of a label of this kind. The evidence comes first, so that it is looked for before the label is given."""
    label = {"label": {"type": "string", "enum": [label.value for label in labels]}}
    fields = {"evidence": {"type": "string"}, **label} if evidence else label
    return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}


SCHEMA = json.dumps(schema(Label), separators=(",", ":"))
"""The JSON Schema of an answer about one solution."""

LABEL_SCHEMA = json.dumps(schema(Label, evidence=False), separators=(",", ":"))
"""The JSON Schema of an answer without evidence."""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[L]):
    """A label and the passage of the text that it rests on; None where a label that needs none named none."""

    label: L
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer that is not a verdict. `problem` is one sentence for the judge, without anything from the texts."""

    problem: str


def parsed(completion: Completion) -> dict[str, Any] | Unusable:
    """The JSON object in a judge's answer. Words and code fences around it are put up with."""
    found = _OBJECT.search(completion.text)
    if found is None:
        cut = completion.finish_reason == "length"
        return Unusable("the answer was too long and broke off." if cut else "it holds no JSON object.")
    try:
        given: dict[str, Any] = json.loads(found.group())
    except (ValueError, RecursionError):
        return Unusable("it is not valid JSON.")
    return given


def read_entry(given: Mapping[str, Any], text: str, *, labels: type[L], need_evidence: Container[L]) -> Verdict[L] | Unusable:
    """The label and evidence of one JSON object about `text`.

    For labels that need evidence it must stand in the text (see `models.quotes.locate`); what does not is dropped for the
    other labels.
    """
    label, evidence = given.get("label"), given.get("evidence")
    known = {label.value: label for label in labels}
    if not isinstance(label, str) or label.strip().lower() not in known:
        return Unusable(f"its label is not one of {', '.join(known)}.")
    named = known[label.strip().lower()]
    place = locate(evidence, text) if isinstance(evidence, str) else None
    if place is None and named in need_evidence:
        return Unusable("its evidence is not a passage of the text.")
    return Verdict(named, None if place is None else text[slice(*place)])


def verdict(completion: Completion, text: str, *, need_evidence: Container[Label] = NEEDS_EVIDENCE) -> Verdict[Label] | Unusable:
    """Read a judge's answer about `text` and one solution."""
    given = parsed(completion)
    return given if isinstance(given, Unusable) else read_entry(given, text, labels=Label, need_evidence=need_evidence)


def label_probability(completion: Completion, label: StrEnum) -> float | None:
    """The probability, in [0, 1], that the server gave to the tokens of the label; None where it cannot be read off.

    It is the product over the label's tokens. It tells how sure the model was of these tokens, not how often it is right.
    """
    named = [probability for given, probability in labels_given(completion) if given == label.value]
    return named[-1] if named else None


def labels_given(completion: Completion) -> list[tuple[str, float | None]]:
    """Every label in an answer, in its order and in small letters, with its probability as in `label_probability`."""
    joined = "".join(token for token, _ in completion.logprobs)
    # some servers report tokens that are not in the text (a code fence that they took off), none may be missing
    offset = joined.rfind(completion.text)
    places = [(place.group(1).lower(), place.span(1)) for place in _LABEL.finditer(completion.text)]
    if offset < 0 or not completion.text:
        return [(label, None) for label, _ in places]
    return [(label, _probability(completion, offset + first, offset + last)) for label, (first, last) in places]


def _probability(completion: Completion, first: int, last: int) -> float | None:
    """The probability of the tokens that make up the characters from `first` to before `last`."""
    total, end = 0.0, 0
    for token, alternatives in completion.logprobs:
        start, end = end, end + len(token)
        if start < last and end > first:
            known = dict(alternatives).get(token)
            if known is None:
                return None
            total += known
    return min(1.0, math.exp(total))
