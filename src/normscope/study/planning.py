"""How many dilemmas, and how many labels by people, does a wanted interval or a wanted difference need?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path

from normscope.agree import Pilot, pilot
from normscope.errors import Undefined, UsageError
from normscope.records import Label, NotMeasured
from normscope.stats import MINIMUM_LABELS, Correct, Expected, difference_detected, half_width, largest_correlation, least
from normscope.store import Store
from normscope.study.correcting import MATCHES, table_of
from normscope.study.settings import Settings, make_settings
from normscope.study.validating import stored_card

__all__ = ["Plan", "PlanRow", "Wanted", "expectation", "plan"]

STEPS = (1.0, 1.25, 1.5, 2.0, 3.0, 5.0)
"""Sizes shown, in multiples of the fewest dilemmas that can do."""


UNREACHED = NotMeasured("not with so few dilemmas, however many labels")
BILLIONS = "no study is large enough: more than a billion dilemmas would be needed"
EDGE_RATE = 0.01
"""No rate nearer to 0 or 1 than this is taken from a pilot."""

EDGE = 10
"""Expect fewer comparisons than this on the rarer side, and the formulas are too rough."""


@dataclass(frozen=True)
class Wanted:
    """What a study is to reach: an interval of ± `half_width` for each model's rate, or `difference` found with `power`.

    Exactly one of the two is given. `models` are compared; `labels` is what people can give in all, None = as many as needed.
    """

    half_width: float | None = None
    difference: float | None = None
    level: float = 0.95
    power: float = 0.8
    models: int = 2
    labels: int | None = None

    def __post_init__(self) -> None:
        if (self.half_width is None) == (self.difference is None):
            raise UsageError("say what is wanted, one of the two: --half-width 0.05 or --difference 0.05")


@dataclass(frozen=True)
class PlanRow:
    """One size that does: `dilemmas`, the `comparisons` of each model that come of them, and the `labels` by people in all.

    `correct` names how the matcher's errors are corrected: `ppi` (PPI++, from labels of each model alike many) or `rogan_gladen`
    (from labels of any models, if the matcher errs alike in all).
    """

    correct: Correct
    dilemmas: int
    comparisons: int
    labels: int | NotMeasured


@dataclass(frozen=True)
class Plan:
    """The sizes that do, from the fewest dilemmas on, what was expected for them, and what to know about it in sentences."""

    wanted: Wanted
    expected: Expected
    rows: tuple[PlanRow, ...]
    words: tuple[str, ...]


def plan(wanted: Wanted, expected: Expected) -> Plan:
    """Which sizes of study reach what is wanted, if it is as expected?

    The first rows are the fewest dilemmas that can do, with a label for every comparison; then what more dilemmas would need.
    A matcher that never errs needs no labels. With `wanted.labels` there are only the fewest dilemmas for that many.
    `UsageError` where nothing is large enough, or the rates cannot be.
    """
    try:
        expected, notes = _possible(wanted, expected)
        rows = _sizes(wanted, expected) if wanted.labels is None else _with_labels(wanted, expected, wanted.labels)
    except Undefined as missing:
        raise UsageError(
            f"no plan: {missing}. Expected was: rate {expected.rate:.3f}, sensitivity {expected.sensitivity:.3f}, specificity "
            f"{expected.specificity:.3f}; --rate, --sensitivity and --specificity overrule what a pilot's card says"
        ) from None
    return Plan(wanted, expected, rows, (*_words(wanted, expected, rows), *notes))


def _possible(wanted: Wanted, expected: Expected) -> tuple[Expected, list[str]]:
    """The expectation with a correlation that rates so far apart can have: the pilot's models may be nearer to each other."""
    if wanted.difference is None:
        return expected, []
    most = largest_correlation(expected.rate, expected.other(wanted.difference))
    if expected.correlation <= most:
        return expected, []
    reason = (
        f"the correlation is taken as {most:.2f}, not {expected.correlation:.2f}: rates so far apart cannot correlate by more"
    )
    return replace(expected, correlation=most), [f"{reason}."]


def expectation(folder: Path | None, given: Mapping[str, float]) -> tuple[Expected, list[str]]:
    """What is expected of the study to be, from what is `given` and a pilot's folder for the rest; and where figures are from.

    `given` are fields of `Expected`, with `icc` in the place of its design effect. Without a pilot the rate is 0.5, at which an
    interval is widest.

    Of a pilot, sensitivity and specificity for `agree` are those of its card, where it has one. With them the pilot's rate, which
    is the matcher's, is turned into the one that people would see, and so is the design effect, which the matcher's errors
    hide in part. The correlation is left as the matcher shows it: the true one is higher, and the plan so on the safe side.
    `UsageError` for a folder that is no pilot.
    """
    if folder is None:
        return Expected(**_with_design_effect({"rate": 0.5} | dict(given))), []
    with closing(Store(folder)) as store:
        stored = store.fact("settings")
        if stored is None:
            raise UsageError(f"{folder} holds records but no settings; a pilot is the folder of a study that was run")
        settings = make_settings({**json.loads(stored), "folder": str(folder)}, file=f"{folder} (settings)")
        return _piloted(settings, store, given)


