"""A made-up study in a real folder, as large as wanted: for measuring what a report of it takes.

Texts are sentences of made-up words with the frequencies of a language (Zipf's law), so that they pack about as words do; on
each dilemma the responders divide over four courses, and labels follow from that with errors. Estimates are random.
"""

from __future__ import annotations

import random
from itertools import accumulate, product
from pathlib import Path

import numpy as np
import polars as pl

from normscope.records import (
    Basis,
    Dilemma,
    Estimate,
    Kind,
    Label,
    Outcome,
    Pairing,
    Responder,
    Response,
    Solution,
    Stance,
    Turn,
)
from normscope.store import Store
from normscope.study import Study

__all__ = ["write_study"]

TOPICS = ("children", "digital life", "family", "friendship", "love", "money", "neighbours", "public manners", "work")
MATCHER = "exact"
WORDS = 4_000
COURSES = (0.4, 0.3, 0.2, 0.1)
SAME = {Label.AGREE: 0.85, Label.SILENT: 0.08, Label.UNCLEAR: 0.04, Label.DISAGREE: 0.03}
OTHER = {Label.AGREE: 0.06, Label.SILENT: 0.5, Label.UNCLEAR: 0.04, Label.DISAGREE: 0.4}


class _Writer:
    """Sentences of made-up words."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        parts = ["".join(p) for p in product("bdfghklmnprstv", "aeiou")]
        words = {"".join(rng.choices(parts, k=rng.choice((1, 1, 2, 2, 2, 3, 3, 4)))) for _ in range(2 * WORDS)}
        # the frequent words are the short ones
        self._words = sorted(sorted(words)[:WORDS], key=len)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))

    def __call__(self, least: int, most: int) -> list[str]:
        """Sentences that have at least so many characters together, and not many more than `most`."""
        length, sentences = self._rng.randint(least, most), []
        while length > 0:
            said = " ".join(self._rng.choices(self._words, cum_weights=self._weights, k=self._rng.randint(6, 20)))
            sentences.append(f"{said.capitalize()}.")
            length -= len(said) + 2
        return sentences


def write_study(folder: Path, *, dilemmas: int, models: int, people: int, seed: int = 1) -> None:
    """Make a study folder with so many dilemmas and responders, everybody's answer, and all labels between any two."""
    rng = random.Random(seed)
    write = _Writer(rng)
    responders = [Responder(f"model-{i}", Kind.MODEL, f"recorded:model-{i}") for i in range(models)]
    responders += [Responder(f"person-{i}", Kind.HUMAN) for i in range(people)]
    asked = [Dilemma(f"d{i:05}", " ".join(write(250, 450)), "en", TOPICS[i % len(TOPICS)]) for i in range(dilemmas)]
    responses, solutions = [], []
    for dilemma in asked:
        for i, responder in enumerate(responders):
            response, solution = _conversation(write, rng, dilemma, responder, responders[i - 1])
            responses.append(response)
            solutions.append(solution)
    with Study.create(folder, matcher=MATCHER, seed=seed, title="A made-up study") as study:
        study.store.put([*asked, *responders])
        study.store.put(responses)
        study.store.put(solutions)
        study.store.put(_estimates(rng, responders, dilemmas))
        _label(study.store, [d.dilemma_id for d in asked], [r.responder_id for r in responders], seed)


def _conversation(
    write: _Writer, rng: random.Random, dilemma: Dilemma, responder: Responder, other: Responder
) -> tuple[Response, Solution]:
    sentences = write(500, 900)
    text = " ".join(sentences)
    main = max(sentences[:3], key=len)
    start = text.index(main)
    whole = f"{dilemma.dilemma_id}-{responder.responder_id}"
    theirs = f"{dilemma.dilemma_id}-{other.responder_id}"
    question = f"Someone else says: {' '.join(write(60, 120))} Do you agree with that?"
    turns = (
        Turn("user", dilemma.text),
        Turn("assistant", text),
        Turn("user", question, "explicit", theirs),
        Turn("assistant", " ".join(write(100, 250)), "explicit", theirs),
    )
    lost = rng.random() < 0.01
    response = Response(
        dilemma.dilemma_id, responder.responder_id, 0, "ask", Outcome.REFUSED if lost else Outcome.ANSWERED, turns,
        "says that it cannot advise" if lost else None,
    )  # fmt: skip
    at = (dilemma.dilemma_id, responder.responder_id, 0)
    return response, Solution(whole, *at, main, Stance.RECOMMENDS, True, "rules", start, start + len(main))


