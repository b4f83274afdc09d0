"""The long format: what each column becomes, the same from every kind of file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.dilemmas import Loaded, load
from normscope.dilemmas.long import read
from normscope.records import Dilemma, Kind, Outcome, Responder, Stance, Turn

DILEMMAS: list[dict[str, Any]] = [
    {"dilemma_id": "d1", "text": "Hvad skal jeg gøre?\nHun er vred.", "language": "DA", "topic": "family", "mood": "sad"},
    {"dilemma_id": "2", "text": 'He said "no", twice; what now?', "language": None, "topic": None, "mood": None},
]
ANSWERS: list[dict[str, Any]] = [
    {"dilemma_id": "d1", "responder_id": "ann", "kind": "human", "text": "Ring, i dag.", "accepted": ["Ring.", "Skriv."],
     "rejected": ["Vent."], "main": "Skriv."},
    {"dilemma_id": "d1", "responder_id": "bot", "kind": "llm", "text": None, "accepted": None, "rejected": None, "main": None},
]  # fmt: skip


def write(file: Path, rows: list[dict[str, Any]]) -> Path:
    if file.suffix == ".parquet":
        pl.DataFrame(rows).write_parquet(file)
    elif file.suffix == ".jsonl":
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif file.suffix == ".json":
        file.write_text(json.dumps(rows, indent=2))
    else:
        flat = [{k: json.dumps(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows]
        pl.DataFrame(flat).write_csv(file, separator="\t" if file.suffix == ".tsv" else ",")
    return file


KINDS = pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".tsv", ".parquet"])


@KINDS
def test_dilemmas_are_the_same_from_every_kind_of_file(suffix: str, tmp_path: Path) -> None:
    loaded = load(write(tmp_path / f"d{suffix}", DILEMMAS))
    assert loaded == Loaded(
        dilemmas=(
            Dilemma("d1", "Hvad skal jeg gøre?\nHun er vred.", language="da", topic="family", extra={"mood": "sad"}),
            Dilemma("2", 'He said "no", twice; what now?'),
        ),
        notes=(
            f"d{suffix}: 1 of 2 dilemmas have no topic.",
            f"d{suffix}: further columns are kept with each dilemma as text: mood.",
        ),
    )


@KINDS
def test_answers_are_the_same_from_every_kind_of_file(suffix: str, tmp_path: Path) -> None:
    loaded = load(write(tmp_path / f"a{suffix}", ANSWERS))
    assert loaded.responders == (Responder("ann", Kind.HUMAN), Responder("bot", Kind.MODEL))
    said, silent = loaded.responses
    assert (said.protocol, said.outcome, said.turns) == ("recorded", Outcome.ANSWERED, (Turn("assistant", "Ring, i dag."),))
    assert (silent.outcome, silent.turns, silent.reason) == (Outcome.EMPTY, (), "no text in the file")
    assert [(s.text, s.stance, s.main, s.extractor) for s in loaded.solutions] == [
        ("Ring.", Stance.RECOMMENDS, False, "coded"),
        ("Skriv.", Stance.RECOMMENDS, True, "coded"),
        ("Vent.", Stance.ADVISES_AGAINST, False, "coded"),
    ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("dilemma_id,text\nd1,What now?\n", "utf-8-sig"),
        ("dilemma_id,text\r\nd1,What now?\r\n", "utf-8"),
        ("dilemma_id;text\r\nd1;What now?\r\n", "utf-8-sig"),
        ("\n dilemma_id , text \n\nd1,What now?", "utf-8"),
    ],
    ids=["mark", "CRLF", "semicolons", "spaces and blank lines"],
)
def test_harmless_ways_of_writing_csv(content: str, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes(content.encode(encoding))
    assert load(file).dilemmas == (Dilemma("d1", "What now?"),)


def test_harmless_ways_of_writing_json(tmp_path: Path) -> None:
    file = tmp_path / "d.json"
    line = '{"dilemma_id": 7, "text": "What\u2028now?"}'
    for content in (f"\ufeff{line}\r\n\r\n", f" {line}", f"[{line}]", f"\n[\n {line}\n]\n"):
        file.write_text(content, encoding="utf-8")
        assert load(file).dilemmas == (Dilemma("7", "What\u2028now?"),)


def answers(file: Path, *rows: dict[str, Any]) -> Loaded:
    defaults = {"dilemma_id": "d1", "responder_id": "ann", "kind": "human", "text": "Ask."}
    return load(write(file, [{**defaults, **row} for row in rows]))


@pytest.mark.parametrize(
    ("column", "numbers", "draws"),
    [("run", [1, 2, 3], [0, 1, 2]), ("run", [0, 1], [0, 1]), ("run", ["2", "3"], [1, 2]), ("draw", [1, 2.0], [1, 2])],
)
def test_runs_become_draws_from_0(column: str, numbers: list[Any], draws: list[int], tmp_path: Path) -> None:
    loaded = answers(tmp_path / "a.jsonl", *({column: number, "verdict": "Yes"} for number in numbers))
    assert [response.draw for response in loaded.responses] == draws
    assert [solution.draw for solution in loaded.solutions] == draws


def test_a_verdict_is_the_main_solution_and_null_is_none(tmp_path: Path) -> None:
    loaded = answers(tmp_path / "a.jsonl", {"verdict": " No ", "draw": 0}, {"verdict": None, "draw": 1})
    assert [(s.text, s.main, s.stance, s.draw) for s in loaded.solutions] == [("No", True, Stance.RECOMMENDS, 0)]
    assert "a.jsonl: 1 of 2 answers have no coded solution, while the others do." in loaded.notes


def test_solutions_without_words_do_not_become_words(tmp_path: Path) -> None:
    loaded = answers(tmp_path / "a.jsonl", {"text": None, "rejected": ["Wait."]})
    assert loaded.responses[0].outcome is Outcome.ANSWERED
    assert loaded.responses[0].text == ""
    assert loaded.notes == ("a.jsonl: 1 of 1 answers have coded solutions and no text.",)


def test_named_outcomes_keep_their_reason(tmp_path: Path) -> None:
    loaded = answers(
        tmp_path / "a.jsonl",
        {"draw": 0, "outcome": "refused", "text": "I cannot help with that."},
        {"draw": 1, "outcome": "failed", "reason": "timeout", "text": ""},
        {"draw": 2, "outcome": "empty", "text": None},
        {"draw": 3, "outcome": "Answered", "reason": "nothing to explain"},
        {"draw": 4, "text": None, "reason": "skipped the page"},
    )
    assert [(r.outcome.value, r.reason) for r in loaded.responses] == [
        ("refused", "marked as refused in the file"),
        ("failed", "timeout"),
        ("empty", "no text in the file"),
        ("answered", None),
        ("empty", "skipped the page"),
    ]
    assert loaded.responses[0].text == "I cannot help with that."
    assert [note for note in loaded.notes if "refused" in note] == ["a.jsonl: 1 of 5 answers are refused."]


def test_what_is_not_used_or_guessed_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("dilemma_id,responder_id,text,draw,run,source\nd1,ann,Ask.,0,1,web\n")
    assert load(file).notes == (
        "a.csv: 1 of 1 answers do not say what kind their responder is (column 'kind'): taken for people (human).",
        "a.csv: columns that are not used: run, source.",
    )
    file = tmp_path / "d.csv"
    file.write_text("dilemma_id,text,lanugage\nd1,Ask?,en\n")
    assert load(file).notes[1].endswith("lanugage. Column 'lanugage': did you mean 'language'?")


def test_dates_and_numbers_keep_their_meaning(tmp_path: Path) -> None:
    file = tmp_path / "d.parquet"
    frame = pl.DataFrame({"dilemma_id": [1, 2], "text": ["a?", "b?"], "asked_on": ["2024-05-31", None], "n": [0.5, None]})
    frame.with_columns(pl.col("asked_on").str.to_date(), tags=pl.lit(["x", "y"])).write_parquet(file)
    one, two = load(file).dilemmas
    assert (one.dilemma_id, one.asked_on, one.extra) == ("1", "2024-05-31", {"n": "0.5", "tags": '["x", "y"]'})
    assert (two.asked_on, two.extra) == (None, {"tags": '["x", "y"]'})


def test_more_parquet_rows_than_one_batch_in_order(tmp_path: Path) -> None:
    file = tmp_path / "d.parquet"
    ids = [f"d{i}" for i in range(45_000)]
    pl.DataFrame({"dilemma_id": ids, "text": ["What now?"] * len(ids)}).write_parquet(file)
    loaded = read(file, role="dilemmas")
    assert [dilemma.dilemma_id for dilemma in loaded.dilemmas] == ids
    assert loaded.where_dilemma(44_999) == (file, 45_000)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1).filter(str.strip)
COURSES = st.lists(st.sampled_from(["Ask her.", "Wait, then ask.", 'Say "no".', "Gå hjem.", "Don't."]), unique=True, max_size=3)


@settings(deadline=None, max_examples=50)
@given(
    texts=st.lists(TEXT, min_size=1, max_size=4),
    accepted=COURSES,
    rejected=COURSES,
    suffix=st.sampled_from([".jsonl", ".csv", ".parquet"]),
)
def test_what_is_written_is_what_is_read(
    texts: list[str], accepted: list[str], rejected: list[str], suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [
        {
            "dilemma_id": "d",
            "responder_id": "r",
            "kind": "model",
            "draw": i,
            "text": text,
            "accepted": accepted,
            "rejected": rejected,
        }
        for i, text in enumerate(texts)
    ]
    loaded = load(write(tmp_path_factory.mktemp("long") / f"a{suffix}", rows))
    assert [response.text for response in loaded.responses] == texts
    for draw in range(len(texts)):
        mine = [s for s in loaded.solutions if s.draw == draw]
        assert [s.text for s in mine if s.stance is Stance.RECOMMENDS] == accepted
        assert [s.text for s in mine if s.stance is Stance.ADVISES_AGAINST] == rejected
        assert [s.text for s in mine if s.main] == accepted[:1]
    assert len({s.solution_id for s in loaded.solutions}) == len(loaded.solutions)
