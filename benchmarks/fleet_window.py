"""The measured window of one contender's process: CPU and wall time, memory, the event loop. Standard library alone."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["DILEMMA", "Window", "loop_name", "run"]

DILEMMA = (
    "My neighbour borrowed my bicycle for a weekend and brought it back with a bent wheel. She said nothing about it and I "
    "only noticed the next morning. She has helped me a lot since I moved in, looked after the cat twice, and I know that money "
    "is tight for her at the moment. The repair would cost about eighty euros. My brother says that I must ask her to pay, "
    "since she would expect it of me. I am not sure that I want to risk what has become a friendship over a wheel, but it also "
    "bothers me every time that we meet on the stairs. What should I do?"
)
"""What is asked: as long as the dilemmas of real studies."""


class Window:
    """A context manager around what is measured; `print` says what was seen, as the process's last line."""

    def __init__(self, calls: int) -> None:
        self._calls = calls

    def __enter__(self) -> Window:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._cpu = time.process_time() - self._cpu
        self._wall = time.perf_counter() - self._wall

    def print(self, loop: str) -> None:
        values = {"calls": self._calls, "cpu_seconds": self._cpu, "wall_seconds": self._wall}
        print(json.dumps(values | {"peak_megabytes": peak_megabytes(), "loop": loop}), flush=True)


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would begin with what the parent held when it forked
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 1024)


def loop_name() -> str:
    """The event loop that runs: `uvloop` or `asyncio`; `none` outside of one."""
    try:
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]
    except RuntimeError:
        return "none"


def run(work: Coroutine[Any, Any, None], loop: str) -> None:
    """Run to the end on the named event loop."""
    if loop == "uvloop":
        import uvloop

        uvloop.run(work)
    else:
        asyncio.run(work)
