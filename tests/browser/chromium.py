"""A real Chromium without a network, driven by Playwright: what it needs, and how it is started.

The browser is Debian's (or the one that `CHROMIUM` names); Playwright's own is never downloaded.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["AXE", "launched", "missing"]

AXE = Path(sys.prefix) / "node_modules" / "axe-core" / "axe.min.js"
"""Where `make browser` puts axe-core."""


def missing() -> list[str]:
    """What the tests in a browser need and this machine has not; empty where they can run."""
    wanted = {
        "Chromium": _executable() is not None,
        "Playwright": find_spec("playwright") is not None,
        "pypdf": find_spec("pypdf") is not None,
        "axe-core": AXE.is_file(),
    }
    return [name for name, there in wanted.items() if not there]


@contextmanager
def launched(proxy: str = "") -> Iterator[Browser]:
    """A Chromium that sends whatever it sends to `proxy`, this machine's own addresses included."""
    from playwright.sync_api import sync_playwright

    executable = _executable()
    if executable is None:
        raise RuntimeError("there is no Chromium; install it with .ci/browser, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            chromium_sandbox=os.geteuid() != 0,  # root has no sandbox
            proxy={"server": proxy, "bypass": "<-loopback>"} if proxy else None,
        )
        try:
            yield browser
        finally:
            browser.close()


def _executable() -> str | None:
    return shutil.which(os.environ.get("CHROMIUM", "chromium"))
