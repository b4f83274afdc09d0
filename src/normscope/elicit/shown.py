"""Choosing which of people's solutions a responder is shown."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from normscope.records import Solution, Stance

__all__ = ["Shown", "choose_shown", "seed_of"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A solution that is to be shown. Who accepts it is left out on purpose: the protocol cannot give it away."""

    solution_id: str
    text: str


def choose_shown(
    solutions_of_dilemma: Iterable[Solution],
    *,
    per_side: int | None,
    seed: int,
    dilemma_id: str,
    responder_id: str,
    draw: int,
) -> tuple[Shown, ...]:
    """Up to `per_side` accepted and `per_side` rejected solutions of one dilemma (None = all), in an order that tells no side.

    Each text is chosen once (case, spacing and ways to encode a letter do not matter), under the smallest id of those that
    have it. A text that some accept and others reject is on the side of the more of them; of equally many, on the side that
    the seed says. Texts of the responder's own solutions are never chosen.

    Which texts are chosen depends on `seed`, `dilemma_id` and `draw`, not on the responder: all responders are asked about
    the same solutions, so that their differences are paired; other draws are asked about others.
    """
    by_text: dict[str, list[Solution]] = defaultdict(list)
    own: set[str] = set()
    for solution in solutions_of_dilemma:
        text = _same(solution.text)
        if solution.responder_id == responder_id:
            own.add(text)
        by_text[text].append(solution)
    sides: dict[bool, list[tuple[int, Shown]]] = {True: [], False: []}
    for text, solutions in by_text.items():
        if not text or text in own:
            continue
        rank = seed_of(seed, dilemma_id, draw, text)
        first = min(solutions, key=lambda solution: solution.solution_id)
        sides[_accepted(solutions, rank)].append((rank, Shown(first.solution_id, first.text)))
    chosen = [ranked for side in sides.values() for ranked in sorted(side, key=lambda r: r[0])[:per_side]]
    return tuple(shown for _, shown in sorted(chosen, key=lambda ranked: ranked[0]))


def seed_of(*parts: str | int) -> int:
    """A seed in [0, 2**63) made of its parts by SHA-256; parts cannot run into each other.

    >>> seed_of("a", "b") == seed_of("a", "b"), seed_of("ab", "") == seed_of("a", "b")
    (True, False)
    """
    hashed = hashlib.sha256()
    for part in parts:
        encoded = str(part).encode("utf-8", "surrogatepass")
        hashed.update(len(encoded).to_bytes(8) + encoded)
    return int.from_bytes(hashed.digest()[:8]) >> 1


def _accepted(solutions: list[Solution], rank: int) -> bool:
    stances: dict[str, set[Stance]] = defaultdict(set)
    for solution in solutions:
        stances[solution.responder_id].add(solution.stance)
    accept = sum(Stance.RECOMMENDS in said for said in stances.values())
    reject = sum(Stance.ADVISES_AGAINST in said for said in stances.values())
    return accept > reject if accept != reject else rank % 2 == 0


def _same(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
