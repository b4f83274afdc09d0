"""What Inspect AI finds of ours by entry point: the task `normscope/dilemmas`. Without Inspect installed it is empty."""

from __future__ import annotations

from importlib.util import find_spec

__all__: list[str] = []

if find_spec("inspect_ai") is not None:
    from inspect_ai import task

    from normscope._inspect import conversations, outcomes

    dilemmas = task(name="dilemmas")(conversations.dilemmas)
    outcomes.make_scorer()  # known by name from here on, for logs that are scored or mended without the task
    __all__ += ["dilemmas"]
