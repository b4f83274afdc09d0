"""How long does a report of 432 dilemmas x 12 responders take, and how large is it? (a made-up study; --quick: 60 x 12)"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from benchmarks.bars import Bar, read_arguments, show
from normscope.records import (
    Basis,
    Dilemma,
    Estimate,
    Kind,
    Label,
    Match,
    NotMeasured,
    Outcome,
    Pairing,
    Responder,
    Response,
    Solution,
    Stance,
    Turn,
)
from normscope.report import ReportData, write_html

WORDS = (
    "talk",
    "to",
    "her",
    "first",
    "then",
    "ask",
    "whether",
    "it",
    "still",
    "suits",
    "you",
    "both",
    "and",
    "say",
    "plainly",
    "no",
)
TOPICS = ("children", "digital life", "family", "friendship", "love", "money", "neighbours", "public manners", "work")


def study(dilemmas: int, models: int, people: int, *, seed: int = 1) -> ReportData:
    """A study of that size with random words, labels and estimates."""
    rng = random.Random(seed)
    responders = [Responder(f"model-{i}", Kind.MODEL, f"local:model-{i}") for i in range(models)]
    responders += [Responder(f"person-{i}", Kind.HUMAN) for i in range(people)]
    asked = [Dilemma(f"d{i:04}", _words(rng, 60), "en", TOPICS[i % len(TOPICS)]) for i in range(dilemmas)]
    responses, solutions, matches = [], [], []
    for d in asked:
        mine = []
        for r in responders:
            text = _words(rng, 100)
            responses.append(
                Response(
                    d.dilemma_id, r.responder_id, 0, "ask", Outcome.ANSWERED, (Turn("user", d.text), Turn("assistant", text))
                )
            )
            start = rng.randrange(300)
            mine.append(
                Solution(
                    f"{d.dilemma_id}-{r.responder_id}", d.dilemma_id, r.responder_id, 0, text[start : start + 80],
                    Stance.RECOMMENDS, True, "rules", start, start + 80,
                )
            )  # fmt: skip
        solutions += mine
        matches += [
            Match(d.dilemma_id, r.responder_id, 0, Basis.MAIN, s.solution_id, rng.choice(list(Label)), 0.5, "lexical")
            for r in responders
            for s in mine
            if s.responder_id != r.responder_id
        ]
    return ReportData(
        "A made-up study", "benchmark", "0", seed, asked, responders, responses, solutions, matches,
        _estimates(rng, responders, dilemmas), NotMeasured("the labels are random"),
    )  # fmt: skip


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
    return Estimate(metric, pairing.value, r, t, topic, value, value - 0.07, value + 0.07, 0.95, method, "dilemmas like these", n)


def _words(rng: random.Random, n: int) -> str:
    return " ".join(rng.choices(WORDS, k=n))


def main() -> None:
    arguments = read_arguments(__doc__)
    dilemmas, models, people = (60, 9, 3) if arguments.quick else (432, 9, 3)
    data = study(dilemmas, models, people)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        started = time.perf_counter()
        write_html(data, path)
        took = time.perf_counter() - started
        megabytes = path.stat().st_size / 1e6
    show({"seconds": Bar(took, 10), "megabytes": Bar(megabytes, 20)}, as_json=arguments.json)


if __name__ == "__main__":
    main()
