"""A folder of very many recorded responses: how it is made, and what a run that finds its holes takes.

`python -m benchmarks.fleet_million build FOLDER PORT MODELS DILEMMAS DRAWS` makes the folder: every response with its call, as a
run leaves them, but for about fifty conversations that failed and fifty that are missing. `resume FOLDER` fills those and
prints what it took, from opening the folder on. Both print how many holes there are or were.
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fleet_ours import NoteLoop, model, write_dilemmas
from benchmarks.fleet_window import DILEMMA, Window
from normscope import Study
from normscope.records import Outcome, Response, Turn
from normscope.store import FILE_NAME, StoredCall
from normscope.store.calls import PUT_CALL, call_row

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

    number: int
    model: str
    dilemma: int
    draw: int
    outcome: Outcome

    @property
    def words(self) -> tuple[str, str]:
        """What was asked and what was answered; an answer of its own for each conversation."""
        return f"{DILEMMA} (Case {self.dilemma})", f"{ANSWER} ({self.number})"


def conversations(models: int, dilemmas: int, draws: int) -> Iterator[Held]:
    """All but the missing ones, in the order in which a run asks: a model's draws one after the other, over all dilemmas."""
    step = max(models * dilemmas * draws // HOLES, 3)
    asked = itertools.product(range(models), range(draws), range(dilemmas))
    for number, (m, draw, dilemma) in enumerate(asked):
        if number % step == 1:
            continue
        outcome = Outcome.REFUSED if number % REFUSED_EVERY == 0 else Outcome.ANSWERED
        yield Held(number, f"http:m{m}", dilemma, draw, Outcome.FAILED if number % step == 2 else outcome)


def response(held: Held) -> Response:
    """The record of a conversation; a failed one has no turns."""
    question, answer = held.words
    turns = () if held.outcome is Outcome.FAILED else (Turn("user", question), Turn("assistant", answer))
    reason = {Outcome.FAILED: "timeout", Outcome.REFUSED: "words_of_refusal"}.get(held.outcome)
    return Response(f"d{held.dilemma:04}", held.model, held.draw, "ask", held.outcome, turns, reason)


def call(held: Held) -> StoredCall:
    """The call behind a conversation, in the form in which the asking stores it."""
    question, answer = held.words
    params = {"max_tokens": 512, "temperature": None, "seed": None, "json_schema": None, "logprobs": 0}
    request = {"messages": [{"role": "user", "content": question}], "params": params}
    key = hashlib.sha256(f"{held.model} {held.draw} {held.dilemma}".encode()).hexdigest()
    if held.outcome is Outcome.FAILED:
        return StoredCall(key, held.model, held.draw, request, None, "timeout")
    completion = {
        "text": answer, "finish_reason": "stop", "prompt_tokens": 131, "completion_tokens": 110, "reasoning": "",
        "refusal": "", "logprobs": [],
    }  # fmt: skip
    return StoredCall(key, held.model, held.draw, request, completion, None, 131, 110)


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
                database.executemany(PUT_CALL, map(call_row, map(call, batch)))
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
        port, models, dilemmas, draws = (int(number) for number in numbers)
        print(build(Path(name), port, models, dilemmas, draws))
    else:
        resume(Path(name))


if __name__ == "__main__":
    main()
