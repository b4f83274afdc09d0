"""A matcher whose judgements the study keeps, so that no question is worked on twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from importlib.metadata import version

from normscope.records import Judgement, Matcher, Question
from normscope.store import Store

__all__ = ["remembering"]

VERSION = version("normscope")
"""Part of what a judgement depends on: how a text is cleaned may differ in another one."""


@dataclass(frozen=True)
class _Remembered:
    """The same matcher, which looks first whether a question was answered before, in this run or another."""

    matcher: Matcher
    store: Store

    @property
    def name(self) -> str:
        return self.matcher.name

    @property
    def prompt_hash(self) -> str | None:
        return self.matcher.prompt_hash

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        keys = [self._key(question) for question in questions]
        known = self.store.judgements.get(keys)
        open_ = {key: question for key, question in zip(keys, questions, strict=True) if key not in known}
        if open_:
            fresh = dict(zip(open_, await self.matcher(list(open_.values())), strict=True))
            self.store.judgements.put(fresh)
            known |= fresh
        return [known[key] for key in keys]

    def _key(self, question: Question) -> bytes:
        content = json.dumps([VERSION, self.name, self.prompt_hash, *astuple(question)], ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()


def remembering(matcher: Matcher, store: Store) -> Matcher:
    """The matcher itself, or one that remembers where the matcher says that it is worth it (`remembered`).

    A judge's answers are kept as calls already, and a matcher that compares words is faster than the look-up.
    """
    return _Remembered(matcher, store) if getattr(matcher, "remembered", False) else matcher
