"""Between our words and Inspect's: messages that go to its models, and what its `ModelOutput` says as a completion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from normscope.models.base import MOST_TOKENS, Completion, Message
from normscope.models.chat import split_thinking
from normscope.records import NotMeasured

__all__ = ["NoAnswer", "chat_messages", "read_output"]

_FINISH = {"max_tokens": "length", "model_length": "length"}
"""Inspect's names of ends that the OpenAI-compatible servers, and so our records, name otherwise."""


class NoAnswer(ValueError):
    """What Inspect gave is no answer: `reason` is `bad_answer` or `bad_request`, the text says why."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def chat_messages(messages: Sequence[Message]) -> list[Any]:
    """Our messages as Inspect's."""
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}
    return [kinds[message.role](content=message.content) for message in messages]


def read_output(output: Any) -> Completion:
    """The completion in what Inspect's `generate` gave.

    Reasoning and refusals are kept apart from the text. Some providers' error replies reach us as an answer whose text is the
    error: a filtered prompt is a refusal, a conversation that is too long is `NoAnswer`, as an answer without choices is.
    """
    if not output.choices:
        said = f": {output.error}" if output.error else ""
        raise NoAnswer(f"the answer has no choices{said}", "bad_answer")
    choice = output.choices[0]
    stop = str(choice.stop_reason)
    text, reasoning, refusal = _parts(choice.message.content)
    if output.usage is None and stop == "model_length":
        raise NoAnswer(f"the conversation is too long for the model: {text}", "bad_request")
    if stop == "content_filter" and (output.usage is None or output.error) and not refusal:
        text, refusal = "", text or output.error or "content_filter"
    return Completion(
        text=_storable(text),
        finish_reason=_FINISH.get(stop, stop),
        prompt_tokens=_tokens(output.usage, "input_tokens", "input_tokens_cache_read", "input_tokens_cache_write"),
        completion_tokens=_tokens(output.usage, "output_tokens"),
        reasoning=_storable(reasoning),
        refusal=_storable(refusal),
        logprobs=_logprobs(choice.logprobs),
    )


def _parts(content: Any) -> tuple[str, str, str]:
    """Text, reasoning and refusal of a message's content, a string or a list of parts."""
    if isinstance(content, str):
        return *split_thinking(content), ""
    text: list[str] = []
    reasoning: list[str] = []
    refusal: list[str] = []
    for part in content:
        if part.type == "reasoning":
            # a redacted block holds the provider's cipher; some come with a summary to read
            summary = getattr(part, "summary", None)
            reasoning.append(summary or "" if part.redacted else part.reasoning)
        elif part.type == "text":
            (refusal if part.refusal else text).append(part.text)
    answer, thought = split_thinking("".join(text))
    return answer, "\n".join(filter(None, [*reasoning, thought])), "".join(refusal)


def _tokens(usage: Any, *names: str) -> int | NotMeasured:
    if usage is None:
        return NotMeasured("the provider did not report tokens to Inspect AI")
    count = sum(getattr(usage, name, None) or 0 for name in names)
    return count if 0 <= count <= MOST_TOKENS else NotMeasured("the provider did not report a number of tokens")


def _logprobs(given: Any) -> tuple[tuple[str, tuple[tuple[str, float], ...]], ...]:
    if given is None:
        return ()
    read = []
    for entry in given.content:
        listed = [(_storable(t.token), float(t.logprob)) for t in entry.top_logprobs or () if math.isfinite(t.logprob)]
        if not math.isfinite(entry.logprob):
            return ()
        own = (_storable(entry.token), float(entry.logprob))
        read.append((own[0], tuple(listed) or (own,)))
    return tuple(read)


def _storable(text: str) -> str:
    """The text with lone surrogates replaced: JSON can carry them, a database cannot."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
