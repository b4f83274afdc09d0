"""People and recorded answers as responders: what they said once is said again, through the same protocol and driver."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.errors import ModelError
from normscope.models.base import Ask, Completion, Message, Params
from normscope.records import NotMeasured, Response

__all__ = ["recorded_answers", "replay_ask"]

_UNKNOWN = NotMeasured("replayed: no tokens were counted")


def replay_ask(texts: Sequence[str]) -> Ask:
    """An `Ask` that answers with `texts`, one per turn of one conversation, whatever is asked.

    One answer more than was recorded is a `ModelError` with the reason `not_recorded`: no words are put into anyone's mouth.
    A person who was asked once is replayed under the protocol `ask`.
    """
    remaining = iter(texts)

    async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        text = next(remaining, None)
        if text is None:
            raise ModelError(f"{len(texts)} answers were recorded; another was asked for.", reason="not_recorded", retry=False)
        return Completion(text, "stop", _UNKNOWN, _UNKNOWN)

    return ask


def recorded_answers(response: Response) -> list[str]:
    """What the responder said in a recorded conversation, turn by turn; for `replay_ask`."""
    return [turn.text for turn in response.turns if turn.role == "assistant"]
