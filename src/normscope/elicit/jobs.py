"""Planning: which conversations are still to be held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from normscope.elicit.phrases import phrases_for
from normscope.elicit.shown import Shown, choose_shown, seed_of
from normscope.errors import UsageError
from normscope.models.base import Params
from normscope.records import Dilemma, Kind, Responder, Solution

__all__ = ["Job", "plan_jobs"]


@dataclass(frozen=True, slots=True)
class Job:
    """One conversation to hold: about what, with whom, the how-manieth, under which protocol, and what to show afterwards."""

    dilemma: Dilemma
    responder: Responder
    draw: int
    protocol: str
    shown: tuple[Shown, ...]
    params: Params
    order_seed: int = 0
    explicit_tokens: int | None = None
    """The longest answer to a shown solution, in tokens; None = as long as the others."""
    turns: int = 0
    """How many of the responder's questions are answered at most, under a protocol that answers them."""


def plan_jobs(
    dilemmas: Iterable[Dilemma],
    responders: Iterable[Responder],
    *,
    protocol: str,
    draws: int = 1,
    params: Params | None = None,
    explicit_tokens: int | None = None,
    solutions: Iterable[Solution] = (),
    per_side: int | None = 0,
    turns: int = 0,
    seed: int = 0,
    existing: Collection[tuple[str, str, int]] = frozenset(),
) -> Iterator[Job]:
    """The conversations that are missing, one model after the other, each draw over all dilemmas before the next.

    `existing` holds (dilemma_id, responder_id, draw) of the conversations that need no asking; leave failed ones out of it,
    so that they are held again. Only responders of kind `model` that name a model are asked. `solutions` are those that
    people coded; up to `per_side` per side and dilemma are shown (see `choose_shown`; 0 = no explicit part, None = all).

    `UsageError` before anything is asked: fewer than one draw, or a dilemma in a language without phrases.
    """
    if draws < 1:
        raise UsageError(f"draws must be at least 1. Got: {draws}.")
    if per_side is not None and per_side < 0:
        raise UsageError(f"per_side must be at least 0, or None for all. Got: {per_side}.")
    dilemmas = list(dilemmas)
    for language in sorted({dilemma.language for dilemma in dilemmas}):
        phrases_for(language)
    asked = [responder for responder in responders if responder.kind is Kind.MODEL and responder.model is not None]
    of_dilemma: dict[str, list[Solution]] = defaultdict(list)
    for solution in solutions:
        of_dilemma[solution.dilemma_id].append(solution)
    return _missing(
        dilemmas, asked, protocol, draws, params or Params(), explicit_tokens, of_dilemma, per_side, turns, seed, existing
    )


def _missing(
    dilemmas: Sequence[Dilemma],
    asked: Sequence[Responder],
    protocol: str,
    draws: int,
    params: Params,
    explicit_tokens: int | None,
    of_dilemma: dict[str, list[Solution]],
    per_side: int | None,
    turns: int,
    seed: int,
    existing: Collection[tuple[str, str, int]],
) -> Iterator[Job]:
    for responder in asked:
        for draw in range(draws):
            for dilemma in dilemmas:
                key = (dilemma.dilemma_id, responder.responder_id, draw)
                if key in existing:
                    continue
                shown: tuple[Shown, ...] = ()
                if per_side != 0 and dilemma.dilemma_id in of_dilemma:
                    shown = choose_shown(
                        of_dilemma[dilemma.dilemma_id],
                        per_side=per_side,
                        seed=seed,
                        dilemma_id=dilemma.dilemma_id,
                        responder_id=responder.responder_id,
                        draw=draw,
                    )
                order_seed = seed_of(seed, *key) if shown else 0
                yield Job(dilemma, responder, draw, protocol, shown, params, order_seed, explicit_tokens, turns)
