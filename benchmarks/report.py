"""How long does a report of 3,000 dilemmas x 20 responders take, and is the page as quick? (--quick: 300 x 12)

A made-up study of 12 models and 8 people in a real folder (see `report_study`), with all 1.1 million main labels; its
estimates are random. Then `normscope report` in a process of its own, from the folder to the file, and the page in headless
Chromium: what needs a browser is not measured, and says so, where Playwright or Chromium is not installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.bars import Bar, read_arguments, show
from benchmarks.report_browser import in_browser
from benchmarks.report_study import write_study

__all__ = ["figures"]

SECONDS, GIGABYTES, MEGABYTES = 20.0, 2.0, 60.0
COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()", "report"]


def figures(*, quick: bool) -> dict[str, Bar]:
    """All figures of one study."""
    dilemmas, models, people = (300, 7, 5) if quick else (3_000, 12, 8)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "study"
        write_study(folder, dilemmas=dilemmas, models=models, people=people)
        page = folder / "report.html"
        started = time.perf_counter()
        command = subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(command.pid, 0)
        seconds = time.perf_counter() - started
        command.returncode = os.waitstatus_to_exitcode(status)  # it is waited for already
        assert command.returncode == 0, f"the report failed with exit code {command.returncode}"
        of = f"{dilemmas:,} dilemmas x {models + people} responders"
        processor = usage.ru_utime + usage.ru_stime
        gigabytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1) / 2**20
        return {
            "report_seconds": Bar(seconds, SECONDS, note=f"{of}; {processor:.1f} s of processor time"),
            "report_gigabytes": Bar(gigabytes, GIGABYTES, note=f"peak of the process; {of}"),
            "report_megabytes": Bar(page.stat().st_size / 1e6, MEGABYTES, note=of),
            **in_browser(page, note=of),
        }


def main() -> None:
    arguments = read_arguments(__doc__)
    show(figures(quick=arguments.quick), as_json=arguments.json)


if __name__ == "__main__":
    main()
