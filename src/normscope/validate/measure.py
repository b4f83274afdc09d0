"""Measuring a matcher against labels that people gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from normscope.records import Card, Gold, Label, Matcher, NotMeasured, Question, Score
from normscope.stats import Intervals, Resamples, intervals, kappas, macro_f1, ratio, replicate
from normscope.stats.bootstrap import Floats, Masked

__all__ = ["score", "validate"]

LABELS = tuple(label.value for label in Label)


async def validate(
    matcher: Matcher,
    golds: Sequence[Gold],
    *,
    gold_description: str,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Card:
    """How far can this matcher be trusted? Its card: its labels against the people's, overall and by part.

    Each distinct question is asked once; two people's labels of one pair are two items. Intervals resample contexts
    (`Gold.cluster`), since pairs about one dilemma are not independent. `golds` may be empty: then nothing is measured and
    the card says so. Errors of the matcher, such as `ModelError`, go through.
    """
    asked = [Question(g.dilemma, g.text, g.solution, g.asked, g.language) for g in golds]
    distinct = list(dict.fromkeys(asked))
    answers = dict(zip(distinct, await matcher(distinct) if distinct else [], strict=True))
    given = [answers[question].label for question in asked]

    def part(chosen: Sequence[int]) -> Score:
        return score([golds[i] for i in chosen], [given[i] for i in chosen], level=level, draws=draws, seed=seed)

    def by(value: Callable[[Gold], str]) -> dict[str, Score]:
        parts: dict[str, list[int]] = {}
        for i, gold in enumerate(golds):
            parts.setdefault(value(gold), []).append(i)
        return {name: part(parts[name]) for name in sorted(parts)}

    return Card(
        matcher=matcher.name,
        gold=gold_description,
        level=level,
        overall=part(range(len(golds))),
        by_asked=by(lambda gold: gold.asked),
        by_language=by(lambda gold: gold.language),
        by_kind=by(lambda gold: gold.kind),
        prompt_hash=matcher.prompt_hash,
    )


def score(golds: Sequence[Gold], given: Sequence[Label], *, level: float, draws: int, seed: int) -> Score:
    """The figures of `given`, the matcher's labels, against `golds`, in the same order.

    Kappa and macro-F1 are not measured where the people's labels are all the same: accuracy then says everything.
    """
    counts, contexts = _counts(golds, given)
    confusion = counts.sum(axis=0)
    table = {truth: {label: int(confusion[i, j]) for j, label in enumerate(LABELS)} for i, truth in enumerate(LABELS)}
    if not golds:
        none = NotMeasured("there are no labelled pairs")
        return Score(0, none, none, none, none, none, none, none, table)
    resamples = Resamples(contexts, draws, seed)
    right, items = np.trace(counts, axis1=1, axis2=2)[:, None], counts.sum(axis=(1, 2))[:, None]
    accuracy = _figures(intervals(replicate(resamples, ratio, right, items), level=level, rate=True))
    if len({gold.label for gold in golds}) < 2:
        none = NotMeasured(f"the people's labels are all {golds[0].label.value!r}; see the accuracy")
        return Score(len(golds), *accuracy, none, none, none, none, table)
    cells = [counts[:, i, j][:, None] for i in range(len(LABELS)) for j in range(len(LABELS))]
    kappa = _figures(intervals(replicate(resamples, _kappa_of_cells, *cells), level=level))
    f1 = macro_f1([gold.label.value for gold in golds], [label.value for label in given])
    return Score(len(golds), *accuracy, f1, *kappa, table)


def _counts(golds: Sequence[Gold], given: Sequence[Label]) -> tuple[Floats, int]:
    """Confusion matrices [contexts, people's label, matcher's label] and the number of contexts."""
    index = {label: i for i, label in enumerate(LABELS)}
    contexts: dict[str, int] = {}
    rows = [contexts.setdefault(gold.cluster or gold.gold_id, len(contexts)) for gold in golds]
    counts = np.zeros((len(contexts), len(LABELS), len(LABELS)))
    truth, labels = [index[gold.label.value] for gold in golds], [index[label.value] for label in given]
    np.add.at(counts, (rows, truth, labels), 1.0)
    return counts, len(contexts)


def _kappa_of_cells(*cells: Floats) -> Masked:
    return kappas(np.stack(cells, axis=-1).reshape(*cells[0].shape, len(LABELS), len(LABELS)))


def _figures(found: Intervals) -> tuple[float | NotMeasured, float | NotMeasured, float | NotMeasured]:
    """Value, low and high of the only column."""
    value, low, high = (
        NotMeasured(found.reason[0]) if np.ma.getmaskarray(part)[0] else float(part.data[0])
        for part in (found.value, found.low, found.high)
    )
    return value, low, high
