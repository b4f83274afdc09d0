"""Labelling by people in a study: who is to label what, labels kept as they are given, and how far it is."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from itertools import combinations

from normscope.errors import Undefined, UsageError
from normscope.records import Dilemma, Gold, Label, LabelItem, NotMeasured
from normscope.stats import cohen_kappa
from normscope.store import Store
from normscope.study.sample import Sample, stored_sample
from normscope.validate.coding import ADJUDICATED, Sheet, Task, differing, gold_of, labels_by_item, open_sheets, sheets

__all__ = ["Coding", "LabelStatus", "PairStatus", "check_coder", "definitions", "label_status", "only_coder", "study_sheets"]

LONGEST_NAME = 100
ADJUDICATORS = "adjudicators"


def definitions() -> dict[Label, str]:
    """What each label means, in the words that judges are given."""
    text = files("normscope.match").joinpath("prompts", "judge.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"^- `(\w+)`: (.+)$", text, re.MULTILINE))
    return {label: found[label.value].replace("`", "") for label in Label}


def check_coder(name: str) -> str:
    """A coder's name as it is stored; a `UsageError` for one that cannot be."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise UsageError(f"a coder's name has 1 to {LONGEST_NAME} printable characters; got {name[:LONGEST_NAME]!r}.")
    if plain.casefold() == ADJUDICATED:
        raise UsageError(f"the coder {ADJUDICATED!r} stands for settled differences. Choose another name.")
    return plain


def only_coder(store: Store) -> str:
    """Who labels where nobody said: the one who did so far, else `coder 1`; a `UsageError` where several did."""
    coders = sorted({gold.coder for gold in store.all(Gold)} - {ADJUDICATED})
    if len(coders) > 1:
        raise UsageError(f"several people label this study ({', '.join(coders)}). Say who you are: --coder NAME.")
    return coders[0] if coders else "coder 1"


def study_sheets(store: Store) -> list[Sheet]:
    """The distinct questions of the study's sample, in the order of labelling."""
    clusters = {d.dilemma_id: d.dilemma_id if d.cluster is None else d.cluster for d in store.all(Dilemma)}
    return sheets(store.all(LabelItem), clusters)


class Coding:
    """One coder's work on a study. Labels are committed as they are given; what others give meanwhile is seen.

    `adjudicate`: the questions on which coders differ, shown without who said what; the label is stored under the coder
    `adjudicated`, and the name of who gave it beside it.
    """

    def __init__(self, store: Store, coder: str, *, adjudicate: bool = False) -> None:
        self.coder = check_coder(coder)
        self._store = store
        self._adjudicate = adjudicate
        self._sheets = study_sheets(store)

    def next_task(self) -> Task | None:
        """What this coder is to label next; None where nothing is left."""
        golds = self._store.all(Gold)
        if self._adjudicate:
            left = differing(golds)
            done = sum(gold.coder == ADJUDICATED for gold in golds)
        else:
            given = labels_by_item(golds)
            left = open_sheets(self._sheets, given, self.coder)
            done = sum(self.coder in given.get(sheet.item_id, {}) for sheet in self._sheets)
        return Task(left[0], done + 1, done + len(left)) if left else None

    def save(self, sheet: Sheet, label: Label) -> None:
        """Commit a label; one that this coder gave before is replaced."""
        if not self._adjudicate:
            self._store.put([gold_of(sheet, label, self.coder)])
            return
        self._store.put([gold_of(sheet, label, ADJUDICATED)])
        names = json.loads(self._store.fact(ADJUDICATORS) or "{}")
        self._store.set_fact(ADJUDICATORS, json.dumps({**names, sheet.item_id: self.coder}, ensure_ascii=False, sort_keys=True))


@dataclass(frozen=True, slots=True)
class PairStatus:
    """Two coders' agreement on the `n` questions that both labelled: share of equal labels and Cohen's kappa."""

    coders: tuple[str, str]
    n: int
    agreement: float | NotMeasured
    kappa: float | NotMeasured


@dataclass(frozen=True, slots=True)
class LabelStatus:
    """How far labelling is. Counts are of questions; one that stands in several comparisons counts once.

    `labelled`: by at least one person; `twice`: are to have two labels, `twice_done` have them, within the sample.
    `elsewhere`: labelled questions outside the sample. `differ`: coders gave different labels; `to_adjudicate`: of those, the
    ones that are not settled yet. `labels`: label counts by coder.
    """

    sample: Sample | None
    questions: int
    labelled: int
    twice: int
    twice_done: int
    elsewhere: int
    differ: int
    to_adjudicate: int
    labels: dict[str, dict[str, int]]
    pairs: list[PairStatus]


def label_status(store: Store) -> LabelStatus:
    """Who has labelled how much, what is left, and how far coders agree so far."""
    everything, golds = study_sheets(store), store.all(Gold)
    given = labels_by_item(golds)
    people = {item: {c: label for c, label in labels.items() if c != ADJUDICATED} for item, labels in given.items()}
    counts: dict[str, Counter[str]] = {}
    for gold in golds:
        counts.setdefault(gold.coder, Counter())[gold.label.value] += 1
    twice = [sheet for sheet in everything if sheet.twice]
    return LabelStatus(
        sample=stored_sample(store),
        questions=len(everything),
        labelled=sum(bool(people.get(sheet.item_id)) for sheet in everything),
        twice=len(twice),
        twice_done=sum(len(people.get(sheet.item_id, {})) > 1 for sheet in twice),
        elsewhere=len(given.keys() - {sheet.item_id for sheet in everything}),
        differ=sum(len(set(labels.values())) > 1 for labels in people.values()),
        to_adjudicate=len(differing(golds)),
        labels={coder: {label.value: counts[coder][label.value] for label in Label} for coder in sorted(counts)},
        pairs=[_pair(a, b, people) for a, b in combinations(sorted(counts.keys() - {ADJUDICATED}), 2)],
    )


def _pair(a: str, b: str, people: dict[str, dict[str, Label]]) -> PairStatus:
    both = [(labels[a].value, labels[b].value) for labels in people.values() if a in labels and b in labels]
    if not both:
        none = NotMeasured(f"{a} and {b} have labelled no question both")
        return PairStatus((a, b), 0, none, none)
    kappa: float | NotMeasured
    try:
        kappa = cohen_kappa([x for x, _ in both], [y for _, y in both])
    except Undefined as error:
        kappa = NotMeasured(str(error))
    return PairStatus((a, b), len(both), sum(x == y for x, y in both) / len(both), kappa)
