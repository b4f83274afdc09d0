"""What does asking a fleet of models cost beside other ways of asking, and does it stay so with very many calls?

Every contender runs in a fresh process against one fake server in another, which answers at once or after a delay and costs
next to nothing. Each opens its connections within the measured time and begins with all of them (ours: `first_concurrency`).
CPU is the contender's own user and system time, of all its threads, after imports and a warm-up. Contenders take turns, round
after round; a figure is the median over the rounds, a ratio the median of the rounds' ratios.

    cpu_ms_per_call …          10,000 conversations over 100 connections, each stored (openai: 5,000 calls, Inspect: 500)
    …_at_50_ms                 20,000 calls over 500 connections, with 50 ms until an answer
    peak_memory_ratio          the most memory held for 200,000 calls over that for 10,000: 1,000 dilemmas, 200 and 10 draws
    status_seconds,            `normscope status` and filling 100 holes in a folder of 1,000,000 responses of 20 models and
    resume_seconds             their calls, each in a fresh process, start-up of Python included for `status` alone

A figure without a bar informs. The bare aiohttp loop and the `openai` client run on the event loop that ours ran on (uvloop
where it is installed); Inspect chooses its own. The notes of the figures name them. --quick: 2,000 conversations (openai 500,
Inspect 30), 10,000 calls at 50 ms, memory for 10,000 over 2,000, 100,000 responses; same bars.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bars import Bar, read_arguments, show
from normscope.records import NotMeasured

__all__ = ["FULL", "QUICK", "Fleet", "Sizes", "compare", "latency", "memory", "recorded"]

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()"]
DELAY = 0.05
BYTES_PER_RESPONSE = 5_000
"""Of disk, with its call and the indexes; a third more than was seen."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is run. `seconds` and `late_seconds` end the rounds before the one in which they would run out."""

    dilemmas: int
    calls: int
    connections: int
    openai_calls: int
    inspect_calls: int
    rounds: int
    seconds: float
    late_calls: int
    late_connections: int
    late_rounds: int
    late_seconds: float
    many_calls: int
    recorded: tuple[int, int, int]
    """Models, dilemmas and draws of the folder of recorded responses."""
    statuses: int
    """How often `status` is run."""


