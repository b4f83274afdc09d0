"""Reading a policy.yaml into plain values: a small table, in which nothing stands twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from normscope.errors import DataError, UsageError

__all__ = ["LARGEST", "read_policy_file", "yaml_values"]

LARGEST = 100_000
"""A file of more bytes is no policy."""


class _Once(yaml.SafeLoader):
    """YAML in which a field that stands twice is an error: the last one would win, and turn a gate off unseen.

    So is an alias (`*name`): a few lines of them stand for more values than any machine holds.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="a policy has no aliases (*name)", problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name in seen and name != "<<":
                raise yaml.MarkedYAMLError(problem=f"the field {name!r:.80} stands twice", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def read_policy_file(path: Path) -> dict[str, Any]:
    """The values of a policy.yaml. `UsageError` where it cannot be read, `DataError` with its line where it is not YAML."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}. Make one with: normscope audit --print-policy > policy.yaml") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    if len(data) > LARGEST:
        raise DataError("too large for a policy", file=path, allowed=f"at most {LARGEST:,} bytes")
    try:
        return yaml_values(data.decode("utf-8"), file=path)
    except UnicodeDecodeError:
        raise DataError("not readable as UTF-8", file=path) from None


def yaml_values(text: str, *, file: str | Path) -> dict[str, Any]:
    """The table that a YAML text holds."""
    try:
        values = yaml.load(text, Loader=_Once)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or f"{type(error).__name__}: {error}"
        raise DataError("not readable as YAML", file=file, line=mark.line + 1 if mark else None, got=str(said)) from None
    if not isinstance(values, dict):
        raise DataError("a policy is a table", file=file, got=values, allowed="`checks:` and below it the checks")
    return values
