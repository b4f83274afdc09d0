"""Rankings through the folder: what is written, what comes back as tables, and what is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import polars as pl
import pytest

from normscope.agree import tidy
from normscope.agree.section_rows import SECTIONS
from normscope.cli import main
from normscope.errors import MissingExtra
from normscope.study import Study

Make = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process; gives its exit code and what it wrote to stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def test_the_file_the_command_and_the_folder_say_the_same(tmp_path: Path, study_of: Make, run: Run) -> None:
    folder = study_of(tmp_path / "s")
    code, out, _ = run("agree", folder, "--json")
    written = (folder / "estimates.json").read_text(encoding="utf-8")
    printed = json.loads(out)
    assert code == 0
    assert printed == json.loads(written)
    assert set(SECTIONS) < set(printed)
    ranked = [(row["responder_id"], row["rank"]) for row in printed["rankings"] if row["metric"] == "stated"]
    assert ranked == [("m1", 1), ("m2", 2), ("m3", 3)]
    with Study.open(folder) as study:
        assert {name: study.results()[name] for name in SECTIONS} == {name: printed[name] for name in SECTIONS}
        study.agree()
    assert (folder / "estimates.json").read_text(encoding="utf-8") == written


def test_what_is_printed_for_people(tmp_path: Path, study_of: Make, run: Run) -> None:
    _, out, _ = run("agree", study_of(tmp_path / "s", dilemmas=60, models={"m1": 0.95, "m2": 0.2}))
    assert "Ranking by stated agreement with people [95%]" in out
    assert "Ahead of every other model: m1." in out
    assert "A study like this finds a true difference of 0." in out
    assert "Not ranked" not in out
    _, alike, _ = run("agree", study_of(tmp_path / "t", dilemmas=8, models={"a": 0.5, "b\x1b[2J": 0.5}))
    assert "No model can be told from the best one" in alike
    assert "\x1b[2J" not in alike
    _, alone, _ = run("agree", study_of(tmp_path / "u", dilemmas=8, models={"a": 0.5}))
    assert "Ranking" not in alone
    assert "Not ranked" not in alone
    _, single, _ = run("agree", study_of(tmp_path / "v", dilemmas=1, models={"a": 0.5, "b": 0.5}))
    assert "Not ranked: a, b (a rank needs data on at least 2 clusters of dilemmas; 1 has them)." in single
    assert "(no interval): data worth fewer than 5 clusters of dilemmas." in single
    _, few, _ = run("agree", study_of(tmp_path / "w", dilemmas=8, models={"a": 1.0, "b": 1.0}))
    assert "*: cautious" in few
    assert "(no interval)" not in few


def test_another_matcher_beside(tmp_path: Path, study_of: Make, run: Run) -> None:
    ours, theirs = study_of(tmp_path / "ours"), study_of(tmp_path / "theirs", seed=1)
    code, _, err = run("agree", ours, "--beside", theirs)
    assert code == 3
    assert "theirs holds no estimates" in err
    run("agree", theirs)
    _, out, _ = run("agree", ours, "--beside", theirs)
    run("agree", strange := study_of(tmp_path / "strange", models={"m1": 0.5, "x": 0.5}))
    code, _, err = run("agree", ours, "--beside", strange)
    assert code == 3
    assert "at least 2 models that both compare with people. There: m1, x; here: m1, m2, m3" in err
    assert "Kendall tau-b with stated" in out
    written = json.loads((ours / "estimates.json").read_text(encoding="utf-8"))
    tau = {(row["first"], row["second"]): row["tau"] for row in written["tau"]}
    assert tau["stated", "stated (theirs, by exact)"] == 1.0
    code, _, err = run("agree", ours, "--beside", tmp_path / "nowhere")
    assert code == 3
    assert "nowhere" in err


def test_two_folders_of_one_name_stay_apart(tmp_path: Path, study_of: Make, run: Run) -> None:
    ours = study_of(tmp_path / "ours")
    others = [study_of(tmp_path / where / "s", seed=seed) for where, seed in (("a", 1), ("b", 2))]
    for folder in others:
        run("agree", folder)
    run("agree", ours, "--beside", others[0], "--beside", others[1])
    written = json.loads((ours / "estimates.json").read_text(encoding="utf-8"))
    named = {row["second"] for row in written["tau"] if row["first"] == "stated"}
    assert {"stated (a/s, by exact)", "stated (b/s, by exact)"} <= named
    code, _, err = run("agree", ours, "--beside", others[0], "--beside", others[0])
    assert code == 3
    assert "given twice" in err


def test_tidy_frames(tmp_path: Path, study_of: Make) -> None:
    with Study.open(study_of(tmp_path / "s", dilemmas=10)) as study:
        before = study.frames()
        assert before["rankings"].height == before["estimates"].height == 0
        study.agree()
        frames = study.frames()
        assert set(frames.by_name) == {"estimates", *SECTIONS}
        assert frames["rankings"].schema["rank"] == pl.Int64
        assert frames["rankings"].schema["among_best"] == pl.Boolean
        assert frames["estimates"].height == len(study.estimates())
        missing = frames["estimates"].filter(pl.col("value").is_null())
        assert missing.height
        assert missing["not_measured"].null_count() == 0
        assert frames["estimates"].filter(pl.col("not_measured").is_null())["high"].null_count() == 0
        assert set(json.loads(frames["tree"]["members"][-1])) == {"h0", "h1", "m1", "m2", "m3"}
        written = json.loads((study.folder / "estimates.json").read_text(encoding="utf-8"))
    again = tidy(written)
    assert all(again[name].equals(frames[name]) for name in SECTIONS)


def test_pandas_frames_or_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"metric": "stated", "responder_id": "m", "other_id": "n", "above": 0.75}
    frames = tidy({"above": [row]})
    assert {name: frame.height for name, frame in frames.items()} == dict.fromkeys(frames, 0) | {"above": 1}
    with pytest.raises(KeyError, match="no table named 'ranking'; there are: estimates, rankings, above"):
        frames["ranking"]
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"pip install 'normscope\[pandas\]'"):
        frames.to_pandas()

    class Stand(ModuleType):
        """What is asked of pandas, written down."""

        @staticmethod
        def array(values: Sequence[Any], dtype: str) -> SimpleNamespace:
            return SimpleNamespace(values=list(values), dtype=dtype)

        DataFrame = dict

    monkeypatch.setitem(sys.modules, "pandas", Stand("pandas"))
    above = frames.to_pandas()["above"]
    assert (above["above"].values, above["above"].dtype) == ([0.75], "Float64")
    assert (above["not_measured"].values, above["not_measured"].dtype) == ([None], "string")


def test_with_pandas_itself() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = tidy({"above": [{"metric": "stated", "responder_id": "m", "other_id": "n", "above": 0.75}]}).to_pandas()["above"]
    assert isinstance(frame, pandas.DataFrame)
    assert frame["above"].iloc[0] == 0.75
    assert frame["not_measured"].isna().all()
