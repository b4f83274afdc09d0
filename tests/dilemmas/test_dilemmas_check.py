"""The check: what it finds, what it must not find, and that it is quick."""

from __future__ import annotations

import json
import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.dilemmas import Loaded, check, render, starter
from normscope.dilemmas.answers import coded_solutions, recorded
from normscope.dilemmas.check_report import Answer, Contested, Entry, LanguageDoubt, Spread
from normscope.dilemmas.language import clearly_other
from normscope.dilemmas.near import near_duplicates
from normscope.errors import UsageError
from normscope.records import Dilemma, Kind, Responder

LONG = "My neighbour plays the drums every evening and the baby cannot sleep."
DILEMMAS = (
    Dilemma("d1", LONG, language="en", topic="neighbours"),
    Dilemma("d2", LONG.upper().replace(".", " !"), language="en"),
    Dilemma("d3", LONG.replace("baby", "babies"), language="en"),
    Dilemma("d4", "What now?", language="en", extra={"ambiguous_rejected": '["Don\'t call."]'}),
    Dilemma("d5", "Hvad skal jeg sige til min mor, når hun ikke vil høre på mig, og jeg er så træt af det?", language="en"),
    Dilemma("d6", "word " * 2_001, language="en"),
)
ANN, BOB, BOT = Responder("ann", Kind.HUMAN), Responder("bob", Kind.HUMAN), Responder("bot", Kind.MODEL)


def example() -> Loaded:
    keys = [("d1", "ann"), ("d1", "bob"), ("d2", "ann"), ("d3", "ann"), ("d4", "bob"), ("d1", "bot"), ("d2", "bot")]
    return Loaded(
        dilemmas=DILEMMAS,
        responders=(ANN, BOB, BOT),
        responses=(
            *(recorded(d, r, 0, text="Talk to them.", coded=False) for d, r in keys),
            recorded("d5", "bob", 0, text=None, coded=False),
        ),
        solutions=(
            *coded_solutions("d1", "ann", 0, accepted=["Talk to them first."], rejected=["Call the police."]),
            *coded_solutions("d1", "bob", 0, accepted=["call the police"], rejected=["Never talk to them."]),
            *coded_solutions("d2", "ann", 0, accepted=["Wait a week."], rejected=["Wait a week!", "Buy drums, haha"]),
            *coded_solutions("d1", "bot", 0, accepted=["lol"]),
        ),
        notes=("a note",),
    )


def test_everything_that_is_odd_is_found_and_named() -> None:
    report = check(example())
    assert (report.n_dilemmas, report.n_responses, report.n_solutions) == (6, 8, 8)
    assert report.languages == {"en": 6}
    assert report.topics == {"unspecified": 5, "neighbours": 1}
    assert report.kinds == {"human": 2, "model": 1}
    assert report.outcomes == {"answered": 7, "empty": 1}
    assert report.answers_by_responder == {"ann": 3, "bob": 3, "bot": 2}
    assert report.words == Spread(2, 12.5, 2_001)  # 2, 12, 12, 13, 20, 2001
    assert report.people_per_dilemma == Spread(0, 1.0, 2)  # 2, 1, 1, 1, 0, 0
    assert report.too_short == ("d4",)
    assert report.too_long == ("d6",)
    assert report.exact_duplicates == (("d1", "d2"),)
    assert [(p.dilemma_id, p.other_id) for p in report.near_duplicates] == [("d1", "d3")]
    assert report.missing_references == ("d5", "d6")
    assert report.uncoded_references == ("d3", "d4")
    assert report.empty_lists == (Answer("d3", "ann", 0), Answer("d4", "bob", 0), Answer("d5", "bob", 0))
    assert report.contradictory == (Entry("d2", "ann", "Wait a week!"),)
    assert report.contested == (Contested("d1", "Call the police.", ("bob",), ("ann",)),)
    assert report.ambiguous_rejected == (Entry("d4", "", "Don't call."), Entry("d1", "bob", "Never talk to them."))
    assert report.odd_solutions == (Entry("d2", "ann", "Buy drums, haha"),)
    assert report.language_doubts == (LanguageDoubt("d5", "en", "da"),)
    assert report.problems == {
        "exact duplicates": 1,
        "contradictory references": 1,
        "ambiguous rejected solutions": 2,
        "language doubts": 1,
        "empty lists": 3,
        "very short dilemmas": 1,
    }


