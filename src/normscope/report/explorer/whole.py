"""The explorer's data as a whole: a small index, the dilemmas' texts, and blocks of what was said, each packed by itself."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeAlias

import polars as pl

from normscope.records import Dilemma, Kind, Outcome, Stance
from normscope.records.json_text import decode
from normscope.report.code_words import code_words
from normscope.report.data import ReportData
from normscope.report.explorer.agreeing import Agreeing, agreeing
from normscope.report.explorer.drawn import drawn
from normscope.report.explorer.letters import letters
from normscope.report.explorer.marked import exchanges, turns_of
from normscope.report.explorer.packed import in_page, packed
from normscope.report.explorer.places import CONVERSATIONS, places
from normscope.report.text import short, shown

__all__ = ["BYTES", "DILEMMAS", "Explorer", "explorer"]

DILEMMAS = 3_000
"""The most dilemmas that a page has; of a larger study some are drawn."""

BYTES = 50_000_000
"""The most that the packed texts and labels of a page may take."""

Rows: TypeAlias = Sequence[Mapping[str, Any]]

PER_BLOCK = 32
AHEAD = 2
START = 140
NAME = 80

_OUTCOMES = [outcome.value for outcome in Outcome]
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Explorer:
    """What the explorer's script reads. All of it is data without markup: it can stand in a page as it is.

    `index_json` is one JSON object without `<`, what the list and its filters need; `texts` the dilemmas' texts and `blocks`
    all else, `PER_BLOCK` dilemmas each, as gzip in base64. `notice` says which dilemmas are here where not all are.
    """

    index_json: str
    texts: str
    blocks: tuple[str, ...]
    notice: str


def explorer(data: ReportData, *, most: int = DILEMMAS, budget: int = BYTES, conversations: int = CONVERSATIONS) -> Explorer:
    """The explorer of a study: at most so many dilemmas, in at most so many packed bytes; the same study, the same bytes.

    What does not fit is drawn by topic with the study's seed, and `notice` says so. One dilemma stays whatever it takes.
    """
    topics = [dilemma.topic for dilemma in data.dilemmas]
    n = min(most, len(topics))
    while True:
        made = _Made(data, drawn(topics, n, seed=data.seed), conversations)
        blocks, size = [], len(made.texts)
        for block in _packed(made.blocks()):
            blocks.append(block)
            size += len(block)
            if size > budget and n > 1:
                break
        else:
            return Explorer(in_page(made.index()), made.texts, tuple(blocks), _notice(data, n))
        # what is packed so far tells how many fit; a little fewer, since other dilemmas may have longer texts
        here = min(len(blocks) * PER_BLOCK, n)
        n = max(1, min(n - 1, int(here * budget / size * 0.97)))


def _packed(blocks: Iterator[Any]) -> Iterator[str]:
    """The blocks packed, in order; one is packed in a thread while the next is made, since packing is half of the work."""
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[str]] = deque()
        for block in blocks:
            waiting.append(pool.submit(packed, block))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()


def _notice(data: ReportData, n: int) -> str:
    if n == len(data.dilemmas):
        return ""
    return f"{n:,} of {len(data.dilemmas):,} dilemmas are here, drawn at random by topic (seed {data.seed}); all are in study.db."


class _Made:
    """The dilemmas that were chosen, with all that the blocks and the index are made of."""

    def __init__(self, data: ReportData, chosen: Sequence[int], conversations: int) -> None:
        self._data = data
        self._chosen = chosen
        self._dilemmas = [data.dilemmas[i] for i in chosen]
        known = {r.responder_id: r.kind for r in data.responders}
        others = {*data.responses["responder_id"].unique(), *data.solutions["responder_id"].unique()} - set(known)
        self._responders: dict[str, Kind | None] = {**known, **dict.fromkeys(sorted(others))}
        ids = [dilemma.dilemma_id for dilemma in self._dilemmas]
        self._places = places(data, ids, list(self._responders), most=conversations)
        self._grids = letters(self._places, dilemmas=len(ids))
        self._several = bool((data.responses["draw"] > 0).any())
        self.texts = packed([shown(dilemma.text) for dilemma in self._dilemmas])

    def index(self) -> dict[str, Any]:
        """Everything by dilemma is a list in the order of the page; `pairs` and `against` are said at `Agreeing`."""
        dilemmas, here = self._dilemmas, self._places
        topics = sorted({dilemma.topic for dilemma in dilemmas})
        place = {topic: i for i, topic in enumerate(topics)}
        found = agreeing(here, list(self._responders.values()), dilemmas=len(dilemmas))
        return {
            "of": len(self._data.dilemmas),
            "per_block": PER_BLOCK,
            "outcomes": _OUTCOMES,
            "responders": [[short(shown(name), NAME), kind.value if kind else ""] for name, kind in self._responders.items()],
            "topics": [short(shown(topic), NAME) for topic in topics],
            "numbers": [i + 1 for i in self._chosen],
            "ids": [short(shown(dilemma.dilemma_id), NAME) for dilemma in dilemmas],
            "languages": [_tag(dilemma) for dilemma in dilemmas],
            "topic": [place[dilemma.topic] for dilemma in dilemmas],
            "starts": [_start(dilemma.text) for dilemma in dilemmas],
            "pairs": [_flat(one) for one in found],
            "against": [one.models for one in found],
            "lost": _lost(here.conversations, len(dilemmas)),
        }

    def blocks(self) -> Iterator[list[dict[str, Any]]]:
        """What each block holds, one after the other."""
        here = self._places
        said = _by_dilemma(here.conversations, len(self._dilemmas))
        read = _by_dilemma(here.solutions, len(self._dilemmas))
        wholes = (self._whole(i, next(said), next(read)) for i in range(len(self._dilemmas)))
        while block := list(islice(wholes, PER_BLOCK)):
            yield block

    def _whole(self, i: int, said: Rows, solutions: Rows) -> dict[str, Any]:
        """One dilemma: conversations, solutions by number, and the grids of labels."""
        columns = {solution["solution_id"]: solution["column"] for solution in solutions}
        text = self._dilemmas[i].text
        whole: dict[str, Any] = {
            "said": [self._conversation(row, text, columns) for row in said],
            "solutions": [_solution(solution) for solution in solutions],
            "labels": self._grids[i],
        }
        return whole | ({"left_out": self._places.left_out[i]} if i in self._places.left_out else {})

    def _conversation(self, row: Mapping[str, Any], dilemma: str, columns: Mapping[str, int]) -> list[Any]:
        """responder, draw (-1 where there is one alone), outcome (-1 where there is no text), reason, turns, exchanges."""
        draw = row["draw"] if self._several else -1
        if row["outcome"] is None:
            return [row["responder"], draw, -1, "no text; these solutions were coded by people", [], []]
        turns = decode(row["turns"].encode("utf-8"))
        shown_and_asked = [list(one) for one in exchanges(turns, columns)]
        outcome, reason = _OUTCOMES.index(row["outcome"]), shown(code_words(row["reason"] or ""))
        span = None if row["start"] is None else (row["start"], row["end"])
        return [row["responder"], draw, outcome, reason, turns_of(turns, dilemma, span), shown_and_asked]


def _by_dilemma(frame: pl.DataFrame, dilemmas: int) -> Iterator[Rows]:
    """The rows of each dilemma; read some hundred at a time."""
    groups = ((dilemma, list(rows)) for dilemma, rows in groupby(frame.iter_rows(named=True), itemgetter("dilemma")))
    none: tuple[int, Rows] = (dilemmas, [])
    dilemma, rows = next(groups, none)
    for i in range(dilemmas):
        if i == dilemma:
            yield rows
            dilemma, rows = next(groups, none)
        else:
            yield []


def _solution(solution: Mapping[str, Any]) -> list[Any]:
    """row, whether it is recommended, whether it is the main one, text, conditions."""
    conditions = [shown(one) for one in decode(solution["conditions"].encode("utf-8"))] if solution["conditions"] else []
    recommended = solution["stance"] == Stance.RECOMMENDS.value
    return [solution["row"], int(recommended), int(solution["main"]), shown(solution["text"]), conditions]


def _start(text: str) -> str:
    line = " ".join(shown(text[: 2 * START]).split())
    return line if len(line) <= START else f"{line[:START].rstrip()} …"


def _tag(dilemma: Dilemma) -> str:
    return dilemma.language if dilemma.language != "und" and _LANGUAGE.fullmatch(dilemma.language) else ""


def _flat(one: Agreeing) -> list[int]:
    return [number for counted in one.pairs for number in counted]


def _lost(conversations: pl.DataFrame, dilemmas: int) -> list[int]:
    """By dilemma a number whose bits say which outcomes there are: 1 for the second of `Outcome`, 2 for the third …"""
    found = [0] * dilemmas
    for dilemma, outcome in conversations.select("dilemma", "outcome").unique(maintain_order=True).iter_rows():
        if outcome is not None and outcome != Outcome.ANSWERED:
            found[dilemma] |= 1 << (_OUTCOMES.index(outcome) - 1)
    return found
