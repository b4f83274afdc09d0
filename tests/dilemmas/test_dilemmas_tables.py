"""The wide and the panel format, on small tables invented for these tests."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from normscope.dilemmas import load
from normscope.dilemmas.negation import is_negated
from normscope.errors import DataError
from normscope.records import Kind, Outcome, Stance

WIDE = [
    ["submission_id", "title", "selftext", "score", "gpt_4_label_1", "gpt_4_reason_1", "gpt_4_label_2", "gpt_4_reason_2",
     "big_one_label_1", "crowd_label"],
    ["a1", "Was I rude?", "I left early.", "12", "NTA", "You had to go.", "None", "Hard to say.", "YTA", "NTA"],
    ["a2", "", "I ate his cake.", "3", "", "", "YTA", "It was his.", "nan", "YTA"],
]  # fmt: skip


def test_wide(tmp_path: Path) -> None:
    file = tmp_path / "w.csv"
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows(WIDE)
    loaded = load(file)
    assert [(d.dilemma_id, d.text) for d in loaded.dilemmas] == [
        ("a1", "Was I rude?\n\nI left early."),
        ("a2", "I ate his cake."),
    ]
    assert loaded.dilemmas[0].extra == {"score": "12", "crowd_label": "NTA"}
    assert [(r.responder_id, r.kind) for r in loaded.responders] == [("gpt_4", Kind.MODEL), ("big_one", Kind.MODEL)]
    assert [(r.dilemma_id, r.responder_id, r.draw, r.outcome.value, r.text) for r in loaded.responses] == [
        ("a1", "gpt_4", 0, "answered", "You had to go."),
        ("a1", "gpt_4", 1, "answered", "Hard to say."),
        ("a1", "big_one", 0, "answered", ""),
        ("a2", "gpt_4", 0, "empty", ""),
        ("a2", "gpt_4", 1, "answered", "It was his."),
        ("a2", "big_one", 0, "empty", ""),
    ]
    assert [(turn.role, turn.text) for turn in loaded.responses[4].turns] == [
        ("user", "I ate his cake."),
        ("assistant", "It was his."),
    ]
    assert [(s.dilemma_id, s.responder_id, s.draw, s.text, s.main) for s in loaded.solutions] == [
        ("a1", "gpt_4", 0, "NTA", True),
        ("a1", "big_one", 0, "YTA", True),
        ("a2", "gpt_4", 1, "YTA", True),
    ]
    assert loaded.notes == (
        "w.csv: 1 of 6 answers have a reason and no label.",
        "w.csv: 1 of 6 answers have a label and no reason.",
        "w.csv: 2 of 6 answers are empty.",
        "w.csv: columns not used as answers are kept with each dilemma as text: crowd_label, score.",
    )


def test_wide_by_name_says_which_column_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "w.csv"
    for header, needs in (("text,g_label_1", "submission_id"), ("id,g_label_1", "selftext"), ("id,text", "gpt_label_1")):
        file.write_text(header + "\nx,y\n")
        with pytest.raises(DataError, match=needs):
            load(file, format="wide")


PANEL: list[dict[str, Any]] = [
    {
        "episode_filename": "e1.mp3",
        "intro_dillema_segment_id_estimation": 0,
        "first_person_dilemma": "Skal jeg sige det til hende?",
        "third_person_dilemma": "Skal han sige det?",
        "original_dilemma": "Kære panel, skal jeg sige det?",
        "acceptable_solutions": ["Sig det i dag.", "Skriv et brev.", "Sig det i dag.", " "],
        "not_acceptable_solutions": ["Vent til jul.", "Lad være med at sige noget.", "Sig ikke noget."],
    },
    {
        "episode_filename": "e1.mp3",
        "intro_dillema_segment_id_estimation": 0,
        "first_person_dilemma": None,
        "third_person_dilemma": None,
        "original_dilemma": "Må man gå først?",
        "acceptable_solutions": [],
        "not_acceptable_solutions": [],
    },
    {
        "episode_filename": "e2.mp3",
        "intro_dillema_segment_id_estimation": None,
        "first_person_dilemma": "Skal jeg betale?",
        "third_person_dilemma": None,
        "original_dilemma": None,
        "acceptable_solutions": [],
        "not_acceptable_solutions": ["Undlad at betale."],
    },
]


def panel_files(folder: Path) -> list[Path]:
    """The same table as JSONL, as CSV with JSON lists, as CSV with Python lists (and the segment as 0.0), as Parquet."""
    files = [folder / name for name in ("p.jsonl", "p-json.csv", "p-python.csv", "p.parquet")]
    files[0].write_text("".join(json.dumps(row) + "\n" for row in PANEL))
    for file, spell in ((files[1], json.dumps), (files[2], repr)):
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, PANEL[0].keys())
            writer.writeheader()
            writer.writerows({k: spell(v) if isinstance(v, list) else v for k, v in row.items()} for row in PANEL)
    files[2].write_text(files[2].read_text(encoding="utf-8").replace("e1.mp3,0,", "e1.mp3,0.0,"), encoding="utf-8")
    pl.DataFrame(PANEL).write_parquet(files[3])
    return files


@pytest.mark.parametrize("which", range(4))
def test_panel(which: int, tmp_path: Path) -> None:
    loaded = load(panel_files(tmp_path)[which])
    assert [(d.dilemma_id, d.text, d.language, d.cluster) for d in loaded.dilemmas] == [
        ("e1.mp3#0", "Skal jeg sige det til hende?", "da", "e1.mp3"),
        ("e1.mp3#0-2", "Må man gå først?", "da", "e1.mp3"),
        ("e2.mp3#unknown", "Skal jeg betale?", "da", "e2.mp3"),
    ]
    assert loaded.dilemmas[0].extra == {
        "third_person_dilemma": "Skal han sige det?",
        "original_dilemma": "Kære panel, skal jeg sige det?",
        "ambiguous_rejected": '["Lad være med at sige noget.", "Sig ikke noget."]',
    }
    (panel,) = loaded.responders
    assert (panel.responder_id, panel.kind) == ("panel", Kind.HUMAN)
    assert "heard each other" in str(panel.note)
    assert [(s.text, s.stance, s.main) for s in loaded.solutions] == [
        ("Sig det i dag.", Stance.RECOMMENDS, True),
        ("Skriv et brev.", Stance.RECOMMENDS, False),
        ("Vent til jul.", Stance.ADVISES_AGAINST, False),
    ]
    assert [(r.outcome, r.reason) for r in loaded.responses] == [
        (Outcome.ANSWERED, None),
        (Outcome.EMPTY, "the panel gave no solution"),
        (Outcome.EMPTY, "the panel gave only ambiguous solutions"),
    ]
    said = "\n".join(loaded.notes)
    for part in (
        "1 of 3 dilemmas have no first_person_dilemma; their original_dilemma is used",
        "1 of 3 dilemmas have no intro_dillema_segment_id_estimation",
        "1 of 3 dilemmas have the episode and segment of an earlier one",
        "for 2 of 3 dilemmas the panel gave no usable solution",
        "3 rejected entries in 2 dilemmas say not to do something",
        "1 solutions stand twice in one list",
        "panelists heard each other",
    ):
        assert part in said


@pytest.mark.parametrize(
    "course",
    [
        "Lad være med at ringe.",
        "Lade være med at gå",
        "Ikke at sige noget",
        "Undlad at svare",
        "Ring ikke til ham",
        "Aldrig låne ud",
        "Don't call.",
        "Do not call.",
        "Don’t tell her.",
        "Never lend money",
        "You should not go",
        "Avoid the topic",
        "- not to go",
        "Man skal ikke blande sig",
        "Du må ikke gå",
        "Låt bli att ringa",
        "Ruf nicht an",
    ],
)
def test_negations_are_seen(course: str) -> None:
    assert is_negated(course)


@pytest.mark.parametrize(
    "course",
    ["Lad hækken stå.", "Ring til ham i dag.", "Tell her you will not come.", "Notify the landlord.", "Sig, at du ikke kommer.",
     "Hvis ikke han svarer, så gå.", "Do it now.", "Undo the change.", "Ask why she never calls.", ""],
)  # fmt: skip
def test_things_to_do_are_no_negations(course: str) -> None:
    assert not is_negated(course)
