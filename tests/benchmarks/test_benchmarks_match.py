"""The part of the matching benchmark that measures no time: how many calls a judge needs."""

from __future__ import annotations

from benchmarks.match import judge_calls


def test_a_judge_is_called_once_per_text() -> None:
    figures = judge_calls()
    assert [figure.value for figure in figures.values()] == [1, 8]  # not 12 solutions, nor 8 * 7 = 56 pairs
    assert all(figure.holds for figure in figures.values())
