"""Checking dilemmas and answers before a study uses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from normscope.dilemmas import references
from normscope.dilemmas.check_report import CheckReport, LanguageDoubt, NearPair, Spread
from normscope.dilemmas.language import clearly_other
from normscope.dilemmas.loaded import Loaded
from normscope.dilemmas.same_text import normalise
from normscope.errors import UsageError
from normscope.records import Dilemma

__all__ = ["FEW_WORDS", "MANY_WORDS", "check"]

FEW_WORDS = 5
"""A dilemma of fewer words is listed as too short."""
MANY_WORDS = 2_000
"""A dilemma of more words is listed as too long: many models cut it off."""


def check(loaded: Loaded, *, similarity: float = 0.8) -> CheckReport:
    """What is in loaded data, and what a person should look at before using it.

    `similarity` in (0, 1] is the Jaccard index of five-character runs from which two dilemmas count as near-duplicates.
    Without dilemmas there is nothing to check: a `UsageError`.

    >>> from normscope.dilemmas import starter
    >>> report = check(starter())
    >>> report.n_dilemmas, report.people_per_dilemma.least, report.problems
    (64, 3, {})
    """
    if not loaded.dilemmas:
        raise UsageError("there are no dilemmas to check. Give the file of dilemmas, too.")
    if not 0 < similarity <= 1:
        raise UsageError(f"the similarity must be above 0 and at most 1, not {similarity}.")
    dilemmas = loaded.dilemmas
    words = [len(dilemma.text.split()) for dilemma in dilemmas]
    people = references.people(loaded)
    answers = Counter(response.dilemma_id for response in loaded.responses)
    groups = _same_words(dilemmas)
    near, crowded, not_compared = _near_duplicates(groups, similarity)
    return CheckReport(
        n_dilemmas=len(dilemmas),
        n_responses=len(loaded.responses),
        n_solutions=len(loaded.solutions),
        languages=_counts(dilemma.language for dilemma in dilemmas),
        topics=_counts(dilemma.topic for dilemma in dilemmas),
        kinds=_counts(responder.kind.value for responder in loaded.responders),
        outcomes=_counts(response.outcome.value for response in loaded.responses),
        answers_by_responder=_counts(response.responder_id for response in loaded.responses),
        words=_spread(words),
        people_per_dilemma=_spread([len(people.answered.get(dilemma.dilemma_id, ())) for dilemma in dilemmas]),
        answers_per_dilemma=_spread([answers[dilemma.dilemma_id] for dilemma in dilemmas]),
        too_short=tuple(d.dilemma_id for d, count in zip(dilemmas, words, strict=True) if count < FEW_WORDS),
        too_long=tuple(d.dilemma_id for d, count in zip(dilemmas, words, strict=True) if count > MANY_WORDS),
        exact_duplicates=tuple(tuple(d.dilemma_id for d in group) for group in groups.values() if len(group) > 1),
        near_duplicates=near,
        near_crowded=crowded,
        near_not_compared=not_compared,
        missing_references=tuple(d.dilemma_id for d in dilemmas if d.dilemma_id not in people.answered),
        uncoded_references=tuple(
            d.dilemma_id for d in dilemmas if d.dilemma_id in people.answered and d.dilemma_id not in people.coded
        ),
        empty_lists=references.empty_lists(loaded),
        contradictory=references.contradictory(loaded),
        contested=references.contested(loaded),
        ambiguous_rejected=references.ambiguous(loaded),
        odd_solutions=references.odd(loaded),
        language_doubts=tuple(
            LanguageDoubt(d.dilemma_id, d.language, other) for d in dilemmas if (other := clearly_other(d.text, d.language))
        ),
        notes=loaded.notes,
    )


def _same_words(dilemmas: Iterable[Dilemma]) -> dict[str, list[Dilemma]]:
    groups: dict[str, list[Dilemma]] = {}
    for dilemma in dilemmas:
        groups.setdefault(normalise(dilemma.text), []).append(dilemma)
    return groups


def _near_duplicates(groups: dict[str, list[Dilemma]], similarity: float) -> tuple[tuple[NearPair, ...], int, int]:
    """Near-duplicates among the first dilemmas of each group of the same words."""
    from normscope.dilemmas.near import near_duplicates  # here, because it brings numpy, which reading does without

    firsts = [group[0].dilemma_id for group in groups.values()]
    near = near_duplicates(list(groups), threshold=similarity)
    pairs = tuple(NearPair(firsts[i], firsts[j], round(value, 4)) for i, j, value in near.pairs)
    return pairs, near.crowded, near.not_compared


def _counts(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, the commonest first, then by name."""
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _spread(values: list[int]) -> Spread:
    ordered, middle = sorted(values), len(values) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Spread(ordered[0], float(median), ordered[-1])
