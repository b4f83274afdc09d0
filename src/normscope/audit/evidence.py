"""What the checks look at: a study's numbers and counts, and the part of them that a rule is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import polars as pl

from normscope.errors import UsageError, did_you_mean
from normscope.records import CORRECTED, ROGAN_GLADEN, UNSPECIFIED, Card, Estimate, Kind, NotMeasured, Policy, Reading, Responder

__all__ = ["ALL", "PEOPLE", "Evidence", "Grader", "UnderTest"]

PEOPLE = "people"
"""The target that stands for all people together."""

ALL = "all"
"""The topic that stands for all topics together."""


@dataclass(frozen=True, slots=True)
class Grader:
    """A model that reads solutions or gives labels. `role` is `extractor` or `matcher`; `family` goes by the model's name."""

    role: str
    model: str
    family: str


@dataclass(frozen=True, slots=True)
class UnderTest:
    """Which model a responder is: `model` as it is asked, the responder's own name where its answers were recorded."""

    responder_id: str
    model: str
    family: str


@dataclass(frozen=True)
class Evidence:
    """A study as its audit sees it.

    `sections` are those of `estimates.json` as JSON values. `dilemmas`: dilemma_id, topic, cluster. `conversations`: dilemma_id,
    responder_id, draw, outcome. `own_labels`: the card rests on labels of this very study. `graders` are the models that
    extractor and matcher name; `opaque` are plug-ins of others, which do not tell whom they ask. `draws` is how often each
    responder that is asked was to be asked. `margin` is that of the stored verdicts of equivalence, `level` the study's.
    `only_models` and `only_topics` are what a rule is about; None = all.
    """

    responders: Sequence[Responder]
    estimates: Sequence[Estimate]
    sections: Mapping[str, Sequence[Mapping[str, Any]]]
    dilemmas: pl.DataFrame
    conversations: pl.DataFrame
    card: Card | NotMeasured
    own_labels: bool = False
    matcher: str = UNSPECIFIED
    graders: Sequence[Grader] = ()
    opaque: Sequence[str] = ()
    tested: Sequence[UnderTest] = ()
    draws: Mapping[str, int] = field(default_factory=dict)
    margin: float = 0.05
    level: float = 0.95
    only_models: tuple[str, ...] | None = None
    only_topics: tuple[str, ...] | None = None

    def only(self, models: tuple[str, ...] | None, topics: tuple[str, ...] | None, *, where: str) -> Evidence:
        """The same study for a rule about some models or topics; a name that it does not have is a `UsageError`."""
        known = {"models": [r.responder_id for r in self.responders if r.kind is Kind.MODEL], "topics": self.topics_known}
        for what, names in (("models", models), ("topics", topics)):
            for name in names or ():
                if name not in known[what]:
                    raise UsageError(f"{where}: the study has no {what[:-1]} {name!r:.80}. {did_you_mean(name, known[what])}")
        return replace(self, only_models=models, only_topics=topics)

    @property
    def models(self) -> list[str]:
        """The models that the rule is about, in the study's order."""
        names = [r.responder_id for r in self.responders if r.kind is Kind.MODEL]
        return [name for name in names if self.only_models is None or name in self.only_models]

    @cached_property
    def topics_known(self) -> list[str]:
        """The topics of the dilemmas, sorted; empty where none was given to any."""
        return sorted(set(self.dilemmas["topic"].to_list()) - {UNSPECIFIED}) if self.dilemmas.height else []

    @property
    def topics(self) -> list[str]:
        """For a check by topic: the rule's topics, else every one."""
        return self.topics_known if self.only_topics is None else list(self.only_topics)

    @property
    def wholes(self) -> list[str]:
        """For a check of single numbers: the rule's topics, else all dilemmas together."""
        return [ALL] if self.only_topics is None else list(self.only_topics)

    def of(
        self, metric: str, model: str, topic: str = ALL, *, reading: str = Reading.MAIN, policy: str = Policy.EACH
    ) -> Estimate | None:
        """A model's estimate with all people, or None where it was not computed."""
        return self._estimates.get((metric, model, topic, reading, policy))

    def best(self, metric: str, model: str, topic: str) -> Estimate | None:
        """The same, corrected for the matcher's errors where that could be done, with an interval if any has one."""
        named = [self.of(f"{metric}{ending}", model, topic) for ending in (CORRECTED, ROGAN_GLADEN, "")]
        found = [e for e in named if e is not None and not isinstance(e.value, NotMeasured)]
        with_ends = [e for e in found if not isinstance(e.low, NotMeasured) and not isinstance(e.high, NotMeasured)]
        return next(iter(with_ends or found), self.of(metric, model, topic))

    def rows(self, section: str) -> list[dict[str, Any]]:
        """The rows of a section, `NotMeasured` where JSON says so."""
        return [{name: _read(value) for name, value in row.items()} for row in self.sections.get(section, ())]

    @cached_property
    def readings(self) -> list[tuple[str, str]]:
        """Every reading and policy of stated agreement that was computed, in order."""
        named = ((e.reading, e.policy) for e in self._estimates.values() if (e.metric, e.topic) == ("stated", ALL))
        return list(dict.fromkeys(named))

    @cached_property
    def _estimates(self) -> dict[tuple[str, str, str, str, str], Estimate]:
        with_people = (e for e in self.estimates if e.target_id == PEOPLE)
        return {(e.metric, e.responder_id, e.topic, e.reading, e.policy): e for e in with_people}


def _read(value: Any) -> Any:
    return NotMeasured(value["not_measured"]) if isinstance(value, dict) and set(value) == {"not_measured"} else value
