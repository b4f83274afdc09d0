"""The loopback server itself: users try out their set-up with it, so it must be what it says."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.errors import UsageError
from normscope.testing import FAULTS, LoopbackServer, example, plain_answer


def post(url: str, body: dict[str, Any], **headers: str) -> Any:
    request = Request(f"{url}/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    with urlopen(request, timeout=5) as response:
        return json.load(response)


def body(text: str) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}]}


def test_counts_and_answers_alike_for_every_client() -> None:
    with LoopbackServer() as server, LoopbackServer() as other:
        assert post(server.url, body("a")) == post(server.url, body("a")) == post(other.url, body("a"))
        post(server.url, body("b"))
        assert (server.count, sorted(server.asked.values())) == (3, [1, 2])
        assert [r["messages"][0]["content"] for r in server.requests] == ["a", "a", "b"]
        with urlopen(f"{server.url}/models", timeout=5) as response:
            assert json.load(response)["data"][0]["id"] == "loopback"


def test_required_key() -> None:
    with LoopbackServer(key="k") as server:
        assert post(server.url, body("a"), Authorization="Bearer k")["choices"]
        with pytest.raises(HTTPError, match="401"):
            post(server.url, body("a"))


def test_faults_by_function() -> None:
    with LoopbackServer(faults=lambda number, sent: "500" if sent["model"] == "bad" and number else "ok") as server:
        assert post(server.url, {**body("a"), "model": "bad"})["choices"]
        with pytest.raises(HTTPError, match="500"):
            post(server.url, {**body("a"), "model": "bad"})
        assert post(server.url, body("a"))["choices"]


def test_wrong_schema_and_own_answer() -> None:
    with LoopbackServer(faults=["wrong-schema"], answer=lambda sent: sent["model"].upper()) as server:
        assert post(server.url, body("a"))["choices"][0]["message"]["content"] == '{"unexpected": []}'
        assert post(server.url, body("a"))["choices"][0]["message"]["content"] == "M"


def test_unknown_fault_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="Did you mean 'hang'"):
        LoopbackServer(faults=["hagn"])
    assert "ok" in FAULTS


def test_starts_and_stops_more_than_once() -> None:
    server = LoopbackServer()
    server.stop()
    for _ in range(2):
        with server:
            assert post(server.url, body("a"))["choices"]


@given(st.text())
def test_examples_follow_the_schema(seed: str) -> None:
    schema = {
        "type": "object",
        "properties": {
            "label": {"type": "string", "enum": ["agree", "disagree"]},
            "score": {"type": "number", "minimum": 0.5, "maximum": 0.75},
            "n": {"type": "integer", "minimum": 3},
            "tags": {"type": "array", "items": {"type": ["string", "null"]}, "minItems": 2},
            "ok": {"type": "boolean"},
            "span": {"anyOf": [{"type": "null"}, {"const": 4}]},
        },
    }
    value = example(schema, seed=seed)
    assert value == example(schema, seed=seed)
    assert value["label"] in ("agree", "disagree")
    assert 0.5 <= value["score"] <= 0.75
    assert value["n"] == 3
    assert len(value["tags"]) == 2
    assert all(tag is None or isinstance(tag, str) for tag in value["tags"])
    assert isinstance(value["ok"], bool)
    assert value["span"] in (None, 4)


def test_the_answer_to_a_schema_is_json() -> None:
    asked = {"response_format": {"json_schema": {"schema": {"enum": ["x"]}}}, **body("a")}
    assert json.loads(plain_answer(asked)) == "x"
