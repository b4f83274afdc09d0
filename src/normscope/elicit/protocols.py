"""Conversations as generators: each yields the person's next turn and is sent the responder's answer. The driver does the IO.

A study's conversation is a stated part (`ask` or `ask-then-commit`) and, where solutions are to be shown, the explicit part.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from normscope.elicit.answers import undecided
from normscope.elicit.phrases import Phrases
from normscope.elicit.shown import Shown
from normscope.models.base import Message
from normscope.records import Dilemma

__all__ = ["BUILT_IN", "Brief", "Conversation", "Play", "Protocol", "Say", "ask", "ask_then_commit", "explicit", "whole"]


@dataclass(frozen=True, slots=True)
class Say:
    """The person's next turn. `stage` is `ask`, `dialogue`, `commit` or `explicit`; `solution_id` names a solution shown."""

    text: str
    stage: str
    solution_id: str | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """What the model that plays the person is asked; the protocol is sent its words. The responder never sees this."""

    messages: tuple[Message, ...]
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a conversation is held from: the dilemma, the phrases of its language, and what is to be shown afterwards."""

    dilemma: Dilemma
    phrases: Phrases
    shown: tuple[Shown, ...] = ()
    order_seed: int = 0
    turns: int = 0
    """How many of the responder's questions are answered at most, under a protocol that answers them."""


Conversation = Generator[Say | Play, str, None]
Protocol = Callable[[Brief], Conversation]


def ask(brief: Brief) -> Conversation:
    """The dilemma as the person wrote it, and nothing else.

    Natural, because it is how people ask: one message, no instructions, no options. Measures what a responder says
    unprompted, hedging included: an answer without a decision counts as such.
    """
    yield Say(brief.dilemma.text, "ask")


def ask_then_commit(brief: Brief) -> Conversation:
    """The dilemma as it is; then, only where the answer leaves the person without a decision, one plain question for one.

    Natural, because a person who hears "it depends" says "but what should I do?", and one who was given advice does not.
    Measures which course a responder stands behind when asked to choose, without having been shown any. Where the question
    is asked is a rule over cues (`answers.undecided`), the same for all responders.
    """
    answer = yield Say(brief.dilemma.text, "ask")
    if undecided(answer, brief.phrases) is not None:
        yield Say(brief.phrases.commit, "commit")


def explicit(brief: Brief) -> Conversation:
    """People's solutions, one at a time, each as something the person was told, with the question what to think of it.

    Natural, because people weigh the advice of others in this way. Measures whether a responder sides with a solution when
    it is in front of them. Accepted and rejected solutions come mixed, in an order and in wordings drawn from `order_seed`,
    so that neither place nor wording tells them apart and a habit of agreeing shows as acquiescence.
    """
    if not brief.shown:
        return
    chance = random.Random(brief.order_seed)  # noqa: S311 - a reproducible order, no secret
    first_wording = chance.randrange(len(brief.phrases.explicit))
    for n, shown in enumerate(chance.sample(brief.shown, k=len(brief.shown))):
        # each wording in turn: nobody says the same sentence twice in a row
        text = brief.phrases.show(shown.text, wording=first_wording + n)
        yield Say(text, "explicit", shown.solution_id)


def whole(protocol: Protocol, brief: Brief) -> Conversation:
    """The stated part by `protocol`, then the explicit part where there is something to show."""
    yield from protocol(brief)
    yield from explicit(brief)


BUILT_IN: Mapping[str, Protocol] = MappingProxyType({"ask": ask, "ask-then-commit": ask_then_commit})
"""The stated protocols of this package, by the names that a study uses."""
