"""A study that is too large for a page is drawn from by topic, with the study's seed, and the page says so."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from normscope.records import Dilemma
from normscope.report import page
from normscope.report.explorer import explorer
from normscope.report.explorer.drawn import drawn
from normscope.report.explorer.packed import unpacked
from tests.report.frames import frames
from tests.report.test_explorer_packed import study


@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(1, 30), st.integers(0, 5))
def test_each_topic_has_its_share(topics: list[str], n: int, seed: int) -> None:
    places = drawn(topics, n, seed=seed)
    assert places == sorted(set(places))
    assert len(places) == min(n, len(topics))
    assert drawn(topics, n, seed=seed) == places
    kept = Counter(topics[i] for i in places)
    for topic, of in Counter(topics).items():
        assert abs(kept[topic] - len(places) * of / len(topics)) < 1


def test_every_dilemma_is_as_likely_as_another() -> None:
    # 10 of 40, 2,000 times; a standard deviation is about sqrt(2000 / 4 * 3 / 4) = 19
    topics = ["money"] * 30 + ["work"] * 10
    times = Counter(i for seed in range(2_000) for i in drawn(topics, 10, seed=seed))
    # money's share of the 10 is 7.5 and gets the one that remains: 2000 * 8 / 30 = 533 each; of work 2000 * 2 / 10 = 400
    assert all(abs(times[i] - 2_000 * 8 / 30) < 100 for i in range(30))
    assert all(abs(times[i] - 2_000 * 2 / 10) < 100 for i in range(30, 40))


def test_a_study_that_is_too_large_says_what_is_here() -> None:
    data = study(dilemmas=30)
    made = explorer(data, most=10)
    index = json.loads(made.index_json)
    assert made.notice == "10 of 30 dilemmas are here, drawn at random by topic (seed 4); all are in study.db."
    assert Counter(index["topic"]) == {0: 5, 1: 5}
    assert index["of"] == 30
    # a number is the dilemma's place in the whole study, so that a link to it holds in every report of the study
    assert [f"d{number - 1} " for number in index["numbers"]] == [name[: name.index(" ") + 1] for name in index["ids"]]
    assert [text.split()[0] for text in unpacked(made.texts)] == [str(number - 1) for number in index["numbers"]]
    assert explorer(replace(data, seed=5), most=10).index_json != made.index_json
    assert explorer(data, most=10) == made


def test_a_budget_of_bytes_is_kept_to() -> None:
    data = study("".join(chr(0x4E00 + i * 7919 % 20_000) for i in range(300)), dilemmas=60)
    whole = explorer(data)
    size = len(whole.texts) + sum(map(len, whole.blocks))
    made = explorer(data, budget=size // 3)
    assert len(made.texts) + sum(map(len, made.blocks)) <= size // 3
    assert made.notice.startswith(f"{len(json.loads(made.index_json)['ids'])} of 60 dilemmas are here")
    assert len(json.loads(made.index_json)["ids"]) > 5
    # one stays, whatever it takes
    assert len(json.loads(explorer(data, budget=10).index_json)["ids"]) == 1


def test_the_page_says_so_too() -> None:
    many = replace(study(dilemmas=0), dilemmas=[Dilemma(f"d{i}", "?") for i in range(3_001)], **frames())
    notice = "3,000 of 3,001 dilemmas are here, drawn at random by topic (seed 4); all are in study.db."
    assert notice in page(many)
    assert "dilemmas are here" not in page(study())


def test_a_crowd_on_one_dilemma_is_cut_and_counted() -> None:
    made = explorer(study(dilemmas=2), conversations=2)
    first, second = unpacked(made.blocks[0])
    # the model's conversation stays, and the first of the people
    assert [made_by for made_by, *_ in first["said"]] == [0, 2]
    assert first["left_out"] == second["left_out"] == 1
    assert first["labels"] == {"main": ".aa."}
