"""A model that only replays: answers recorded elsewhere, from a JSONL file or a mapping."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from normscope.errors import DataError, ModelError, UsageError
from normscope.models.base import Completion, Message, ModelSpec, Params
from normscope.records import NotMeasured

__all__ = ["RecordedModel", "make", "read"]

Asked = str | tuple[Message, ...]
"""What an answer was recorded for: the text of the last user message, or the whole conversation so far."""

_FIELDS = frozenset({"messages", "user", "text", "draw", "reasoning", "refusal", "finish_reason"})
_UNKNOWN = NotMeasured("recorded without token counts")


def make(spec: ModelSpec) -> RecordedModel:
    """The model that `recorded:answers.jsonl` names."""
    return RecordedModel(spec.name, read(Path(spec.argument)))


class RecordedModel:
    """Replays answers. A recorded conversation is preferred to a recorded last message; what was not recorded is an error.

    `answers[question][n]` is the answer of draw n. The asker passes the draw on (`complete_draw`), so that a resumed run
    gets the same answers as an uninterrupted one; `complete` on its own replays draw 0.
    """

    def __init__(self, name: str, answers: Mapping[Asked, Sequence[str | Completion]]) -> None:
        self._name = name
        self._answers = {asked: [_completion(a) for a in given] for asked, given in answers.items()}

    @property
    def name(self) -> str:
        return self._name

    async def complete(self, messages: Sequence[Message], params: Params) -> Completion:
        """The answer recorded as draw 0."""
        return await self.complete_draw(messages, params, draw=0)

    async def complete_draw(self, messages: Sequence[Message], params: Params, *, draw: int) -> Completion:
        """The answer recorded as this draw; `ModelError` (`not_recorded`) where there is none. `params` change nothing."""
        last = next((m.content for m in reversed(messages) if m.role == "user"), "")
        found = self._answers.get(tuple(messages)) or self._answers.get(last) or []
        if draw < len(found):
            return found[draw]
        start = last if len(last) <= 80 else f"{last[:80]}…"
        text = (
            f"{self._name} holds {len(found)} answers to {start!r}; draw {draw} was asked for (draws count from 0). "
            "Record the missing answer, or ask for fewer draws."
        )
        raise ModelError(text, reason="not_recorded", retry=False)

    async def close(self) -> None:
        """Nothing to close."""


def read(path: Path) -> dict[Asked, list[Completion]]:
    """The answers in a JSONL file, by question and draw.

    Each line holds `text` and either `messages` (`[{"role": …, "content": …}]`, the conversation it answers) or `user` (the
    last user message alone); optionally `reasoning`, `refusal`, `finish_reason`, and `draw`. Answers to one question are its
    draws in the order of the lines, or all of its lines carry `draw` (0, 1, …). Raises `UsageError` for a file that cannot be
    opened and `DataError` for a line that cannot be read.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"the recorded answers {path} cannot be opened: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise DataError("the file is not UTF-8 text", file=path, got=str(error)) from None
    drawn: dict[Asked, dict[int, Completion]] = {}
    numbered: dict[Asked, bool] = {}
    # not splitlines(): it also breaks at characters that JSON leaves unescaped inside strings
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        asked, draw, completion = _line(line, path, number)
        draws = drawn.setdefault(asked, {})
        if numbered.setdefault(asked, draw is not None) != (draw is not None):
            raise DataError("some answers to one question carry a draw, others do not", file=path, line=number, field="draw")
        place = len(draws) if draw is None else draw
        if place in draws:
            raise DataError("this draw of the question is recorded twice", file=path, line=number, field="draw", got=place)
        draws[place] = completion
    for asked, draws in drawn.items():
        if missing := set(range(len(draws))) - set(draws):
            start = asked if isinstance(asked, str) else asked[-1].content
            raise DataError(f"draws of one question have a gap at {min(missing)}", file=path, field="draw", got=start)
    return {asked: [draws[n] for n in range(len(draws))] for asked, draws in drawn.items()}


def _line(line: str, path: Path, number: int) -> tuple[Asked, int | None, Completion]:
    def wrong(what: str, *, field: str | None = None, got: object = None, allowed: str | None = None) -> DataError:
        return DataError(what, file=path, line=number, field=field, got=got, allowed=allowed)

    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise wrong("the line is not JSON", got=line, allowed="one JSON object per line") from None
    if not isinstance(row, dict):
        raise wrong("the line is not an object", got=row, allowed='{"user": …, "text": …}')
    if unknown := set(row) - _FIELDS:
        raise wrong("unknown fields", got=sorted(unknown), allowed=", ".join(sorted(_FIELDS)))
    if ("messages" in row) == ("user" in row):
        raise wrong("the line must say what it answers", got=sorted(row), allowed="either messages or user")
    texts = {name: row[name] for name in ("user", "text", "reasoning", "refusal", "finish_reason") if name in row}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise wrong("not a text", field=name, got=value, allowed="a string")
    if "text" not in row:
        raise wrong("an answer has no text", field="text", allowed="a string (empty for an empty answer)")
    draw = row.get("draw")
    if draw is not None and (not isinstance(draw, int) or isinstance(draw, bool) or draw < 0):
        raise wrong("not a draw", field="draw", got=draw, allowed="0, 1, 2, …")
    asked = row["user"] if "user" in row else _messages(row["messages"], wrong)
    completion = Completion(
        row["text"], row.get("finish_reason", "stop"), _UNKNOWN, _UNKNOWN, row.get("reasoning", ""), row.get("refusal", "")
    )
    return asked, draw, completion


def _messages(given: object, wrong: Any) -> tuple[Message, ...]:
    allowed = 'a list of {"role": "system, user or assistant", "content": "text"}'
    if not isinstance(given, list) or not given:
        raise wrong("no messages", field="messages", got=given, allowed=allowed)
    messages = []
    for item in given:
        plain = isinstance(item, dict) and set(item) == {"role", "content"} and all(isinstance(v, str) for v in item.values())
        if not plain:
            raise wrong("not a message", field="messages", got=item, allowed=allowed)
        messages.append(Message(item["role"], item["content"]))
    return tuple(messages)


def _completion(answer: str | Completion) -> Completion:
    return answer if isinstance(answer, Completion) else Completion(answer, "stop", _UNKNOWN, _UNKNOWN)