def test_the_report_is_json_and_text() -> None:
    report = check(example())
    values = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert values["contested"] == [
        {"dilemma_id": "d1", "text": "Call the police.", "accepted_by": ["bob"], "rejected_by": ["ann"]}
    ]
    assert values["problems"]["exact duplicates"] == 1
    text = render(report, limit=1)
    assert "the same words as another dilemma: 1\n  d1 = d2\n" in text
    assert "people's answers without a solution: 3\n  d3, ann, draw 0\n  … and 2 more\n" in text
    assert text.endswith("very short dilemmas 1.\n")


def test_text_from_the_data_cannot_move_the_cursor() -> None:
    loaded = Loaded((Dilemma("d1", "What?", topic="\x1b[31mred" + "x" * 500),), notes=("\x1b]0;title\x07",))
    text = render(check(loaded))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert max(map(len, text.splitlines())) < 410


def test_without_dilemmas_there_is_nothing_to_check() -> None:
    with pytest.raises(UsageError, match="no dilemmas"):
        check(Loaded())
    with pytest.raises(UsageError, match="similarity"):
        check(starter(), similarity=0.0)


def test_labels_are_no_jokes() -> None:
    dilemmas = tuple(Dilemma(f"d{i}", "What should I do about it now?") for i in range(3))
    solutions = tuple(s for d in dilemmas for s in coded_solutions(d.dilemma_id, "ann", 0, accepted=["NTA"]))
    assert check(Loaded(dilemmas, (ANN,), solutions=solutions)).odd_solutions == ()


def test_the_starter_set_is_clean() -> None:
    report = check(starter())
    assert report.problems == {}
    assert report.near_duplicates == ()
    assert report.odd_solutions == ()
    assert report.people_per_dilemma == Spread(3, 3.0, 3)
    assert len({entry.dilemma_id for entry in report.contested}) == 40


@pytest.mark.parametrize("declared", ["da", "nb", "no", "und", "fi"])
def test_close_or_unknown_languages_are_not_doubted(declared: str) -> None:
    text = next(d.text for d in starter().dilemmas if d.language == "da")
    assert clearly_other(text, declared) is None


def test_starter_languages_are_told_apart() -> None:
    swap = {"en": "da", "da": "en"}
    wrong = [d.dilemma_id for d in starter().dilemmas if clearly_other(d.text, swap[d.language]) != d.language]
    assert wrong == []


def runs(text: str) -> set[str]:
    text = text.ljust(5)
    return {text[i : i + 5] for i in range(len(text) - 4)}


@settings(deadline=None)
@given(st.lists(st.text("ab ", max_size=30), max_size=12, unique=True), st.sampled_from([0.6, 0.8, 1.0]))
def test_reported_similarities_are_the_exact_jaccard_index(texts: list[str], threshold: float) -> None:
    for i, j, similarity in near_duplicates(texts, threshold=threshold).pairs:
        a, b = runs(texts[i]), runs(texts[j])
        assert i < j
        assert similarity == len(a & b) / len(a | b) >= threshold


def test_planted_near_duplicates_are_all_found_among_10_000_in_seconds() -> None:
    rng = random.Random(7)
    vocabulary = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9))) for _ in range(5_000)]
    texts = [" ".join(rng.choices(vocabulary, k=rng.choice([12, 60, 200]))) for _ in range(9_800)]
    planted = set()
    for i in range(200):
        changed = texts[i].split()
        changed[rng.randrange(len(changed))] = "x"
        planted.add((i, len(texts)))
        texts.append(" ".join(changed))
    wanted = {(i, j) for i, j in planted if len(runs(texts[i]) & runs(texts[j])) / len(runs(texts[i]) | runs(texts[j])) >= 0.8}
    start = time.process_time()
    near = near_duplicates(texts)
    assert time.process_time() - start < 5  # about 1 s
    assert {(i, j) for i, j, _ in near.pairs} == wanted
    assert len(wanted) > 150
    assert (near.crowded, near.not_compared) == (0, 0)


def test_a_templated_set_is_bounded_and_says_that_it_is_not_complete() -> None:
    base = " ".join(f"word{i}" for i in range(30))
    near = near_duplicates([f"{base} number {i}" for i in range(500)])
    assert near.crowded > 0
    assert near.not_compared > 0
    assert 0 < len(near.pairs) <= 20_000
    assert np.all(np.diff([similarity for _, _, similarity in near.pairs]) <= 0)
