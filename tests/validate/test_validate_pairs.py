"""The project's own labelled pairs, and the card as text. Nothing here looks at single pairs of the test split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from normscope.records import UNSPECIFIED, Card, Label, NotMeasured, Score
from normscope.validate import PAIRS_DESCRIPTION, load_pairs, to_markdown

LABEL_OF = {
    "reworded": Label.AGREE,
    "opposite": Label.DISAGREE,
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
        assert UNSPECIFIED not in (g.kind, g.cluster)


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
