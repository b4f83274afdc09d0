"""A list of texts as files write it: a real list, JSON, or a Python list literal. Nothing is ever evaluated as code."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

__all__ = ["MAX_LITERAL", "string_list"]

MAX_LITERAL = 200_000
"""The longest list literal in characters."""

_STRING = r"""(?:'(?:[^'\\\n]|\\[^\n])*+'|"(?:[^"\\\n]|\\[^\n])*+")"""
_LITERAL = re.compile(rf"\[\s*+(?:{_STRING}\s*+(?:,\s*+{_STRING}\s*+)*+(?:,\s*+)?)?\]")


def string_list(value: Any) -> tuple[str, ...]:
    """The texts of a list, with white space around them removed and empty ones left out; None and '' are an empty list.

    A `ValueError` says what is wrong with anything else.

    >>> string_list('["Wait.", "Ask."]'), string_list("['Don\\\\'t wait.']"), string_list(None)
    (('Wait.', 'Ask.'), ("Don't wait.",), ())
    """
    if isinstance(value, str):
        value = _parse(value.strip())
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise ValueError("this is not a list")
    for item in value:
        if not isinstance(item, str):
            raise ValueError(f"the list holds something that is not text ({item!r:.40})")
    return tuple(text for item in value if (text := item.strip()))


def _parse(text: str) -> Any:
    if not text:
        return None
    if len(text) > MAX_LITERAL:
        raise ValueError(f"the list is longer than {MAX_LITERAL:,} characters")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass  # not JSON; perhaps Python
    # The shape is checked first: only a flat list of plain strings reaches the parser, so that neither deep nesting nor
    # 'a' 'b' (two texts that lost their comma, which Python would join) gets through.
    if not _LITERAL.fullmatch(text):
        raise ValueError("this is not a list of texts in JSON or Python")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unknown escape such as \d is kept as it stands, with a warning
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError) as error:
            raise ValueError(f"this is not a readable Python list ({error})") from None
