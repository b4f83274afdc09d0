"""What two studies of the same dilemmas say of each other: `a` is the earlier one, or the one to compare with, `b` the other."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.records.core import NotMeasured
from normscope.records.verdict import Verdict

__all__ = ["NOT_SHOWN", "Change", "Comparison", "FlippedDilemma", "GateResult", "ModelPair", "SettingChange", "StudySide"]

Number = float | NotMeasured

NOT_SHOWN = "not shown"
"""The verdict of a change whose direction the study cannot tell."""


@dataclass(frozen=True, slots=True)
class StudySide:
    """One of the two studies: the name of its folder, how it was scored, and what of it the other one does not have.

    `dilemmas` and `models` count all that it has; `other_dilemmas`, `other_models` and `other_people` are those that are not
    compared (dilemmas counted, responders named). `trust` is a sentence on how far its matcher can be trusted.
    """

    name: str
    title: str
    matcher: str
    extractor: str
    dilemmas: int
    models: int
    other_dilemmas: int
    other_models: tuple[str, ...]
    other_people: tuple[str, ...]
    trust: str = "Nothing is known of how far the matcher can be trusted."


@dataclass(frozen=True, slots=True)
class ModelPair:
    """A model of `a` and the one of `b` that it is compared with, and `why` these two."""

    a: str
    b: str
    why: str


@dataclass(frozen=True, slots=True)
class SettingChange:
    """Something that was done differently in the two studies."""

    name: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one model in both studies, on the shared dilemmas that count in both.

    `difference` is `b` minus `a`, with a paired interval of `level` by `method`. `p` in (0, 1]: how probable a difference as
    large is if nothing distinguishes the studies. `verdict`: `better`, `worse`, `higher`, `lower` (of measures
    of which neither is better) or `not shown`. `excluded` counts the other shared dilemmas: counted `only_a`, `only_b`, or in
    `neither`.
    """

    metric: str
    topic: str
    responder_a: str
    responder_b: str
    a: Number
    b: Number
    difference: Number
    low: Number
    high: Number
    p: Number
    verdict: str
    n_dilemmas: int
    excluded: dict[str, int]
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class FlippedDilemma:
    """A dilemma on which a model's stated agreement with people changed by more than half.

    `a` and `b` in [0, 1] are its values there (means over draws and people), `text` is the dilemma's; `said_a` and `said_b`
    are the main solutions of the model's draws, each once. `people_changed`: what people said of it is not the same in both.
    """

    dilemma_id: str
    topic: str
    responder_a: str
    responder_b: str
    a: float
    b: float
    text: str
    said_a: tuple[str, ...]
    said_b: tuple[str, ...]
    people_changed: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two studies on the dilemmas that they share (same id, same text), model by model.

    `changed_text` are the ids that stand for different texts in the two, `people` the responders of kind `human` in both,
    `people_changed` the shared dilemmas on which what these people said is not the same in both. `gained` and `lost` count the
    dilemmas that flipped for each pair of `models`, in their order; `flipped` lists the largest ones.
    """

    a: StudySide
    b: StudySide
    shared: int
    changed_text: tuple[str, ...]
    models: tuple[ModelPair, ...]
    people: tuple[str, ...]
    people_changed: tuple[str, ...]
    same_matcher: bool
    settings: tuple[SettingChange, ...]
    changes: tuple[Change, ...]
    topics: tuple[Change, ...]
    gained: tuple[int, ...]
    lost: tuple[int, ...]
    flipped: tuple[FlippedDilemma, ...]
    level: float
    wrong_share: float
    """Of the topics called better or worse, at most so large a share is expected to be so by chance."""
    seed: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a comparison says of one demand: that a measure of a model, on a topic or on all, has not changed by too much.

    `floor` and `ceiling` bound the difference, None = no bound.
    """

    metric: str
    topic: str
    responder_a: str
    responder_b: str
    floor: float | None
    ceiling: float | None
    verdict: Verdict
    what: str
