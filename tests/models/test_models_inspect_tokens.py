"""What a provider reports through Inspect AI is no more to be trusted than what a server says itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from normscope.models.inspect_answers import read_output
from normscope.records import NotMeasured


@pytest.mark.parametrize(("reported", "tokens"), [(7, 7), (-1, None), (2**70, None)])
def test_tokens_that_no_call_has_are_not_measured(reported: int, tokens: int | None) -> None:
    message = SimpleNamespace(content="Talk to her.", tool_calls=None)
    choice = SimpleNamespace(message=message, stop_reason="stop", logprobs=None)
    usage = SimpleNamespace(input_tokens=3, output_tokens=reported)
    completion = read_output(SimpleNamespace(error=None, choices=[choice], usage=usage, message=message, stop_reason="stop"))
    assert completion.prompt_tokens == 3
    wrong = NotMeasured("the provider did not report a number of tokens")
    assert completion.completion_tokens == (wrong if tokens is None else tokens)
