"""How long, and in how much memory, from 50 million match rows in Parquet to the pair table?

A made-up study of 98,815 dilemmas x 23 responders (3 people), one solution and one draw each: 506 labels of main solutions per
dilemma. Labels lie in parts as a study writes them (5 million rows, all columns, ordered by key), responses and solutions in a
Parquet file each. Writing these is not measured, but said. The table is made in a process of its own, of which seconds,
processor time and peak memory are those. (--quick: 6 million rows; its bar for the seconds is as much smaller.)
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import polars as pl

from benchmarks.bars import Bar, read_arguments, show
from normscope.agree import pair_table
from normscope.records import Dilemma, Kind, Label, Responder
from normscope.store.parts import ROWS_PER_PART, read_parts, write_parts
from normscope.store.schema import COLUMNS

SECONDS, GIGABYTES, ROWS = 30.0, 4.0, 50_000_000
QUICK_ROWS = 6_000_000
RESPONDERS, PEOPLE = 23, 3
PER_DILEMMA = RESPONDERS * (RESPONDERS - 1)
LABELS = [label.value for label in Label]
SHARES = [0.5, 0.2, 0.28, 0.02]


def dilemma_ids(start: int, stop: int) -> list[str]:
    return [f"dilemma-{n:08d}" for n in range(start, stop)]


def responder_ids() -> list[str]:
    return sorted([f"person-{n}" for n in range(PEOPLE)] + [f"provider/model-{n:02d}" for n in range(RESPONDERS - PEOPLE)])


def write_study(folder: Path, dilemmas: int, *, seed: int) -> int:
    """Responses, solutions and labels of a made-up study; returns the number of labels."""
    rng = np.random.default_rng(seed)
    who = pl.Series(responder_ids())
    asked = pl.Series(dilemma_ids(0, dilemmas))
    conversations = pl.DataFrame(
        {"dilemma_id": asked.gather(np.repeat(np.arange(dilemmas), len(who))), "responder_id": pl.concat([who] * dilemmas)}
    ).with_columns(draw=pl.lit(0, dtype=pl.Int64))
    conversations.with_columns(outcome=pl.lit("answered")).write_parquet(folder / "responses.parquet")
    solutions = conversations.with_columns(
        solution_id=pl.concat_str("dilemma_id", "responder_id", pl.lit("0-0"), separator=":"),
        stance=pl.lit("recommends"),
        main=pl.lit(value=True),
        extractor=pl.lit("rules"),
    )
    solutions.write_parquet(folder / "solutions.parquet")
    one, other = np.nonzero(~np.eye(len(who), dtype=bool))
    schema = {"TEXT": pl.String, "JSON": pl.String, "INTEGER": pl.Int64, "REAL": pl.Float64}
    rows = dilemmas * PER_DILEMMA
    (folder / "matches").mkdir()
    # part by part, so that the labels need not fit in memory; as in a study, a part ends within a dilemma
    for number, start in enumerate(range(0, rows, ROWS_PER_PART)):
        about, pair = np.divmod(np.arange(start, min(start + ROWS_PER_PART, rows)), PER_DILEMMA)
        part = pl.DataFrame(
            {
                "dilemma_id": asked.gather(about),
                "responder_id": who.gather(one[pair]),
                "draw": np.zeros(about.size, dtype=np.int64),
                "basis": pl.repeat("main", about.size, eager=True),
                "solution_id": solutions["solution_id"].gather(about * len(who) + other[pair]),
                "label": pl.Series(LABELS).gather(rng.choice(len(LABELS), about.size, p=SHARES)),
                "score": rng.random(about.size).round(3),
                "matcher": pl.repeat("offline", about.size, eager=True),
            }
        )
        rest = {name: pl.lit(None, dtype=schema[kind]) for name, kind in COLUMNS["matches"].items() if name not in part.columns}
        (written,) = write_parts(part.with_columns(**rest).select(list(COLUMNS["matches"])), folder / "written")
        written.rename(folder / "matches" / f"part-{number:05d}.parquet")
        (folder / "written").rmdir()
    return rows


def measured(folder: Path) -> dict[str, float]:
    """In this process: seconds by the clock and of the processor, peak memory; and what the values should be and are."""
    matches, dilemmas = folder / "matches", int((folder / "dilemmas").read_text())
    asked = [Dilemma(d, "What now?") for d in dilemma_ids(0, dilemmas)]
    responders = [Responder(r, Kind.HUMAN if r.startswith("person") else Kind.MODEL) for r in responder_ids()]
    started, worked = perf_counter(), process_time()
    found = pair_table(
        dilemmas=asked,
        responders=responders,
        responses=pl.scan_parquet(folder / "responses.parquet"),
        solutions=pl.scan_parquet(folder / "solutions.parquet"),
        matches=read_parts(matches),
    )
    seconds, processor = perf_counter() - started, process_time() - worked
    assert found.height == PER_DILEMMA
    assert (found["n_dilemmas"] + found["unclear"] == dilemmas).all()
    # half agree, of those that are not unclear
    assert abs(float(found["value"].mean()) - SHARES[0] / (1 - SHARES[3])) < 0.005  # type: ignore[arg-type]
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {"seconds": seconds, "processor": processor, "gigabytes": kilobytes * 1024 / 1e9}


def figures(*, quick: bool) -> dict[str, Bar]:
    """The figures; the parts are removed with their temporary folder."""
    dilemmas = -(-(QUICK_ROWS if quick else ROWS) // PER_DILEMMA)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = perf_counter()
        rows = write_study(folder, dilemmas, seed=5)
        writing = perf_counter() - started
        (folder / "dilemmas").write_text(str(dilemmas))
        stored = sum(path.stat().st_size for path in (folder / "matches").iterdir()) / 1e6
        command = [sys.executable, "-m", "benchmarks.pair_table", "--measure", name]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    share = rows / ROWS if quick else 1.0
    case = f"{rows:,} labels in {stored:.0f} MB of parts" + (f"; {share:.2f} of the full case and of its bar" if quick else "")
    cores = f"{os.cpu_count()} cores"
    return {
        "seconds": Bar(found["seconds"], round(SECONDS * share, 2), note=f"{cores}; {case}"),
        "processor_seconds": Bar(found["processor"], None, note="of all cores together; others disturb it less"),
        "gigabytes": Bar(found["gigabytes"], GIGABYTES, note=f"peak of the process; {case}"),
        "seconds_to_write_the_parts": Bar(writing, None, note="not part of the figure"),
    }


def main() -> None:
    arguments = read_arguments(__doc__, options={"--measure": argparse.SUPPRESS})
    if arguments.measure:
        print(json.dumps(measured(Path(arguments.measure))))
        return
    show(figures(quick=arguments.quick), as_json=arguments.json)


if __name__ == "__main__":
    main()
