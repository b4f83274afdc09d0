"""What a stranger wrote does nothing to a terminal, to a CI machine or to other files, wherever a command prints or writes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from normscope.audit import load_policy
from normscope.bundle import write_archive
from normscope.cli import main
from normscope.cli.output import print_json, print_table
from normscope.cli.visible import visible, visible_line
from normscope.errors import DataError, StoreError
from normscope.store.parts import drop_parts
from normscope.study.files import write_bytes

EVIL = "\x1b[2J\x9b2J\u202e\x07"


def test_an_error_steers_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(tmp_path / f"no{EVIL}.zip")])
    said = capsys.readouterr().err
    assert ended.value.code == 3
    assert "<U+001B>[2J<U+009B>2J<U+202E><U+0007>" in said
    assert not set(said) & set(EVIL) - set("[2J")


def test_json_on_a_terminal_is_only_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    values = {"text": f"a{EVIL}\ud800\ufeff b ##[add-mask]x", EVIL: 1}
    print_json(values)
    out = capsys.readouterr().out
    assert json.loads(out) == values
    assert all(c.isprintable() or c == "\n" for c in out)
    assert "##[" not in out


@pytest.mark.parametrize("text", ["::add-mask::a", ":::stop-commands::x", "a ##[set-output name=x;]y", "###[error]x"])
def test_printed_text_is_no_command_of_github_actions(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The runner reads a line that begins with `::` behind spaces, as in a cell of a table, and `##[` in any place."""
    assert visible(text) == text
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    print_table([{"n": "1", "what": f"{'word ' * 40} {text}"}], title="what")
    print_json({"text": f"\n{text}"})
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
    assert "::" not in visible(text)


def test_one_line_is_one_line() -> None:
    assert visible_line("a\r\nb\u2028c\x85d\te") == "a b c d e"


def test_no_link_in_a_folder_is_written_through(tmp_path: Path) -> None:
    """A study folder from somebody else may hold links under the names that files have before they are finished."""
    mine, folder = tmp_path / "mine.txt", tmp_path / "study"
    mine.write_text("mine")
    folder.mkdir()
    for name in (".estimates.json.part", ".audit.zip.part", "estimates.json"):
        (folder / name).symlink_to(mine)
    write_bytes(folder / "estimates.json", b"{}")
    write_archive(folder / "audit.zip", {"a": b"a"})
    assert mine.read_text() == "mine"
    assert not any(path.is_symlink() for path in folder.iterdir())


def test_nothing_is_removed_behind_a_link(tmp_path: Path) -> None:
    mine, link = tmp_path / "photos", tmp_path / "study" / "matches"
    (mine / "2026").mkdir(parents=True)
    link.parent.mkdir()
    link.symlink_to(mine)
    with pytest.raises(StoreError, match="link"):
        drop_parts(link, keep=None)
    assert (mine / "2026").is_dir()


def test_a_policy_stands_for_no_more_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    lists = "\n".join(f"- &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 60))
    merged = "\n".join(f"b{i}: &b{i} {{<<: [{', '.join([f'*b{i - 1}'] * 10)}]}}" for i in range(1, 60))
    for text in (f"- &a0 [x]\n{lists}\n", f"b0: &b0 {{k: 1}}\n{merged}\nchecks: {{}}\n", "&a [*a]"):
        path.write_text(text, encoding="utf-8")
        start = time.monotonic()
        with pytest.raises(DataError, match="no aliases"):
            load_policy(path)
        assert time.monotonic() - start < 5


def test_a_name_as_long_as_a_book_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"topic": "x" * 1_000_000}], title="topics")
    assert 2_000 < len(capsys.readouterr().out) < 10_000
