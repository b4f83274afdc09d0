"""The names under which comparisons and conversations are counted, in words that people read."""

from __future__ import annotations

import re

__all__ = ["code_words", "list_words", "reason_words"]

_CODES = {
    "no_solution": "without a solution",
    "target_no_solution": "whose target has no solution",
    "target_refused": "whose target refused",
    "target_empty": "whose target was empty",
    "target_failed": "whose target failed",
    "not_matched": "without a match label",
    "nothing_rejected": "where the target advises against nothing",
    "no_side": "taking no side",
    "one_panelist": "with one panelist only",
    "panel_not_matched": "without match labels between people",
    "no_reference": "where people leave no reference",
    "no_ceiling": "without a ceiling",
    "not_read": "not read for opposed courses",
    "stated_only": "with stated agreement only",
    "unclear_to_people": "unclear to people",
    "coders_differ": "where coders differ",
    "words_of_refusal": "in words of refusal",
    "refusal": "by the model's own refusal",
    "content_filter": "by the server's content filter",
}
"""Each follows a number: `36 without a solution`. Names of one plain word (`refused`, `unclear`) stay as they are."""

_STAGES = {"finish_reason": "ended by", "commit": "at the decision:", "explicit": "when shown:", "player": "asking model:"}
"""What stands before a colon in the reason of an outcome."""

_ENDINGS = {"corrected": "corrected", "rogan_gladen": "Rogan–Gladen"}
_METRIC = re.compile(rf"\b([a-z]+)_({'|'.join(_ENDINGS)})\b")

_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_WITHIN = re.compile(rf"\b({'|'.join(sorted((code for code in _CODES if '_' in code), key=len, reverse=True))})\b")


def code_words(code: str) -> str:
    """A name as words; what is no name of ours stays as it is.

    >>> code_words("target_no_solution"), code_words("commit:rate_limited"), code_words("a_b says: No")
    ('whose target has no solution', 'at the decision: rate limited', 'a_b says: No')
    """
    if code in _CODES:
        return _CODES[code]
    stage, colon, rest = code.partition(":")
    if colon and stage in _STAGES:
        return f"{_STAGES[stage]} {code_words(rest)}"
    return code.replace("_", " ") if _CODE.fullmatch(code) else code


def reason_words(reason: str) -> str:
    """A reason in which no name of ours is left as a code.

    >>> reason_words("nothing counted: 120 nothing_rejected, 4 refused")
    'nothing counted: 120 where the target advises against nothing, 4 refused'
    """
    return _WITHIN.sub(lambda match: _CODES[match[1]], reason)


def list_words(name: str) -> str:
    """A metric, or a list of models that is named by its metric, reading and reference policy.

    >>> list_words("stated_corrected"), list_words("stated_rogan_gladen, any")
    ('stated (corrected)', 'stated (Rogan–Gladen), any')
    """
    return _METRIC.sub(lambda match: f"{match[1]} ({_ENDINGS[match[2]]})", name)
