"""Labels out of and into a study: round trips through every tool's format, nothing half-imported, pairs from elsewhere."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from normscope.cli import main
from normscope.records import Gold, Label
from normscope.store import Store
from normscope.study import Study

Run = Callable[..., tuple[int, str, str]]
ORDER = [label.value for label in Label]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `normscope label` on the study; gives exit code, stdout and stderr."""

    def call(*options: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["label", str(folder), *map(str, options)])
        found = capsys.readouterr()
        return int(ended.value.code or 0), found.out, found.err

    return call


def golds(folder: Path) -> list[Gold]:
    with Store(folder) as store:
        return store.all(Gold)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_csv_out_labelled_and_in_again(folder: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "items.csv"
    code, out, err = run("--export", "csv", file, "--n", "20")
    assert (code, "questions" in out, "20 of" in err) == (0, True, True)
    rows = rows_of(file)
    assert {row["label"] for row in rows} == {""}
    assert "lexical" not in file.read_text(encoding="utf-8-sig")
    for i, row in enumerate(rows[:8]):
        row["label"] = ORDER[i % 4]
    write(file, rows)
    code, out, _ = run("--import", file, "--coder", "anna")
    assert (code, out.startswith("8 new labels, 0 already there, 0 replaced;")) == (0, True)
    kept = {gold.gold_id: gold for gold in golds(folder)}
    assert {i: kept[i].label.value for i in kept} == {row["item_id"]: row["label"] for row in rows[:8]}
    assert {gold.coder for gold in kept.values()} == {"anna"}
    assert all(gold.cluster and gold.cluster.startswith("c") for gold in kept.values())
    assert run("--import", file, "--coder", "anna")[1].startswith("0 new labels, 8 already there")
    left = tmp_path / "left.csv"
    run("--export", "csv", left, "--coder", "anna")
    assert {row["item_id"] for row in rows_of(left)} == {row["item_id"] for row in rows[8:]}


def answered(task: dict[str, Any], label: str, coder: int) -> dict[str, Any]:
    result = [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]
    return {**task, "annotations": [{"completed_by": coder, "result": result}]}


def test_label_studio_and_potato_there_and_back(folder: Path, tmp_path: Path, run: Run) -> None:
    assert run("--export", "labelstudio", tmp_path / "t.json", "--n", "10")[0] == 0
    assert (tmp_path / "t.xml").is_file()
    tasks = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    (tmp_path / "done.json").write_text(json.dumps([answered(task, ORDER[i % 4], 9) for i, task in enumerate(tasks)]))
    assert run("--import", tmp_path / "done.json")[0] == 0
    assert len(golds(folder)) == len(tasks)

    assert run("--export", "potato", tmp_path / "i.jsonl")[0] == 0
    assert (tmp_path / "i.yaml").is_file()
    items = [json.loads(line) for line in (tmp_path / "i.jsonl").read_text(encoding="utf-8").splitlines()]
    state = {item["id"]: [[{"schema": "label", "name": ORDER[i % 4]}, "true"]] for i, item in enumerate(items)}
    (tmp_path / "user_state.json").write_text(json.dumps({"user_id": "ben", "instance_id_to_label_to_value": state}))
    assert run("--import", tmp_path / "user_state.json")[0] == 0
    by_coder = {coder: {g.gold_id: g.label for g in golds(folder) if g.coder == coder} for coder in ("9", "ben")}
    assert by_coder["9"] == by_coder["ben"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"item_id": "q00000000000000000000"}, ["line 4", "'item_id'", "no question"]),
        ({"label": "yes"}, ["line 4", "'label'", "yes"]),
        ({"solution": "Quite another thing."}, ["line 4", "sorted"]),
        ({"coder": ""}, ["line 4", "'coder'", "--coder"]),
        ({"coder": "\x1b[2J"}, ["line 4", "'coder'"]),
    ],
    ids=["unknown item", "unknown label", "texts of another item", "no coder", "a coder that is none"],
)
def test_one_bad_row_and_nothing_is_imported(
    folder: Path, tmp_path: Path, run: Run, change: dict[str, str], words: list[str]
) -> None:
    file = tmp_path / "items.csv"
    run("--export", "csv", file, "--n", "5")
    rows = [
        {**row, "label": "agree", "coder": "anna", "dilemma": "", "text": "", "solution": "", "asked": ""}
        for row in rows_of(file)
    ]
    exported = rows_of(file)
    rows[2] = {**exported[2], "label": "agree", "coder": "anna", **change}
    if "item_id" in change:
        rows[2] |= {"dilemma": "", "text": "", "solution": "", "asked": ""}
    write(file, rows)
    code, _, message = run("--import", file)
    assert code == 3
    for word in ["items.csv", *words]:
        assert word in message
    assert golds(folder) == []


def test_duplicates_and_contradictions(folder: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "items.csv"
    run("--export", "csv", file, "--n", "5")
    rows = [{**row, "label": "agree", "coder": "anna"} for row in rows_of(file)]
    write(file, [*rows, rows[1]])
    code, _, message = run("--import", file)
    assert (code, "twice" in message, "line 3" in message) == (3, True, True)
    assert golds(folder) == []
    write(file, rows)
    assert run("--import", file)[0] == 0
    write(file, [{**rows[0], "label": "silent"}, {**rows[1], "coder": "ben", "label": "silent"}])
    code, _, message = run("--import", file)
    assert (code, "'agree' already" in message, "--replace" in message) == (3, True, True)
    assert {gold.label for gold in golds(folder)} == {Label.AGREE}
    code, out, _ = run("--import", file, "--replace")
    assert (code, out.startswith("1 new labels, 0 already there, 1 replaced")) == (0, True)
    code, _, message = run("--import", file, "--coder", "cleo")
    assert (code, "anna, ben" in message) == (3, True)


def test_pairs_from_elsewhere_are_a_gold_set_of_their_own(folder: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "elsewhere.csv"
    file.write_text(
        "dilemma,text,solution,asked,label,coder,language\n"
        "Min nabo larmer.,Tal med ham.,Gå over og tal med naboen.,,agree,anna,da\n"
        "Min nabo larmer.,Nej!,Ring til politiet.,shown,disagree,anna,da\n"
    )
    assert run("--import", file)[0] == 0
    found = sorted(golds(folder), key=lambda gold: gold.asked)
    assert [(g.asked, g.label.value, g.language) for g in found] == [("shown", "disagree", "da"), ("stated", "agree", "da")]
    assert found[0].cluster == found[1].cluster
    assert json.loads(run("--status", "--json")[1])["elsewhere"] == 2
    with Study.open(folder) as study:
        assert study.validate().overall.n == 2, "they are what the matcher is measured on"


def test_a_file_with_labels_is_never_written_over(tmp_path: Path, run: Run) -> None:
    (tmp_path / "t.xml").write_text("mine")
    code, _, message = run("--export", "labelstudio", tmp_path / "t.json")
    assert (code, "t.xml" in message) == (3, True)
    assert not (tmp_path / "t.json").exists()
    assert run("--export", "xlsx", tmp_path / "x")[0] == 3
    assert run("--export", "csv", tmp_path / "no" / "folder.csv")[0] == 3