def _label(store: Store, dilemmas: list[str], responders: list[str], seed: int) -> None:
    """Main labels of every ordered pair, and the explicit ones; written as the matching stage writes them."""
    rng = np.random.default_rng(seed)
    n = len(responders)
    courses = rng.choice(len(COURSES), size=(len(dilemmas), n), p=COURSES)
    d, r, t = (a.ravel() for a in np.meshgrid(np.arange(len(dilemmas)), np.arange(n), np.arange(n), indexing="ij"))
    main, shown = r != t, t == (r - 1) % n
    same = courses[d, r] == courses[d, t]
    parts = [
        _labels(rng, basis, same[of], pl.Series(dilemmas)[d[of]], pl.Series(responders)[r[of]], pl.Series(responders)[t[of]])
        for basis, of in ((Basis.MAIN, main), (Basis.EXPLICIT, shown))
    ]
    store.replace_matches(pl.concat(parts).sort("dilemma_id", "responder_id", "draw", "basis", "solution_id"))


def _labels(
    rng: np.random.Generator,
    basis: Basis,
    same: np.ndarray[tuple[int], np.dtype[np.bool_]],
    dilemma: pl.Series,
    responder: pl.Series,
    target: pl.Series,
) -> pl.DataFrame:
    names = pl.Series([label.value for label in SAME])
    chances = np.where(same[:, None], list(SAME.values()), [OTHER[label] for label in SAME]).cumsum(axis=1)
    drawn = (rng.random(len(same))[:, None] > chances[:, :-1]).sum(axis=1)
    frame = pl.DataFrame({"dilemma_id": dilemma, "responder_id": responder, "target": target, "label": names[drawn]})
    return frame.select(
        "dilemma_id",
        "responder_id",
        pl.lit(0, pl.Int64).alias("draw"),
        pl.lit(basis.value).alias("basis"),
        pl.concat_str("dilemma_id", pl.lit("-"), "target").alias("solution_id"),
        "label",
        pl.lit(0.5).alias("score"),
        pl.lit(MATCHER).alias("matcher"),
        pl.lit(None, pl.String).alias("evidence"),
        pl.lit(None, pl.String).alias("prompt_hash"),
        pl.lit("{}").alias("votes"),
    )


def _estimates(rng: random.Random, responders: list[Responder], n: int) -> list[Estimate]:
    made = [_estimate(rng, "ceiling", Pairing.HUMAN_HUMAN, "", "", topic, n) for topic in ("all", *TOPICS)]
    for r in responders:
        together = Pairing.of(r.kind, Kind.HUMAN)
        made += [_estimate(rng, "stated", together, r.responder_id, "people", t, n) for t in ("all", *TOPICS)]
        made.append(_estimate(rng, "explicit", together, r.responder_id, "people", "all", n))
        for other in responders:
            if other is not r:
                pairing = Pairing.of(r.kind, other.kind)
                made += [
                    _estimate(rng, m, pairing, r.responder_id, other.responder_id, "all", n)
                    for m in ("stated", "explicit", "gap", "acquiescence")
                ]
    return made


def _estimate(rng: random.Random, metric: str, pairing: Pairing, r: str, t: str, topic: str, n: int) -> Estimate:
    value = rng.uniform(0.2, 0.9)
    method = "bootstrap over dilemmas, 1,000 draws"
    return Estimate(
        metric, pairing.value, r, t, topic, value, value - 0.07, value + 0.07, 0.95, method, "dilemmas like these", n, {}, MATCHER
    )
