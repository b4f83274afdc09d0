"""The OpenAI-compatible chat format: the body that is sent, and the completion read from whatever comes back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from normscope.models.base import MOST_TOKENS, Completion, Message, Params
from normscope.records import NotMeasured

__all__ = ["Unreadable", "read_completion", "request_body", "split_thinking"]

_THINKING = re.compile(r"\s*<think>(.*?)(?:</think>\s*|\Z)", re.DOTALL)

Logprobs = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


class Unreadable(ValueError):
    """An answer that is not a chat completion; the text says what is wrong with it."""


def request_body(
    model: str,
    messages: Sequence[Message],
    params: Params,
    extra: Mapping[str, Any],
    *,
    rename: Mapping[str, str] | None = None,
    schema: bool = True,
) -> dict[str, Any]:
    """The JSON body of one request. A field of `extra` replaces ours; None removes it (e.g. `max_tokens` for some servers).

    `rename` gives the server's own names of our fields (an empty name removes one); without `schema` none is asked for.

    >>> body = request_body("m", [Message("user", "Hi")], Params(max_tokens=9), {"max_tokens": None, "top_p": 0.9})
    >>> sorted(body)
    ['messages', 'model', 'top_p']
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in messages],
        "max_tokens": params.max_tokens,
        "temperature": params.temperature,
        "seed": params.seed,
    }
    if params.json_schema is not None and schema:
        wanted = {"name": "answer", "strict": True, "schema": json.loads(params.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
    if params.logprobs:
        body |= {"logprobs": True, "top_logprobs": params.logprobs}
    for ours, theirs in (rename or {}).items():
        if ours in body:
            value = body.pop(ours)
            if theirs:
                body[theirs] = value
    body |= extra
    return {name: value for name, value in body.items() if value is not None}


def read_completion(answer: object) -> Completion:
    """The completion in a parsed chat answer, or `Unreadable`.

    Token counts that the server did not give are `NotMeasured`; log-probabilities in an unknown shape read as none.
    Thinking, in its own field or as a leading `<think>` block, goes to `reasoning`.
    """
    choice = _first_choice(answer)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise Unreadable("its first choice has no message")
    content, refused = _content(message.get("content"))
    text, thought = split_thinking(content)
    fields = [message.get("reasoning_content"), message.get("reasoning"), thought]
    reasoning = next((part for part in fields if isinstance(part, str) and part), "")
    refusal = message.get("refusal")
    finish = choice.get("finish_reason")
    usage = answer.get("usage") if isinstance(answer, dict) else None
    return Completion(
        text=_clean(text),
        finish_reason=_clean(finish) if isinstance(finish, str) else "not given",
        prompt_tokens=_tokens(usage, "prompt_tokens"),
        completion_tokens=_tokens(usage, "completion_tokens"),
        reasoning=_clean(reasoning),
        refusal=_clean(refusal if isinstance(refusal, str) else refused),
        logprobs=_logprobs(choice.get("logprobs")),
    )


def split_thinking(text: str) -> tuple[str, str]:
    """The answer and the thinking before it. A block that was never closed is all thinking: the answer had not begun.

    >>> split_thinking("<think>They are upset.</think>\\n\\nTalk to them.")
    ('Talk to them.', 'They are upset.')
    >>> split_thinking("They are upset.</think>Talk to them.")  # some chat templates write the opening tag themselves
    ('Talk to them.', 'They are upset.')
    >>> split_thinking("<think>They are")
    ('', 'They are')
    """
    if "think>" not in text:
        return text, ""
    found = _THINKING.match(text)
    if found:
        return text[found.end() :], found[1].strip()
    before, closing, after = text.partition("</think>")
    if closing and "<think>" not in before:
        return after.lstrip(), before.strip()
    return text, ""


def _first_choice(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise Unreadable(f"it is a JSON {type(answer).__name__}, not an object")
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise Unreadable("it has no choices")
    return choices[0]


def _content(content: object) -> tuple[str, str]:
    """Text and refusal of a message's content: a string, null, or a list of parts."""
    if content is None:
        return "", ""
    if isinstance(content, str):
        return content, ""
    if not isinstance(content, list):
        raise Unreadable(f"its content is a JSON {type(content).__name__}, not text")
    parts = [part for part in content if isinstance(part, dict)]
    text = "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    refusal = "".join(part["refusal"] for part in parts if isinstance(part.get("refusal"), str))
    return text, refusal


def _tokens(usage: object, name: str) -> int | NotMeasured:
    count = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MOST_TOKENS:
        return count
    return NotMeasured(f"the server did not report {name}")


def _logprobs(given: object) -> Logprobs:
    content = given.get("content") if isinstance(given, dict) else None
    if not isinstance(content, list):
        return ()
    read = []
    for entry in content:
        token = _token(entry)
        if token is None:
            return ()
        alternatives = entry.get("top_logprobs")
        listed = [_token(a) for a in alternatives] if isinstance(alternatives, list) else []
        # a server that reports only the chosen token still says how likely it was
        read.append((token[0], tuple(t for t in listed if t is not None) or (token,)))
    return tuple(read)


def _token(entry: object) -> tuple[str, float] | None:
    if not isinstance(entry, dict):
        return None
    token, value = entry.get("token"), entry.get("logprob")
    if not isinstance(token, str) or isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return _clean(token), float(value)


def _clean(text: str) -> str:
    """The text with lone surrogates replaced: JSON can carry them, a database cannot."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