def _with_design_effect(values: dict[str, float]) -> dict[str, float]:
    """The values with the design effect in the place of `icc`, where that is given."""
    rest = {name: value for name, value in values.items() if name != "icc"}
    if "icc" in values:
        size = values.get("per_dilemma", 1.0) * values.get("per_cluster", 1.0)
        rest["design_effect"] = 1 + (size - 1) * values["icc"]
    return rest


def _piloted(settings: Settings, store: Store, given: Mapping[str, float]) -> tuple[Expected, list[str]]:
    table = table_of(store, store.frame("matches", columns=MATCHES), matcher=settings.matcher)
    try:
        found = pilot(table, draws=settings.resamples, seed=settings.seed)
    except Undefined as missing:
        raise UsageError(f"{store.folder} is no pilot: {missing}. Name another folder, or --rate and --correlation") from None
    notes = [
        f"from the pilot: {found.n_models} models, {found.n_dilemmas:.0f} dilemmas each, matcher's rate {found.raw:.3f}, "
        f"{found.per_dilemma:.1f} comparisons per dilemma, design effect {found.design_effect:.2f}"
    ]
    errs: dict[str, float] = {name: given[name] for name in ("sensitivity", "specificity") if name in given}
    if len(errs) < 2:
        errs = _of_card(settings, store, notes) | errs
    return _expected(found, errs, given, notes), notes


def _expected(found: Pilot, errs: dict[str, float], given: Mapping[str, float], notes: list[str]) -> Expected:
    sensitivity, specificity = errs.get("sensitivity", 1.0), errs.get("specificity", 1.0)
    youden = sensitivity + specificity - 1
    rate, effect = found.raw, found.design_effect
    if 0 < youden < 1:
        corrected = (found.raw + specificity - 1) / youden
        rate = min(1 - EDGE_RATE, max(EDGE_RATE, corrected))
        if rate != corrected:
            notes.append(f"with these the pilot's rate would be {corrected:.2f} by people; {rate:.2f} is taken. Do they fit?")
        hidden = rate * (1 - rate) * youden**2 / (found.raw * (1 - found.raw))
        effect = 1 + (effect - 1) / hidden
    values: dict[str, float] = {
        "rate": rate,
        "per_dilemma": found.per_dilemma,
        "per_cluster": max(1.0, found.per_cluster),
        "design_effect": max(1.0, effect),  # below 1 is chance, and would promise too much
        **errs,
    }
    if isinstance(found.correlation, float):
        values["correlation"] = found.correlation
    else:
        notes.append(f"correlation 0 is taken: {found.correlation.reason}")
    return Expected(**_with_design_effect(values | dict(given)))


def _of_card(settings: Settings, store: Store, notes: list[str]) -> dict[str, float]:
    """Sensitivity and specificity for `agree` from the stored card, over the labelled pairs that people did not call unclear."""
    card = stored_card(settings, store)
    if isinstance(card, NotMeasured):
        notes.append(f"no sensitivity and specificity: {card.reason}")
        return {}
    agree = Label.AGREE.value
    told = {label: row for label, row in card.overall.confusion.items() if label != Label.UNCLEAR.value}
    yes, no = sum(told.get(agree, {}).values()), sum(sum(row.values()) for label, row in told.items() if label != agree)
    if not yes or not no:
        notes.append("no sensitivity and specificity: the card's pairs do not hold both agreements and others")
        return {}
    hits = told[agree].get(agree, 0)
    false = sum(row.get(agree, 0) for label, row in told.items() if label != agree)
    notes.append(f"sensitivity {hits / yes:.3f} and specificity {1 - false / no:.3f} from the card ({card.gold})")
    return {"sensitivity": hits / yes, "specificity": 1 - false / no}


def _reached(wanted: Wanted, expected: Expected, dilemmas: float, labels: float, correct: Correct) -> bool:
    """Do so many dilemmas and labels do? `labels` of each model for PPI++, in all for Rogan-Gladen."""
    if wanted.half_width is not None:
        return half_width(expected, dilemmas, labels, correct=correct, level=wanted.level) <= wanted.half_width
    difference = wanted.difference or 0.0
    found = difference_detected(expected, dilemmas, labels, difference, correct=correct, level=wanted.level, power=wanted.power)
    return found <= difference


