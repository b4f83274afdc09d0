"""The extractor `rules`: reads advice from a response by cues of language, offline and without a model.

In English a sentence is advice where the weights of its cues and common words, learnt from sentences that people marked, say
so (see `weights.py`); in every other language where the strengths of its cues (see `cues/da.yaml`) add up to `ENOUGH`.

How far it can be believed: on sentences of forum replies marked by crowd workers (advice_emnlp2020, dev share) precision
0.59, recall 0.73, F1 0.66; calling every sentence advice comes to 0.47, strengths alone to 0.59. Weights and thresholds were
learnt on the training share alone (cross-validated F1 0.65); the dev share was run twice. All that was tried is in
docs/decisions/0010-reading-advice.md. Choice of the main solution and stance are not measured on people's marks, and the
other languages only on texts that the project wrote (docs/extracting.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normscope.errors import UsageError
from normscope.extract.advice import Advice, advice_in, declines
from normscope.extract.cues import Cues, cues_of
from normscope.extract.hedges import hedged
from normscope.extract.identity import solution_id
from normscope.models.base import AskFor
from normscope.records import Dilemma, Extraction, Response, Solution, Stance

__all__ = ["MOST", "Rules", "make"]

MOST = 8
"""At most this many solutions are kept of one response: the main one, then the strongest, then the earliest."""


def make(argument: str, ask_for: AskFor) -> Rules:
    """The extractor that `rules` names; it takes no argument and asks no model."""
    if argument:
        raise UsageError(f"the extractor 'rules' takes no argument. Got: 'rules:{argument}'. Write: rules")
    return Rules()


@dataclass(frozen=True, slots=True)
class Rules:
    """Reads solutions from unprompted text by cues.

    The main solution is the strongest one that recommends, where a closing phrase ("overall", "the best thing") outranks
    strength and earlier outranks later. Where the responder was asked to commit, it is sought in that answer first.
    A solution that is advised against is stated positively ("Don't call her" becomes "Call her", advised against).

    Its conditions are the clauses of the passage that say in which case it holds; it is hedged where the response also says the
    opposite of the same course (see `hedges.py`).

    `reason` is `no_solution` where nothing reads like advice, `refused` where besides the response says that it declines to
    advise, and `capped` where more than `MOST` passages read like advice.
    """

    name: str = "rules"

    async def __call__(self, items: Sequence[tuple[Dilemma, Response]]) -> list[Extraction]:
        """One extraction per item, in order. A language without cues is a `UsageError`."""
        return [self._read(response, cues_of(response.text, dilemma.language)) for dilemma, response in items]

    def _read(self, response: Response, cues: Cues) -> Extraction:
        found = _distinct(advice_in(response.text, cues))
        if not found:
            return Extraction((), "refused" if declines(response.text, cues) else "no_solution")
        main = max(found, key=lambda advice: _weight(advice, _commit_start(response)))
        others = sorted((advice for advice in found if advice is not main), key=lambda advice: (-advice.strength, advice.start))
        kept = sorted([main, *others[: MOST - 1]], key=lambda advice: advice.start)
        # of those that are kept only: a text of thousands of courses has millions of pairs
        places = [found.index(advice) for advice in kept]
        both = hedged(found, cues, among=places)
        solutions = tuple(
            Solution(
                solution_id=solution_id(response, self.name, n),
                dilemma_id=response.dilemma_id,
                responder_id=response.responder_id,
                draw=response.draw,
                text=advice.text,
                stance=advice.stance,
                main=advice is main,
                extractor=self.name,
                start=advice.start,
                end=advice.end,
                conditions=advice.conditions,
                hedged=place in both,
            )
            for n, (place, advice) in enumerate(zip(places, kept, strict=True), start=1)
        )
        return Extraction(solutions, "capped" if len(found) > MOST else None)


def _weight(advice: Advice, commit_start: int) -> tuple[bool, bool, bool, int, int]:
    return (
        advice.start >= commit_start,
        advice.stance is Stance.RECOMMENDS,
        advice.closing,
        advice.strength,
        -advice.start,
    )


def _commit_start(response: Response) -> int:
    """Where the answer to the commit turn begins in `Response.text`; its end where there is none or it is blank."""
    start = 0
    for turn in response.turns:
        if turn.role != "assistant" or turn.stage == "explicit":
            continue
        if turn.stage == "commit":
            return start
        start += len(turn.text) + len("\n\n")
    return len(response.text)


def _distinct(found: list[Advice]) -> list[Advice]:
    """The first of each wording: small models repeat themselves."""
    first: dict[tuple[str, Stance], Advice] = {}
    for advice in found:
        first.setdefault((advice.text.casefold(), advice.stance), advice)
    return list(first.values())
