"""The study's validation: its matcher against labels that people gave, and through the tests of the card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from pydantic import TypeAdapter

from normscope.models.base import Ask, AskFor, Completion, Message, Params
from normscope.plugins import load, split
from normscope.records import (
    CARD_VERSION,
    Card,
    Cost,
    Dilemma,
    Flips,
    Gold,
    LabelItem,
    Matcher,
    NotMeasured,
    Placebo,
    Rated,
    Solution,
    Stance,
)
from normscope.store import Store
from normscope.study.asking import prices_of
from normscope.study.growing import labelled_by_now
from normscope.study.metering import Meter
from normscope.study.remembering import remembering
from normscope.study.sample import stored_steps
from normscope.study.scoring import refuse_self_judging, with_asker
from normscope.study.settings import Settings
from normscope.validate import (
    AFTERWARDS,
    FEW_DESCRIPTION,
    PAIRS_DESCRIPTION,
    Advice,
    Effort,
    Material,
    inclusions,
    load_few_pairs,
    load_injections,
    load_pairs,
)
from normscope.validate import validate as measure
from normscope.validate.settled import item_of

__all__ = ["card_values", "stored_card", "validate"]

AGAIN = 1
"""The draw under which a judge is asked again, so that the call store has no answer yet; matchers themselves use draw 0."""
AGAIN_TEMPERATURE = 0.7
"""At 0 a model repeats its likeliest answer word for word, and asking again would show nothing: it has to be free to vary."""
DRAWN, IMPORTED = "labels given for this study", "imported labels of pairs that were not drawn for this study"
"""What people's labels in the folder are: with a sample, those of drawn pairs; without one, nobody drew them."""
NOT_KEPT = NotMeasured("they depend on the machine and are not kept; run: normscope validate")


def validate(
    settings: Settings, store: Store, *, whole: bool = True, injections: int | None = None, repeats: bool = True
) -> Card:
    """Measure the matcher on the study's own gold labels where it has some, else on the pairs that the project wrote.

    Without `whole`, a matcher is asked little beyond the labelled pairs (`Effort.run`), and one that is worth remembering only
    what the study does not know of it; what an earlier card of the same matcher measured on more is kept. Of the project's
    pairs any matcher is then asked few, unless an earlier card of it stands on all of them. `injections`: at most so many texts
    that try to steer it; `repeats=False`: nothing is asked twice.
    """
    refuse_self_judging(settings, settings.matcher)
    before = stored_card(settings, store)
    few = not whole and not (isinstance(before, Card) and before.gold == PAIRS_DESCRIPTION)
    material = _material(store, few=few)
    name, argument = split(settings.matcher)

    async def work(ask_for: AskFor) -> Card:
        meter = Meter(prices_of(settings))
        matcher: Matcher = load("matchers", name)(argument, meter.counting(ask_for))
        matcher = matcher if whole else remembering(matcher, store)
        again: Matcher = load("matchers", name)(argument, _drawn_again(ask_for))
        effort = _effort(judged=bool(meter.models), whole=whole, own=bool(store.count("golds")))
        if injections is not None:
            most = injections or NotMeasured("left out by --injections 0")
            effort = replace(effort, injections=most, injections_shown=most)
        if not repeats:
            effort = replace(effort, repeats=NotMeasured("left out by --no-repeats"))
        return await measure(
            matcher,
            material,
            again=again,
            effort=effort,
            # where answers are remembered, the seconds are not those of giving them
            cost_of=meter.cost if whole else lambda pairs, seconds: meter.cost(pairs, NOT_KEPT),
            level=settings.level,
            draws=settings.resamples,
            seed=settings.seed,
        )

    card = with_asker(settings, store, work)
    if isinstance(before, Card) and before.prompt_hash == card.prompt_hash:
        card = _with_earlier(card, before, shorter=not whole)
    store.set_fact("card", json.dumps(card_values(card), ensure_ascii=False))
    return card


def card_values(card: Card) -> dict[str, Any]:
    """What `card.json` holds: the same for the same study on every machine, so the seconds are left out."""
    if isinstance(card.cost, Cost) and not isinstance(card.cost.seconds, NotMeasured):
        card = replace(card, cost=replace(card.cost, seconds=NOT_KEPT))
    return {"schema_version": CARD_VERSION, **asdict(card)}


