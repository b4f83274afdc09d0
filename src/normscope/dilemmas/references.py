"""What is odd about people's solutions: missing, empty, contradictory, contested, ambiguous, perhaps a joke."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from normscope.dilemmas.check_report import Answer, Contested, Entry
from normscope.dilemmas.loaded import Loaded
from normscope.dilemmas.negation import is_negated
from normscope.dilemmas.panel import AMBIGUOUS
from normscope.dilemmas.same_text import normalise
from normscope.records import Kind, Outcome, Solution, Stance

__all__ = ["People", "ambiguous", "contested", "contradictory", "empty_lists", "odd", "people"]

_LAUGHTER = re.compile(r"\b(?:ha){2,}|\b(?:he){2,}\b|\blol\b|\brofl\b|😂|🤣|😆|;-?\)|:-?D\b", re.IGNORECASE)
_LABEL_USES = 3
"""A short solution that stands for this many dilemmas is a label such as NTA, not a joke."""


@dataclass(frozen=True, slots=True)
class People:
    """For each dilemma, the people who answered it or coded a solution, and whether any solution is coded."""

    answered: dict[str, set[str]]
    coded: set[str]


def people(loaded: Loaded) -> People:
    """Who of the human responders has something to say on which dilemma."""
    human = _human(loaded)
    answered: dict[str, set[str]] = defaultdict(set)
    for response in loaded.responses:
        if response.responder_id in human and response.outcome is Outcome.ANSWERED:
            answered[response.dilemma_id].add(response.responder_id)
    coded = set()
    for solution in loaded.solutions:
        if solution.responder_id in human:
            answered[solution.dilemma_id].add(solution.responder_id)
            coded.add(solution.dilemma_id)
    return People(dict(answered), coded)


def empty_lists(loaded: Loaded) -> tuple[Answer, ...]:
    """People's answers without a solution, of people who have coded solutions elsewhere; and people's empty answers."""
    human = _human(loaded)
    coders = {solution.responder_id for solution in loaded.solutions}
    coded = {(solution.dilemma_id, solution.responder_id, solution.draw) for solution in loaded.solutions}
    return tuple(
        Answer(response.dilemma_id, response.responder_id, response.draw)
        for response in loaded.responses
        if response.responder_id in human
        and (response.dilemma_id, response.responder_id, response.draw) not in coded
        and (response.responder_id in coders or response.outcome is Outcome.EMPTY)
    )


def contradictory(loaded: Loaded) -> tuple[Entry, ...]:
    """Solutions that one responder recommends and advises against in the same answer, compared without case and punctuation."""
    stances: dict[tuple[str, str, int, str], set[Stance]] = defaultdict(set)
    found = []
    for solution in loaded.solutions:
        known = stances[(solution.dilemma_id, solution.responder_id, solution.draw, normalise(solution.text))]
        known.add(solution.stance)
        if len(known) == 2:
            found.append(Entry(solution.dilemma_id, solution.responder_id, solution.text))
    return tuple(dict.fromkeys(found))


def contested(loaded: Loaded) -> tuple[Contested, ...]:
    """Solutions that one person recommends and another advises against."""
    human = _human(loaded)
    sides: dict[tuple[str, str], dict[Stance, dict[str, None]]] = {}
    texts: dict[tuple[str, str], str] = {}
    for solution in loaded.solutions:
        if solution.responder_id in human:
            key = (solution.dilemma_id, normalise(solution.text))
            texts.setdefault(key, solution.text)
            sides.setdefault(key, {stance: {} for stance in Stance})[solution.stance][solution.responder_id] = None
    found = []
    for key, side in sides.items():
        accepted, rejected = side[Stance.RECOMMENDS], side[Stance.ADVISES_AGAINST]
        # one person on both sides is a contradiction, listed elsewhere
        if any(a != r for a in accepted for r in rejected):
            found.append(Contested(key[0], texts[key], tuple(accepted), tuple(rejected)))
    return tuple(found)


def ambiguous(loaded: Loaded) -> tuple[Entry, ...]:
    """Rejected solutions that are negations: those a reader set aside (with no responder), and those that are in use."""
    aside = [
        Entry(dilemma.dilemma_id, "", text)
        for dilemma in loaded.dilemmas
        if AMBIGUOUS in dilemma.extra
        for text in _set_aside(dilemma.extra[AMBIGUOUS])
    ]
    in_use = [
        Entry(solution.dilemma_id, solution.responder_id, solution.text)
        for solution in loaded.solutions
        if solution.stance is Stance.ADVISES_AGAINST and is_negated(solution.text)
    ]
    return (*aside, *in_use)


def odd(loaded: Loaded) -> tuple[Entry, ...]:
    """People's solutions of fewer than three words, or with laughter; a text that stands for three dilemmas is a label."""
    human = _human(loaded)
    dilemmas: dict[str, set[str]] = defaultdict(set)
    suspects: list[Solution] = []
    for solution in loaded.solutions:
        if solution.responder_id in human:
            dilemmas[solution.text].add(solution.dilemma_id)
            if len(solution.text.split()) < 3 or _LAUGHTER.search(solution.text):
                suspects.append(solution)
    return tuple(
        Entry(solution.dilemma_id, solution.responder_id, solution.text)
        for solution in suspects
        if len(dilemmas[solution.text]) < _LABEL_USES
    )


def _human(loaded: Loaded) -> set[str]:
    return {responder.responder_id for responder in loaded.responders if responder.kind is Kind.HUMAN}


def _set_aside(text: str) -> Iterator[str]:
    # written by the panel reader; a user's own column of this name may hold anything
    try:
        entries = json.loads(text)
    except ValueError:
        entries = [text]
    yield from map(str, entries if isinstance(entries, list) else [text])
