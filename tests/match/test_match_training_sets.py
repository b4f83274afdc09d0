"""What the offline matcher learns from: how labelled pairs follow from what people, or the project's writers, labelled."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from training.claims import claims, completed, reasons, some_of_each
from training.pairs import Pair, perspectrum, read_jsonl
from training.split import part_of

ROOT = Path(__file__).resolve().parents[2]
SET = ROOT / "data" / "advice-agreement"
SHARED = ROOT.parent / "shared" / "data" / "perspectrum"
LANGUAGES = {"en", "da", "de", "es", "fr", "pt"}


def labelled(text: str, solution: str, kind: str) -> Pair:
    label = {"same": "agree", "same_side": "silent", "opposite": "disagree"}.get(kind, "agree")
    return Pair("Cars should go", text, solution, label, "claim1", "en", kind)


def test_what_follows_from_labelled_points() -> None:
    given = [labelled("a", "a2", "same"), labelled("a", "b", "opposite"), labelled("b", "c", "same_side")]
    found = {(pair.text, pair.solution): (pair.kind, pair.label) for pair in completed(given)}
    assert found["a2", "b"] == ("opposite", "disagree"), "what is the same as a is opposed to b"
    assert found["c", "a2"] == ("opposite", "disagree"), "c is on b's side"
    assert found["c", "b"] == ("same_side", "silent")
    assert found["a2", "a"] == ("same", "agree")
    assert len(found) == 12, "every ordered pair of four points"


def test_points_that_nothing_connects_stay_apart() -> None:
    given = [labelled("a", "b", "opposite"), labelled("x", "y", "same_side")]
    assert {(pair.text, pair.solution) for pair in completed(given)} == {("a", "b"), ("b", "a"), ("x", "y"), ("y", "x")}


@pytest.mark.parametrize(
    "wrong",
    [
        [labelled("a", "b", "opposite"), labelled("b", "c", "opposite"), labelled("a", "c", "opposite")],
        [labelled("a", "b", "same"), labelled("b", "c", "same"), labelled("a", "c", "same_side")],
    ],
)
def test_labels_that_contradict_each_other_give_nothing(wrong: list[Pair]) -> None:
    paraphrase = labelled("a", "a again", "paraphrase")
    assert completed([*wrong, paraphrase]) == [paraphrase]


def test_completed_keeps_what_people_said_of_perspectrum() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the real data are not at {SHARED}")
    people = [pair for pair in perspectrum(SHARED, "train") if pair.kind != "paraphrase"]
    found = {(pair.group, pair.text, pair.solution): pair.kind for pair in completed(people)}
    assert all(found[pair.group, pair.text, pair.solution] == pair.kind for pair in people)
    dev = {pair.group for pair in perspectrum(SHARED, "dev")}
    assert not dev & {pair.group for pair in people}, "no claim is both learnt from and measured on"


def test_few_of_each_kind_and_group() -> None:
    pairs = [labelled("a", str(n), kind) for kind in ("same", "opposite", "same_side") for n in range(9)]
    some = some_of_each(pairs, {"same": 2, "opposite": 20}, random.Random(1))
    assert Counter(pair.kind for pair in some) == {"same": 2, "opposite": 9}
    assert some == some_of_each(pairs, {"same": 2, "opposite": 20}, random.Random(1))


def test_the_projects_claims_and_reasons() -> None:
    points, verdicts = claims(SET / "claims"), reasons(SET / "reasons")
    assert {pair.language for pair in points} == {pair.language for pair in verdicts} == LANGUAGES
    assert {(pair.kind, pair.label) for pair in points} == {
        ("same", "agree"), ("same_side", "silent"), ("opposite", "disagree"), ("claim", "agree"), ("claim", "disagree"),
    }  # fmt: skip
    assert {(pair.kind, pair.label) for pair in verdicts} == {
        ("same verdict", "agree"), ("other verdict", "disagree"), ("verdict", "agree"), ("verdict", "disagree"),
    }  # fmt: skip
    assert all(pair.text.strip() and pair.solution.strip() and pair.text != pair.solution for pair in [*points, *verdicts])


def test_every_id_is_used_once_and_every_split_has_its_share() -> None:
    files = [path for part in (SET, SET / "claims", SET / "reasons") for path in sorted(part.glob("*.jsonl"))]
    rows = [(path.stem, row) for path in files for row in read_jsonl(path)]
    ids = Counter(row["id"] for _, row in rows)
    assert not [one for one, times in ids.items() if times > 1]
    assert all(row["language"] == language for language, row in rows)
    parts = Counter(part_of(row.get("parallel", row["id"])) for _, row in rows)
    assert parts["train"] > 3 * parts["test"] > 3 * parts["dev"] > 0
