"""What is learnt from points about a claim: the same point, another one of this side, or one of the other side.

Of perspectrum, people labelled some pairs of a claim's perspectives; the others follow where the labelled ones connect them.
The project's own claims (`data/advice-agreement/claims`) say of every point which side it is on, and its vignettes with reasons
(`data/advice-agreement/reasons`) which verdict a reason comes to.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from training.pairs import Pair, read_jsonl

__all__ = ["claims", "completed", "reasons", "some_of_each"]

MEANING = {"same": "agree", "same_side": "silent", "opposite": "disagree"}


def claims(folder: Path) -> list[Pair]:
    """Every pair of points of the project's own claims, and every point beside the claim itself (kind `claim`)."""
    return [pair for path in sorted(folder.glob("*.jsonl")) for row in read_jsonl(path) for pair in _pairs_of(row)]


def _pairs_of(row: Mapping[str, Any]) -> Iterator[Pair]:
    points = [(side, wordings) for side in ("for", "against") for wordings in row[side]]

    def pair(text: str, solution: str, label: str, kind: str) -> Pair:
        return Pair(row["text"], text, solution, label, row["id"], row["language"], kind)

    for side, wordings in points:
        for text in wordings:
            yield pair(text, row["text"], "agree" if side == "for" else "disagree", "claim")
        for a, b in itertools.permutations(wordings, 2):
            yield pair(a, b, "agree", "same")
    for (side, ones), (other, others) in itertools.permutations(points, 2):
        kind = "same_side" if side == other else "opposite"
        for a, b in itertools.product(ones, others):
            yield pair(a, b, MEANING[kind], kind)


def reasons(folder: Path) -> list[Pair]:
    """Every pair of reasons for the verdict on a vignette, and every reason beside the vignette's question (kind `verdict`)."""
    found = []
    for row in (row for path in sorted(folder.glob("*.jsonl")) for row in read_jsonl(path)):
        (course,) = row["courses"]
        said = [(text, side) for side in ("for", "against") for text in course[side]]
        given = [(text, row["question"], side == "for", "verdict") for text, side in said]
        for (a, one), (b, other) in itertools.permutations(said, 2):
            given.append((a, b, one == other, "same verdict" if one == other else "other verdict"))
        for text, solution, agree, kind in given:
            label = "agree" if agree else "disagree"
            found.append(Pair(row["text"], text, solution, label, row["id"], row["language"], kind))
    return found


def completed(labelled: Sequence[Pair]) -> list[Pair]:
    """Perspectrum's pairs and those that follow from them: in a claim, what is the same as the same is the same, and sides
    are two. A part of a claim whose labels contradict each other gives nothing but its paraphrases."""
    found = [pair for pair in labelled if pair.kind not in MEANING]
    by_claim: dict[str, list[Pair]] = {}
    for pair in labelled:
        if pair.kind in MEANING:
            by_claim.setdefault(pair.group, []).append(pair)
    for group in sorted(by_claim):
        found += _within(by_claim[group])
    return found


def _within(labelled: Sequence[Pair]) -> Iterator[Pair]:
    """All pairs of every connected part of one claim's points."""
    beside: dict[str, list[tuple[str, str]]] = {}
    for pair in labelled:
        beside.setdefault(pair.text, []).append((pair.solution, pair.kind))
        beside.setdefault(pair.solution, []).append((pair.text, pair.kind))
    same = _joined({text: [other for other, kind in near if kind == "same"] for text, near in beside.items()})
    part = _joined({text: [other for other, _ in near] for text, near in beside.items()})
    side: dict[str, bool] = {}
    for start in beside:
        if start in side:
            continue
        side[start] = True
        waiting = [start]
        while waiting:
            text = waiting.pop()
            for other, kind in beside[text]:
                if other not in side:
                    side[other] = side[text] ^ (kind == "opposite")
                    waiting.append(other)
    wrong = {part[p.text] for p in labelled if (side[p.text] == side[p.solution]) is (p.kind == "opposite")}
    wrong |= {part[p.text] for p in labelled if (same[p.text] == same[p.solution]) is not (p.kind == "same")}
    for a, b in itertools.permutations(beside, 2):
        if part[a] == part[b] and part[a] not in wrong:
            kind = "same" if same[a] == same[b] else "same_side" if side[a] == side[b] else "opposite"
            yield replace(labelled[0], text=a, solution=b, label=MEANING[kind], kind=kind)


def _joined(beside: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """For every text the first one of those that it is connected with."""
    found: dict[str, str] = {}
    for start in beside:
        waiting = [start] if start not in found else []
        while waiting:
            text = waiting.pop()
            if text not in found:
                found[text] = start
                waiting += beside[text]
    return found


def some_of_each(pairs: Sequence[Pair], most: Mapping[str, int], rng: random.Random) -> list[Pair]:
    """At most `most[kind]` pairs of each group and kind, drawn at random; kinds that `most` does not name are left out."""
    by_kind: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        if pair.kind in most:
            by_kind.setdefault((pair.group, pair.kind), []).append(pair)
    return [pair for key in sorted(by_kind) for pair in rng.sample(by_kind[key], min(most[key[1]], len(by_kind[key])))]
