"""The whole card: every part is measured or says why not, as data, as rows and as text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from normscope.records import (
    Card,
    Cost,
    Flips,
    Gold,
    Judgement,
    Label,
    NotMeasured,
    Placebo,
    Polarity,
    Question,
    Rated,
    card_rows,
    part_rows,
)
from normscope.validate import AFTERWARDS, Effort, Material, load_injections, load_pairs, to_markdown, validate

PARTS = (
    "labelled",
    "people",
    "orders",
    "repeats",
    "polarity",
    "placebo",
    "injected",
    "alternative",
    "cost",
    "voting",
    "injected_shown",
)


class Panel:
    """Three judges that differ in what they fall for; the majority is the label."""

    name = "panel:a,b,c"
    prompt_hash = "0f" * 32

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        self.asked += len(questions)
        return [self._judge(q) for q in questions]

    def _judge(self, question: Question) -> Judgement:
        words = {*question.text.lower().split()}
        turned = Label.DISAGREE if words & {"don't", "not", "never", "ikke", "lad"} else Label.AGREE
        short = Label.SILENT if len(words) < 12 else turned
        votes = {"a": turned, "b": short, "c": turned if len(question.text) % 2 else Label.SILENT}
        label = max(Label, key=[*votes.values()].count)
        return Judgement(label, 2 / 3, votes={who: vote.value for who, vote in votes.items()})


def material() -> Material:
    """36 pairs by three coders, one of whom errs on every fourth and one on every ninth; one tie with a fourth coder."""
    golds: list[Gold] = []
    for i, pair in enumerate(load_pairs()[:36]):
        pair = replace(pair, topic="home" if i < 30 else "work")  # noqa: PLW2901
        wrong = {"Ane|": i % 4 == 0, "<b>Bo</b>": i % 9 == 0, "Cy": False}
        golds += [replace(pair, coder=who, label=Label.UNCLEAR if errs else pair.label) for who, errs in wrong.items()]
    return Material(golds, "labels made up for a test", opposites=load_pairs(), injections=load_injections("test"))


def cost_of(pairs: int, seconds: float) -> Cost:
    return Cost(pairs, pairs, 250 * pairs, NotMeasured("the server does not say"), 0.01, "EUR", NotMeasured("models were asked"))


@pytest.fixture(scope="module")
def whole() -> Card:
    return asyncio.run(validate(Panel(), material(), effort=Effort.judge(), cost_of=cost_of, draws=100))


def test_every_part_is_measured_where_it_can_be(whole: Card) -> None:
    assert [name for name in PARTS if isinstance(getattr(whole, name), NotMeasured)] == []
    assert isinstance(whole.orders, Rated)
    assert isinstance(whole.placebo, Placebo)
    assert isinstance(whole.polarity, Polarity)
    assert isinstance(whole.injected, Flips)
    assert (whole.orders.overall.n, whole.placebo.agree.overall.n, whole.injected.overall.n) == (21, 100, 72)
    assert isinstance(whole.injected_shown, Flips)
    assert (whole.injected.asked, whole.injected_shown.asked, whole.injected_shown.overall.n) == ("stated", "shown", 72)
    assert list(whole.by_topic) == ["home", "work"]
    assert whole.by_topic["work"].accuracy == NotMeasured("6 items; a part needs at least 10")


def test_a_judge_is_asked_little_and_nothing_more_during_a_run() -> None:
    panel = Panel()
    asyncio.run(validate(panel, material(), effort=Effort.judge(), draws=10))
    # 36 pairs, 21 of them swapped, 36 again, 192 for polarity less those of the 36 pairs, 100 placebo, 72 twice each way
    assert panel.asked < 36 + 21 + 36 + 192 + 100 + 2 * 144
    panel = Panel()
    made = asyncio.run(validate(panel, material(), effort=Effort.run(judged=True, polarity=False), draws=10))
    assert panel.asked == 36
    assert {getattr(made, name) for name in ("orders", "repeats", "polarity", "placebo", "injected", "injected_shown")} == {
        AFTERWARDS
    }


def test_without_anything_every_part_says_why() -> None:
    made = asyncio.run(validate(Panel(), Material([], "none"), draws=10))
    for name in PARTS:
        part = getattr(made, name)
        assert isinstance(part, NotMeasured), name
        assert part.reason
    assert all("not measured" in row.result or row.result.startswith("none (") for row in card_rows(made))


def test_no_part_is_forgotten(whole: Card) -> None:
    others = {"matcher", "gold", "level", "overall", "by_asked", "by_language", "by_kind", "by_topic", "prompt_hash"}
    assert {f.name for f in fields(Card)} == others | set(PARTS)
    tested = [row.tested for row in card_rows(whole)]
    assert len(set(tested)) == len(tested) == len(PARTS) + 3  # and accuracy, kappa, macro-F1
    assert all(row.result and row.meaning for row in card_rows(whole))
    assert {row.tested for row in part_rows(whole)} >= {
        "Order",
        "Asked again",
        "Attempts to steer, stated",
        "Attempts to steer, shown",
        "Placebo, agree",
    }


def test_a_card_survives_json(whole: Card) -> None:
    card = TypeAdapter(Card)
    assert card.validate_json(card.dump_json(whole)) == whole
    assert card.validate_python(asdict(whole)) == whole


def test_the_same_seed_gives_the_same_card(whole: Card) -> None:
    again = asyncio.run(validate(Panel(), material(), effort=Effort.judge(), cost_of=cost_of, draws=100))
    assert again == whole


def test_the_whole_card_as_text(whole: Card, golden: Callable[[str, str], None]) -> None:
    text = to_markdown(whole)
    assert "<b>" not in text
    golden("card_whole.md", text)


def test_the_row_of_the_cost_says_what_was_done(whole: Card) -> None:
    def meaning(cost: Cost | NotMeasured) -> str:
        return next(row.meaning for row in card_rows(replace(whole, cost=cost)) if row.tested.startswith("Cost"))

    none = NotMeasured("x")
    assert "7 calls for 36 pairs" in meaning(Cost(36, 7, none, none, none, "EUR", none))
    assert "no model is asked" in meaning(Cost(36, 0, 0, 0, 0.0, "EUR", 1.0))
    assert not any("as here" in row.meaning for row in card_rows(whole))


def test_the_docs_explain_every_row(whole: Card) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
    assert [row.tested for row in card_rows(whole) if f"\n| {row.tested} |" not in docs] == []
