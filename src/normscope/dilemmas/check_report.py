"""What a check of loaded dilemmas and answers found."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

__all__ = ["Answer", "CheckReport", "Contested", "Entry", "LanguageDoubt", "NearPair", "Spread"]


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the median and the most of a count."""

    least: int
    median: float
    most: int


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two dilemmas with nearly the same text; `similarity` in (0, 1] is the Jaccard index of their five-character runs."""

    dilemma_id: str
    other_id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, named by its key."""

    dilemma_id: str
    responder_id: str
    draw: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One solution of a responder, or (with an empty `responder_id`) one that was not taken over from the file."""

    dilemma_id: str
    responder_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Contested:
    """A solution that some people accept and others reject: disagreement between people, not an error."""

    dilemma_id: str
    text: str
    accepted_by: tuple[str, ...]
    rejected_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanguageDoubt:
    """A dilemma whose text is clearly not in its declared language."""

    dilemma_id: str
    declared: str
    looks_like: str


@dataclass(frozen=True)
class CheckReport:
    """Counts, and what a person should look at before using the data. Dilemmas are named by id.

    Nothing is judged good or bad: a templated data set has near-duplicates on purpose. `problems` holds what is hardly ever
    meant.
    """

    n_dilemmas: int
    n_responses: int
    n_solutions: int
    languages: dict[str, int]
    topics: dict[str, int]
    kinds: dict[str, int]
    """Responders by kind."""
    outcomes: dict[str, int]
    """Responses by outcome."""
    answers_by_responder: dict[str, int]
    words: Spread
    """Words per dilemma."""
    people_per_dilemma: Spread
    """People who answered or coded a solution, per dilemma: with fewer than two there is no ceiling."""
    answers_per_dilemma: Spread
    too_short: tuple[str, ...]
    too_long: tuple[str, ...]
    exact_duplicates: tuple[tuple[str, ...], ...]
    """Groups of dilemmas with the same words."""
    near_duplicates: tuple[NearPair, ...]
    near_crowded: int
    """Dilemmas with so many look-alikes that not all of them were compared; 0 in most data."""
    near_not_compared: int
    """Pairs that looked alike and were not compared, because there were too many."""
    missing_references: tuple[str, ...]
    """Dilemmas that no person answered."""
    uncoded_references: tuple[str, ...]
    """Dilemmas that people answered in words only; their solutions are still to be extracted."""
    empty_lists: tuple[Answer, ...]
    """People's answers without any solution, where the same person's other answers have coded ones."""
    contradictory: tuple[Entry, ...]
    """Solutions that one responder both accepts and rejects in one answer."""
    contested: tuple[Contested, ...]
    ambiguous_rejected: tuple[Entry, ...]
    """Rejected solutions that say *not* to do something: it is unclear what was rejected."""
    odd_solutions: tuple[Entry, ...]
    """People's solutions that are very short or laugh; perhaps jokes. Only listed, never left out."""
    language_doubts: tuple[LanguageDoubt, ...]
    notes: tuple[str, ...]

    @property
    def problems(self) -> dict[str, int]:
        """How often each thing occurs that is hardly ever meant; only what occurs."""
        found = {
            "exact duplicates": sum(len(group) - 1 for group in self.exact_duplicates),
            "contradictory references": len(self.contradictory),
            "ambiguous rejected solutions": len(self.ambiguous_rejected),
            "language doubts": len(self.language_doubts),
            "empty lists": len(self.empty_lists),
            "very short dilemmas": len(self.too_short),
        }
        return {name: count for name, count in found.items() if count}

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**{field.name: _plain(getattr(self, field.name)) for field in fields(self)}, "problems": self.problems}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
