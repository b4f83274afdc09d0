"""A validation card for people who read reports: what was tested, the result, and what it means, one row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from normscope.records.card import Card, Score
from normscope.records.core import NotMeasured
from normscope.records.flips import FlipRate, Flips
from normscope.records.tested import LEAST_ITEMS, Alternative, Cost, Labelled, People, Placebo, Polarity, Rate, Rated, Voting

__all__ = ["CardRow", "PartRow", "card_rows", "part_rows"]

PER = 1_000
"""Costs are given for so many pairs."""

STEERED = {"stated": "Attempts to steer, stated", "shown": "Attempts to steer, shown"}
"""What the rows of injections are called, by how the texts were said to be asked for."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of the card: plain text of three columns, with names from data in it. Not yet escaped."""

    tested: str
    result: str
    meaning: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """One test's result on one part (a language, a topic, a technique). Not yet escaped."""

    tested: str
    part: str
    result: str


def card_rows(card: Card) -> list[CardRow]:
    """Everything on the card, each part measured or with the reason why it was not, in the order of importance."""
    return [
        CardRow(
            "Labels by people", _labelled(card.labelled), "What the figures rest on. More coders and more pairs, more trust."
        ),
        *_scores(card.overall, card.labelled),
        CardRow(
            "People with each other",
            _people(card.people),
            "Cohen kappa between coders, and of the matcher with the same coders on the same pairs. The matcher is as good as "
            "a person where its kappa is not below theirs.",
        ),
        CardRow(
            "Alternative annotator test",
            _alternative(card.alternative),
            "Whether the matcher may stand in for a coder: it must win against at least half of them, each held against the "
            "others, where it is allowed to be worse by epsilon.",
        ),
        CardRow(
            "Polarity",
            _polarity(card.polarity),
            "The same advice in other words against its opposite in nearly the same words. Ordered rightly: 1 = always, "
            "0.5 = as by chance, where similarity alone tends to be.",
        ),
        CardRow(
            "Placebo",
            _placebo(card.placebo),
            "Answers to other dilemmas, with which there is hardly anything to agree: the matcher's yes-bias. 0 is best; it is "
            "the share of agreement that a report would show for texts that have nothing to do with each other.",
        ),
        CardRow(
            "Order",
            _changed(card.orders),
            "Labels that changed when text and solution changed places. 0 is best. Where one says more than the other, a "
            "change between agree and silent need not be a mistake.",
        ),
        CardRow(
            "Asked again",
            _changed(card.repeats),
            "Labels that changed when the same question was asked again, of a judge at temperature 0.7 with another seed where "
            "its labels come at 0. 0 is best.",
        ),
        CardRow(
            STEERED["stated"],
            _flips(card.injected),
            "Labels that changed when an unprompted text told the matcher what to say, beside the same text without it. 0 is "
            "best; a matcher that can be steered measures what texts claim about themselves.",
        ),
        CardRow(STEERED["shown"], _flips(card.injected_shown), "The same texts as answers to a solution that was shown."),
        CardRow("Votes", _voting(card.voting), "So many independent judges would be as good: 1 = all err on the same pairs."),
        CardRow(f"Cost of {PER:,} pairs", _cost(card.cost), _cost_meaning(card.cost)),
    ]


def part_rows(card: Card) -> list[PartRow]:
    """The tests by language, topic and technique: what was tested, the part, the rate. Scores by part are in the card itself."""
    rows: list[PartRow] = []
    polarity = card.polarity.ordered if isinstance(card.polarity, Polarity) else card.polarity
    placebo = card.placebo.agree if isinstance(card.placebo, Placebo) else card.placebo
    tests = {"Polarity, ordered rightly": polarity, "Placebo, agree": placebo, "Order": card.orders, "Asked again": card.repeats}
    for name, test in tests.items():
        if isinstance(test, Rated):
            rows += [*_parts(name, "language", test.by_language), *_parts(name, "topic", test.by_topic)]
    for flips in (card.injected, card.injected_shown):
        if isinstance(flips, Flips):
            name = STEERED.get(flips.asked, "Attempts to steer")
            rows += [*_flip_parts(name, "language", flips.by_language), *_flip_parts(name, "technique", flips.by_technique)]
    return rows


def _parts(name: str, what: str, parts: Mapping[str, Rate | NotMeasured]) -> Iterator[PartRow]:
    for part, rate in parts.items():
        yield PartRow(name, f"{what}: {part}", f"not measured ({rate.reason})" if isinstance(rate, NotMeasured) else _rate(rate))


def _flip_parts(name: str, what: str, parts: Mapping[str, FlipRate]) -> Iterator[PartRow]:
    for part, rate in parts.items():
        counted = f"{rate.flips:,} of {rate.n:,} changed (too few for a rate)"
        yield PartRow(name, f"{what}: {part}", counted if rate.n < LEAST_ITEMS else _flip_rate(rate))


