"""The project's own labelled pairs, and the card as text. Nothing here looks at single pairs of the test split."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from normscope.records import LEAST_ITEMS, UNSPECIFIED, Card, Label, NotMeasured, Score
from normscope.validate import FEW_DESCRIPTION, PAIRS_DESCRIPTION, load_few_pairs, load_pairs, to_markdown

LANGUAGES = ["en", "da", "de", "es", "fr", "pt"]

LABEL_OF = {
    "reworded": Label.AGREE,
    "near-equal": Label.AGREE,
    "opposite": Label.DISAGREE,
    "excluded-course": Label.DISAGREE,
    "other-course": Label.SILENT,
    "shown-yes": Label.AGREE,
    "shown-no": Label.DISAGREE,
    "shown-unclear": Label.UNCLEAR,
}


def test_splits_share_no_context_and_make_up_the_whole() -> None:
    dev, test = load_pairs("dev"), load_pairs()
    assert not {g.cluster for g in dev} & {g.cluster for g in test}
    assert sorted(g.gold_id for g in [*dev, *test]) == sorted(g.gold_id for g in load_pairs("all"))


def test_there_are_enough_pairs_to_measure_on() -> None:
    counts = Counter((g.asked, g.language) for g in load_pairs("test"))
    assert counts["stated", "en"] + counts["stated", "da"] >= 150
    assert min(counts["shown", "en"], counts["shown", "da"]) >= 20
    assert min(counts["stated", language] for language in LANGUAGES) >= 30
    # the card gives no figure to fewer than 10 items: here those are the contexts, of which polarity has one pair each
    contexts = Counter(g.language for g in load_pairs() if g.kind == "reworded")
    assert min(contexts[language] for language in LANGUAGES) >= LEAST_ITEMS
    topics = Counter(g.topic for g in load_pairs())
    assert len(topics) == 20
    assert min(topics.values()) >= LEAST_ITEMS


def test_topics_are_those_of_the_advice_agreement_set() -> None:
    folder = Path(__file__).parents[2] / "data" / "advice-agreement"
    known = {json.loads(line)["topic"] for file in folder.glob("*.jsonl") for line in file.read_text("utf-8").splitlines()}
    assert {g.topic for g in load_pairs("all")} == known


def test_a_run_asks_as_many_contexts_of_every_language() -> None:
    few, all_ = load_few_pairs(), load_pairs()
    assert Counter(g.language for g in few if g.kind == "reworded") == dict.fromkeys(LANGUAGES, 3)
    asked = {g.cluster for g in few}
    assert few == [g for g in all_ if g.cluster in asked], "whole contexts, in the order of the file"
    assert len(few) < 100, "a run is to validate in seconds where a question takes a tenth of one"
    assert min(Counter(g.language for g in few).values()) >= LEAST_ITEMS
    assert FEW_DESCRIPTION != PAIRS_DESCRIPTION


def test_the_data_card_counts_what_is_there() -> None:
    golds = load_pairs("all")
    readme = files("normscope.validate").joinpath("gold", "README.md").read_text("utf-8")
    rows = {cells[1].split("`")[1]: cells[2:-1] for cells in table(readme) if "`" in cells[1]}
    for kind in LABEL_OF:
        counts = Counter(g.language for g in golds if g.kind == kind)
        assert [int(n) for n in rows[kind]] == [*(counts[language] for language in LANGUAGES), counts.total()], kind
    by_topic = Counter(g.topic for g in golds if g.kind == "reworded")
    said = ", ".join(f"{topic} {n}" for topic, n in sorted(by_topic.items(), key=lambda found: (-found[1], found[0])))
    assert said in " ".join(readme.split())


def table(text: str) -> list[list[str]]:
    """The cells of the rows of the first table, without its head."""
    lines = [
        line
        for line in text.split("# Data card: the project's injection texts", maxsplit=1)[0].splitlines()
        if line.startswith("|")
    ]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def test_pairs_are_what_the_data_card_says() -> None:
    golds = load_pairs("all")
    assert len({g.gold_id for g in golds}) == len(golds)
    assert {g.coder for g in golds} == {"normscope authors"}
    for g in golds:
        assert g.label is LABEL_OF[g.kind]
        assert g.asked == ("shown" if g.kind.startswith("shown") else "stated")
        assert g.text.strip()
        assert g.solution.strip()
        assert g.dilemma.strip()
        assert UNSPECIFIED not in (g.kind, g.cluster, g.topic)


@pytest.fixture
def made() -> Card:
    table = {a.value: {b.value: 0 for b in Label} for a in Label}
    table["agree"]["silent"] = 3
    all_same = NotMeasured("the people's labels are all 'agree'; see the accuracy")
    part = Score(3, 0.0, 0.0, 0.56, all_same, all_same, all_same, all_same, table)
    whole = Score(252, 0.5, 0.45, 0.55, 0.4, 0.3, NotMeasured("too few"), NotMeasured("too few"), table)
    return Card("judge:x|y", PAIRS_DESCRIPTION, 0.95, whole, {"stated": part}, {"da": part}, {"a|b\n`<c>": part}, "0f" * 32)


def test_the_card_as_text(made: Card, golden: Callable[[str, str], None]) -> None:
    golden("card.md", to_markdown(made))


def test_names_cannot_break_the_table(made: Card) -> None:
    rows = [line for line in to_markdown(made).splitlines() if line.startswith("| kind")]
    assert rows == ["| kind: a\\|b '&lt;c> | 3 | 0.00 [0.00, 0.56] | not measured | not measured |"]
