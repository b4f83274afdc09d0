"""What a judge answered: a label and a passage of the text, or the sentence that says why the answer cannot be used."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from normscope.models.base import Completion
from normscope.models.quotes import locate
from normscope.records import Label

__all__ = ["SCHEMA", "Unusable", "Verdict", "label_probability", "verdict"]

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"evidence": {"type": "string"}, "label": {"type": "string", "enum": [label.value for label in Label]}},
        "required": ["evidence", "label"],
        "additionalProperties": False,
    },
    separators=(",", ":"),
)
"""The JSON Schema of an answer. The evidence comes first, so that it is looked for before the label is given."""

NEEDS_EVIDENCE = frozenset({Label.AGREE, Label.DISAGREE})
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A label and the passage of the text that it rests on; None where `silent` or `unclear` named none."""

    label: Label
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer that is not a verdict. `problem` is one sentence for the judge, without anything from the texts."""

    problem: str


def verdict(completion: Completion, text: str) -> Verdict | Unusable:
    """Read a judge's answer about `text`.

    Words and code fences around the JSON object are put up with. For `agree` and `disagree` the evidence must stand in the
    text (see `models.quotes.locate`); what does not is dropped for the other labels.
    """
    found = _OBJECT.search(completion.text)
    if found is None:
        cut = completion.finish_reason == "length"
        return Unusable("the answer was too long and broke off." if cut else "it holds no JSON object.")
    try:
        given = json.loads(found.group())
    except (ValueError, RecursionError):
        return Unusable("it is not valid JSON.")
    label, evidence = given.get("label"), given.get("evidence")
    if not isinstance(label, str) or label.strip().lower() not in {known.value for known in Label}:
        return Unusable("its label is not one of the four.")
    named = Label(label.strip().lower())
    place = locate(evidence, text) if isinstance(evidence, str) else None
    if place is None and named in NEEDS_EVIDENCE:
        return Unusable("its evidence is not a passage of the text.")
    return Verdict(named, None if place is None else text[slice(*place)])


def label_probability(completion: Completion, label: Label) -> float | None:
    """The probability, in [0, 1], that the server gave to the tokens of the label; None where it cannot be read off.

    It is the product over the label's tokens. It tells how sure the model was of these tokens, not how often it is right.
    """
    joined = "".join(token for token, _ in completion.logprobs)
    # some servers report tokens that are not in the text (a code fence that they took off), none may be missing
    offset = joined.rfind(completion.text)
    places = list(re.finditer(rf'"label"\s*:\s*"\s*({label.value})', completion.text, re.IGNORECASE))
    if offset < 0 or not places:
        return None
    first, last = (offset + position for position in places[-1].span(1))
    total, end = 0.0, 0
    for token, alternatives in completion.logprobs:
        start, end = end, end + len(token)
        if start < last and end > first:
            known = dict(alternatives).get(token)
            if known is None:
                return None
            total += known
    return min(1.0, math.exp(total))
