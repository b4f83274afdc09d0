"""Reading an answer as far as the conversation needs it: does it decide, and does it decline to answer?

These are rules over the cues in the phrases of a language, the same for every responder. They do not read *what* is advised.
"""

from __future__ import annotations

import re

from normscope.elicit.phrases import Phrases

__all__ = ["LONGEST", "is_refusal", "undecided"]

LONGEST = 20_000
"""Cues are looked for in this many characters of an answer."""

_STRAIGHT = str.maketrans({"’": "'", "‘": "'"})
_SENTENCE = re.compile(r"[^.!?\n]++[.!?]*+")


def undecided(answer: str, phrases: Phrases) -> str | None:
    """Why an answer leaves the person without a decision: `hedges`, `asks_back`, `recommends_nothing`; None if it decides.

    * `hedges`: a hedge cue stands anywhere in it ("it depends", "only you can decide"), even beside advice.
    * `asks_back`: it recommends nothing and holds a question, or it ends with one and most of its sentences are questions.
    * `recommends_nothing`: none of the cues of recommending stands in it.

    Doubt leads to asking: a needless "what should I do?" costs one turn, a missing one costs the answer.

    >>> from normscope.elicit.phrases import phrases_for
    >>> english = phrases_for("en")
    >>> undecided("Talk to him.", english) is None
    True
    >>> undecided("It depends. You should think.", english), undecided("How old is he?", english), undecided("Oh dear.", english)
    ('hedges', 'asks_back', 'recommends_nothing')
    """
    text = answer[:LONGEST].translate(_STRAIGHT)
    if any(cue.search(text) for cue in phrases.hedges):
        return "hedges"
    sentences = [found.strip() for found in _SENTENCE.findall(text) if any(character.isalnum() for character in found)]
    questions = [sentence.endswith("?") for sentence in sentences]
    recommends = any(cue.search(text) for cue in phrases.recommends)
    if any(questions) and (not recommends or (questions[-1] and 2 * sum(questions) > len(questions))):
        return "asks_back"
    return None if recommends else "recommends_nothing"


def is_refusal(answer: str, phrases: Phrases) -> bool:
    """Whether an answer declines: its first sentence holds a cue of refusing, and nothing after it recommends anything.

    Kept narrow, since a refusal is not scored: who says "I can't give legal advice" and then advises has answered.

    >>> from normscope.elicit.phrases import phrases_for
    >>> is_refusal("I'm sorry, but I can't help with that.", phrases_for("en"))
    True
    >>> is_refusal("I can't give legal advice. I would call her.", phrases_for("en"))
    False
    """
    text = answer[:LONGEST].strip()
    first = _SENTENCE.match(text)
    if first is None:
        return False
    declines = first.group().translate(_STRAIGHT)
    if not any(cue.search(declines) for cue in phrases.refusals):
        return False
    rest = text[first.end() :].translate(_STRAIGHT)
    return not any(cue.search(rest) for cue in phrases.recommends)
