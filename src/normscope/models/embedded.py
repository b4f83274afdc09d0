"""The one llama.cpp server that may run in this process at a time: started on demand, shared, swapped, stopped.

Two servers on one small machine starve each other, so there is one place for a server. Calls with the same settings
share what runs there; a call with other settings waits until nobody uses it, stops it and starts its own.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from normscope.errors import MissingExtra, ModelError
from normscope.models.failures import quote

__all__ = ["ServerSettings", "Slot", "slot"]

POLL = 0.05
"""Seconds between two looks at whether the place is free."""

GRACE = 0.25
"""Seconds that a server must have been unused before other weights replace it, so that two models that are asked in turn
do not swap at every call."""

WHY_SECONDS = 60.0
PROMPT_CACHE_MIB = 512


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What makes two servers the same. `context` is the number of tokens per parallel call, prompt and answer together.

    `threads` compute; None = one fewer than there are cores."""

    path: Path
    parallel: int = 1
    context: int = 4096
    threads: int | None = None


class Slot:
    """The place for one server. Safe for threads and for any number of event loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Any = None
        self._settings: ServerSettings | None = None
        self._url = ""
        self._users = 0
        self._held = 0
        self._left = 0.0

    @asynccontextmanager
    async def use(self, settings: ServerSettings) -> AsyncIterator[str]:
        """The server's base URL for the length of one call; waits as long as calls to other weights are in flight."""
        # two steps, because a thread goes on when its task is cancelled: only `_enter` counts, and it is not in a thread
        while (url := self._enter(settings)) is None:
            if not await asyncio.to_thread(self._ready, settings):
                await asyncio.sleep(POLL)
        try:
            yield url
        finally:
            self._leave()

    @contextmanager
    def hold(self, settings: ServerSettings) -> Iterator[str]:
        """The server's base URL; meanwhile no other weights can be asked. Raises at once where others are being asked."""
        with self._lock:
            if self._settings != settings and (self._users or self._held):
                raise self._taken(settings)
            self._start(settings)
            self._held += 1
            url = self._url
        try:
            yield url
        finally:
            with self._lock:
                self._held -= 1
                self._left = time.monotonic()
            self.stop(settings)

    def stop(self, settings: ServerSettings | None = None) -> None:
        """Stop the server and free its memory, unless it is in use or (where given) has other settings."""
        with self._lock:
            if not self._users and not self._held and settings in (None, self._settings):
                self._drop()

    @property
    def running(self) -> ServerSettings | None:
        """The settings of the server that runs now."""
        return self._settings

    def _enter(self, settings: ServerSettings) -> str | None:
        with self._lock:
            if self._settings != settings:
                return None
            self._users += 1
            return self._url

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            self._left = time.monotonic()

    def _ready(self, settings: ServerSettings) -> bool:
        """Whether the wanted server runs, started here where the place is free."""
        with self._lock:
            if self._settings is not None and self._settings != settings:
                if self._held:
                    raise self._taken(settings)
                if self._users or time.monotonic() - self._left < GRACE:
                    return False
            self._start(settings)
            return True

    def _start(self, settings: ServerSettings) -> None:
        if self._settings == settings:
            return
        self._drop()
        self._server, self._url = _launch(settings)
        self._settings = settings
        atexit.unregister(self.stop)
        atexit.register(self.stop)

    def _drop(self) -> None:
        # the extension stops its threads and frees the weights when the last reference goes
        self._server, self._settings, self._url = None, None, ""

    def _taken(self, settings: ServerSettings) -> ModelError:
        holder = self._settings.path.name if self._settings else "another model"
        text = (
            f"{settings.path.name} cannot be asked while the local server of {holder} is held open. "
            "One local server runs at a time: leave its `with serve(…)` block first."
        )
        return ModelError(text, reason="unreachable", retry=False)


@cache
def slot() -> Slot:
    """The process's one place for a server."""
    return Slot()


def _launch(settings: ServerSettings) -> tuple[Any, str]:
    try:
        import xllamacpp
    except ImportError:
        raise MissingExtra("a local model", "local") from None
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(settings.path)
    wanted.n_parallel = settings.parallel
    wanted.n_ctx = settings.context * settings.parallel  # llama.cpp itself cuts each share to what the model was trained on
    wanted.port = 0
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = settings.threads or _threads()
    wanted.cache_ram_mib = PROMPT_CACHE_MIB  # the default is 8 GB
    wanted.verbosity = -1  # or the terminal fills with llama.cpp's log
    wanted.warmup = False
    wanted.ui = False
    try:
        server = xllamacpp.Server(wanted)
    except RuntimeError as error:
        text = (
            f"llama.cpp cannot load the weights {settings.path}: {_why(settings) or quote(str(error))} "
            "Check that the file is complete and that this version of xllamacpp knows its kind of model."
        )
        raise ModelError(text, reason="bad_weights", retry=False) from None
    return server, f"{server.listening_address}/v1"


_EXPLAIN = """
import sys, xllamacpp
p = xllamacpp.CommonParams()
p.model.path, p.n_ctx, p.port, p.verbosity, p.warmup = sys.argv[1], int(sys.argv[2]), 0, 1, False
xllamacpp.Server(p)
"""


def _why(settings: ServerSettings) -> str:
    """llama.cpp's own words about a failed start.

    It writes them to the terminal from C and raises without them; so the start is repeated in a child whose output we read,
    rather than by turning around the file descriptors of a process that others are printing in.
    """
    command = [sys.executable, "-c", _EXPLAIN, str(settings.path), str(settings.context * settings.parallel)]
    try:
        # fixed code and two plain arguments, no shell
        child = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=WHY_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    # lines read "0.00.622.051 E gguf_init_from_reader: failed to read header"; the first is the cause, the rest follow from it
    causes = [line.partition(" E ")[2] for line in child.stderr.splitlines() if " E " in line]
    return f"{quote(causes[0])}." if causes else ""


def _threads() -> int:
    """Threads to compute with: one core is left to everything else.

    llama.cpp's threads wait for each other spinning, several hundred times per token: where two of them must share a core
    because another process has the other one, they burn whole time slices waiting. Seen on 2 cores, SmolLM2 beside other
    work: 1 thread 47 to 72 tokens/s, 2 threads 3 to 53; alone 57 to 77 against 42 to 69, prompts a third slower.
    """
    if sys.platform == "linux":
        cores = len(os.sched_getaffinity(0))  # a container may own fewer cores than the machine has
    else:
        cores = os.cpu_count() or 1
    return max(1, cores - 1)
