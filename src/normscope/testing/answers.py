"""What the loopback server says: advice, or JSON of the asked-for schema, chosen by a hash of the conversation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

__all__ = ["example", "plain_answer"]

ADVICE = (
    "I would talk to them first, calmly, and say what bothers you.",
    "You should let it go this time; it is not worth the quarrel.",
    "Say no, kindly and clearly, and do not explain too much.",
    "I would ask someone you both trust to help you settle it.",
    "You should not decide today. Wait a week and see how you feel.",
    "Do it, but say in advance where your limit is.",
)

DEEPEST = 8


def plain_answer(request: Mapping[str, Any]) -> str:
    """A short piece of advice; the same messages always get the same. Where a JSON schema was asked for, an example of it.

    >>> request = {"messages": [{"role": "user", "content": "My neighbour is loud. What should I do?"}]}
    >>> plain_answer(request) == plain_answer(request) and plain_answer(request) in ADVICE
    True
    """
    messages = json.dumps(request.get("messages"), sort_keys=True)
    given = request.get("response_format")
    wanted = given.get("json_schema") if isinstance(given, dict) else None
    if isinstance(wanted, dict):
        return json.dumps(example(wanted.get("schema"), seed=messages), ensure_ascii=False)
    return str(_pick(ADVICE, messages))


def example(schema: Any, *, seed: str = "") -> Any:
    """A value that follows a JSON schema, chosen by the seed.

    Knows `enum, const, anyOf, oneOf, object, array, string, integer, number, boolean, null`; text is advice, numbers lie
    between their bounds (0 and 1 where none are given).

    >>> example({"type": "object", "properties": {"label": {"enum": ["agree"]}, "score": {"type": "number", "minimum": 1}}})
    {'label': 'agree', 'score': 1.0}
    """
    return _example(schema if isinstance(schema, dict) else {}, seed, 0)


def _example(schema: Mapping[str, Any], seed: str, depth: int) -> Any:
    if "const" in schema:
        return schema["const"]
    if choices := schema.get("enum"):
        return _pick(choices, seed)
    if branches := schema.get("anyOf") or schema.get("oneOf"):
        return _example(_pick(branches, seed), seed, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = _pick(kind, seed)
    if kind == "object":
        return {name: _example(part, f"{seed}.{name}", depth + 1) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        # schemas may nest without end; a deep list is empty where it may be
        length = schema.get("minItems", 0 if depth > DEEPEST else 1)
        return [_example(schema.get("items", {}), f"{seed}.{n}", depth + 1) for n in range(length)]
    low = schema.get("minimum", min(0, schema.get("maximum", 0)))
    high = schema.get("maximum", max(1, low))
    plain = {"integer": int(low), "number": low + (high - low) * _share(seed), "boolean": _share(seed) < 0.5, "null": None}
    return plain[kind] if kind in plain else _pick(ADVICE, seed)


def _pick(choices: Any, seed: str) -> Any:
    return choices[int(_share(seed) * len(choices))]


def _share(seed: str) -> float:
    """A number in [0, 1) that depends only on the seed."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6]) / 2**48
