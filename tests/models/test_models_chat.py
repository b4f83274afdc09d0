"""Reading chat answers: the shapes that servers really send, and any JSON at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.models.chat import Unreadable, read_completion
from normscope.models.failures import LONGEST_WAIT, QUOTED, quote, retry_after_seconds
from normscope.records import NotMeasured

FIELDS = [
    "choices",
    "message",
    "content",
    "usage",
    "logprobs",
    "token",
    "logprob",
    "top_logprobs",
    "text",
    "refusal",
    "reasoning",
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=25,
)


def answer(message: object, **more: object) -> dict[str, object]:
    return {"choices": [{"message": message, "finish_reason": "stop", **more}]}


@pytest.mark.parametrize("count", [-1, True, 1.5, "7", None, 2**70])
def test_tokens_that_are_no_count_are_not_measured(count: object) -> None:
    completion = read_completion(answer({"content": "Talk."}) | {"usage": {"prompt_tokens": count, "completion_tokens": 7}})
    assert completion.prompt_tokens == NotMeasured("the server did not report prompt_tokens")
    assert completion.completion_tokens == 7


@pytest.mark.parametrize(
    ("message", "text", "reasoning", "refusal"),
    [
        ({"content": "Talk."}, "Talk.", "", ""),
        ({"content": None}, "", "", ""),
        ({}, "", "", ""),
        ({"content": None, "refusal": "I can't."}, "", "", "I can't."),
        ({"content": [{"type": "text", "text": "Ta"}, {"type": "image"}, "?", {"text": "lk."}]}, "Talk.", "", ""),
        ({"content": [{"type": "refusal", "refusal": "No."}]}, "", "", "No."),
        ({"content": "Talk.", "reasoning_content": "Hm."}, "Talk.", "Hm.", ""),
        ({"content": "Talk.", "reasoning": "Hm."}, "Talk.", "Hm.", ""),
        ({"content": "<think>Hm.</think>Talk.", "reasoning": None}, "Talk.", "Hm.", ""),
        ({"content": "They said <think>aloud</think>."}, "They said <think>aloud</think>.", "", ""),
        ({"content": "lone \ud83d surrogate"}, "lone \ufffd surrogate", "", ""),
    ],
)
def test_messages(message: object, text: str, reasoning: str, refusal: str) -> None:
    completion = read_completion(answer(message))
    assert (completion.text, completion.reasoning, completion.refusal) == (text, reasoning, refusal)
    assert completion.prompt_tokens == NotMeasured("the server did not report prompt_tokens")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ([], "list"),
        ({}, "no choices"),
        ({"choices": []}, "no choices"),
        ({"choices": ["x"]}, "no choices"),
        ({"choices": [{}]}, "no message"),
        (answer({"content": 3}), "int"),
    ],
)
def test_not_a_completion(broken: object, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_completion(broken)


def test_logprobs_with_and_without_alternatives() -> None:
    bare = {"token": "a", "logprob": -0.5}
    full = {**bare, "top_logprobs": [bare, {"token": "b", "logprob": -1}, {"token": "c", "logprob": float("-inf")}]}
    completion = read_completion(answer({"content": "aa"}, logprobs={"content": [full, bare]}))
    assert completion.logprobs == (("a", (("a", -0.5), ("b", -1.0))), ("a", (("a", -0.5),)))
    assert read_completion(answer({"content": "a"}, logprobs={"content": [{"tok": 1}]})).logprobs == ()


@given(ANY_JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        completion = read_completion({"choices": [{"message": value}]})
    except Unreadable:
        return
    json.dumps(completion.text, allow_nan=False).encode()
    completion.text.encode()


@given(st.text(max_size=2000), st.text(min_size=1, max_size=20))
def test_quotes_are_bounded_and_hold_no_secret(text: str, secret: str) -> None:
    quoted = quote(f"{text}{secret}{text}", secrets=[secret])
    assert len(quoted) <= QUOTED
    assert quoted.isprintable()
    assert secret not in quoted.replace("[redacted]", "") or secret in " ?…"


def test_retry_after_dates_and_bounds() -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after_seconds("Thu, 01 Jan 2026 12:00:30 GMT", now=now) == 30.0
    assert retry_after_seconds("Thu, 01 Jan 2026 11:00:00 GMT", now=now) == 0.0
    assert retry_after_seconds("Thu, 01 Jan 2099 11:00:00 GMT", now=now) == LONGEST_WAIT
    assert [retry_after_seconds(value) for value in (None, "nan", "", "-5", "inf")] == [None, None, None, 0.0, LONGEST_WAIT]