FULL = Sizes(1_000, 10_000, 100, 5_000, 500, 3, 200, 20_000, 500, 3, 90, 200_000, (20, 1_000, 50), 3)
QUICK = Sizes(1_000, 2_000, 100, 500, 30, 2, 12, 10_000, 500, 2, 10, 10_000, (20, 1_000, 5), 1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one contender's process took."""

    calls: int
    cpu_seconds: float
    wall_seconds: float
    peak_megabytes: float
    loop: str

    @property
    def cpu_ms(self) -> float:
        return self.cpu_seconds / self.calls * 1000

    @property
    def rate(self) -> float:
        return self.calls / self.wall_seconds


class Fleet:
    """The contenders, and the interpreter that runs the peers. `loop` is the event loop that ours was last seen on."""

    def __init__(self, peers: str = sys.executable) -> None:
        self.peers = peers
        self.loop = "asyncio"

    def ours(self, port: int, calls: int, connections: int, dilemmas: int) -> Seen:
        """A study of so many conversations; dilemmas times draws."""
        seen = _run(sys.executable, "benchmarks.fleet_ours", port, calls, connections, dilemmas)
        self.loop = seen.loop
        return seen

    def bare(self, port: int, calls: int, connections: int) -> Seen:
        """The bare aiohttp loop on our interpreter."""
        return _run(sys.executable, "benchmarks.fleet_peers", "bare_aiohttp", port, calls, connections, self.loop)

    def peer(self, name: str, port: int, calls: int, connections: int) -> Seen:
        """`openai` or `inspect_eval` on the peers' interpreter."""
        loop = self.loop if self.has(self.loop) else "asyncio"
        return _run(self.peers, "benchmarks.fleet_peers", name, port, calls, connections, loop)

    def has(self, module: str) -> bool:
        """Whether the peers' interpreter has a module."""
        look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        try:
            return subprocess.run([self.peers, "-c", look], check=False, capture_output=True).returncode == 0
        except OSError:
            return False


def _run(python: str, module: str, *arguments: object) -> Seen:
    return Seen(**json.loads(_last_line([python, "-m", module, *map(str, arguments)])))


def _last_line(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout.splitlines()[-1]


@contextlib.contextmanager
def server(delay: float = 0.0) -> Iterator[int]:
    """The fake server in a process of its own; gives its port."""
    command = [sys.executable, str(ROOT / "benchmarks" / "fleet_server.py"), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def in_turns(runs: Mapping[str, Callable[[], Seen]], most: int, seconds: float) -> dict[str, list[Seen]]:
    """Every run once per round, in the given order, until there were `most` rounds or the next would exceed the seconds."""
    seen: dict[str, list[Seen]] = {name: [] for name in runs}
    started = time.monotonic()
    for done in range(1, most + 1):
        for name, once in runs.items():
            seen[name].append(once())
        spent = time.monotonic() - started
        if spent + spent / done > seconds:
            break
    return seen


def compare(fleet: Fleet, sizes: Sizes) -> tuple[dict[str, Bar], float]:
    """The CPU figures, and the megabytes that our process held."""
    with server() as port:
        runs: dict[str, Callable[[], Seen]] = {
            "ours": lambda: fleet.ours(port, sizes.calls, sizes.connections, sizes.dilemmas),
            "bare_aiohttp": lambda: fleet.bare(port, sizes.calls, sizes.connections),
        }
        if fleet.has("openai"):
            runs["openai"] = lambda: fleet.peer("openai", port, sizes.openai_calls, sizes.connections)
        if fleet.has("inspect_ai"):
            runs["inspect_eval"] = lambda: fleet.peer("inspect_eval", port, sizes.inspect_calls, sizes.connections)
        seen = in_turns(runs, sizes.rounds, sizes.seconds)
    ours, bare = seen["ours"], seen["bare_aiohttp"]
    cpu = statistics.median(s.cpu_ms for s in ours)
    over_bare = statistics.median(o.cpu_ms / b.cpu_ms for o, b in zip(ours, bare, strict=True))
    told = f"{_many(sizes.calls, 'conversation')}, {_many(len(ours), 'round')}, {ours[0].loop}"
    figures = {
        "cpu_ms_per_call": Bar(cpu, 0.5, note=told),
        "cpu_ms_per_call_goal": Bar(cpu, 0.25, note=told),
        "ours_over_bare_aiohttp": Bar(over_bare, 4.5, note=f"4.5 is 0.5 ms over the 0.11 ms of a quiet machine; {ours[0].loop}"),
        "bare_aiohttp_ms_per_call": Bar(statistics.median(s.cpu_ms for s in bare), None, note=bare[0].loop),
    }
    for name, package, least in (("openai", "openai", 2.5), ("inspect_eval", "inspect-ai", 20)):
        figures |= _peer_figures(fleet, name, package, least, seen)
    return figures, statistics.median(s.peak_megabytes for s in ours)


def _peer_figures(fleet: Fleet, name: str, package: str, least: float, seen: Mapping[str, list[Seen]]) -> dict[str, Bar]:
    if name not in seen:
        absent = NotMeasured(
            f"{package} is not installed for {fleet.peers}. Install it there (-m pip install {package}), or name an "
            "interpreter that has it with --peers."
        )
        return {f"{name}_over_ours": Bar(absent, least, "at least"), f"{name}_ms_per_call": Bar(absent, None)}
    peer, ours = seen[name], seen["ours"]
    ratio = statistics.median(p.cpu_ms / o.cpu_ms for p, o in zip(peer, ours, strict=True))
    told = f"{_many(peer[0].calls, 'call')}, {peer[0].loop}"
    return {
        f"{name}_over_ours": Bar(ratio, least, "at least", note=told),
        f"{name}_ms_per_call": Bar(statistics.median(p.cpu_ms for p in peer), None, note=told),
    }


def latency(fleet: Fleet, sizes: Sizes) -> dict[str, Bar]:
    """The rate over the bare loop's where answers take their time."""
    calls, connections = sizes.late_calls, sizes.late_connections
    with server(DELAY) as port:
        runs: dict[str, Callable[[], Seen]] = {
            "ours": lambda: fleet.ours(port, calls, connections, sizes.dilemmas),
            "bare": lambda: fleet.bare(port, calls, connections),
        }
        seen = in_turns(runs, sizes.late_rounds, sizes.late_seconds)
    ours, bare = seen["ours"], seen["bare"]
    ratio = statistics.median(o.rate / b.rate for o, b in zip(ours, bare, strict=True))
    told = f"{_many(calls, 'call')}, {_many(connections, 'connection')}, {_many(len(ours), 'round')}, both on {bare[0].loop}"
    return {
        "rate_over_bare_aiohttp_at_50_ms": Bar(ratio, 0.7, "at least", note=told),
        "calls_per_second_at_50_ms": Bar(statistics.median(s.rate for s in ours), None, note=ours[0].loop),
        "bare_aiohttp_calls_per_second_at_50_ms": Bar(statistics.median(s.rate for s in bare), None, note=bare[0].loop),
    }


def memory(fleet: Fleet, sizes: Sizes, few_megabytes: float) -> dict[str, Bar]:
    """The most memory held for many calls over `few_megabytes`, that held for `sizes.calls` (`compare` saw it)."""
    with server() as port:
        many = fleet.ours(port, sizes.many_calls, sizes.connections, sizes.dilemmas)
    told = f"{_many(sizes.many_calls, 'call')} over {sizes.calls:,}: {many.peak_megabytes:.0f} over {few_megabytes:.0f} MB"
    return {
        "peak_memory_ratio": Bar(many.peak_megabytes / few_megabytes, 1.1, note=told),
        "many_calls_cpu_ms_per_call": Bar(many.cpu_ms, None, note=f"{_many(many.calls, 'conversation')}, {many.loop}"),
    }


def recorded(sizes: Sizes) -> dict[str, Bar]:
    """`status` and resuming, in a folder that is made for it and removed afterwards."""
    models, dilemmas, draws = sizes.recorded
    count = models * dilemmas * draws
    need, place = count * BYTES_PER_RESPONSE, tempfile.gettempdir()
    if shutil.disk_usage(place).free < need:
        lacking = NotMeasured(f"it needs {need / 1e9:.1f} GB on disk and {place} has less free. Set TMPDIR to a folder that has.")
        return {"status_seconds": Bar(lacking, 2), "resume_seconds": Bar(lacking, 10)}
    with tempfile.TemporaryDirectory() as name, server() as port:
        folder = Path(name) / "s"
        command = [sys.executable, "-m", "benchmarks.fleet_million"]
        holes = int(_last_line([*command, "build", str(folder), str(port), str(models), str(dilemmas), str(draws)]))
        status = statistics.median(_status(folder, count - holes, holes) for _ in range(sizes.statuses))
        resumed = _run(sys.executable, "benchmarks.fleet_million", "resume", folder)
        gigabytes = sum(path.stat().st_size for path in folder.rglob("*")) / 1e9
    told = f"{_many(count, 'response')} and as many calls, {gigabytes:.2f} GB"
    return {
        "status_seconds": Bar(status, 2, note=told),
        "resume_seconds": Bar(resumed.wall_seconds, 10, note=f"{_many(holes, 'hole')} in {told}"),
    }


def _status(folder: Path, held: int, holes: int) -> float:
    """How long `normscope status` takes in a fresh process; it must have counted right."""
    started = time.perf_counter()
    done = subprocess.run([*COMMAND, "status", str(folder), "--json"], check=True, capture_output=True, text=True)
    took = time.perf_counter() - started
    rows = json.loads(done.stdout)["responders"]
    assert sum(n for row in rows for outcome, n in row["outcomes"].items() if outcome != "failed") == held
    assert sum(row["to_do"] for row in rows) == holes
    return took


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def main() -> None:
    options = {"--peers": "the Python interpreter that has openai and inspect-ai installed (default: this one)"}
    arguments = read_arguments(__doc__, options=options)
    sizes = QUICK if arguments.quick else FULL
    fleet = Fleet(arguments.peers or sys.executable)
    # ended from outside it still removes its folders and ends its processes
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before it was done"))
    started = time.monotonic()
    figures: dict[str, Bar] = {}

    def found(part: Mapping[str, Bar]) -> None:
        figures.update(part)
        for name, figure in part.items():
            print(f"{time.monotonic() - started:5.0f} s  {name}: {figure}", file=sys.stderr, flush=True)

    compared, megabytes = compare(fleet, sizes)
    found(compared)
    found(latency(fleet, sizes))
    found(memory(fleet, sizes, megabytes))
    found(recorded(sizes))
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
