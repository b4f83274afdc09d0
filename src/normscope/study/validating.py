"""The study's validation: its matcher against labels that people gave."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from normscope.models.base import AskFor
from normscope.plugins import load, split
from normscope.records import SCHEMA_VERSION, Card, Gold, Matcher, NotMeasured
from normscope.store import Store
from normscope.study.scoring import refuse_self_judging, with_asker
from normscope.study.settings import Settings
from normscope.validate import PAIRS_DESCRIPTION, load_pairs
from normscope.validate import validate as measure

__all__ = ["card_values", "stored_card", "validate"]


def validate(settings: Settings, store: Store) -> Card:
    """Measure the matcher on the study's own gold labels where it has some, else on the pairs that the project wrote."""
    refuse_self_judging(settings, settings.matcher)
    own = store.all(Gold)
    golds = own or load_pairs()
    description = "labels given for this study" if own else PAIRS_DESCRIPTION
    name, argument = split(settings.matcher)

    async def work(ask_for: AskFor) -> Card:
        matcher: Matcher = load("matchers", name)(argument, ask_for)
        return await measure(
            matcher,
            golds,
            gold_description=description,
            level=settings.level,
            draws=settings.resamples,
            seed=settings.seed,
        )

    card = with_asker(settings, store, work)
    store.set_fact("card", json.dumps(card_values(card), ensure_ascii=False))
    return card


def card_values(card: Card) -> dict[str, Any]:
    """What `card.json` holds."""
    return {"schema_version": SCHEMA_VERSION, **asdict(card)}


def stored_card(settings: Settings, store: Store) -> Card | NotMeasured:
    """The card of the matcher in use, or why there is none."""
    text = store.fact("card")
    if text is None:
        return NotMeasured("the matcher was not validated on this study; run: normscope validate")
    values = json.loads(text)
    values.pop("schema_version")
    card = TypeAdapter(Card).validate_python(values)
    if card.matcher != settings.matcher:
        return NotMeasured(
            f"the card is of matcher {card.matcher!r}, the labels are by {settings.matcher!r}; run: normscope validate"
        )
    return card