def _sizes(wanted: Wanted, expected: Expected) -> tuple[PlanRow, ...]:
    each = expected.per_dilemma
    fewest = least(lambda n: _reached(wanted, expected, n, n * each, "ppi"))
    if fewest is None:
        raise Undefined(BILLIONS)
    if _never_errs(expected):
        return (PlanRow("ppi", fewest, int(fewest * each), 0),)
    rows = []
    for n in [ceil(fewest * step) for step in STEPS]:
        comparisons = int(n * each)
        for correct, models in _methods(wanted):
            do = partial(_labels_do, wanted, expected, n, correct)
            most = comparisons * models
            labels = least(do, lowest=min(MINIMUM_LABELS, most), highest=most)
            in_all = UNREACHED if labels is None else labels * wanted.models // models
            rows.append(PlanRow(correct, n, comparisons, in_all))
    return tuple(rows)


def _with_labels(wanted: Wanted, expected: Expected, labels: int) -> tuple[PlanRow, ...]:
    """The fewest dilemmas for at most so many labels, by each method that gets there."""
    rows = []
    for correct, models in _methods(wanted):
        each = labels * models // wanted.models
        if each < MINIMUM_LABELS:
            continue
        do = partial(_dilemmas_do, wanted, expected, each, correct, models)
        # with more dilemmas than labels the pairing of two models' labels is lost, and more dilemmas may then not help
        all_labelled = max(2, ceil(each / models / expected.per_dilemma))
        n = least(do, highest=all_labelled) or least(do, lowest=all_labelled)
        if n is not None:
            comparisons = int(n * expected.per_dilemma)
            rows.append(PlanRow(correct, n, comparisons, min(labels, comparisons * wanted.models)))
    if not rows:
        raise Undefined(f"{labels} labels are too few for {wanted.models} models, however many dilemmas are asked")
    return tuple(rows)


def _labels_do(wanted: Wanted, expected: Expected, dilemmas: int, correct: Correct, labels: int) -> bool:
    return _reached(wanted, expected, dilemmas, labels, correct)


def _dilemmas_do(wanted: Wanted, expected: Expected, labels: int, correct: Correct, models: int, dilemmas: int) -> bool:
    """With at most one label per comparison."""
    return _reached(wanted, expected, dilemmas, min(labels, dilemmas * expected.per_dilemma * models), correct)


def _methods(wanted: Wanted) -> tuple[tuple[Correct, int], ...]:
    """Each method, and how many models share its labels."""
    return (("ppi", 1), ("rogan_gladen", wanted.models))


def _never_errs(expected: Expected) -> bool:
    return expected.sensitivity == expected.specificity == 1


def _words(wanted: Wanted, expected: Expected, rows: tuple[PlanRow, ...]) -> Iterator[str]:
    fewest = min(rows, key=lambda row: row.dilemmas)
    if wanted.half_width is not None:
        aim = f"For an interval of ± {wanted.half_width:g} ({wanted.level:.0%}) around a model's rate near {expected.rate:.2f}"
    else:
        aim = (
            f"To find a difference of {wanted.difference:g} between two models with {wanted.power:.0%} probability "
            f"(two-sided, {wanted.level:.0%}), near a rate of {expected.rate:.2f}"
        )
    yield f"{aim}, {fewest.dilemmas:,} dilemmas are needed at least{_labels_said(fewest, wanted)}."
    if _never_errs(expected):
        yield (
            "This is as if the matcher never erred. It does: give --sensitivity and --specificity, or a --pilot with a card "
            "(normscope validate), to learn how many labels its errors cost."
        )
    else:
        shown = (
            f"show a rate of {expected.raw:.2f} where people would say {expected.rate:.2f}"
            if wanted.difference is None
            else f"show a difference of {wanted.difference:g} as {wanted.difference * expected.youden:.2g}"
        )
        yield f"Without labels this matcher would {shown}, however many dilemmas are asked."
        yield (
            "PPI++ assumes nothing of the matcher and needs labels of each model; Rogan-Gladen needs labels of any, but is right "
            "only if the matcher errs alike in all models."
        )
    if expected.design_effect > 1:
        yield (
            f"Comparisons of one cluster (or dilemma) resemble each other: {expected.design_effect:.2f} times as many are needed "
            "as of independent ones."
        )
    rare = min(expected.rate, 1 - expected.rate) * fewest.dilemmas
    if rare < EDGE:
        yield f"Caution: about {rare:.0f} dilemmas are expected on the rarer side of this rate; the figures are rough there."


def _labels_said(row: PlanRow, wanted: Wanted) -> str:
    """The labels of the row with the fewest dilemmas, for the sentence about it; nothing where none are needed."""
    if isinstance(row.labels, NotMeasured) or not row.labels:
        return ""
    shared = row.correct == "rogan_gladen" or wanted.models == 1
    return f", with {row.labels:,} labels by people" + ("" if shared else f" ({row.labels // wanted.models:,} of each model)")
