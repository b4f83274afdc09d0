"""What a judge answered: a label and a passage of the text, or the sentence that says why the answer cannot be used."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from dataclasses import dataclass

from normscope.models.base import Completion
from normscope.records import Label

__all__ = ["SCHEMA", "Unusable", "Verdict", "label_probability", "passage", "verdict"]

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
_WORD = re.compile(r"\S+")
_PLAIN = str.maketrans("‘’“”„«»‐‑–—", '\'\'"""""----')
"""One character for one character, so that positions stay; models write these marks as they please."""


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
    text (see `passage`); what does not is dropped for the other labels.
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
    quoted = passage(evidence, text) if isinstance(evidence, str) else None
    if quoted is None and named in NEEDS_EVIDENCE:
        return Unusable("its evidence is not a passage of the text.")
    return Verdict(named, quoted)


def passage(quoted: str, text: str) -> str | None:
    r"""The passage of `text` that is `quoted`, as it stands there, or None. White space and kinds of quotation mark may differ.

    >>> passage("talk to him", "First, talk\n  to him.")
    'talk\n  to him'
    """
    wanted = " ".join(quoted.translate(_PLAIN).split())
    if not wanted:
        return None
    # the text with single spaces, and where each of its words stands in both forms
    words = [(word.group(), word.start()) for word in _WORD.finditer(text.translate(_PLAIN))]
    starts, joined = [], 0
    for word, _ in words:
        starts.append(joined)
        joined += len(word) + 1
    at = " ".join(word for word, _ in words).find(wanted)
    if at < 0:
        return None

    def original(position: int) -> int:
        index = bisect_right(starts, position) - 1
        return words[index][1] + position - starts[index]

    return text[original(at) : original(at + len(wanted) - 1) + 1]


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
