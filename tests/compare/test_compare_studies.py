"""Two folders beside each other: what is shared, who is paired, what the numbers are, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from normscope.errors import UsageError
from normscope.records import Change, Comparison, ModelPair, NotMeasured, from_json, to_json
from normscope.study import Study, compare

Make = Callable[..., Path]

BEFORE = "++++++++----++++"
AFTER = "++++----++--++++"


def row(found: Comparison, metric: str = "stated", model: str = "m") -> Change:
    (one,) = [c for c in found.changes if (c.metric, c.responder_b) == (metric, model)]
    return one


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_numbers_of_two_folders(tmp_path: Path, study_of: Make) -> None:
    a, b = study_of(tmp_path / "a", {"m": BEFORE}), study_of(tmp_path / "b", {"m": AFTER})
    before = digests(a), digests(b)
    found = compare(a, b)
    assert (digests(a), digests(b)) == before
    stated = row(found)
    # 12 of 16 before, 10 of 16 after: dilemmas 4 to 7 lost, 8 and 9 won
    assert (stated.a, stated.b, stated.difference, stated.n_dilemmas) == (0.75, 0.625, -0.125, 16)
    assert stated.verdict == "not shown"
    assert (found.gained, found.lost) == ((2,), (4,))
    assert [f.dilemma_id for f in found.flipped] == ["d04", "d05", "d06", "d07", "d08", "d09"]
    first = found.flipped[0]
    assert (first.a, first.b, first.topic) == (1.0, 0.0, "home")
    assert (first.text, first.said_a, first.said_b) == (
        "He is loud at 4. What do I do?",
        ("Talk to him about dilemma 4.",),
        ("Leave him be.",),
    )
    # people say the same in both, all the same course: the ceiling is 1, and the distance changes as the rate does
    assert (row(found, "ceiling", "people").a, row(found, "ceiling", "people").difference) == (1.0, 0.0)
    assert row(found, "distance_to_ceiling").difference == pytest.approx(-0.125)
    assert row(found, "distance_to_ceiling").low == pytest.approx(stated.low)
    by_topic = {c.topic: c.difference for c in found.topics}
    # home has 4 and 6 lost, 8 won; work 5 and 7 lost, 9 won
    assert by_topic == {"home": pytest.approx(-1 / 8), "work": pytest.approx(-1 / 8)}
    assert (found.people_changed, found.changed_text, found.same_matcher) == ((), (), True)
    assert row(found, "explicit").difference == NotMeasured("no solutions were shown, in either study")
    assert from_json(Comparison, to_json(found)) == found
    assert to_json(compare(a, b)) == to_json(found)


def test_back_and_forth_and_beside_itself(tmp_path: Path, study_of: Make) -> None:
    a, b = study_of(tmp_path / "a", {"m": BEFORE + "r?"}), study_of(tmp_path / "b", {"m": AFTER + "++"})
    there, back, still = compare(a, b), compare(b, a), compare(a, a)
    for one, other in zip((*there.changes, *there.topics), (*back.changes, *back.topics), strict=True):
        assert (one.metric, one.topic, one.a, one.b) == (other.metric, other.topic, other.b, other.a)
        if isinstance(one.low, float) and isinstance(other.high, float) and isinstance(one.difference, float):
            assert isinstance(other.difference, float)
            assert one.low == pytest.approx(-other.high)
            assert (one.difference, one.p) == (-other.difference, other.p)
    assert (there.gained, there.lost) == (back.lost, back.gained)
    assert [(f.dilemma_id, f.a, f.b) for f in there.flipped] == [(f.dilemma_id, f.b, f.a) for f in back.flipped]
    assert {c.difference for c in (*still.changes, *still.topics) if c.n_dilemmas} == {0.0}
    assert {c.verdict for c in (*still.changes, *still.topics)} == {"not shown"}
    assert (still.flipped, still.gained, still.lost, still.settings) == ((), (0,), (0,), ())


def test_refusals_and_answers_without_a_solution(tmp_path: Path, study_of: Make) -> None:
    a = study_of(tmp_path / "a", {"m": "+" * 8 + "rr?+"})
    b = study_of(tmp_path / "b", {"m": "+" * 8 + "?+r+"})
    found = compare(a, b)
    assert row(found, "refused").a == pytest.approx(2 / 12)
    assert row(found, "refused").b == pytest.approx(1 / 12)
    # of those that were answered in both: 8 and the last one; one without a solution on d10 in a and d08 in b, refused elsewhere
    assert (row(found, "no_solution").n_dilemmas, row(found, "no_solution").difference) == (9, 0.0)
    assert row(found).n_dilemmas == 9
    assert row(found).excluded == {"only_b": 1, "neither": 2}


def test_what_is_shared(tmp_path: Path, study_of: Make) -> None:
    a = study_of(tmp_path / "a", {"m": BEFORE, "x": BEFORE}, topics=("home",))
    people = {"h0": "+" * 3 + "-" + "+" * 12, "h2": "+" * 16}
    b = study_of(tmp_path / "b", {"m": AFTER[:12], "y": AFTER[:12]}, texts={1: "Another question?"}, people=people)
    found = compare(a, b)
    assert found.shared == 11
    assert found.changed_text == ("d01",)
    assert (found.a.other_dilemmas, found.b.other_dilemmas) == (4, 0)
    assert (found.a.other_models, found.b.other_models) == (("x",), ("y",))
    assert (found.people, found.a.other_people, found.b.other_people) == (("h0",), ("h1",), ("h2",))
    assert found.people_changed == ("d03",)
    # d03: the model's answer is the same in both, and h0 turned away from it
    assert next((f.dilemma_id, f.people_changed) for f in found.flipped) == ("d03", True)
    assert found.flipped[0].said_a == found.flipped[0].said_b
    assert found.notes == ("Shared dilemmas whose topic or cluster is not the same in both studies: 5. Those of a are used.",)
    assert {c.topic for c in found.topics} == {"home"}


def test_models_are_paired_by_id_by_name_or_because_there_is_one(tmp_path: Path, study_of: Make) -> None:
    old = study_of(tmp_path / "a", {"old=1": BEFORE}, system_prompt="Be brief.")
    new = study_of(tmp_path / "b", {"new": AFTER}, system_prompt="Be kind.")
    alone = compare(old, new)
    assert alone.models == (ModelPair("old=1", "new", "the only model of each study"),)
    asked = compare(old, new, pairs=["old=1=new"])
    assert asked.models == (ModelPair("old=1", "new", "as asked for"),)
    assert asked.changes == alone.changes
    same = compare(study_of(tmp_path / "c", {"new": BEFORE}), new)
    assert [(c.difference, c.low) for c in same.changes] == [(c.difference, c.low) for c in alone.changes]
    prompts = [change for change in alone.settings if change.name.startswith("system prompt of")]
    assert [(s.name, s.a, s.b) for s in prompts] == [("system prompt of old=1 → new", "Be brief.", "Be kind.")]
    many = study_of(tmp_path / "d", {"m": BEFORE, "old": BEFORE}, people={"h0": "+" * 16, "anna": "+" * 16})
    more = study_of(tmp_path / "e", {"m": AFTER, "new": AFTER})
    both = compare(many, more, pairs=["old=new", "anna=h1"])
    assert [(p.a, p.b) for p in both.models] == [("m", "m"), ("old", "new")]
    assert both.people == ("anna", "h0")
    assert row(both, model="m").difference == row(both, model="new").difference == -0.125


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["odl=new"], "no responder named 'odl' in the first study. Did you mean 'old'"),
        (["old=nwe"], "no responder named 'nwe' in the second study. Did you mean 'new'"),
        (["old"], "a pair is written OLD=NEW"),
        (["old=new", "old=m"], "'old' is in two pairs"),
        (["old=new", "m=new"], "'new' is in two pairs"),
        (["old=h0"], "'old' is a model and 'h0' a human"),
    ],
)
def test_pairs_that_cannot_be(tmp_path: Path, study_of: Make, pairs: list[str], words: str) -> None:
    a, b = study_of(tmp_path / "a", {"m": "+", "old": "+"}), study_of(tmp_path / "b", {"m": "+", "new": "+"})
    with pytest.raises(UsageError, match=words):
        compare(a, b, pairs=pairs)


def test_studies_that_cannot_be_compared(tmp_path: Path, study_of: Make) -> None:
    a = study_of(tmp_path / "a", {"m": "++", "n": "++"})
    with pytest.raises(UsageError, match=r"share no dilemma: of 2 and 2 none .*; 2 ids are in both with different texts"):
        compare(a, study_of(tmp_path / "b", {"m": "++"}, texts={0: "One?", 1: "Two?"}))
    with pytest.raises(UsageError, match=r"no model is in both studies\. In a: m, n; in b: x\. Say .*--pair OLD=NEW"):
        compare(a, study_of(tmp_path / "c", {"x": "++"}))
    with pytest.raises(UsageError, match="level must be between 0 and 1"):
        compare(a, a, level=95)
    with pytest.raises(UsageError, match="at least 0; got -1"):
        compare(a, a, listed=-1)
    other = study_of(tmp_path / "d", {"m": "++", "n": "++"})
    with Study.open(other, matcher="lexical") as study:
        study.match()
    with pytest.raises(UsageError, match=r"the matcher of a is 'exact', that of b 'lexical'.*--allow-different-matcher"):
        compare(a, other)
    found = compare(a, other, allow_different_matcher=True)
    assert not found.same_matcher
    assert found.notes[0].startswith("Not scored alike: the matcher of a is 'exact'")
    with Study.open(other) as study:
        study.store.replace("matches", [])
    with pytest.raises(UsageError, match=r"holds no match labels to compare\. Run: normscope"):
        compare(a, other, allow_different_matcher=True)


def test_labels_that_are_not_current_are_refused(tmp_path: Path, study_of: Make) -> None:
    a, b = study_of(tmp_path / "a", {"m": "+++"}), study_of(tmp_path / "b", {"m": "+++"})
    with Study.open(b) as study:
        fact = json.loads(study.store.fact("matched") or "{}")
        study.store.set_fact("matched", json.dumps(fact | {"solutions": "of other texts"}))
    with pytest.raises(UsageError, match="have changed since they were matched"):
        compare(a, b)


def test_prompts_of_a_judge_that_changed(tmp_path: Path, study_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from normscope.study import two_studies

    a, b = study_of(tmp_path / "a", {"m": "+++"}), study_of(tmp_path / "b", {"m": "+++"})
    seen = {"a": {"one", "two"}, "b": {"one"}}

    def prompts(store: Any, kind: str) -> set[str]:
        return seen[store.folder.name] if kind == "matches" else set()

    monkeypatch.setattr(two_studies, "_prompts", prompts)
    assert compare(a, b).same_matcher
    seen["b"] = {"one", "three"}
    with pytest.raises(UsageError, match="the matcher was asked with different prompts"):
        compare(a, b)


def test_nobody_in_both(tmp_path: Path, study_of: Make) -> None:
    a = study_of(tmp_path / "a", {"m": "+++", "n": "+++"}, people={"h0": "+++"})
    found = compare(a, study_of(tmp_path / "b", {"m": "+++", "n": "r++"}, people={"k0": "+++"}))
    assert row(found).difference == NotMeasured("no person is in both studies")
    assert row(found, "refused", "n").difference == pytest.approx(1 / 3)
    assert found.topics == ()
    assert found.flipped == ()
