"""What Inspect AI finds of ours by entry point: the task `normscope/dilemmas`. Without Inspect installed it is empty."""

from __future__ import annotations

from importlib.util import find_spec

__all__: list[str] = []

if find_spec("inspect_ai") is not None:
    from inspect_ai import task

    from normscope._inspect import conversations

    dilemmas = task(name="dilemmas")(conversations.dilemmas)
    __all__ += ["dilemmas"]
