"""People who only coded what they would do: what can their codes say of the explicit side?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from normscope.records import Estimate, NotMeasured
from normscope.study import Study

DILEMMAS = 8


def people_among_themselves(folder: Path, *, rejected: bool) -> Estimate:
    """Two people with one verdict each, the same on six of eight dilemmas; `rejected`: they also say what they would not do."""
    folder.mkdir()
    dilemmas = [{"dilemma_id": f"d{i}", "text": f"Number {i} is loud. What should I do?"} for i in range(DILEMMAS)]
    answers = [
        {"dilemma_id": f"d{i}", "responder_id": who, "kind": "human", "text": None, "accepted": [said]}
        | ({"rejected": ["Yes" if said == "No" else "No"]} if rejected else {})
        for i in range(DILEMMAS)
        for who, said in (("ann", "Yes"), ("bob", "Yes" if i < 6 else "No"))
    ]
    for name, rows in (("dilemmas", dilemmas), ("people", answers)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    given: dict[str, Any] = {"dilemmas": str(folder / "dilemmas.jsonl"), "answers": str(folder / "people.jsonl")}
    with Study.create(folder, extractor="coded", matcher="exact", resamples=50, **given) as study:
        study.load()
        study.extract()
        study.match()
        found = [e for e in study.agree() if (e.metric, e.responder_id, e.topic) == ("explicit_ceiling", "", "all")]
    (one,) = found
    return one


def test_codes_that_reject_nothing_are_no_explicit_answers(tmp_path: Path) -> None:
    value = people_among_themselves(tmp_path / "one", rejected=False).value
    assert isinstance(value, NotMeasured)
    assert value.reason == "no solutions were shown"


def test_codes_of_both_sides_are(tmp_path: Path) -> None:
    # on d0 to d5 each takes the other's side on both texts, on d6 and d7 on neither: 6 / 8
    assert people_among_themselves(tmp_path / "two", rejected=True).value == pytest.approx(6 / 8)
