"""The one driver of conversations: asks the responder turn by turn, and names how it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from normscope.elicit.answers import is_refusal
from normscope.elicit.phrases import Phrases
from normscope.elicit.player import spoken
from normscope.elicit.protocols import Conversation, Play, Say
from normscope.errors import Halted, ModelError, UsageError
from normscope.models.base import Ask, Completion, Message, Params
from normscope.records import Outcome, Turn

__all__ = ["Held", "hold"]


class Held(NamedTuple):
    """What came of a conversation: turns in pairs of question and answer, the outcome, and the reason for any but `answered`."""

    turns: tuple[Turn, ...]
    outcome: Outcome
    reason: str | None


async def hold(
    conversation: Conversation,
    ask: Ask,
    *,
    phrases: Phrases,
    persona: str | None,
    params: Params,
    draw: int,
    explicit_tokens: int | None = None,
    play: Ask | None = None,
) -> Held:
    """Hold one conversation. `persona`, if any, is the system message; nothing else is ever put there.
    `explicit_tokens` bounds the answers to shown solutions in place of `params.max_tokens`. `play` asks the model that plays
    the person, under a protocol that wants one.

    The first answer decides the outcome: `refused` (the model's own refusal, its server's content filter, or the words of a
    refusal), `empty` (no text), else `answered`. A conversation that begins refused or empty ends there: no decision is asked
    for and no solution shown.

    A call that fails ends the conversation as `failed`; what was answered before is kept. Its reason is the error's own
    word, with the stage in front of it where the first answer stood: `commit:timeout`, `explicit:rate_limited`, and `player:…`
    where the model that plays the person failed or said nothing. A call that is `Halted` goes through. A later run
    holds such a conversation again from the start; its answered calls come from the call store, so that only what is missing
    is paid for.

    A blank or refused answer to a later turn is kept as it is and changes nothing else. A blank one is left out of what the
    model sees next, together with its question, since servers reject empty messages.
    """
    short = params if explicit_tokens is None else replace(params, max_tokens=explicit_tokens)
    seen = [] if persona is None else [Message("system", persona)]
    turns: list[Turn] = []
    try:
        say = next(conversation, None)
        while say is not None:
            if isinstance(say, Play):
                words, failed = await _played(say, play, params, phrases, draw)
                if failed:
                    return Held(tuple(turns), Outcome.FAILED, failed)
                say = _next(conversation, words)
                continue
            asked = [*seen, Message("user", say.text)]
            try:
                completion = await ask(asked, short if say.stage == "explicit" else params, draw=draw)
            except Halted:
                raise
            except ModelError as error:
                return Held(tuple(turns), Outcome.FAILED, f"{say.stage}:{error.reason}" if turns else error.reason)
            answer = completion.text if completion.text.strip() else completion.refusal
            first = not turns
            turns += [Turn("user", say.text, say.stage, say.solution_id), Turn("assistant", answer, say.stage, say.solution_id)]
            if first and (ended := _ended_at_once(completion, phrases)):
                return Held(tuple(turns), *ended)
            if answer.strip():
                seen = [*asked, Message("assistant", answer)]
            say = _next(conversation, answer)
    finally:
        conversation.close()
    if not turns:
        raise ValueError("the protocol asked nothing")
    return Held(tuple(turns), Outcome.ANSWERED, None)


async def _played(said: Play, play: Ask | None, params: Params, phrases: Phrases, draw: int) -> tuple[str, str]:
    """The person's words, and the reason for which there are none."""
    if play is None:
        raise UsageError("this protocol needs a named model that plays the asker. Name one: dialogue: {player: http:NAME}.")
    try:
        # its own parameters, not those of the models under test: whoever is asked talks to the same person
        own = Params(max_tokens=said.max_tokens, temperature=0.0, seed=params.seed)
        completion = await play(said.messages, own, draw=draw)
    except Halted:
        raise
    except ModelError as error:
        return "", f"player:{error.reason}"
    ended = _ended_at_once(completion, phrases)
    if ended is not None:
        return "", "player:empty" if ended[0] is Outcome.EMPTY else "player:refused"
    words = spoken(completion.text, broken_off=completion.finish_reason == "length")
    return words, "" if words else "player:empty"


def _ended_at_once(completion: Completion, phrases: Phrases) -> tuple[Outcome, str] | None:
    if completion.refusal:
        return Outcome.REFUSED, "refusal"
    if completion.finish_reason == "content_filter":
        return Outcome.REFUSED, "content_filter"
    if not completion.text.strip():
        # a reasoning model that used up its tokens says "length" here
        return Outcome.EMPTY, f"finish_reason:{completion.finish_reason}"
    if is_refusal(completion.text, phrases):
        return Outcome.REFUSED, "words_of_refusal"
    return None


def _next(conversation: Conversation, answer: str) -> Say | Play | None:
    try:
        return conversation.send(answer)
    except StopIteration:
        return None
