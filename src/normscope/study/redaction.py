"""A study as somebody may see it who must not read what people wrote: their texts are replaced by hashes as they are read.

Everything that is made of a study (report, findings, tables) is made of what its `Store` gives. `RedactedStore` is the same store
with other eyes, so that no part of a bundle has to be trusted to leave people's texts out by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar, cast

import polars as pl

from normscope.bundle import HMAC, SHA256, hashed
from normscope.errors import StoreError
from normscope.records import KINDS, Kind, Record
from normscope.store import Store
from normscope.store.rows import record_of
from normscope.store.schema import COLUMNS
from normscope.study.agreed import FACT as AGREED
from normscope.study.current_labels import FACT as MATCHED

__all__ = ["REDACTED_NOTE", "RedactedStore", "Redaction"]

R = TypeVar("R", bound=Record)

REDACTED_NOTE = (
    "What people wrote was left out of this report: dilemmas, people's answers, solutions and notes, and what models were told. "
    "In its place stands a hash of each text. Models' own words are here, and may quote people."
)

_HIDDEN: dict[str, tuple[str, ...]] = {
    "dilemmas": ("text", "extra"),
    "responders": ("persona", "note", "system_prompt"),
    "responses": ("turns", "reason"),
    "solutions": ("text", "start", "end", "conditions"),
    "matches": ("evidence",),
    "label_items": ("dilemma", "text", "solution"),
    "golds": ("dilemma", "text", "solution"),
}
"""The columns that can hold what a person wrote, or point into it."""
_SOURCE = ("dilemma_id", "responder_id", "draw")
"""The columns that name a conversation."""


@dataclass(frozen=True)
class Redaction:
    """Replaces a text by its hash: SHA-256, or with a `key` HMAC-SHA-256, which short texts cannot be guessed from."""

    key: bytes | None = field(default=None, repr=False)

    @property
    def method(self) -> str:
        """The name of the hash."""
        return SHA256 if self.key is None else HMAC

    def __call__(self, text: str | None) -> str | None:
        """The hash that stands for a text. An empty text hides nothing and stays.

        >>> Redaction()("Call her.")
        '[redacted, sha256 3bf01b6ca81cf44d46867212816810f221255a14fa5da091039666273d67be4e]'
        """
        if not text:
            return text
        return f"[redacted, {self.method} {hashed(text.encode('utf-8', 'surrogatepass'), key=self.key)}]"


class RedactedStore(Store):
    """A store that is open already, read with people's texts redacted. It shows records and facts; it cannot be written.

    A responder that is not known as a model is a person. Of models only what they were told is redacted, and evidence that
    stands nowhere in their own words.
    """

    def __init__(self, store: Store, redaction: Redaction) -> None:
        self.__dict__.update(store.__dict__)
        self._redaction = redaction
        responders = store.frame("responders", columns=["responder_id", "kind"])
        models = responders.filter(pl.col("kind") == Kind.MODEL.value)["responder_id"]
        self._models = frozenset(models)

    def all(self, kind: type[R]) -> list[R]:
        name = next(name for name, record in KINDS.items() if record is kind)
        make = record_of(name)
        return [cast("R", make(row)) for row in self.frame(name).iter_rows()]

    def frame(self, kind: str, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
        wanted = list(COLUMNS[kind] if columns is None else columns)
        hidden = [name for name in wanted if name in _HIDDEN.get(kind, ())]
        if not hidden:
            return super().frame(kind, columns=columns)
        source = [name for name in _SOURCE if name in COLUMNS[kind]]
        found = super().frame(kind, columns=[*wanted, *(name for name in source if name not in wanted)])
        theirs = self._theirs(kind, found)
        for name in hidden:
            if name == "turns":  # a model's conversation holds a person's dilemma
                new = [self._said(*row) for row in found.select("responder_id", name).iter_rows()]
            else:
                new = _where(theirs, found[name], self._replacement(name))
            found = found.with_columns(pl.Series(name, new, dtype=found.schema[name]))
        return found.select(wanted)

    def scan(self, kind: str) -> pl.LazyFrame:
        return self.frame(kind).lazy()

    def outcomes(self) -> list[tuple[str, str, str | None, int]]:
        return [
            (name, outcome, reason if name in self._models else self._redaction(reason), n)
            for name, outcome, reason, n in super().outcomes()
        ]

    def fact(self, name: str) -> str | None:
        value = super().fact(name)
        if value is None:
            return None
        # the hash of the solutions, which cannot be read here; whoever redacts has compared it before
        if name == MATCHED:
            return json.dumps({key: one for key, one in json.loads(value).items() if key != "solutions"})
        if name == AGREED:
            return json.dumps(json.loads(value) | {"matched": self.fact(MATCHED)})
        return value

    def put(self, records: Iterable[Record]) -> NoReturn:
        raise self._refused()

    def replace(self, kind: str, records: Sequence[Record], *, facts: Mapping[str, str] | None = None) -> NoReturn:
        raise self._refused()

    def replace_matches(self, frame: pl.DataFrame, *, facts: Mapping[str, str] | None = None) -> NoReturn:
        raise self._refused()

    def set_fact(self, name: str, value: str) -> NoReturn:
        raise self._refused()

    def _refused(self) -> StoreError:
        return StoreError(f"{self.folder} is read without people's texts, and cannot be written so.")

    def _theirs(self, kind: str, whole: pl.DataFrame) -> list[bool]:
        """Which records are what a person wrote."""
        if kind == "matches":
            return self._not_its_own(whole)
        if "responder_id" in whole.columns and kind != "label_items":
            return [name not in self._models for name in whole["responder_id"]]
        return [True] * whole.height

    def _replacement(self, name: str) -> Callable[[Any], Any]:
        """What stands in a column in place of a value that is to be hidden."""
        redact = self._redaction
        if name in {"start", "end"}:
            return lambda _: None
        if name == "extra":
            return lambda value: _dump({key: redact(one) for key, one in json.loads(value).items()})
        if name == "conditions":
            return lambda value: _dump([redact(one) for one in json.loads(value)])
        return redact

    def _said(self, responder_id: str, turns: str) -> str:
        """The turns of a conversation: of a model's what it said itself stays."""
        model = responder_id in self._models
        return _dump(
            [
                turn if model and turn["role"] == "assistant" else turn | {"text": self._redaction(turn["text"])}
                for turn in json.loads(turns)
            ]
        )

    def _not_its_own(self, matches: pl.DataFrame) -> list[bool]:
        """For each label: is its evidence a person's, or at least nothing that stands in the model's own words?"""
        words: dict[tuple[str, str, int], list[str]] = {}
        for *key, turns in self.frame("responses", columns=[*_SOURCE, "turns"]).iter_rows():
            words[key[0], key[1], key[2]] = [turn["text"] for turn in json.loads(turns) if turn["role"] == "assistant"]
        for *key, text in super().frame("solutions", columns=[*_SOURCE, "text"]).iter_rows():
            words.setdefault((key[0], key[1], key[2]), []).append(text)
        return [
            not (responder in self._models and any(evidence in text for text in words.get((dilemma, responder, draw), ())))
            if evidence
            else False
            for dilemma, responder, draw, evidence in matches.select(*_SOURCE, "evidence").iter_rows()
        ]


def _where(theirs: Sequence[bool], values: pl.Series, replaced: Callable[[Any], Any]) -> list[Any]:
    return [replaced(value) if hide and value is not None else value for value, hide in zip(values, theirs, strict=True)]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
