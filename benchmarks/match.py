"""How many pairs a second does the offline matcher label, and how many calls does a judge need?

`offline`: pairs of the advice-agreement set (dilemmas of about 50 words, wordings and replies, written by the project), every
pair distinct, on 2 cores (or as many as there are); each pair is run by itself, so that its score never depends on its
neighbours. Beside it the same network without onnxruntime (the numpy form that a bare install runs), word overlap (`lexical`),
and the same questions asked again of a study that remembers them.

`judge`: calls, counted at a model that answers by a rule: for one text and a list of solutions, and for texts that are all
compared with each other.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bars import Bar, read_arguments, show
from normscope.match.judge import Judge
from normscope.match.lexical import Lexical
from normscope.match.offline import Offline
from normscope.match.offline.encoder import encoder
from normscope.records import Matcher, Question
from normscope.store import Store
from normscope.study.remembering import remembering
from normscope.testing.judging import RuledJudge
from training.pairs import own_set

SOLUTIONS, TEXTS = 12, 8
OWN = Path(__file__).resolve().parents[1] / "data" / "advice-agreement"


def questions(count: int) -> list[Question]:
    """Distinct pairs of the advice-agreement set, drawn at random: dilemmas of 50 words, wordings and replies."""
    pairs = random.Random(2).sample(own_set(OWN), count)
    return list(dict.fromkeys(Question(p.dilemma, p.text, p.solution, language=p.language) for p in pairs))


def rate(matcher: Matcher, asked: Sequence[Question]) -> float:
    """Questions a second."""
    started = time.perf_counter()
    asyncio.run(matcher(asked))
    return len(asked) / (time.perf_counter() - started)


def calls(asked: Sequence[Question]) -> int:
    """How many calls a judge makes for the questions; answers are always usable, so that nothing is asked twice."""
    judge = RuledJudge(lambda text, solution: "silent")
    asyncio.run(Judge("http:counted", judge)(asked))
    return len(judge.calls)


def judge_calls() -> dict[str, Bar]:
    """One text against `SOLUTIONS`, and `TEXTS` texts each against all others: one call per text, not one per pair."""
    one = [Question("My flatmate never washes up.", "Draw up a rota.", f"Solution {n}.") for n in range(SOLUTIONS)]
    texts = [f"Course {n}." for n in range(TEXTS)]
    crossed = [Question("My flatmate never washes up.", a, b) for a in texts for b in texts if a != b]
    return {
        "judge_calls_for_a_text_and_a_list": Bar(calls(one), 1, "at most", f"{len(one)} solutions"),
        "judge_calls_for_texts_with_each_other": Bar(calls(crossed), TEXTS, "at most", f"{TEXTS} texts, {len(crossed)} pairs"),
    }


def main() -> None:
    arguments = read_arguments(__doc__)
    rounds, size = (3, 400) if arguments.quick else (7, 1_500)
    asked = questions(rounds * size + 50)
    fast, bare = Offline(encoder("onnxruntime")), Offline(encoder("numpy"))
    for matcher in (fast, bare):
        asyncio.run(matcher(asked[-50:]))
    speeds: dict[str, list[float]] = {"offline": [], "numpy": [], "lexical": []}
    for n in range(rounds):
        part = asked[n * size : (n + 1) * size]
        speeds["offline"].append(rate(fast, part))
        speeds["numpy"].append(rate(bare, part[: size // 5]))
        speeds["lexical"].append(rate(Lexical(), part))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s", create=True) as store:
        remembered = remembering(fast, store)
        first = rate(remembered, asked[:size])
        again = rate(remembered, asked[:size])
    cores = f"{os.cpu_count()} cores"
    middle = {name: statistics.median(found) for name, found in speeds.items()}
    figures = {
        "offline_pairs_per_second": Bar(middle["offline"], 100, "at least", cores),
        "offline_numpy_pairs_per_second": Bar(middle["numpy"], None),
        "offline_over_numpy": Bar(middle["offline"] / middle["numpy"], None),
        "lexical_over_offline": Bar(middle["lexical"] / middle["offline"], None),
        "asked_again_over_first": Bar(again / first, 20, "at least", "each distinct pair is scored once, ever"),
        **judge_calls(),
    }
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
