"""Records to rows of `study.db` and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from normscope.records import KINDS, Basis, Kind, Label, NotMeasured, Outcome, Record, Response, Stance, Turn, to_dict
from normscope.records.json_text import encode
from normscope.store.schema import COLUMNS

__all__ = ["record_of", "row_of"]

Row = Sequence[Any]


def row_of(kind: str, record: Record) -> Row:
    """A record as the values of its row, in column order."""
    if isinstance(record, Response):
        return _response_row(record)
    values = to_dict(record)
    return tuple(
        json.dumps(values[name], ensure_ascii=False) if column == "JSON" else values[name]
        for name, column in COLUMNS[kind].items()
    )


def _response_row(response: Response) -> Row:
    # as below, written out: a run writes a million of these
    turns = [{"role": t.role, "text": t.text, "stage": t.stage, "solution_id": t.solution_id} for t in response.turns]
    return (
        response.dilemma_id,
        response.responder_id,
        response.draw,
        response.protocol,
        response.outcome.value,
        encode(turns).decode(),
        response.reason,
    )


def record_of(kind: str) -> Callable[[Row], Record]:
    """A function that makes the record of a row; no validation, since only records were ever written there."""
    make: Callable[..., Record] = KINDS[kind]
    decoders = [_DECODERS.get((kind, name), _same) for name in COLUMNS[kind]]
    return lambda row: make(*(decode(value) for decode, value in zip(decoders, row, strict=True)))


def _same(value: Any) -> Any:
    return value


def _turns(text: str) -> tuple[Turn, ...]:
    values: Iterable[dict[str, Any]] = json.loads(text)
    return tuple(Turn(**turn) for turn in values)


def _measure(text: str) -> float | NotMeasured:
    value = json.loads(text)
    return NotMeasured(**value) if isinstance(value, dict) else float(value)


_DECODERS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("dilemmas", "extra"): json.loads,
    ("responders", "kind"): Kind,
    ("responses", "outcome"): Outcome,
    ("responses", "turns"): _turns,
    ("solutions", "stance"): Stance,
    ("solutions", "main"): bool,
    ("matches", "basis"): Basis,
    ("solutions", "conditions"): lambda text: tuple(json.loads(text)),
    ("solutions", "hedged"): bool,
    ("matches", "label"): Label,
    ("matches", "votes"): json.loads,
    ("label_items", "basis"): Basis,
    ("label_items", "flip"): bool,
    ("label_items", "twice"): bool,
    ("golds", "label"): Label,
    ("estimates", "value"): _measure,
    ("estimates", "low"): _measure,
    ("estimates", "high"): _measure,
    ("estimates", "excluded"): json.loads,
}
