"""How fast does normscope start, and how fast are 5,184 recorded responses imported and compared?

Start-up is the median of fresh processes. The comparison is a made-up study of 432 dilemmas x 4 models x 3 draws with coded
verdicts: import, all pairs, 1,000 resamples, through the command line (--quick: 60 dilemmas).
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.bars import Bar, read_arguments, show

COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()"]


def seconds(command: list[str], folder: Path) -> float:
    """How long a command takes; it must succeed."""
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - started


def write_study(folder: Path, dilemmas: int) -> None:
    """Dilemmas and recorded answers with random verdicts, as two long files."""
    chance = random.Random(1)
    with (folder / "d.jsonl").open("w") as stream:
        for d in range(dilemmas):
            row: dict[str, object] = {
                "dilemma_id": f"d{d}",
                "language": "en",
                "topic": f"t{d % 10}",
                "text": f"Case {d}: report it or not?",
            }
            stream.write(json.dumps(row) + "\n")
    with (folder / "a.jsonl").open("w") as stream:
        for d in range(dilemmas):
            for m in range(4):
                for draw in range(3):
                    words = " ".join(chance.choices(("report", "it", "first", "talk", "wait", "never", "you", "should"), k=80))
                    row = {"dilemma_id": f"d{d}", "responder_id": f"m{m}", "kind": "model", "draw": draw, "text": words}
                    stream.write(json.dumps(row | {"verdict": chance.choice(("Yes", "No"))}) + "\n")


def main() -> None:
    arguments = read_arguments(__doc__)
    runs = 3 if arguments.quick else 9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty = statistics.median(seconds([sys.executable, "-c", ""], folder) for _ in range(runs))
        start = statistics.median(seconds([sys.executable, "-c", "import normscope"], folder) for _ in range(runs))
        usage = statistics.median(seconds([*COMMAND, "--help"], folder) for _ in range(runs))
        write_study(folder, 60 if arguments.quick else 432)
        options = ["--folder", "s", "--dilemmas", "d.jsonl", "--answers", "a.jsonl"]
        compare = seconds([*COMMAND, "run", *options, "--set", "extractor=coded", "--set", "matcher=exact"], folder)
    figures = {
        "import_seconds": Bar(start, 0.4),
        "import_over_empty_python": Bar(start / empty, 10),
        "help_seconds": Bar(usage, 0.5),
        "import_and_compare_seconds": Bar(compare, 10),
    }
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
