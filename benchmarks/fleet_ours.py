"""Our own contender: a study that asks a model over HTTP and stores every answer, through the public way.

`python -m benchmarks.fleet_ours PORT CALLS CONNECTIONS DILEMMAS` prints what asking took. The window is `Study.elicit`: planning,
asking, storing calls and responses, and counting them at the end.
`--profile FILE` in front of the numbers writes what cProfile saw of the window to a file, for `python -m pstats FILE`.
"""

from __future__ import annotations

import cProfile
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.fleet_window import DILEMMA, Window, loop_name
from normscope import Study

WARM_UP = 50


class NoteLoop:
    """A study's progress, heard for the event loop in which the asking runs."""

    def __init__(self) -> None:
        self.seen = "asyncio"

    def __call__(self, *_: object, **__: object) -> None:
        loop = loop_name()
        if loop != "none":
            self.seen = loop


def write_dilemmas(path: Path, count: int) -> Path:
    """A long file of `count` dilemmas."""
    with path.open("w", encoding="utf-8") as stream:
        for d in range(count):
            row = {"dilemma_id": f"d{d:04}", "language": "en", "topic": f"t{d % 10}", "text": f"{DILEMMA} (Case {d})"}
            stream.write(json.dumps(row) + "\n")
    return path


def model(port: int, name: str = "m") -> dict[str, object]:
    """A model of a study, at the fake server."""
    return {"model": f"http:{name}", "base_url": f"http://127.0.0.1:{port}/v1"}


def study(folder: Path, port: int, *, dilemmas: int, draws: int, connections: int, heard: NoteLoop) -> Study:
    """A study with `dilemmas` x `draws` conversations to hold."""
    path = write_dilemmas(folder.with_suffix(".jsonl"), dilemmas)
    made = Study.create(
        folder,
        progress=heard,
        dilemmas=str(path),
        models=[model(port)],
        protocol="ask",
        explicit={"per_side": 0},
        draws=draws,
        concurrency=connections,
        first_concurrency=connections,
    )
    made.load()
    return made


def elicit(port: int, calls: int, connections: int, dilemmas: int, profile: str | None = None) -> None:
    """Warm up with a small study, then measure one of `calls` conversations."""
    heard = NoteLoop()
    profiler = cProfile.Profile()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with study(folder / "warm", port, dilemmas=WARM_UP, draws=1, connections=connections, heard=heard) as small:
            small.elicit()
        draws = calls // dilemmas
        with study(folder / "s", port, dilemmas=dilemmas, draws=draws, connections=connections, heard=heard) as measured:
            with Window(calls) as window:
                ended = profiler.runcall(measured.elicit) if profile else measured.elicit()
            assert ended == {"answered": calls}, ended
            assert measured.store.count("responses") == calls
        window.print(heard.seen)
    if profile:
        profiler.dump_stats(profile)


def main() -> None:
    arguments = sys.argv[1:]
    profile = None
    if arguments[0] == "--profile":
        profile, arguments = arguments[1], arguments[2:]
    port, calls, connections, dilemmas = (int(number) for number in arguments)
    elicit(port, calls, connections, dilemmas, profile)


if __name__ == "__main__":
    main()
