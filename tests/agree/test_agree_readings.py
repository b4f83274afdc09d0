"""The agreement table: each rule by example, and the whole against a naive reading of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.agree import build_table
from normscope.records import Dilemma, Kind, Responder
from normscope.table import AgreementTable

Conversation = tuple[str, str, int]
RESPONSES = {"dilemma_id": pl.String, "responder_id": pl.String, "draw": pl.Int64, "outcome": pl.String, "reason": pl.String}
SOLUTIONS = {
    "solution_id": pl.String,
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "text": pl.String,
    "stance": pl.String,
    "main": pl.Boolean,
    "extractor": pl.String,
}
MATCHES = {
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "basis": pl.String,
    "solution_id": pl.String,
    "label": pl.String,
    "score": pl.Float64,
}


@dataclass
class Said:
    """What was said in a small study, as rows of the three frames. Responders called h… are people."""

    outcomes: dict[Conversation, str] = field(default_factory=dict)
    solutions: dict[str, tuple[Conversation, str, bool, str]] = field(default_factory=dict)
    labels: dict[tuple[Conversation, str, str], str] = field(default_factory=dict)

    def ask(self, *conversations: Conversation, outcome: str = "answered") -> None:
        self.outcomes |= dict.fromkeys(conversations, outcome)

    def solution(
        self, at: Conversation, name: str, *, stance: str = "recommends", main: bool = False, extractor: str = "coded"
    ) -> None:
        self.solutions[name] = (at, stance, main, extractor)

    def label(self, at: Conversation, name: str, label: str, *, basis: str = "main") -> None:
        self.labels[at, basis, name] = label

    def table(self, *, shuffle: Random | None = None) -> AgreementTable:
        dilemmas = sorted({d for d, _, _ in self.outcomes})
        responders = sorted({r for _, r, _ in self.outcomes})
        frames: list[tuple[list[tuple[object, ...]], dict[str, type[pl.DataType]]]] = [
            ([(*c, outcome, None) for c, outcome in self.outcomes.items()], RESPONSES),
            ([(name, *c, "Tell her.", *rest) for name, (c, *rest) in self.solutions.items()], SOLUTIONS),
            ([(*c, basis, name, label, 1.0) for (c, basis, name), label in self.labels.items()], MATCHES),
        ]
        for rows, _ in frames:
            if shuffle is not None:
                shuffle.shuffle(rows)
        responses, solutions, matches = (pl.DataFrame(rows, schema=schema, orient="row") for rows, schema in frames)
        return build_table(
            dilemmas=[Dilemma(d, "What now?", topic="work") for d in dilemmas],
            responders=[Responder(r, Kind.HUMAN if r.startswith("h") else Kind.MODEL) for r in responders],
            responses=responses,
            solutions=solutions,
            matches=matches,
            matcher="exact",
        )


def stated(table: AgreementTable) -> dict[tuple[Conversation, Conversation], tuple[float | None, str]]:
    name = [r.responder_id for r in table.responders]
    return {
        ((table.dilemmas[d], name[r], k), (table.dilemmas[d], name[t], j)): (value, status)
        for d, r, k, t, j, value, status in table.stated.iter_rows()
    }


def explicit(table: AgreementTable) -> dict[tuple[Conversation, str], tuple[bool, str | None, float | None, str]]:
    name = [r.responder_id for r in table.responders]
    return {
        ((table.dilemmas[d], name[r], k), solution): (accepted, label, value, status)
        for d, r, k, _, solution, accepted, label, value, status in table.explicit.iter_rows()
    }


M, H = ("d", "m", 0), ("d", "h", 0)


def pair() -> Said:
    """A model with a main solution, and a person who recommends `tell` and advises against `leave`."""
    said = Said()
    said.ask(M, H)
    said.solution(M, "own", main=True, extractor="rules")
    said.solution(H, "tell", main=True)
    said.solution(H, "leave", stance="advises_against")
    return said


@pytest.mark.parametrize(
    ("tell", "leave", "expected"),
    [
        ("agree", "silent", (1.0, "counted")),
        ("agree", "disagree", (1.0, "counted")),
        ("agree", "agree", (0.0, "counted")),  # takes both sides: a conflict
        ("agree", "unclear", (1.0, "counted")),
        ("disagree", "silent", (0.0, "counted")),
        ("silent", "silent", (0.0, "counted")),  # another course
        ("unclear", "silent", (None, "unclear")),
        ("unclear", "agree", (0.0, "counted")),  # it agrees with what the target advises against: 0 either way
        ("agree", None, (None, "not_matched")),
        (None, "agree", (None, "not_matched")),
        (None, None, (None, "not_matched")),
    ],
)
def test_stated_reading_main(tell: str | None, leave: str | None, expected: tuple[float | None, str]) -> None:
    said = pair()
    for name, label in (("tell", tell), ("leave", leave)):
        if label is not None:
            said.label(M, name, label)
    assert stated(said.table())[M, H] == expected


@pytest.mark.parametrize("outcome", ["refused", "empty", "failed"])
def test_an_unanswered_conversation_keeps_its_outcome_on_both_sides(outcome: str) -> None:
    said = pair()
    said.ask(M, outcome=outcome)
    found = stated(said.table())
    assert found[M, H] == (None, outcome)
    assert found[H, M] == (None, f"target_{outcome}")


def test_no_solution_on_either_side() -> None:
    said = pair()
    del said.solutions["own"]
    found = stated(said.table())
    assert found[M, H] == (None, "no_solution")
    assert found[H, M] == (None, "target_no_solution")


def test_a_target_that_only_advises_against_has_no_solution() -> None:
    said = pair()
    del said.solutions["tell"]
    said.label(M, "leave", "disagree")
    assert stated(said.table())[M, H] == (None, "target_no_solution")


def test_coded_solutions_stand_for_the_target_and_read_ones_for_the_responder() -> None:
    said = pair()
    said.solution(H, "read", main=True, extractor="rules")
    said.label(M, "tell", "agree")
    said.label(M, "leave", "silent")
    said.label(M, "read", "disagree")  # not on the target's side: it has coded ones
    assert stated(said.table())[M, H] == (1.0, "counted")
    # what the extractor read of H has no main solution: H has none, although its coded one is main
    said.solution(H, "read", main=False, extractor="rules")
    assert stated(said.table())[H, M] == (None, "no_solution")


def test_draws_of_one_responder_are_compared_but_never_a_draw_with_itself() -> None:
    said = Said()
    first, second = ("d", "m", 1), ("d", "m", 2)
    said.ask(first, second)
    said.solution(first, "a", main=True)
    said.solution(second, "b", main=True)
    said.label(first, "b", "agree")
    said.label(second, "a", "disagree")
    assert stated(said.table()) == {(first, second): (1.0, "counted"), (second, first): (0.0, "counted")}


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("tell", "agree", 1.0),
        ("tell", "disagree", 0.0),
        ("leave", "disagree", 1.0),
        ("leave", "agree", 0.0),
        ("tell", "silent", 0.0),
        ("leave", "unclear", 0.0),
    ],
)
def test_explicit_takes_the_targets_side(name: str, label: str, value: float) -> None:
    said = pair()
    said.label(M, name, label, basis="explicit")
    assert explicit(said.table()) == {(M, name): (name == "tell", label, value, "counted")}


def test_explicit_counts_the_unanswered_of_kinds_that_were_shown_solutions() -> None:
    said = pair()
    other = ("d", "m2", 0)
    said.ask(other, outcome="failed")
    said.ask(("d", "h2", 0), outcome="empty")  # people were not shown anything in this study
    said.label(M, "tell", "agree", basis="explicit")
    found = explicit(said.table())
    assert found[other, "tell"] == (True, None, None, "failed")
    assert found[other, "own"] == (True, None, None, "failed")
    assert {at[1] for at, _ in found} == {"m", "m2"}


def test_what_is_outside_the_study_is_ignored_and_two_rows_for_one_thing_are_not() -> None:
    said = pair()
    table = said.table()
    frames = {
        "responses": pl.DataFrame(
            [("x", "m", 0, "answered")], schema=["dilemma_id", "responder_id", "draw", "outcome"], orient="row"
        ),
        "solutions": pl.DataFrame(schema=SOLUTIONS),
        "matches": pl.DataFrame(schema=MATCHES),
    }
    responders = list(table.responders)
    assert build_table(dilemmas=[], responders=responders, matcher="exact", **frames).stated.height == 0
    frames["responses"] = pl.concat([frames["responses"]] * 2)
    with pytest.raises(ValueError, match="responses hold two rows for the same dilemma_id, responder_id, draw"):
        build_table(dilemmas=[], responders=responders, matcher="exact", **frames)
    frames["responses"] = frames["responses"].drop("outcome")
    with pytest.raises(ValueError, match=r"responses lack the columns \['outcome'\]"):
        build_table(dilemmas=[], responders=responders, matcher="exact", **frames)


def random_study(random: Random) -> Said:
    said = Said()
    outcomes = ["answered"] * 6 + ["refused", "empty", "failed"]
    for dilemma in ("d1", "d2"):
        for responder in ("h1", "h2", "m1", "m2"):
            for draw in range(random.randint(0, 2)):
                at = (dilemma, responder, draw)
                said.ask(at, outcome=random.choice(outcomes))
                for i in range(random.randint(0, 3)):
                    said.solution(
                        at,
                        f"{dilemma}{responder}{draw}{i}",
                        stance=random.choice(["recommends", "recommends", "advises_against"]),
                        main=random.random() < 0.6,
                        extractor=random.choice(["coded", "rules"]),
                    )
    missing = random.choice([0.0, 0.3])
    for at in said.outcomes:
        for name, (whose, *_) in said.solutions.items():
            for basis in ("main", "explicit", "stated"):
                if whose[0] == at[0] and whose != at and random.random() >= missing:
                    said.label(at, name, random.choice(["agree", "agree", "disagree", "silent", "unclear"]), basis=basis)
    return said


def target_side(said: Said, at: Conversation) -> dict[str, bool]:
    mine = {name: (stance, extractor) for name, (whose, stance, _, extractor) in said.solutions.items() if whose == at}
    coded = any(extractor == "coded" for _, extractor in mine.values())
    return {n: stance == "recommends" for n, (stance, extractor) in mine.items() if (extractor == "coded") == coded}


def has_main(said: Said, at: Conversation) -> bool:
    mine = [(main, extractor) for whose, _, main, extractor in said.solutions.values() if whose == at]
    read = any(extractor != "coded" for _, extractor in mine)
    own = any(main for main, extractor in mine if (extractor != "coded") == read)
    return own or any(whose == at and basis == "main" for whose, basis, _ in said.labels)


def naive_stated(said: Said, at: Conversation, target: Conversation) -> tuple[float | None, str]:
    solutions = target_side(said, target)
    labels = {name: said.labels.get((at, "main", name)) for name in solutions}
    towards = [labels[name] for name, recommended in solutions.items() if recommended]
    against = [labels[name] for name, recommended in solutions.items() if not recommended]
    reasons: Sequence[tuple[bool, str]] = (
        (said.outcomes[at] != "answered", said.outcomes[at]),
        (not has_main(said, at), "no_solution"),
        (said.outcomes[target] != "answered", "target_" + said.outcomes[target]),
        (not towards, "target_no_solution"),
        (None in labels.values(), "not_matched"),
        ("agree" not in labels.values() and "unclear" in towards, "unclear"),
    )
    for holds, reason in reasons:
        if holds:
            return None, reason
    return float("agree" in towards and "agree" not in against), "counted"


def naive_explicit(said: Said) -> dict[tuple[Conversation, str], tuple[bool, str | None, float | None, str]]:
    shown = {at for at, basis, _ in said.labels if basis == "explicit"}
    kinds = {at[1][0] for at in shown}
    rows: dict[tuple[Conversation, str], tuple[bool, str | None, float | None, str]] = {}
    for at, outcome in said.outcomes.items():
        for target in said.outcomes:
            if target[0] != at[0] or target[1] == at[1]:
                continue
            for name, recommended in target_side(said, target).items():
                label = said.labels.get((at, "explicit", name))
                if label is not None:
                    value = float(label == ("agree" if recommended else "disagree"))
                    rows[at, name] = (recommended, label, value, "counted")
                elif outcome != "answered" and at[1][0] in kinds:
                    rows[at, name] = (recommended, None, None, outcome)
    return rows


@given(st.randoms(use_true_random=True))
@settings(max_examples=40, deadline=None)
def test_second_implementation_and_row_order(random: Random) -> None:
    said = random_study(random)
    table = said.table()
    assert stated(table) == {
        (at, target): naive_stated(said, at, target)
        for at in said.outcomes
        for target in said.outcomes
        if at != target and at[0] == target[0]
    }
    assert explicit(table) == naive_explicit(said)
    shuffled = said.table(shuffle=random)
    assert shuffled.stated.equals(table.stated)
    assert shuffled.explicit.equals(table.explicit)
