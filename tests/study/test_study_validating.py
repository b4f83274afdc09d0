"""A study's validation: what a judge is asked during a run and after it, what is kept, and cards of another shape."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from normscope.cli import main
from normscope.models.base import Completion, Message, Params
from normscope.models.prices import Price, Prices
from normscope.records import (
    Basis,
    Card,
    Cost,
    Flips,
    Gold,
    Judgement,
    Label,
    LabelItem,
    Labelled,
    NotMeasured,
    Placebo,
    Polarity,
    Question,
    Rated,
    Score,
    card_rows,
)
from normscope.study import Study, validating
from normscope.study.growing import Steps
from normscope.study.metering import Meter
from normscope.study.validating import AGAIN_TEMPERATURE, _drawn_again, card_values, stored_card
from normscope.testing import LoopbackServer
from normscope.validate import AFTERWARDS, FEW_DESCRIPTION, PAIRS_DESCRIPTION, Effort
from normscope.validate.coding import item_id

GOLDS = [Gold(f"g{i}", "What now?", f"Text {i}.", f"Solution {i}.", "stated", Label.SILENT, "ane", "en") for i in range(4)]

NONE = NotMeasured("no labels")
NO_SCORE = Score(0, NONE, NONE, NONE, NONE, NONE, NONE, NONE)


def study(folder: Path, **settings: Any) -> Study:
    made = Study.create(folder, **{"dilemmas": ["starter"], "limit": 3, "resamples": 20, "matcher": "exact", **settings})
    made.load()
    return made


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Study, LoopbackServer]]:
    few = Effort(orders=2, repeats=None, placebo=4, polarity=NotMeasured("left out"), injections=4, injections_shown=4)
    monkeypatch.setattr(Effort, "judge", lambda: few)
    with LoopbackServer() as server:
        judge = {"model": "http:j", "base_url": server.url, "price": {"input": 1, "output": 2}}
        with study(tmp_path / "s", matcher="judge:http:j", judges=[judge]) as made:
            made.store.put(GOLDS)
            yield made, server


def draws(made: Study) -> list[int]:
    with made.store._database.read() as db:
        return [draw for (draw,) in db.execute("SELECT DISTINCT draw FROM calls ORDER BY 1").fetchall()]


def test_a_run_asks_a_judge_the_labelled_pairs_only_and_validate_the_rest(judged: tuple[Study, LoopbackServer]) -> None:
    made, server = judged
    cheap = made.validate(whole=False)
    of_run = server.count
    assert of_run <= 2 * len(GOLDS)  # each pair once, and once more where the answer could not be used
    assert {cheap.orders, cheap.repeats, cheap.polarity, cheap.placebo, cheap.injected, cheap.injected_shown} == {AFTERWARDS}
    assert draws(made) == [0]

    whole = made.validate()
    assert isinstance(whole.repeats, Rated)
    assert isinstance(whole.injected, Flips)
    assert (whole.repeats.overall.n, whole.injected.overall.n) == (4, 4)
    assert draws(made) == [0, 1]  # asked again under another draw, so that the store had no answer
    asked = server.count
    assert asked > of_run

    again = made.validate(whole=False)
    assert server.count == asked
    assert again == whole  # a run keeps what validate measured


def test_what_a_judge_costs_is_counted_wherever_the_answers_come_from(judged: tuple[Study, LoopbackServer]) -> None:
    made, _ = judged
    first, second = made.validate(whole=False).cost, made.validate(whole=False).cost
    assert isinstance(first, Cost)
    assert first == second
    assert first.pairs == len(GOLDS)
    assert first.calls >= len(GOLDS)
    assert isinstance(first.money, float)
    assert isinstance(first.prompt_tokens, int)
    assert isinstance(first.completion_tokens, int)
    # 1 per million tokens in, 2 per million out
    assert first.money == pytest.approx((first.prompt_tokens + 2 * first.completion_tokens) / 1e6)
    assert isinstance(first.seconds, NotMeasured)


@dataclass
class Counting:
    """A matcher that computes, is worth remembering, and keeps what it was asked."""

    name: str = "exact"
    prompt_hash: str | None = "weights"
    remembered: bool = True
    asked: list[Question] = field(default_factory=list)

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        self.asked += questions
        return [Judgement(Label.SILENT, 0.5) for _ in questions]


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    matcher = Counting()
    monkeypatch.setattr(validating, "load", lambda kind, name: lambda argument, ask_for: matcher)
    return matcher


def test_a_run_asks_little_of_a_matcher_that_computes_and_nothing_twice(tmp_path: Path, counting: Counting) -> None:
    with study(tmp_path / "s") as made:
        card = made.validate(whole=False)
        # `offline` in numpy takes 0.08 s for a question: a run that validates is to take it less than 15 s
        of_run = len(counting.asked)
        assert (card.overall.n, of_run) == (93, 93 + placebos(card))
        assert placebos(card) == 42  # at most 50, and so many pairs of other dilemmas has this study
        assert {card.orders, card.repeats, card.injected, card.injected_shown} == {AFTERWARDS}
        assert isinstance(card.polarity, Polarity)  # of pairs that were asked
        made.validate(whole=False)
        assert len(counting.asked) == of_run  # the study remembers the answers
        assert isinstance(card.cost, Cost)
        assert isinstance(card.cost.seconds, NotMeasured)  # which would be those of looking them up
        made.store.put(GOLDS)
        own = made.validate(whole=False)
        assert (own.overall.n, own.polarity) == (len(GOLDS), card.polarity)  # kept, not asked again
        assert len(counting.asked) == of_run + len(GOLDS)
        made.validate()
        assert len(counting.asked) > of_run + 1000  # validate asks all, and remembers nothing


def placebos(card: Card) -> int:
    assert isinstance(card.placebo, Placebo)
    return card.placebo.agree.overall.n


def test_what_a_run_measures_of_a_matcher_that_computes_is_the_same_every_time(tmp_path: Path) -> None:
    with study(tmp_path / "s") as made:
        card = made.validate(whole=False)
        for part in (card.polarity, card.placebo, card.cost):
            assert not isinstance(part, NotMeasured)
        first = (made.folder / "card.json").read_bytes()
        made.validate(whole=False)
        assert (made.folder / "card.json").read_bytes() == first
        whole = made.validate()
        for tested in (whole.orders, whole.repeats, whole.polarity, whole.placebo, whole.injected, whole.injected_shown):
            assert not isinstance(tested, NotMeasured)
        assert isinstance(whole.repeats, Rated)
        assert whole.repeats.overall.value == 0.0
        kept = stored_card(made.settings, made.store)
        assert isinstance(kept, Card)
        assert isinstance(kept.cost, Cost)
        assert isinstance(kept.cost.seconds, NotMeasured)  # seconds are of this machine: printed, not kept
        assert json.loads((made.folder / "card.json").read_bytes()) == json.loads(json.dumps(card_values(kept)))
        assert "What the matcher was put through" in made.report().read_text(encoding="utf-8")


def test_a_run_asks_few_of_the_projects_pairs_and_never_replaces_all_by_few(tmp_path: Path) -> None:
    with study(tmp_path / "s") as made:
        few = made.validate(whole=False)
        assert (few.overall.n, few.gold) == (93, FEW_DESCRIPTION)
        assert {s.n for s in few.by_language.values()} == {15, 18}  # of every language about as many
        whole = made.validate()
        assert (whole.overall.n, whole.gold) == (452, PAIRS_DESCRIPTION)
        assert len(whole.by_topic) == 20
        assert not any(
            isinstance(score.accuracy, NotMeasured) for score in (*whole.by_topic.values(), *whole.by_language.values())
        )
        again = made.validate(whole=False)
        assert (again.overall, again.by_topic) == (whole.overall, whole.by_topic)


def test_who_is_asked_again_is_free_to_answer_otherwise() -> None:
    """A model that is greedy at temperature 0 and says something else at another: as a local model does."""
    asked: list[tuple[Params, int]] = []

    async def ask(messages: object, params: Params, *, draw: int = 0) -> Completion:
        asked.append((params, draw))
        said = "agree" if not params.temperature else f"seed {params.seed}"
        return Completion(said, "stop", NotMeasured("scripted"), NotMeasured("scripted"))

    as_matchers_do = Params(max_tokens=9, temperature=0.0, seed=0, json_schema="{}", logprobs=5)
    completion = asyncio.run(_drawn_again(lambda _: ask)("local:m")([Message("user", "?")], as_matchers_do))
    assert completion.text == "seed 1"
    assert asked == [(replace(as_matchers_do, temperature=0.7, seed=1), 1)]
    docs = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
    (row,) = (row for row in card_rows(Card("judge:m", "x", 0.95, NO_SCORE)) if row.tested == "Asked again")
    assert f"at temperature {AGAIN_TEMPERATURE}" in row.meaning
    assert f"at temperature {AGAIN_TEMPERATURE}" in docs


def test_a_run_keeps_what_validate_measured_on_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Effort(orders=3, repeats=4, placebo=5, injections=6, injections_shown=2)
    monkeypatch.setattr(Effort, "run", lambda **_: few)

    def sizes(card: Card) -> list[int]:
        assert isinstance(card.orders, Rated)
        assert isinstance(card.repeats, Rated)
        assert isinstance(card.placebo, Placebo)
        assert isinstance(card.injected, Flips)
        assert isinstance(card.injected_shown, Flips)
        return [part.overall.n for part in (card.orders, card.repeats, card.placebo.agree, card.injected, card.injected_shown)]

    with study(tmp_path / "s") as made:
        assert sizes(made.validate(whole=False)) == [3, 4, 5, 6, 2]
        whole = made.validate(injections=9)
        assert sizes(whole)[3:] == [9, 9]
        after = made.validate(whole=False)
        assert replace(after, cost=whole.cost) == whole  # the seconds are of each time
        # what is asked for is what is measured, more or less
        assert sizes(made.validate(injections=7))[3:] == [7, 7]
        # other labels: what rests on them is measured on them, however few they are
        made.store.put(GOLDS)
        assert sizes(made.validate(whole=False)) == [3, 4, sizes(whole)[2], 7, 7]


def test_labels_of_several_coders_count_once(tmp_path: Path) -> None:
    with study(tmp_path / "s") as made:
        made.store.put([*GOLDS, *(replace(g, coder="bo") for g in GOLDS[:2]), replace(GOLDS[3], coder="bo", label=Label.AGREE)])
        card = made.validate()
        assert card.labelled == Labelled(3, 7, ("ane", "bo"), tied=1)
        assert card.gold == "imported labels of pairs that were not drawn for this study"


def test_with_a_sample_only_drawn_pairs_count_and_without_one_the_card_says_so(tmp_path: Path) -> None:
    with study(tmp_path / "s") as made:
        drawn = GOLDS[0]
        item = item_id(drawn.dilemma, drawn.text, drawn.solution, drawn.asked)
        texts = (drawn.dilemma, drawn.text, drawn.solution, drawn.asked)
        made.store.put([LabelItem(item, "d", "m", 0, Basis.MAIN, "s", False, *texts, 0.5, "uniform", 1)])
        before = made.validate(whole=False)
        assert (before.gold, before.overall.n) == (FEW_DESCRIPTION, 93)  # drawn, but nobody has labelled yet
        made.store.put(GOLDS)
        card = made.validate(whole=False)
        assert card.gold == "labels given for this study"
        assert card.labelled == Labelled(1, 1, ("ane",), outside=3)
        assert card.overall.n == 1


def drawn(gold: Gold, rank: int, inclusion: float) -> LabelItem:
    texts = (gold.dilemma, gold.text, gold.solution, gold.asked)
    return LabelItem(item_id(*texts), "d", "m", rank, Basis.MAIN, gold.gold_id, False, *texts, inclusion, "stratified", rank)


def test_a_sample_that_was_made_larger_counts_as_what_is_labelled_of_it(tmp_path: Path) -> None:
    # Comparisons that were drawn with 0.1 and 0.5 by turns; the larger sample draws them with 0.3 and 1.
    rare_or_not = [(0.1, 0.3), (0.5, 1.0)]
    golds = [replace(GOLDS[0], gold_id=f"l{i}", text=f"Larger {i}.") for i in range(8)]
    golds = [replace(gold, label=(Label.DISAGREE, Label.AGREE)[i % 2]) for i, gold in enumerate(golds)]
    with study(tmp_path / "s") as made:

        def accuracy(n_drawn: int, n_labelled: int, steps: Steps | None, *, step: int) -> object:
            items = [drawn(gold, i + 1, rare_or_not[i % 2][step]) for i, gold in enumerate(golds[:n_drawn])]
            facts = {} if steps is None else {"label_steps": json.dumps(asdict(steps))}
            made.store.replace("label_items", items, facts=facts)
            made.store.put(golds[:n_labelled])
            card = made.validate(whole=False)
            assert isinstance(card.labelled, Labelled)
            assert (card.labelled.items, card.labelled.outside) == (n_labelled, 0)
            return card.overall.accuracy

        # `exact` says disagree to all: right on the rare ones. (2/0.1) / (2/0.1 + 2/0.5)
        first = Steps([4], [4], [[a] for a, _ in rare_or_not] * 2)
        larger = Steps([4, 8], [4, 4], [list(pair) for pair in rare_or_not] * 4)
        assert accuracy(4, 4, first, step=0) == pytest.approx(20 / 24)
        assert accuracy(8, 4, larger, step=1) == pytest.approx(20 / 24)  # nothing more is labelled
        # one of the second step's four is: 0.1 + 0.2/4 and 0.5 + 0.5/4
        rare, other = 1 / 0.15, 1 / 0.625
        assert accuracy(8, 5, larger, step=1) == pytest.approx(3 * rare / (3 * rare + 2 * other))
        rare, other = 1 / 0.3, 1 / 1.0
        assert accuracy(8, 8, larger, step=1) == pytest.approx(rare / (rare + other))
        assert accuracy(8, 8, Steps([4], [4], [[0.1]] * 4), step=1) == pytest.approx(rare / (rare + other))  # of another sample


def test_a_question_counts_though_its_comparison_is_not_labelled_to_the_end(tmp_path: Path) -> None:
    with study(tmp_path / "s") as made:
        items = [drawn(GOLDS[0], 1, 0.5), drawn(GOLDS[1], 2, 0.5), drawn(GOLDS[2], 2, 0.5)]
        made.store.put(items)
        made.store.set_fact("label_steps", json.dumps(asdict(Steps([1, 2], [1, 1], [[0.25, 0.5]] * 2))))
        made.store.put([GOLDS[1]])
        card = made.validate(whole=False)
        assert card.labelled == Labelled(1, 1, ("ane",))


@pytest.mark.parametrize(
    "old",
    [
        {"schema_version": 1, "matcher": "exact", "gold": "x", "level": 0.95, "overall": {"n": 3}},
        {"schema_version": 2, "matcher": "exact"},
        {"matcher": "exact"},
        [1, 2],
    ],
    ids=["of the first shape", "not whole", "without a version", "no card"],
)
@pytest.mark.usefixtures("undrawn")
def test_a_card_of_another_shape_is_made_again(tmp_path: Path, old: object) -> None:
    with study(tmp_path / "s") as made:
        made.store.set_fact("card", json.dumps(old))
        found = stored_card(made.settings, made.store)
        assert isinstance(found, NotMeasured)
        assert "run: normscope validate" in found.reason
        assert found.reason in made.report().read_text(encoding="utf-8")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study(tmp_path / "s").close()

    def run(*options: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["validate", str(tmp_path / "s"), *options])
        assert ended.value.code == 0
        return capsys.readouterr().out

    values = json.loads(run("--json", "--injections", "6", "--no-repeats"))
    assert values["injected"]["overall"]["n"] == 6
    assert values["repeats"] == {"not_measured": "left out by --no-repeats"}
    text = run("--injections", "0")
    assert text.startswith("# Can the matcher `exact` be trusted?")
    assert "not measured (left out by --injections 0)" in text


def metered(prices: Prices, *completions: Completion) -> Cost:
    answers = iter(completions)

    async def ask(messages: object, params: object, *, draw: int = 0) -> Completion:
        return next(answers)

    async def main_() -> Cost:
        meter = Meter(prices)
        counted = meter.counting(lambda _: ask)("http:m")
        for _ in completions:
            await counted([Message("user", "?")], Params())
        return meter.cost(1, 0.1)

    return asyncio.run(main_())


def test_the_meter_says_what_it_does_not_know() -> None:
    whole, partly = Completion("", "stop", 10, 2), Completion("", "stop", NotMeasured("the server does not say"), 2)
    known = metered(Prices(models={"http:m": Price(10**6, 2 * 10**6)}), whole, whole)
    assert (known.calls, known.prompt_tokens, known.completion_tokens, known.money) == (2, 20, 4, 2.8e-05)
    assert isinstance(metered(Prices(), whole).money, NotMeasured)
    missing = metered(Prices(models={"http:m": Price(10**6, 2 * 10**6)}), whole, partly, whole)
    assert missing.prompt_tokens == NotMeasured("the server does not say")
    assert missing.completion_tokens == 6
    assert missing.money == NotMeasured("http:m does not report all tokens")
