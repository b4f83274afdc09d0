"""Do corrected intervals of a study cover the truth, from its agreement tables to its estimates? (--quick: 60 replications)

A simulated study: dilemmas (clusters of their own) on which people agree more or less, two people and two models, a matcher with
10 % false agreement and 2 % false disagreement that calls 3 % unclear, and a part of the comparisons labelled by people, drawn
with unequal probabilities by the matcher's value. The truth is that of dilemmas like these: the expected agreement. Held
against a bar: the coverage of the corrected stated agreement of models with people, over all pairs and for one model. The raw
one and Rogan-Gladen are informative.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.bars import Bar, read_arguments, show
from normscope.agree import PEOPLE, PeopleSaid, corrected, estimate
from normscope.records import Estimate, Kind, NotMeasured, Responder
from normscope.table import EXPLICIT_SCHEMA, STATED_SCHEMA, AgreementTable

RESPONDERS = tuple(Responder(f"{k.value}{i}", k) for k in (Kind.HUMAN, Kind.MODEL) for i in range(2))
PAIRS = tuple((r, t) for r in range(4) for t in range(4) if r != t)
DILEMMAS = 150
INCLUSION = {1.0: 0.3, 0.0: 0.2}
FALSE_AGREEMENT, FALSE_DISAGREEMENT, UNCLEAR = 0.10, 0.02, 0.03
TRUTH = 2 / 7
"""The expected agreement of every pair: a dilemma's is Beta(2, 5)."""


def table(rows: list[tuple[int, int, int]], values: list[float | None], matcher: str) -> AgreementTable:
    """The agreement table of these rows (dilemma, responder, target); None is unclear."""
    said = [
        (d, r, 0, t, 0, value, "unclear" if value is None else "counted") for (d, r, t), value in zip(rows, values, strict=True)
    ]
    names = tuple(f"d{i}" for i in range(DILEMMAS))
    return AgreementTable(
        dilemmas=names,
        topics=("unspecified",) * DILEMMAS,
        clusters=names,
        languages=("en",) * DILEMMAS,
        responders=RESPONDERS,
        stated=pl.DataFrame(said, schema=STATED_SCHEMA, orient="row"),
        explicit=pl.DataFrame(schema=EXPLICIT_SCHEMA),
        matcher=matcher,
    )


def study(seed: int) -> tuple[AgreementTable, PeopleSaid]:
    """One study: the matcher's table, and people's with what was drawn."""
    rng = np.random.default_rng(seed)
    rate = np.repeat(rng.beta(2, 5, DILEMMAS), len(PAIRS))
    human = (rng.random(rate.size) < rate).astype(float)
    wrong = rng.random(rate.size) < np.where(human == 1, FALSE_DISAGREEMENT, FALSE_AGREEMENT)
    machine = np.where(wrong, 1 - human, human)
    unclear = rng.random(rate.size) < UNCLEAR
    inclusion = np.where(unclear | (machine == 1), INCLUSION[1.0], INCLUSION[0.0])
    drawn = rng.random(rate.size) < inclusion
    rows = [(d, r, t) for d in range(DILEMMAS) for r, t in PAIRS]
    said: list[float | None] = [None if u else float(m) for m, u in zip(machine, unclear, strict=True)]
    theirs = [float(h) if labelled else value for h, value, labelled in zip(human, said, drawn, strict=True)]
    at = ("dilemma", "responder", "draw", "target", "target_draw")
    what = {"state": pl.String, "inclusion": pl.Float64, "voices": pl.Int64}
    sample = pl.DataFrame(
        [
            (d, r, 0, t, 0, "labelled" if labelled else "not_drawn", p, 1 if labelled else None)
            for (d, r, t), labelled, p in zip(rows, drawn.tolist(), inclusion.tolist(), strict=True)
        ],
        schema={**dict.fromkeys(at, pl.UInt32), **what},
        orient="row",
    )
    none = {"dilemma": pl.UInt32, "responder": pl.UInt32, "draw": pl.UInt32, "solution_id": pl.String}
    shown = pl.DataFrame(schema=none | what)
    return table(rows, said, "noisy"), PeopleSaid((table(rows, theirs, "people"),), sample, shown)


def coverage(replications: int) -> dict[str, float]:
    """How often each interval covers the truth, by metric and responder (empty: all pairs)."""
    covered: dict[str, int] = {}
    for seed in range(replications):
        machine, people = study(seed)
        raw = [e for e in estimate(machine, draws=200, topics=False) if e.metric == "stated"]
        raw = [e for e in raw if e.pairing == "model–human" and (e.responder_id, e.target_id) in (("", ""), ("model0", PEOPLE))]
        for e in (*raw, *corrected(machine, people, raw)):
            name = f"{e.metric}, {e.responder_id or 'all pairs'}"
            covered[name] = covered.get(name, 0) + holds(e)
    return {name: n / replications for name, n in covered.items()}


def holds(e: Estimate) -> bool:
    """Whether the interval holds the truth; one that was not measured does not."""
    if isinstance(e.low, NotMeasured) or isinstance(e.high, NotMeasured):
        return False
    return e.low <= TRUTH <= e.high


def main() -> None:
    arguments = read_arguments(__doc__)
    replications = 60 if arguments.quick else 500
    note = f"{replications} replications, {DILEMMAS} dilemmas x {len(PAIRS)} pairs"
    figures: dict[str, Bar] = {}
    for name, share in coverage(replications).items():
        if "_corrected" not in name:
            figures[f"coverage of {name}"] = Bar(share, None, note=note)
            continue
        # in a quick run chance alone moves a coverage by 0.06
        slack = 0.05 if arguments.quick else 0.0
        figures[f"coverage of {name}, at least"] = Bar(share, 0.93 - slack, "at least", note)
        figures[f"coverage of {name}, at most"] = Bar(share, 0.97 + slack, "at most", note)
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
