"""A proxy on loopback that answers nothing and remembers who wanted to speak to whom."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Spy", "spying"]

_THE_BROWSERS_OWN = re.compile(r"(CONNECT |https?://)[\w.-]*\bgoogle(apis)?\.com[:/]")
"""Chromium asks its maker for updates whatever page is open."""


class Spy(socketserver.ThreadingTCPServer):
    """Takes every connection, keeps its first line (but of the browser's own) and closes it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _FirstLine)
        self.heard: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _FirstLine(socketserver.StreamRequestHandler):
    server: Spy
    timeout = 5

    def handle(self) -> None:
        line = self.rfile.readline(2000).decode("latin-1").strip()
        if not _THE_BROWSERS_OWN.search(line):
            self.server.heard.append(line)


@contextmanager
def spying() -> Iterator[Spy]:
    """A spy that listens until the block ends."""
    with Spy() as spy:
        threading.Thread(target=spy.serve_forever, daemon=True).start()
        try:
            yield spy
        finally:
            spy.shutdown()
