"""Which label of a pair counts: one item per question, whoever and however many labelled it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from normscope.records import Gold, Label, LabelItem, Labelled, NotMeasured, Question
from normscope.validate.coding import ADJUDICATED, item_id
from normscope.validate.counting import counting_label

__all__ = ["Settled", "cluster_of", "inclusions", "item_of", "question_of", "settle"]


def question_of(gold: Gold) -> Question:
    """What the matcher is asked about a labelled pair."""
    return Question(gold.dilemma, gold.text, gold.solution, gold.asked, gold.language)


def cluster_of(gold: Gold) -> str:
    """The dilemma (or whatever the labels call their context) that a pair is about; pairs of one are not independent."""
    return gold.cluster or gold.gold_id


def item_of(gold: Gold) -> str:
    """The id of the pair: the same question is the same item, whatever the labels' own ids are."""
    return item_id(gold.dilemma, gold.text, gold.solution, gold.asked)


@dataclass(frozen=True)
class Settled:
    """One `Gold` per question with the label that counts, its weight, and what all people gave.

    `tied` are the questions on which coders differ and nobody settled it (the label they carry does not count): the matcher
    is not right or wrong on them, but they say how far people agree. `given[i]` are the labels of item i of `questions` by
    coder, without the adjudicated one; `weights[i]` is that of `golds[i]`, 1 where items are not weighted.
    """

    golds: tuple[Gold, ...]
    weights: tuple[float, ...]
    tied: tuple[Gold, ...]
    given: tuple[Mapping[str, Label], ...]
    labelled: Labelled | NotMeasured

    @property
    def questions(self) -> tuple[Gold, ...]:
        """Everything that people labelled: first what has a label that counts, then the ties."""
        return self.golds + self.tied

    @property
    def weighted(self) -> bool:
        return isinstance(self.labelled, Labelled) and self.labelled.weighted


def inclusions(items: Iterable[LabelItem]) -> dict[str, float]:
    """The weight of each drawn question: one over the inclusion probability, summed over the comparisons it stands in.

    So weighted, the labelled questions stand for all match labels of the study that could have been drawn.
    """
    weights: dict[str, float] = {}
    for item in items:
        weights[item.item_id] = weights.get(item.item_id, 0.0) + 1.0 / item.inclusion
    return weights


def settle(golds: Sequence[Gold], weights: Mapping[str, float] | None = None) -> Settled:
    """Which label counts on each question: the adjudicated one, else that of most coders; a tie has none.

    A coder has one vote on a question; the last label given counts. `weights` by question (`inclusions`), empty where no
    sample was drawn: questions without one are left out and counted, since nobody knows what they stand for, and where the
    weights of the labelled questions differ the figures are weighted by them.

    >>> ane, bo = (Gold("g", "?", "t", "s", "stated", label, who) for who, label in (("Ane", Label.AGREE), ("Bo", Label.SILENT)))
    >>> settle([ane, bo]).labelled.tied, settle([ane, bo, replace(bo, coder="adjudicated")]).golds[0].label.value
    (1, 'silent')
    """
    if not golds:
        return Settled((), (), (), (), NotMeasured("there are no labelled pairs"))
    items = [item_of(gold) for gold in golds]
    of = weights or dict.fromkeys(items, 1.0)
    inside = [(item, gold) for item, gold in zip(items, golds, strict=True) if item in of]
    votes: dict[str, dict[str, Label]] = {}
    first: dict[str, Gold] = {}
    for item, gold in inside:
        first.setdefault(item, gold)
        votes.setdefault(item, {})[gold.coder] = gold.label
    weighted = len({of[item] for item in first}) > 1
    kept: list[tuple[Gold, float, Mapping[str, Label]]] = []
    tied: list[tuple[Gold, Mapping[str, Label]]] = []
    adjudicated = 0
    for item, labels in votes.items():
        people = {coder: given for coder, given in labels.items() if coder != ADJUDICATED}
        label = counting_label(labels)
        if label is None:
            tied.append((first[item], people))
            continue
        adjudicated += ADJUDICATED in labels
        kept.append((replace(first[item], label=label), of[item] if weighted else 1.0, people))
    coders = tuple(sorted({gold.coder for _, gold in inside} - {ADJUDICATED}))
    given = sum(gold.coder != ADJUDICATED for _, gold in inside)
    outside = len({*items} - {*first})
    labelled = Labelled(len(kept), given, coders, adjudicated, len(tied), outside, weighted)
    return Settled(
        golds=tuple(gold for gold, _, _ in kept),
        weights=tuple(weight for _, weight, _ in kept),
        tied=tuple(gold for gold, _ in tied),
        given=(*(people for *_, people in kept), *(people for _, people in tied)),
        labelled=labelled,
    )
