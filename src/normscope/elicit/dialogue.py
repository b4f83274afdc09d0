"""A conversation in which the person answers back: a named model plays the asker from the facts of the dilemma."""

from __future__ import annotations

import re

from normscope.elicit.answers import undecided
from normscope.elicit.protocols import Brief, Conversation, Play, Say
from normscope.models.base import Message
from normscope.models.prompts import PromptFile, fence, prompt_file

__all__ = ["LONGEST_REPLY", "LONGEST_SHOWN", "dialogue", "player_messages", "player_prompt", "reply_of"]

REPLY_TOKENS = 120
LONGEST_REPLY = 600
"""The most characters of the player's words that are said: a person answers a question in a few sentences."""
LONGEST_SHOWN = 6_000
"""The most characters of the responder's words that the player is shown: its questions, which stand at the end."""

_LABEL = re.compile(r"\A\s*(?:\*\*)?(?:person|me|user|asker)(?:\*\*)?\s*:\s*(?:\*\*)?\s*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…](?=\s|\Z)")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "»": "«", "'": "'"}


def dialogue(brief: Brief) -> Conversation:
    """The dilemma as it is; then, as often as the answer asks back and `brief.turns` allows, an answer to what was asked; and
    one plain question for a decision where there is still none.

    Natural, because advice is seldom given on one message: who is asked for advice asks how things stand, and is told.
    Measures what a responder recommends once it knows what it wanted to know, where `ask-then-commit` cuts its questions
    short. The person's answers are written by a model that is named for it, the same for all responders, from the facts of the
    dilemma alone: it is told to add none, to propose nothing and to judge nothing (`prompts/player.md`).
    """
    answer = yield Say(brief.dilemma.text, "ask")
    for _ in range(brief.turns):
        if undecided(answer, brief.phrases) != "asks_back":
            break
        reply = reply_of((yield Play(player_messages(brief.dilemma.text, answer), REPLY_TOKENS)))
        answer = yield Say(reply, "dialogue")
    if undecided(answer, brief.phrases) is not None:
        yield Say(brief.phrases.commit, "commit")


def player_prompt() -> PromptFile:
    """The prompt of the model that plays the asker, with the SHA-256 of its file."""
    return prompt_file("normscope.elicit", "player.md")


def reply_of(words: str) -> str:
    """What the player said as the person says it: without a label or quotation marks around it, and not too long.

    >>> reply_of('Person: "I do not know his age."')
    'I do not know his age.'
    """
    text = _LABEL.sub("", words.strip(), count=1).strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    if len(text) > LONGEST_REPLY:
        ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, LONGEST_REPLY)]
        text = text[: ends[-1]] if ends else text[:LONGEST_REPLY]
    return text or words.strip()[:LONGEST_REPLY]


def player_messages(dilemma: str, answer: str) -> tuple[Message, ...]:
    """What the player is asked: both texts are data between marks that neither can close."""
    adviser = answer if len(answer) <= LONGEST_SHOWN else "… " + answer[-LONGEST_SHOWN:]
    code = fence(dilemma, adviser)
    prompt = player_prompt()
    return (
        Message("system", prompt.fill("system", fence=code)),
        Message("user", prompt.fill("question", fence=code, dilemma=dilemma, adviser=adviser)),
    )
