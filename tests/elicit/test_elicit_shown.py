"""Which solutions are shown: chosen by hash, the same for all responders, never their own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from normscope.elicit import Shown, choose_shown, seed_of
from normscope.records import Solution, Stance

YES, NO = Stance.RECOMMENDS, Stance.ADVISES_AGAINST


def solution(n: int, text: str, stance: Stance = YES, by: str = "ane") -> Solution:
    return Solution(f"s{n}", "d1", by, 0, text, stance, main=False, extractor="coded")


def choose(
    solutions: list[Solution],
    *,
    per_side: int | None = None,
    seed: int = 0,
    dilemma_id: str = "d1",
    responder_id: str = "model",
    draw: int = 0,
) -> tuple[Shown, ...]:
    return choose_shown(solutions, per_side=per_side, seed=seed, dilemma_id=dilemma_id, responder_id=responder_id, draw=draw)


MANY = [solution(n, f"Do {n}.", YES if n < 10 else NO) for n in range(20)]


def ids(shown: tuple[Shown, ...]) -> list[str]:
    return [each.solution_id for each in shown]


def accepted(shown: tuple[Shown, ...]) -> int:
    return sum(int(each.solution_id[1:]) < 10 for each in shown)


def test_per_side_bounds_each_side() -> None:
    assert len(choose(MANY)) == 20
    assert choose(MANY, per_side=0) == ()
    shown = choose(MANY, per_side=3)
    assert (len(shown), accepted(shown)) == (6, 3)


def test_all_responders_see_the_same_and_draws_and_seeds_others() -> None:
    assert choose(MANY, per_side=2) == choose(MANY, per_side=2, responder_id="another")
    others = {tuple(ids(choose(MANY, per_side=2, draw=draw, seed=seed))) for draw in range(5) for seed in range(5)}
    assert len(others) == 25


def test_the_order_tells_no_side() -> None:
    # over many dilemmas each of 3 + 3 comes first equally often; 400 fair coins lie within 160..240 all but once in 10,000
    first = [accepted(choose(MANY, per_side=3, dilemma_id=f"d{n}")[:1]) for n in range(400)]
    assert 160 < sum(first) < 240


def test_never_the_responders_own_text() -> None:
    shown = choose([solution(1, "Talk.", by="bo"), solution(2, "talk. ", by="ane"), solution(3, "Wait.")], responder_id="bo")
    assert ids(shown) == ["s3"]


def test_a_text_of_both_sides_is_shown_once_on_the_side_of_the_more() -> None:
    both = [
        solution(1, "Talk.", NO, "ane"),
        solution(2, "TALK.", YES, "bo"),
        solution(3, "Talk.", YES, "cy"),
        solution(4, "Wait.", NO, "ane"),
    ]
    assert sorted(ids(choose(both))) == ["s1", "s4"]
    # with one per side both are shown, so "Talk." does not stand on the rejected side beside "Wait."
    assert all(sorted(ids(choose(both, per_side=1, seed=seed))) == ["s1", "s4"] for seed in range(20))


def test_evenly_split_texts_go_to_either_side() -> None:
    split = [solution(1, "Talk.", YES, "ane"), solution(2, "Talk.", NO, "bo"), solution(3, "Wait.", NO, "bo")]
    assert {len(choose(split, per_side=1, seed=seed)) for seed in range(20)} == {1, 2}


@given(st.lists(st.tuples(st.text(max_size=5), st.sampled_from(Stance), st.sampled_from(["a", "b", "model"])), max_size=12))
def test_order_of_the_input_does_not_matter(rows: list[tuple[str, Stance, str]]) -> None:
    solutions = [solution(n, *row) for n, row in enumerate(rows)]
    shown = choose(solutions, per_side=2)
    assert shown == choose(solutions[::-1], per_side=2)
    assert len(shown) <= 4
    own = {s.text for s in solutions if s.responder_id == "model"}
    assert not own & {each.text for each in shown}


def test_seeds_are_the_same_on_every_machine() -> None:
    # sha256(00…01 "0" 00…02 "d1"), first 8 bytes, without the last bit
    assert seed_of(0, "d1") == 0x3130AA35FDD4C90C
