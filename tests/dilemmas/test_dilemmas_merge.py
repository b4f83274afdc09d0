"""Putting loaded parts together, and the starter set as one of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from normscope.dilemmas import Loaded, load, merge, starter
from normscope.dilemmas.answers import coded_solutions, recorded
from normscope.errors import DataError, UsageError
from normscope.records import Dilemma, Kind, Outcome, Responder, Stance

DILEMMA = Dilemma("d1", "What now?")
ANSWER = recorded("d1", "ann", 0, text="Ask.", coded=False)


def test_parts_keep_their_order_and_equal_parts_are_kept_once() -> None:
    ann, bob = Responder("ann", Kind.HUMAN), Responder("bob", Kind.HUMAN)
    one = Loaded((DILEMMA,), (ann,), (ANSWER,), notes=("first",))
    two = Loaded((Dilemma("d0", "Well?"), DILEMMA), (bob, ann), notes=("second", "first"))
    merged = merge(one, two)
    assert [d.dilemma_id for d in merged.dilemmas] == ["d1", "d0"]
    assert merged.responders == (ann, bob)
    assert merged.notes == ("first", "second")
    assert merge() == Loaded()


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (Loaded((Dilemma("d1", "What then?"),)), "another text. Got: 'What then"),
        (Loaded((Dilemma("d1", "What now?", topic="work"),)), "another topic"),
        (Loaded(responders=(Responder("ann", Kind.MODEL),)), "another kind"),
        (Loaded(responses=(ANSWER,)), "second answer to dilemma 'd1' as draw 0"),
        (Loaded(responses=(recorded("d2", "ann", 0, text="Ask.", coded=False),)), "unknown dilemma"),
    ],
)
def test_parts_that_do_not_fit_are_refused(part: Loaded, says: str) -> None:
    with pytest.raises(DataError) as caught:
        merge(Loaded((DILEMMA,), (Responder("ann", Kind.HUMAN),), (ANSWER,)), part)
    assert says in str(caught.value)


def test_the_same_file_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('\n{"dilemma_id": "d1", "responder_id": "ann", "kind": "human", "text": "Ask."}\n')
    with pytest.raises(DataError, match=r"a.jsonl, line 2: .*the first is in .*a.jsonl, line 2"):
        merge(Loaded((DILEMMA,)), load(file), load(file))


def test_notes_on_a_responder_are_joined() -> None:
    parts = [Loaded(responders=(Responder("ann", Kind.HUMAN, note=note),)) for note in (None, "wrote alone", "in Danish", None)]
    assert merge(*parts).responders == (Responder("ann", Kind.HUMAN, note="wrote alone; in Danish"),)
    assert merge(*parts, *parts) == merge(*parts)


def test_solution_ids_cannot_run_into_each_other() -> None:
    keys = [("a/b", "c", 0), ("a", "b/c", 0), ("a%2Fb", "c", 0), ("a", "b", 0), ("a", "b", 1)]
    ids = [s.solution_id for d, r, k in keys for s in coded_solutions(d, r, k, accepted=["x"], rejected=["x"])]
    assert len(set(ids)) == len(ids) == 10


def test_the_starter_set_is_what_its_card_says() -> None:
    loaded = load("starter")
    assert loaded == starter()
    assert len(loaded.dilemmas) >= 60
    assert {d.language for d in loaded.dilemmas} == {"en", "da"}
    assert len({d.topic for d in loaded.dilemmas}) == 10
    assert [(r.responder_id, r.kind, r.note) for r in loaded.responders] == [
        (f"panelist-{x}", Kind.HUMAN, "an invented character, not a real person") for x in "abc"
    ]
    assert all(response.outcome is Outcome.ANSWERED and response.text for response in loaded.responses)
    for dilemma in loaded.dilemmas:
        mine = [s for s in loaded.solutions if s.dilemma_id == dilemma.dilemma_id]
        for responder in loaded.responders:
            own = [s for s in mine if s.responder_id == responder.responder_id]
            assert sum(s.main for s in own) == 1
            assert {s.stance for s in own} == set(Stance)
    mains = [{s.text for s in loaded.solutions if s.main and s.dilemma_id == d.dilemma_id} for d in loaded.dilemmas]
    assert [sum(len(m) == n for m in mains) for n in (1, 2, 3)] == [26, 29, 9]
    accepted = sum(s.stance is Stance.RECOMMENDS for s in loaded.solutions)
    assert (len(loaded.dilemmas), len(loaded.responses), len(loaded.solutions), accepted) == (64, 192, 438, 210)


def test_a_file_called_starter_can_be_read_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="no such file"):
        load(Path("starter.csv"))
    with pytest.raises(UsageError):
        load("starter", format="none")


def test_reading_needs_neither_numpy_nor_polars() -> None:
    code = (
        "import sys, normscope.dilemmas as d; d.load('starter'); "
        "print([m for m in ('numpy', 'polars', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
