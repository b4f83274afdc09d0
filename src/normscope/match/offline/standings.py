"""Where texts stand on a dilemma's yes/no question, read by the offline matcher: no key, no model server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normscope.match.offline.matcher import Offline
from normscope.match.standing import Side, Standing, question_of
from normscope.records import Label, Question

__all__ = ["OfflineStandings"]

SIDES = {Label.AGREE: Side.YES, Label.DISAGREE: Side.NO, Label.SILENT: Side.SILENT, Label.UNCLEAR: Side.DEPENDS}


@dataclass(frozen=True)
class OfflineStandings:
    """Does a text answer the asker's question with yes or with no?

    The question takes the place of the solution; the encoder has learnt such pairs. Where the dilemma asks nothing, every
    text `depends`, with score 0.0.
    """

    matcher: Offline

    async def __call__(self, items: Sequence[tuple[str, str]]) -> list[Standing]:
        asked = [(place, question_of(dilemma)) for place, (dilemma, _) in enumerate(items)]
        questions = {place: Question(*items[place], question) for place, question in asked if question}
        labels = dict(zip(questions, await self.matcher(list(questions.values())), strict=True))
        found = {place: Standing(SIDES[judgement.label], judgement.score) for place, judgement in labels.items()}
        return [found.get(place, Standing(Side.DEPENDS, 0.0)) for place in range(len(items))]
