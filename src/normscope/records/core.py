"""The frozen records that live on disk. Every stage reads some of them and writes one kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from normscope.errors import Undefined
from normscope.records.notebook import html_table
from normscope.records.words import Basis, Kind, Label, Outcome, Policy, Reading, Stance

__all__ = [
    "SCHEMA_VERSION",
    "UNSPECIFIED",
    "Dilemma",
    "Estimate",
    "Gold",
    "LabelItem",
    "Match",
    "NotMeasured",
    "Record",
    "Responder",
    "Response",
    "Solution",
    "Turn",
]

SCHEMA_VERSION = 1
"""Version of the records' shape in files; records of another version are refused with an explanation."""

UNSPECIFIED = "unspecified"
"""The topic of a dilemma for which none was given."""


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Stands where a number would stand, and says why there is none."""

    not_measured: str

    @property
    def reason(self) -> str:
        return self.not_measured


@dataclass(frozen=True, slots=True)
class Dilemma:
    """A person's first-person message that asks what to do.

    `language` is a BCP-47 tag (`und` = not known), `cluster` groups dilemmas that are not independent (an episode, a
    template), `extra` keeps a file's further columns as text.
    """

    dilemma_id: str
    text: str
    language: str = "und"
    topic: str = UNSPECIFIED
    asked_on: str | None = None
    cluster: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Responder:
    """Whoever answers. `model`, `persona` and `system_prompt` say how a model is asked; they are None for people.

    `system_prompt` is the deployed product's own, sent as it is; `persona` is a role, and comes after it.
    """

    responder_id: str
    kind: Kind
    model: str | None = None
    persona: str | None = None
    note: str | None = None
    system_prompt: str | None = None

    @property
    def system(self) -> str | None:
        """The system message that the model is asked under; None = none is sent."""
        if self.system_prompt and self.persona:
            return f"{self.system_prompt}\n\n{self.persona}"
        return self.system_prompt or self.persona or None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation.

    `role` is `user` (the person with the dilemma) or `assistant` (the responder); `stage` is `ask`, `dialogue`, `commit` or
    `explicit`; `solution_id` names the solution that an `explicit` turn shows or answers.
    """

    role: str
    text: str
    stage: str = "ask"
    solution_id: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One conversation with one responder about one dilemma, and its outcome. `reason` explains any outcome but `answered`."""

    dilemma_id: str
    responder_id: str
    draw: int
    protocol: str
    outcome: Outcome
    turns: tuple[Turn, ...] = ()
    reason: str | None = None

    @property
    def text(self) -> str:
        """What the responder said unprompted: all its turns before any solution was shown, joined by blank lines."""
        return "\n\n".join(t.text for t in self.turns if t.role == "assistant" and t.stage != "explicit")


@dataclass(frozen=True, slots=True)
class Solution:
    """One course of action that a response recommends or advises against.

    `start:end` is the evidence span in `Response.text`; both are None for a solution that people coded and did not mark.
    `extractor` says who read it: `coded` (came with the data), `rules`, `judge:MODEL` …
    `conditions` are the cases it is given for ("if he refuses again"), in the response's words; empty = unconditional.
    `hedged`: the same response also recommends the opposite course.
    """

    solution_id: str
    dilemma_id: str
    responder_id: str
    draw: int
    text: str
    stance: Stance
    main: bool
    extractor: str
    start: int | None = None
    end: int | None = None
    prompt_hash: str | None = None
    conditions: tuple[str, ...] = ()
    hedged: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The label of one responder's text against one solution. `score` in [0, 1] is the matcher's own confidence.

    `votes` are the labels that it was made of, by voter: a panel's judges, the two orders of one question.
    """

    dilemma_id: str
    responder_id: str
    draw: int
    basis: Basis
    solution_id: str
    label: Label
    score: float
    matcher: str
    evidence: str | None = None
    prompt_hash: str | None = None
    votes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelItem:
    """A match label of the study that people are asked to give too, and how it came to be drawn.

    What is drawn is a comparison: a conversation's main solution with all solutions of one other conversation, or one
    answer to a shown solution. Its labels are drawn together, each an item with the comparison's `inclusion`: the
    probability in (0, 1] with which the sampling `plan` drew it (`stratum` says from where), so that estimates that weight
    by its inverse stay unbiased. `rank` is the comparison's place in the random order of labelling; `twice`: two coders are
    to label it.

    `item_id` follows from what the coder reads (dilemma, text, solution, asked): the same question in two comparisons is
    labelled once, by `Gold` records with `gold_id = item_id`. `flip`: the text is a course that the responder advises
    against, so that the match label is the turned one.
    """

    item_id: str
    dilemma_id: str
    responder_id: str
    draw: int
    basis: Basis
    solution_id: str
    flip: bool
    dilemma: str
    text: str
    solution: str
    asked: str
    inclusion: float
    plan: str
    rank: int
    stratum: str = UNSPECIFIED
    twice: bool = False
    language: str = "und"
    topic: str = UNSPECIFIED


