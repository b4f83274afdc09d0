"""A small study as records, and what docs/definitions.md makes of it, written out with loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import mean
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from normscope.agree import build_table
from normscope.records import Dilemma, Estimate, Kind, Policy, Reading, Responder
from normscope.table import AgreementTable

__all__ = ["MODELS", "PEOPLE_OF", "Talk", "World", "find"]

Talk: TypeAlias = tuple[str, str, int]
"""dilemma, responder, draw"""
Reference: TypeAlias = tuple[set[str], set[str]]
PEOPLE_OF, MODELS = ("h1", "h2", "h3"), ("m1", "m2")
TALK = {"dilemma_id": pl.String, "responder_id": pl.String, "draw": pl.Int64}
SOLUTION = {"stance": pl.String, "main": pl.Boolean, "extractor": pl.String, "hedged": pl.Boolean}
MATCH = {"basis": pl.String, "solution_id": pl.String, "label": pl.String}


@dataclass
class World:
    """A study's records, and what docs/definitions.md makes of them, written out with loops. Responders called h… are people."""

    outcomes: dict[Talk, str] = field(default_factory=dict)
    solutions: dict[str, tuple[Talk, bool, bool, str, bool]] = field(default_factory=dict)
    labels: dict[tuple[Talk, str, str], str] = field(default_factory=dict)
    known: dict[tuple[object, ...], Any] = field(default_factory=dict)
    """What was worked out before; what a world was asked about does not change afterwards."""

    def table(self, shuffle: Random | None = None) -> AgreementTable:
        rows: list[list[tuple[object, ...]]] = [
            [(*talk, outcome) for talk, outcome in self.outcomes.items()],
            [
                (name, *talk, "recommends" if good else "advises_against", main, by, hedged)
                for name, (talk, good, main, by, hedged) in self.solutions.items()
            ],
            [(*talk, basis, name, label) for (talk, basis, name), label in self.labels.items()],
        ]
        schemas = ({**TALK, "outcome": pl.String}, {"solution_id": pl.String, **TALK, **SOLUTION}, {**TALK, **MATCH})
        for part in rows if shuffle else ():
            shuffle.shuffle(part)  # type: ignore[union-attr]
        responses, solutions, matches = (
            pl.DataFrame(part, schema=schema, orient="row") for part, schema in zip(rows, schemas, strict=True)
        )
        return build_table(
            dilemmas=[Dilemma(d, "?", topic="work") for d in sorted({d for d, _, _ in self.outcomes})],
            responders=[
                Responder(r, Kind.HUMAN if r.startswith("h") else Kind.MODEL) for r in sorted({r for _, r, _ in self.outcomes})
            ],
            responses=responses,
            solutions=solutions,
            matches=matches,
            matcher="exact",
        )

    def once(self, key: tuple[object, ...], work: Callable[[], Any]) -> Any:
        if key not in self.known:
            self.known[key] = work()
        return self.known[key]

    def side(self, talk: Talk) -> dict[str, bool]:
        """The solutions that stand for a conversation: does it recommend them?"""
        side: dict[str, bool] = self.once(("side", talk), lambda: self.side_of(talk))
        return side

    def side_of(self, talk: Talk) -> dict[str, bool]:
        own = {name: s for name, s in self.solutions.items() if s[0] == talk}
        coded = any(s[3] == "coded" for s in own.values())
        return {name: s[1] for name, s in own.items() if (s[3] == "coded") == coded}

    def has_main(self, talk: Talk) -> bool:
        found: bool = self.once(("has_main", talk), lambda: self.main_of(talk))
        return found

    def main_of(self, talk: Talk) -> bool:
        own = [s for s in self.solutions.values() if s[0] == talk]
        read = any(s[3] != "coded" for s in own)
        mains = any(s[2] for s in own if (s[3] != "coded") == read)
        return mains or any(at == talk and basis == "main" for at, basis, _ in self.labels)

    def value(self, talk: Talk, reference: Reference, reading: Reading) -> float | str:  # noqa: PLR0911 - one per case
        plus, minus = reference
        main = {s: self.labels.get((talk, "main", s)) for s in plus | minus}
        said = {s: self.labels.get((talk, "stated", s), main[s]) for s in main}
        if None in main.values():
            return "not_matched"
        accepted, rejected = [said[s] for s in plus], [said[s] for s in minus]
        right, wrong = accepted.count("agree") + rejected.count("disagree"), accepted.count("disagree") + rejected.count("agree")
        clear, clear_rejected = [x for x in accepted if x != "unclear"], [x for x in rejected if x != "unclear"]
        match reading:
            case Reading.MAIN:
                agrees, conflicts = (any(main[s] == "agree" for s in of) for of in (plus, minus))
                if not agrees and not conflicts and any(main[s] == "unclear" for s in plus):
                    return "unclear"
                return float(agrees and not conflicts)
            case Reading.ANY:
                return "unclear" if "agree" not in accepted and "unclear" in accepted else float("agree" in accepted)
            case Reading.CONDITIONAL:
                if right + wrong:
                    return right / (right + wrong)
                return "unclear" if "unclear" in said.values() else "no_side"
            case Reading.STRICT:
                return right / len(said)
            case Reading.COVERAGE:
                return clear.count("agree") / len(clear) if clear else "unclear"
            case Reading.VIOLATION:
                if not rejected:
                    return "nothing_rejected"
                return clear_rejected.count("agree") / len(clear_rejected) if clear_rejected else "unclear"

    def speaks(self, talk: Talk) -> str | None:
        """Why a conversation has no value whatever the reference; None where it may have one."""
        if self.outcomes[talk] != "answered":
            return self.outcomes[talk]
        return None if self.has_main(talk) else "no_solution"

    def panel(self, d: str) -> list[str]:
        answered = [t for t, outcome in self.outcomes.items() if t[0] == d and t[1][0] == "h" and outcome == "answered"]
        return sorted({t[1] for t in answered if any(self.side(t).values())})

    def vote(self, person: str, name: str) -> tuple[int, bool]:
        """1 supports, -1 opposes, 0 neither; and whether a label is missing."""
        owner, recommended, *_ = self.solutions[name]
        total, missing = 0, False
        for talk, outcome in self.outcomes.items():
            if (talk[0], talk[1], outcome) != (owner[0], person, "answered"):
                continue
            shown, main = self.labels.get((talk, "explicit", name)), self.labels.get((talk, "main", name))
            if talk == owner:
                total += 1 if recommended else -1
            else:
                label = shown if shown in ("agree", "disagree") else main
                total += {"agree": 1, "disagree": -1}.get(str(label), 0)
                missing |= shown is None and main is None and self.has_main(talk)
        return int(np.sign(total)), missing

    def reference(self, d: str, panel: Sequence[str], policy: Policy) -> Reference | str:
        n = len(panel)
        k = {Policy.UNION: 1, Policy.MAJORITY: max(2, n // 2 + 1), Policy.UNANIMOUS: max(2, n)}[policy]
        plus, minus, hidden = set(), set(), False
        pool = {s: good for t, out in self.outcomes.items() if t[0] == d and t[1] in panel and out == "answered"
                for s, good in self.side(t).items()}  # fmt: skip
        for name, recommended in pool.items():
            votes = [self.vote(person, name) for person in panel]
            support, oppose = (sum(v == side for v, _ in votes) for side in (1, -1))
            if recommended and support >= k:
                plus.add(name)
            elif recommended:
                hidden |= support + sum(m for _, m in votes) >= k
            elif oppose >= k and support < k:
                minus.add(name)
        if n == 1 and policy is not Policy.UNION:
            return "one_panelist"
        return (plus, minus) if plus else "panel_not_matched" if hidden else "no_reference"

    def met(self, talk: Talk, policy: Policy, reading: Reading, left_out: str = "") -> float | str | None:
        """A conversation's value with the panel without one person, or why it has none; None where nobody else is there."""
        d, r, _ = talk
        if not [t for t in self.outcomes if t[0] == d and t[1][0] == "h" and t[1] != r]:
            return None
        if reason := self.speaks(talk):
            return reason
        key = (d, tuple(p for p in self.panel(d) if p not in (left_out, r)), policy)
        reference: Reference | str = self.once(("reference", *key), lambda: self.reference(*key))
        return reference if isinstance(reference, str) else self.value(talk, reference, reading)

    def against(self, talk: Talk, other: Talk, reading: Reading) -> float | str:
        if reason := self.speaks(talk):
            return reason
        if self.outcomes[other] != "answered":
            return "target_" + self.outcomes[other]
        side = self.side(other)
        plus = {s for s, good in side.items() if good}
        return self.value(talk, (plus, set(side) - plus), reading) if plus else "target_no_solution"

    def rates(self, who: Iterable[str], policy: Policy, reading: Reading, *, lent: bool = False) -> dict[str, float]:
        """Per dilemma: the mean over responders of the mean over draws. `lent`: over the references without each person."""
        found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))  # type: ignore[var-annotated]
        for talk in self.outcomes:
            d, r, _ = talk
            if r in who:
                for p in self.panel(d) if lent else [""]:
                    value = self.met(talk, policy, reading, p)
                    if isinstance(value, float):
                        found[d][r][p].append(value)
        return {d: mean(mean(map(mean, by_p.values())) for by_p in by_r.values()) for d, by_r in found.items()}

    def each(self, who: Iterable[str], whom: Iterable[str], reading: Reading) -> dict[str, float]:
        found = defaultdict(lambda: defaultdict(list))  # type: ignore[var-annotated]
        for a in self.outcomes:
            for b in self.outcomes:
                if a[0] == b[0] and a[1] in who and b[1] in whom and a[1] != b[1]:
                    value = self.against(a, b, reading)
                    if isinstance(value, float):
                        found[a[0]][a[1], b[1]].append(value)
        return {d: mean(map(mean, pairs.values())) for d, pairs in found.items()}


def find(
    found: Iterable[Estimate], metric: str, reading: str, policy: str, responder: str = "", target: str = "", pairing: str = ""
) -> Estimate:
    named = (metric, reading, policy, responder, target, "all")
    wanted = [
        e
        for e in found
        if (e.metric, e.reading, e.policy, e.responder_id, e.target_id, e.topic) == named and pairing in e.pairing
    ]
    assert len(wanted) == 1, f"{len(wanted)} estimates of {named}"
    return wanted[0]
