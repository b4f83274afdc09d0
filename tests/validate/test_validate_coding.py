"""Whose turn a question is, and what keys do in a sitting."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from normscope.records import Basis, Gold, Label, LabelItem
from normscope.validate.coding import (
    ADJUDICATED,
    BLOCK,
    KEYS,
    Ended,
    Screen,
    Sheet,
    Task,
    differing,
    gold_of,
    item_id,
    labels_by_item,
    open_sheets,
    sheet_of,
    sheets,
    sitting,
)


def sheet(n: int, *, twice: bool = False) -> Sheet:
    return Sheet(f"q{n}", "What now?", f"Do {n}.", "Do it.", "stated", rank=n, twice=twice)


def gold(n: int, label: str, coder: str) -> Gold:
    return gold_of(sheet(n), Label(label), coder)


def press(keys: Sequence[str | None], n: int = 3) -> tuple[list[Screen], Ended | None, dict[str, Label]]:
    """The screens that a coder of `n` sheets sees when pressing these keys, how it ended, and the labels stored."""
    stored: dict[str, Label] = {}

    def next_task() -> Task | None:
        left = [sheet(i) for i in range(1, n + 1) if f"q{i}" not in stored]
        return Task(left[0], len(stored) + 1, n) if left else None

    def save(what: Sheet, label: Label) -> None:
        stored[what.item_id] = label

    work = sitting(next_task, save)
    screens = []
    try:
        screens.append(next(work))
        for key in keys:
            screens.append(work.send(key))
    except StopIteration as ended:
        return screens, ended.value, stored
    return screens, None, stored


def test_keys_are_what_the_screen_says() -> None:
    assert {key: label.value for key, label in KEYS.items()} == {
        "1": "agree", "a": "agree", "2": "disagree", "d": "disagree",
        "3": "silent", "s": "silent", "4": "unclear", "u": "unclear",
    }  # fmt: skip


def test_a_sitting_from_beginning_to_end() -> None:
    screens, ended, stored = press(["1", "D\n", " 3 "])
    assert [screen.task.sheet.item_id for screen in screens] == ["q1", "q2", "q3"]
    assert ended == Ended(3, finished=True)
    assert stored == {"q1": Label.AGREE, "q2": Label.DISAGREE, "q3": Label.SILENT}


def test_each_label_is_stored_before_the_next_screen() -> None:
    screens, ended, stored = press(["4"])
    assert (len(screens), ended, stored) == (2, None, {"q1": Label.UNCLEAR})


def test_going_back_replaces_and_then_goes_on() -> None:
    screens, _, stored = press(["1", "2", "b", "b", "4", "3", "1"], n=4)
    assert [screen.task.sheet.item_id for screen in screens] == ["q1", "q2", "q3", "q2", "q1", "q2", "q3", "q4"]
    assert [screen.given for screen in screens] == [None, None, None, Label.DISAGREE, Label.AGREE, Label.DISAGREE, None, None]
    assert stored == {"q1": Label.UNCLEAR, "q2": Label.SILENT, "q3": Label.AGREE}


def test_other_keys_change_nothing() -> None:
    screens, ended, stored = press(["b", "?", "\x1b", "", "agree", "q"])
    assert {screen.task.sheet.item_id for screen in screens} == {"q1"}
    assert "nothing to go back to" in screens[1].note
    assert screens[2].explain
    assert all("Keys:" in screen.note for screen in screens[3:])
    assert (ended, stored) == (Ended(0, finished=False), {})


def test_the_end_of_the_input_ends_the_sitting() -> None:
    assert press(["1", None])[1] == Ended(1, finished=False)
    assert press([], n=0)[1] == Ended(0, finished=True)


@given(st.lists(st.sampled_from("1234adsub?x"), max_size=30))
def test_whatever_is_pressed_only_shown_questions_are_labelled(keys: list[str]) -> None:
    screens, _, stored = press(keys, n=5)
    assert set(stored) <= {screen.task.sheet.item_id for screen in screens}
    assert all(1 <= screen.task.number <= 5 for screen in screens)


def test_one_label_is_enough_and_two_where_two_are_wanted() -> None:
    everything = [sheet(1), sheet(2, twice=True), sheet(3)]
    given = labels_by_item([gold(1, "agree", "anna"), gold(2, "agree", "anna")])
    assert {s.item_id for s in open_sheets(everything, given, "anna")} == {"q3"}
    assert {s.item_id for s in open_sheets(everything, given, "ben")} == {"q2", "q3"}
    given = labels_by_item([gold(2, "agree", "anna"), gold(2, "agree", ADJUDICATED)])
    assert {s.item_id for s in open_sheets(everything, given, "ben")} == {"q1", "q2", "q3"}, "settling is no second label"
    given = labels_by_item([gold(2, "agree", "anna"), gold(2, "silent", "ben")])
    assert {s.item_id for s in open_sheets(everything, given, "cleo")} == {"q1", "q3"}


def test_coders_go_through_blocks_in_ways_of_their_own() -> None:
    everything = [sheet(n) for n in range(1, 31)]
    anna, ben = ([s.rank for s in open_sheets(everything, {}, coder)] for coder in ("anna", "ben"))
    assert anna != ben
    for order in (anna, ben):
        for start in range(0, 30, BLOCK):
            assert sorted(order[start : start + BLOCK]) == list(range(start + 1, start + BLOCK + 1))


def test_only_open_differences_are_adjudicated_and_nobody_is_named() -> None:
    golds = [
        gold(1, "agree", "anna"), gold(1, "agree", "ben"),
        gold(2, "agree", "anna"), gold(2, "silent", "ben"),
        gold(3, "agree", "anna"), gold(3, "silent", "ben"), gold(3, "silent", ADJUDICATED),
    ]  # fmt: skip
    found = differing(golds)
    assert [s.item_id for s in found] == ["q2"]
    assert "anna" not in repr(found)


def test_the_same_question_in_two_comparisons_is_one_sheet_for_two_if_either_is() -> None:
    def item(solution_id: str, rank: int, *, twice: bool) -> LabelItem:
        return LabelItem(
            item_id("What now?", "Go.", "Leave.", "stated"), "d1", "m1", 0, Basis.MAIN, solution_id, False, "What now?", "Go.",
            "Leave.", "stated", 0.5, "uniform", rank, twice=twice,
        )  # fmt: skip

    found = sheets([item("s2", 9, twice=True), item("s1", 4, twice=False)], {"d1": "week 3"})
    assert [(s.rank, s.twice, s.cluster) for s in found] == [(4, True, "week 3")]
    label = gold_of(found[0], Label.AGREE, "anna")
    assert (label.cluster, label.coder, label.gold_id) == ("week 3", "anna", found[0].item_id)
    assert sheet_of(label).item_id == found[0].item_id


def test_the_id_follows_from_what_is_read() -> None:
    base = ("What now?", "Go.", "Leave.", "stated")
    ids = {item_id(*base), *(item_id(*(f"{x}!" if i == j else x for j, x in enumerate(base))) for i in range(4))}
    assert len(ids) == 5
    assert item_id("a", "b c", "d", "e") != item_id("a", "b", "c d", "e")