@dataclass(frozen=True, slots=True)
class Gold:
    """A person's label for one text against one solution; what a matcher is measured against."""

    gold_id: str
    dilemma: str
    text: str
    solution: str
    asked: str
    """`stated` (the text was unprompted) or `shown` (the text answers the shown solution)."""
    label: Label
    coder: str
    language: str = "und"
    kind: str = UNSPECIFIED
    cluster: str | None = None
    topic: str = UNSPECIFIED


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number of the result, with everything needed to read it.

    `responder_id` and `target_id` are empty strings for a whole pairing. `excluded` counts what was not scored, by reason.
    A number that could not be measured is a `NotMeasured` with its reason, in `value`, `low` and `high` alike. `n_labels`
    counts the comparisons labelled by people that a number corrected for the matcher's errors rests on; 0 for any other.
    `reading` says what counts as agreement and `policy` which of people's solutions are the reference (docs/definitions.md).
    """

    metric: str
    pairing: str
    responder_id: str
    target_id: str
    topic: str
    value: float | NotMeasured
    low: float | NotMeasured
    high: float | NotMeasured
    level: float
    method: str
    estimand: str
    n_dilemmas: int
    excluded: dict[str, int] = field(default_factory=dict)
    matcher: str = UNSPECIFIED
    n_labels: int = 0
    reading: str = Reading.MAIN.value
    policy: str = Policy.EACH.value

    def number(self) -> float:
        """The value, or `Undefined` with the reason why there is none."""
        if isinstance(self.value, NotMeasured):
            raise Undefined(f"{self.metric} of {self.responder_id or self.pairing} is not measured: {self.value.reason}")
        return self.value

    def _repr_html_(self) -> str:
        """What a notebook shows: value, interval, and what is needed to read them."""
        who = " with ".join(name for name in (self.responder_id, self.target_id) if name) or self.pairing
        missing = next((part for part in (self.low, self.high) if isinstance(part, NotMeasured)), None)
        rows = [
            ("value", f"not measured: {self.value.reason}" if isinstance(self.value, NotMeasured) else f"{self.value:.2f}"),
            ("interval", f"none: {missing.reason}" if missing else f"[{self.low:.2f}, {self.high:.2f}] at {self.level:g}"),
            ("method", self.method),
            ("estimate for", self.estimand),
            ("dilemmas", f"{self.n_dilemmas:,}"),
            ("not scored", ", ".join(f"{n:,} {reason}" for reason, n in self.excluded.items() if n) or "none"),
            ("topic", self.topic),
            ("matcher", self.matcher),
            ("reading, policy", f"{self.reading}, {self.policy}"),
            *([("labels by people", f"{self.n_labels:,}")] if self.n_labels else []),
        ]
        return html_table(f"{self.metric}: {who}", rows)


Record = Dilemma | Responder | Response | Solution | Match | LabelItem | Gold | Estimate