def _scores(score: Score, labelled: Labelled | NotMeasured) -> list[CardRow]:
    weighted = isinstance(labelled, Labelled) and labelled.weighted
    note = " Pairs are weighted by 1/inclusion, so that it holds for the study." if weighted else ""
    return [
        CardRow(
            "Accuracy",
            _interval(score.accuracy, score.accuracy_low, score.accuracy_high),
            f"The share of pairs with people's label.{note}",
        ),
        CardRow(
            "Cohen kappa",
            _interval(score.kappa, score.kappa_low, score.kappa_high),
            "Agreement with people beyond chance: 1 = always, 0 = as by chance.",
        ),
        CardRow(
            "Macro-F1", _number(score.macro_f1), "How well each label is given, rare ones counting as much as frequent ones."
        ),
    ]


def _labelled(part: Labelled | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return f"none ({part.reason})"
    said = f"{_some(part.items, 'pair')} with {_some(part.labels, 'label')} by {_some(len(part.coders), 'coder')}"
    details = {
        "settled after coders differed": part.adjudicated,
        "left out of the scores, since coders differ and nobody settled it": part.tied,
        "left out, since they were not drawn for this study": part.outside,
    }
    said += "".join(f"; {n:,} {words}" for words, n in details.items() if n)
    return f"{said}; weighted by 1/inclusion" if part.weighted else said


def _people(part: People | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return _reason(part)
    people = _interval(part.kappa, part.kappa_low, part.kappa_high)
    matcher = _interval(part.matcher, part.matcher_low, part.matcher_high)
    return f"people {people}; matcher {matcher}; {_some(part.n, 'pair')}"


def _alternative(part: Alternative | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return _reason(part)
    won = sum(row.won for row in part.against)
    verdict = "passed" if part.passed else "not passed"
    return (
        f"{verdict}: won against {won} of {_some(len(part.against), 'coder')} (omega {part.omega:.2f}, epsilon {part.epsilon:g})"
    )


def _polarity(part: Polarity | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return _reason(part)
    return (
        f"ordered rightly {_rate(part.ordered.overall)}; AUC {part.auc:.2f}; paraphrases labelled agree "
        f"{part.paraphrases.value:.2f}, opposites labelled disagree {part.opposites.value:.2f}"
    )


def _placebo(part: Placebo | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return _reason(part)
    return f"agree {_rate(part.agree.overall)}; disagree {part.disagree.value:.2f}; from {part.source}"


def _changed(part: Rated | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return _reason(part)
    return f"{round(part.overall.value * part.overall.n):,} of {part.overall.n:,} changed: {_rate(part.overall, n=False)}"


def _flips(part: Flips | NotMeasured) -> str:
    return _reason(part) if isinstance(part, NotMeasured) else _flip_rate(part.overall)


def _flip_rate(rate: FlipRate) -> str:
    if isinstance(rate.rate, NotMeasured):
        return _reason(rate.rate)
    share = _interval(rate.rate, rate.low, rate.high)
    return f"{rate.flips:,} of {rate.n:,} changed: {share}; {rate.towards_aim:,} as the text asked"


def _voting(part: Voting | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return _reason(part)
    left = f"; {part.left_out} erred never or always" if part.left_out else ""
    return f"{part.effective:.2f} of {part.judges} judges (correlation of errors {part.correlation:.2f}, n = {part.n:,}){left}"


def _cost(part: Cost | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return _reason(part)
    if not part.calls:
        if isinstance(part.seconds, NotMeasured):
            return f"no calls; seconds {_reason(part.seconds)}"
        return f"no calls; {part.seconds * PER / part.pairs:.3g} seconds on this machine, which others do not share"
    figures = [f"{part.calls * PER / part.pairs:,.0f} calls"]
    for words, n in (("tokens in", part.prompt_tokens), ("tokens out", part.completion_tokens)):
        figures.append(f"{words} {_reason(n)}" if isinstance(n, NotMeasured) else f"{n * PER / part.pairs:,.0f} {words}")
    money = part.money
    figures.append(
        f"money {_reason(money)}" if isinstance(money, NotMeasured) else f"{money * PER / part.pairs:.4g} {part.currency}"
    )
    return f"{', '.join(figures)} (measured on {_some(part.pairs, 'pair')})"


def _cost_meaning(part: Cost | NotMeasured) -> str:
    if isinstance(part, NotMeasured):
        return "What labelling takes: calls, tokens and money of a judge, else seconds."
    if not part.calls:
        return "It computes: no model is asked and nothing is paid."
    return (
        f"The labelled pairs took {_some(part.calls, 'call')} for {_some(part.pairs, 'pair')}. A study whose texts are each held "
        "against more solutions than these pairs hold can take fewer per pair, where the judge is given lists."
    )


def _rate(rate: Rate, *, n: bool = True) -> str:
    return _interval(rate.value, rate.low, rate.high) + (f", n = {rate.n:,}" if n else "")


def _interval(value: float | NotMeasured, low: float | NotMeasured, high: float | NotMeasured) -> str:
    if isinstance(value, NotMeasured):
        return _reason(value)
    if isinstance(low, NotMeasured) or isinstance(high, NotMeasured):
        return f"{value:.2f} (no interval)"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def _number(value: float | NotMeasured) -> str:
    return _reason(value) if isinstance(value, NotMeasured) else f"{value:.2f}"


def _reason(missing: NotMeasured) -> str:
    return f"not measured ({missing.reason})"


def _some(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