def stored_card(settings: Settings, store: Store) -> Card | NotMeasured:
    """The card of the matcher in use, or why there is none."""
    text = store.fact("card")
    if text is None:
        return NotMeasured("the matcher was not validated on this study; run: normscope validate")
    try:
        values = json.loads(text)
        ours = isinstance(values, dict) and values.pop("schema_version", None) == CARD_VERSION
        card = TypeAdapter(Card).validate_python(values) if ours else None
    except (ValueError, RecursionError):  # no JSON, or (pydantic's ValidationError) not of this shape
        card = None
    if card is None:
        return NotMeasured("the card in this folder was made by another version of normscope; run: normscope validate")
    if card.matcher != settings.matcher:
        return NotMeasured(
            f"the card is of matcher {card.matcher!r}, the labels are by {settings.matcher!r}; run: normscope validate"
        )
    return card


def _material(store: Store, *, few: bool) -> Material:
    """What the matcher is put through, from the folder and from what the project wrote (of its labelled pairs all or `few`)."""
    own, pairs = store.all(Gold), load_few_pairs() if few else load_pairs()
    weights = inclusions(_by_now(store, own))
    dilemmas = {dilemma.dilemma_id: dilemma for dilemma in store.all(Dilemma)}
    advice = [
        Advice(dilemma.text, solution.text, dilemma.language, dilemma.topic, dilemma.cluster or "")
        for solution in store.all(Solution)
        if solution.stance is Stance.RECOMMENDS and (dilemma := dilemmas.get(solution.dilemma_id)) is not None
    ]
    return Material(
        golds=own or pairs,
        description=(DRAWN if weights else IMPORTED) if own else FEW_DESCRIPTION if few else PAIRS_DESCRIPTION,
        weights=weights if own else {},  # the project's pairs are not drawn from this study
        advice=advice if len({one.dilemma for one in advice}) > 1 else (),
        opposites=pairs,
        injections=load_injections(),
    )


def _by_now(store: Store, own: Sequence[Gold]) -> list[LabelItem]:
    """The sample's questions, each labelled one with the probability that its comparison is labelled by now.

    As corrected values count them; a comparison whose questions are not all labelled counts here already.
    """
    items, known = store.all(LabelItem), {item_of(gold) for gold in own}
    probable = labelled_by_now(items, {item.rank for item in items if item.item_id in known}, stored_steps(store))
    # what is not labelled carries no weight, but it was drawn
    return [replace(item, inclusion=probable.get(item.rank, item.inclusion)) for item in items]


def _effort(*, judged: bool, whole: bool, own: bool) -> Effort:
    if whole:
        return Effort.judge() if judged else Effort()
    return Effort.run(judged=judged, polarity=not own)


def _with_earlier(card: Card, before: Card, *, shorter: bool) -> Card:
    """The card with what an earlier one has where this one did not ask.

    `shorter`: and with what the earlier one measured on more items of the same source, at the same level.
    """
    kept = {f.name: getattr(before, f.name) for f in fields(card) if getattr(card, f.name) == AFTERWARDS}
    if shorter and card.level == before.level:
        one_gold, placebos = card.gold == before.gold, (card.placebo, before.placebo)
        one_source = len({part.source for part in placebos if isinstance(part, Placebo)}) == 1
        same = {"orders": one_gold, "repeats": one_gold, "placebo": one_source, "injected": True, "injected_shown": True}
        kept |= {
            name: getattr(before, name)
            for name, comparable in same.items()
            if comparable and 0 < _items(getattr(card, name)) < _items(getattr(before, name))
        }
    return replace(card, **kept)


def _items(part: object) -> int:
    """How many items a test was made on; 0 = it was not made."""
    match part:
        case Rated() | Flips():
            return part.overall.n
        case Placebo():
            return part.agree.overall.n
    return 0


def _drawn_again(ask_for: AskFor) -> AskFor:
    def again(model: str) -> Ask:
        inner = ask_for(model)

        async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
            drawn = replace(params, seed=draw + AGAIN, temperature=AGAIN_TEMPERATURE)
            return await inner(messages, drawn, draw=draw + AGAIN)

        return ask

    return again
