"""A folder of very many recorded responses: how it is made, and what a run that finds its holes takes.

`python -m benchmarks.fleet_million build FOLDER PORT MODELS DILEMMAS DRAWS` makes the folder: every response with its call, as a
run leaves them, but for about fifty conversations that failed and fifty that are missing. `resume FOLDER` fills those and
prints what it took, from opening the folder on. Both print how many holes there are or were.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import itertools
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fleet_ours import NoteLoop, model, write_dilemmas
from benchmarks.fleet_window import DILEMMA, Window
from normscope import Study
from normscope.records import Outcome, Response, Turn
from normscope.store import FILE_NAME, StoredCall
from normscope.store.calls import call_row, put_calls

HOLES = 50
"""How many conversations failed, and how many are missing."""
BATCH = 20_000
REFUSED_EVERY = 100
CONNECTIONS = 100
ANSWER = (
    "I would ask her about it, kindly and soon. She may not have noticed the wheel at all, or she may have been too embarrassed "
    "to bring it up, and either way it is easier for both of you if it is said. Tell her what the repair costs and that you know "
    "that money is tight, and propose that she pays it in parts or that you share it. That keeps the friendship, and it keeps "
    "you from counting favours on the stairs. What your brother says is right about the principle, but the way matters more here."
)


@dataclass(frozen=True, slots=True)
class Held:
    """One conversation: what was asked of whom, and how it ended."""

    model: str
    dilemma: int
    draw: int
    outcome: Outcome


def conversations(models: int, dilemmas: int, draws: int) -> Iterator[Held]:
    """All but the missing ones, in the order in which a run asks: a model's draws one after the other, over all dilemmas."""
    step = max(models * dilemmas * draws // HOLES, 3)
    asked = itertools.product(range(models), range(draws), range(dilemmas))
    for number, (m, draw, dilemma) in enumerate(asked):
        if number % step == 1:
            continue
        outcome = Outcome.REFUSED if number % REFUSED_EVERY == 0 else Outcome.ANSWERED
        yield Held(f"http:m{m}", dilemma, draw, Outcome.FAILED if number % step == 2 else outcome)


@functools.cache
def turns(dilemma: int) -> tuple[Turn, Turn]:
    """What was asked about a dilemma, and what every model answers: it is as long to read as answers that differ."""
    return Turn("user", f"{DILEMMA} (Case {dilemma})"), Turn("assistant", f"{ANSWER} ({dilemma})")


def response(held: Held) -> Response:
    """The record of a conversation; a failed one has no turns."""
    said = () if held.outcome is Outcome.FAILED else turns(held.dilemma)
    reason = {Outcome.FAILED: "timeout", Outcome.REFUSED: "words_of_refusal"}.get(held.outcome)
    return Response(f"d{held.dilemma:04}", held.model, held.draw, "ask", held.outcome, said, reason)


def call(held: Held) -> tuple[Any, ...]:
    """The row of the call behind a conversation, in the form in which the asking stores it."""
    key = hashlib.sha256(f"{held.model} {held.draw} {held.dilemma}".encode()).hexdigest()
    return key, held.model, held.draw, *rest_of_call(held.dilemma, held.outcome is Outcome.FAILED)


@functools.cache
def rest_of_call(dilemma: int, failed: bool) -> tuple[Any, ...]:
    """What follows on key, model and draw in the row of a call: encoded once, not a million times."""
    question, answer = turns(dilemma)
    params = {"max_tokens": 512, "temperature": None, "seed": None, "json_schema": None, "logprobs": 0}
    request = {"messages": [{"role": "user", "content": question.text}], "params": params}
    if failed:
        return call_row(StoredCall("", "", 0, request, None, "timeout"))[3:]
    completion = {
        "text": answer.text, "finish_reason": "stop", "prompt_tokens": 131, "completion_tokens": 110, "reasoning": "",
        "refusal": "", "logprobs": [],
    }  # fmt: skip
    return call_row(StoredCall("", "", 0, request, completion, None, 131, 110))[3:]


def build(folder: Path, port: int, models: int, dilemmas: int, draws: int) -> int:
    """Make the folder; returns the number of its holes."""
    kept = failed = 0
    with Study.create(
        folder,
        dilemmas=str(write_dilemmas(folder.with_suffix(".jsonl"), dilemmas)),
        models=[model(port, f"m{m}") for m in range(models)],
        protocol="ask",
        explicit={"per_side": 0},
        draws=draws,
        concurrency=CONNECTIONS,
    ) as study:
        study.load()
        with sqlite3.connect(folder / FILE_NAME) as database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute("PRAGMA cache_size = -1000000")
            for batch in batches(conversations(models, dilemmas, draws)):
                study.store.put(map(response, batch))
                # the store takes a call at a time: a run is slow, and this is not what is measured
                database.executemany(put_calls(), map(call, batch))
                database.commit()
                kept += len(batch)
                failed += sum(held.outcome is Outcome.FAILED for held in batch)
        assert study.store.count("responses") == kept
    return models * dilemmas * draws - kept + failed


def batches(items: Iterable[Held]) -> Iterator[list[Held]]:
    """The items in lists of `BATCH`."""
    rest = iter(items)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch


def resume(folder: Path) -> None:
    """Fill the holes, in a process that has seen nothing of the folder before."""
    heard = NoteLoop()
    with Window(0) as window, Study.open(folder, progress=heard) as study:
        ended = study.elicit()
    assert ended.get("failed", 0) == 0, ended
    with Study.open(folder) as study:
        whole = study.store.count("dilemmas") * study.settings.draws * len(study.settings.models)
        assert sum(ended.values()) == study.store.count("responses") == whole, ended
    window.print(heard.seen)


def main() -> None:
    verb, name, *numbers = sys.argv[1:]
    if verb == "build":
        gc.disable()  # nothing here is circular, and looking for cycles takes a tenth of the time
        port, models, dilemmas, draws = (int(number) for number in numbers)
        print(build(Path(name), port, models, dilemmas, draws))
    else:
        resume(Path(name))


if __name__ == "__main__":
    main()
