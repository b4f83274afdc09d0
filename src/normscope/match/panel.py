"""Matchers of several judges: the majority of a panel, and a third judge for what the first two disagree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normscope.match.gathering import all_answered
from normscope.match.judge import Judge
from normscope.match.voting import majority, named_judges
from normscope.models.base import AskFor
from normscope.records import Judgement, Question

__all__ = ["Escalate", "Panel", "make_escalate", "make_panel"]


@dataclass(frozen=True)
class Panel:
    """What do most of several judges say?

    Each judge labels every question; the label is that of more than half of them, else `unclear`. `score` is the share of
    votes for it; `votes` has each judge's label by its model, from which the effective number of judges can be computed.
    """

    judges: tuple[Judge, ...]
    name: str

    @property
    def prompt_hash(self) -> str | None:
        return self.judges[0].prompt_hash

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        given = await all_answered([(len(questions), judge(questions)) for judge in self.judges], who=self.name)
        by_question = zip(*given, strict=True)
        return [majority(_by_model(self.judges, judgements)) for judgements in by_question]


@dataclass(frozen=True)
class Escalate:
    """What do two judges say, and where they differ, what does a third one add?

    The first two label every question; the third only those on which they differ, so that a dear judge is asked little.
    Then as for a panel. `votes` has two labels where the first two were of one mind and three where the third was asked.
    """

    judges: tuple[Judge, ...]
    name: str

    @property
    def prompt_hash(self) -> str | None:
        return self.judges[0].prompt_hash

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        first = self.judges[:2]
        given = await all_answered([(len(questions), judge(questions)) for judge in first], who=self.name)
        pairs = [_by_model(first, judgements) for judgements in zip(*given, strict=True)]
        split = [i for i, pair in enumerate(pairs) if len({judgement.label for judgement in pair.values()}) > 1]
        if split:
            third = self.judges[2]
            for i, judgement in zip(split, await third([questions[i] for i in split]), strict=True):
                pairs[i][third.model] = judgement
        return [majority(pair) for pair in pairs]


def make_panel(argument: str, ask_for: AskFor) -> Panel:
    """The matcher `panel:M1,M2,M3`, at least two models of different families; `UsageError` otherwise."""
    return Panel(named_judges(argument, ask_for, matcher="panel", fewest=2), f"panel:{argument}")


def make_escalate(argument: str, ask_for: AskFor) -> Escalate:
    """The matcher `escalate:M1,M2,M3`: two cheap models, then the one to ask where they differ; `UsageError` otherwise."""
    return Escalate(named_judges(argument, ask_for, matcher="escalate", fewest=3, most=3), f"escalate:{argument}")


def _by_model(judges: Sequence[Judge], judgements: Sequence[Judgement]) -> dict[str, Judgement]:
    return {judge.model: judgement for judge, judgement in zip(judges, judgements, strict=True)}
