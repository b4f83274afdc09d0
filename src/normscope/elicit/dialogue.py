"""The protocol `dialogue`: a named model plays the person with the dilemma and answers what the responder asks."""

from __future__ import annotations

from dataclasses import replace

from normscope.elicit.answers import undecided
from normscope.elicit.player import PLAYER_TOKENS, player_prompt
from normscope.elicit.protocols import Brief, Conversation, Play, Say

__all__ = ["dialogue"]


def dialogue(brief: Brief) -> Conversation:
    """The dilemma as it is; where the answer asks back, the person answers, for up to `brief.turns` turns.

    The person's answers are given by a named model that knows the dilemma and nothing else. What the dilemma does not say,
    the person does not know. Where the last answer still leaves the person without a decision, they ask for one, once, as
    in `ask-then-commit`.

    Natural, because an adviser who is asked for help often asks first, and a person who is asked answers. Measures what a
    responder advises once its questions were answered, so that one that asks is not taken for one that has no opinion. It
    does not measure what a responder would make of further facts: none are added. When the person answers, and when they ask
    for a decision, are rules over cues (`answers.undecided`), the same for all responders; the words of the answers are the
    player's, so that compared responders should have the same one.
    """
    dilemma, phrases = brief.dilemma.text, brief.phrases
    # "it depends. How old is he?" hedges, and asks: the question is answered first
    asking = replace(phrases, hedges=())
    said: list[str] = []
    answer = yield Say(dilemma, "ask")
    while undecided(answer, asking) == "asks_back" and len(said) < 2 * brief.turns:
        said.append(answer)
        words = yield Play(player_prompt().ask(dilemma, said, language=phrases.language), PLAYER_TOKENS)
        said.append(words)
        answer = yield Say(words, "dialogue")
    if undecided(answer, phrases) is not None:
        yield Say(phrases.commit, "commit")
