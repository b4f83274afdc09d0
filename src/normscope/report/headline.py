"""The first screen: what was asked of whom, the models beside the ceiling, and the limits in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from normscope.records import UNSPECIFIED, Estimate, NotMeasured, Outcome, Pairing, Responder
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup
from normscope.report.text import basis_of, counted, sentence
from normscope.report.validated import corrections

__all__ = ["HeadlineRow", "Standing", "among", "asked", "headline", "limits", "matcher_sentence", "standing"]

OURS = (
    "The definitions are normscope's own (operationalisation v1). They follow the idea of arXiv:2605.23420, whose formulas, "
    "prompts and tables were not available to us; no number here is that paper's."
)

Standing = str
"""How a model stands beside the ceiling, in words."""


@dataclass(frozen=True)
class HeadlineRow:
    """One model: its agreement with all people together, and how far from the ceiling that is.

    `corrected` and `explicit_corrected` are stated and explicit agreement corrected for the matcher's errors; `distance` is the
    corrected one where it was measured.
    """

    responder: Responder
    corrected: Estimate | None
    stated: Estimate | None
    distance: Estimate | None
    explicit_corrected: Estimate | None
    explicit: Estimate | None
    standing: Standing


def asked(data: ReportData) -> list[str]:
    """What was asked of whom, and how the conversations ended, in sentences."""
    outcomes = _outcomes(data)
    topics = len(data.topics)
    told = ", ".join(f"{outcomes[o]:,} {o.value}" for o in Outcome)
    return [
        f"{_some(len(data.models), 'model')} and {_some(len(data.people), 'person or panel', 'people or panels')} on "
        f"{_some(len(data.dilemmas), 'dilemma')} from {_some(topics, 'topic')}.",
        f"{_some(outcomes.total(), 'conversation')}: {told}. Read from them: {_some(data.solutions.height, 'solution')}; "
        f"{_some(data.matches.height, 'match label')} given.",
    ]


def headline(data: ReportData, found: Lookup) -> list[HeadlineRow]:
    """The models in the order given, each with its agreement with all people together; empty where there are no people."""
    rows = []
    for model in data.models if data.people else []:
        name = model.responder_id
        stated, distance = found.of("stated", name), found.of("distance_to_ceiling", name)
        corrected, as_people = found.of("stated_corrected", name), found.of("distance_to_ceiling_corrected", name)
        if as_people is not None and not isinstance(as_people.value, NotMeasured):
            distance = as_people
        judged, explicit = found.of("explicit_corrected", name), found.of("explicit", name)
        rows.append(HeadlineRow(model, corrected, stated, distance, judged, explicit, standing(distance)))
    return rows


def among(data: ReportData, found: Lookup) -> list[str]:
    """The headline of a study that has only models or only people: how far these agree with each other, in sentences."""
    if data.models and data.people:
        return []
    who, pairing = ("Models", Pairing.MODEL_MODEL) if data.models else ("People", Pairing.HUMAN_HUMAN)
    lines = []
    for metric in ("stated_corrected", "stated", "explicit_corrected", "explicit"):
        whole = found.pair(metric, pairing.value, "", "")
        if whole is not None:
            basis = "" if isinstance(whole.value, NotMeasured) else basis_of([whole])
            named = f"{metric.removesuffix('_corrected')} agreement{', corrected' if metric.endswith('_corrected') else ''}"
            lines.append(f"{who} with each other, {named}: {sentence(whole)}. {basis}".strip())
    return lines


def standing(distance: Estimate | None) -> Standing:
    """Below or above the ceiling only where the interval of the distance (model minus ceiling) leaves out 0."""
    if distance is None or isinstance(distance.low, NotMeasured) or isinstance(distance.high, NotMeasured):
        return "not compared"
    if distance.low <= 0 <= distance.high:
        return "no difference shown"
    return "below the ceiling" if distance.high < 0 else "above the ceiling"


def matcher_sentence(data: ReportData) -> str:
    """How far the matcher can be trusted, or that nobody has checked it here."""
    if isinstance(data.card, NotMeasured):
        return f"The matcher has no card: {data.card.reason}."
    return data.card.sentence()


def limits(data: ReportData, found: Lookup) -> list[str]:
    """What a reader must know before using a number of this report."""
    said = [OURS]
    matchers = sorted({e.matcher for e in data.estimates})
    if matchers:
        rates = "every rate that is not called corrected" if corrections(data) else "every rate here"
        said.append(f"Whether two texts agree was decided by the {_matchers(matchers)}. Its errors are part of {rates}.")
    outcomes = _outcomes(data)
    lost = [f"{n:,} {outcome.value}" for outcome, n in sorted(outcomes.items()) if n and outcome is not Outcome.ANSWERED]
    if lost:
        said.append(f"Not scored, but counted: {', '.join(lost)} of {outcomes.total():,} conversations (see Outcomes).")
    for pairing in Pairing:
        whole = found.pair("stated", pairing.value, "", "")
        if whole is not None and any(whole.excluded.values()):
            said.append(f"Comparisons left out of stated agreement, {pairing.value}: {counted(whole.excluded)}.")
    if not data.people:
        said.append("No people answered these dilemmas, so neither agreement with people nor a ceiling can be given.")
    return [*said, *data.notes]


def _outcomes(data: ReportData) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    for row in data.outcomes:
        counts[row.outcome] += row.n
    return counts


def _matchers(names: list[str]) -> str:
    """The matchers by name, in quotes: a name may be any text."""
    known = [f"'{name}'" for name in names if name != UNSPECIFIED]
    told = f"{'matcher' if len(known) == 1 else 'matchers'} {', '.join(known)}" if known else "matcher, whose name is not known"
    return f"{told} (of some estimates it is not known)" if known and len(known) < len(names) else told


def _some(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
