"""`normscope label` as people use it: over a pipe, in a real terminal, killed, with two coders, with hostile texts."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.cli import main
from normscope.cli.visible import visible, wrapped
from normscope.records import Gold, Label
from normscope.store import Store
from normscope.study.labelling import definitions

COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()", "label"]
PROMPT = b"? help   q quit"
NUMBER = re.compile(r"── (\d+) of (\d+) ──")


Piped = Callable[..., str]


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Piped:
    """What is printed when these lines are written to the command, in this process."""

    def call(folder: Path, keys: str, *options: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(keys.encode())))
        with pytest.raises(SystemExit) as ended:
            main(["label", str(folder), *options])
        found = capsys.readouterr()
        assert ended.value.code == 0, found.err
        return found.out

    return call


def status(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    with pytest.raises(SystemExit) as ended:
        main(["label", str(folder), "--status", "--json"])
    assert ended.value.code == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def stored(folder: Path) -> list[Gold]:
    with Store(folder) as store:
        return store.all(Gold)


class Terminal:
    """The command in a pseudo-terminal of its own: what it shows, and keys for it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._screen, other = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, str(folder), *options], stdin=other, stdout=other, stderr=other, start_new_session=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        )  # fmt: skip
        os.close(other)

    def until(self, wanted: bytes, seconds: float = 30.0) -> str:
        """Everything that is shown up to and with `wanted`."""
        seen, end = b"", time.monotonic() + seconds
        while wanted not in seen:
            ready, _, _ = select.select([self._screen], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"never shown: {wanted!r}; got {seen!r}"
            seen += os.read(self._screen, 65536)
        return seen.decode()

    def press(self, keys: str) -> None:
        # what is pressed before the command waits for a key is thrown away, as it should be
        end = time.monotonic() + 30
        while termios.tcgetattr(self._screen)[3] & termios.ICANON:
            assert time.monotonic() < end, "the command never waited for a single key"
            time.sleep(0.005)
        os.write(self._screen, keys.encode())

    def close(self) -> int:
        code = self.process.wait(timeout=30)
        os.close(self._screen)
        return code


def test_over_a_pipe_and_again(folder: Path, piped: Piped, capsys: pytest.CaptureFixture[str]) -> None:
    out = piped(folder, "1\n2\nb\nd\n", "--coder", "anna", "--n", "12", "--twice", "0.5")
    assert [number for number, _ in NUMBER.findall(out)] == ["1", "2", "3", "2", "3"]
    assert "2 labels given by anna" in out
    again = subprocess.run([*COMMAND, str(folder)], input=b"s\n\xff\nq\n", capture_output=True, timeout=60, check=True)
    assert NUMBER.findall(again.stdout.decode())[0][0] == "3", "the only coder so far goes on"
    assert [gold.label for gold in stored(folder)].count(Label.SILENT) == 1
    now = status(folder, capsys)
    assert now["labelled"] == 3
    assert now["labels"] == {"anna": {"agree": 1, "disagree": 1, "silent": 1, "unclear": 0}}
    assert now["sample"]["n"] == 12  # type: ignore[index]


def test_nothing_tells_who_wrote_it_or_what_the_matcher_said(folder: Path, piped: Piped) -> None:
    out = piped(folder, "1\n" * 200, "--coder", "anna", "--n", "500", "--twice", "0")
    with Store(folder) as store:
        names = {*store.frame("responses")["responder_id"], *store.frame("solutions")["solution_id"], "lexical"}
    shown = [line for line in out.splitlines() if line.startswith(("│", "──"))]
    assert shown
    assert not [line for line in shown if re.search(rf"\b({'|'.join(map(re.escape, names))})\b", line)]


def test_two_coders_a_share_twice_then_adjudication(folder: Path, piped: Piped, capsys: pytest.CaptureFixture[str]) -> None:
    piped(folder, "a\n" * 99, "--coder", "anna", "--n", "20", "--twice", "0.4")
    out = piped(folder, "".join("a\n" if i % 2 else "s\n" for i in range(99)), "--coder", "ben")
    now = status(folder, capsys)
    twice = now["twice"]
    assert isinstance(twice, int)
    assert twice > 2
    assert now["twice_done"] == twice, "ben labels what is to be labelled twice and nothing else"
    assert now["labelled"] == now["questions"]
    pair = now["pairs"][0]  # type: ignore[index]
    assert (pair["coders"], pair["n"]) == (["anna", "ben"], twice)
    # anna always says agree: however often ben does, kappa is 0 by its formula
    assert pair["kappa"] == 0.0
    differ = (twice + 1) // 2
    assert (now["differ"], now["to_adjudicate"]) == (differ, differ)
    assert "--adjudicate" in out

    out = piped(folder, "u\n" * 99, "--adjudicate", "--coder", "cleo")
    assert not re.search("anna|ben", out)
    settled = [gold for gold in stored(folder) if gold.coder == "adjudicated"]
    assert [gold.label for gold in settled] == [Label.UNCLEAR] * differ
    assert status(folder, capsys)["to_adjudicate"] == 0
    with Store(folder) as store:
        assert set(json.loads(store.fact("adjudicators") or "").values()) == {"cleo"}
    assert "Nothing is left" in piped(folder, "", "--adjudicate", "--coder", "cleo")


def test_several_coders_must_say_who_they_are(folder: Path, piped: Piped, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("anna", "ben"):
        piped(folder, "1\nq\n", "--coder", name)
    with pytest.raises(SystemExit) as ended:
        main(["label", str(folder)])
    assert ended.value.code == 3
    assert "anna, ben" in capsys.readouterr().err


def test_single_keys_in_a_real_terminal(folder: Path) -> None:
    terminal = Terminal(folder, "--coder", "anna", "--n", "12")
    first = terminal.until(PROMPT)
    assert "\x1b[2J" in first, "the screen is cleared"
    assert "silent: the text does not speak about it" in first.replace("\r\n", " ")
    terminal.press("1")
    assert NUMBER.search(terminal.until(PROMPT))[1] == "2"  # type: ignore[index]
    # pressed at once: only the first key counts, the others answer nothing
    terminal.press("244")
    assert NUMBER.search(terminal.until(PROMPT))[1] == "3"  # type: ignore[index]
    terminal.press("\x1b[A")
    assert "Keys: 1 agree" in terminal.until(PROMPT)
    terminal.press("b")
    assert "You said: disagree." in terminal.until(PROMPT)
    terminal.press("q")
    terminal.until(b"The same command goes on from here.")
    assert terminal.close() == 0
    assert sorted(gold.label.value for gold in stored(folder)) == ["agree", "disagree"]


def test_control_c_says_that_labels_are_stored(folder: Path) -> None:
    terminal = Terminal(folder, "--coder", "anna")
    terminal.until(PROMPT)
    terminal.press("1")
    terminal.until(PROMPT)
    terminal.press("\x03")
    terminal.until(b"is stored")
    assert terminal.close() == 3
    assert len(stored(folder)) == 1


def test_killed_between_labels_nothing_is_lost(folder: Path) -> None:
    for given in (1, 2):
        terminal = Terminal(folder, "--coder", "anna", "--n", "12")
        assert NUMBER.search(terminal.until(PROMPT))[1] == str(given)  # type: ignore[index]
        terminal.press("3")
        # the next screen is shown after the label was committed
        terminal.until(PROMPT)
        os.kill(terminal.process.pid, signal.SIGKILL)
        terminal.close()
        assert len(stored(folder)) == given


def test_hostile_texts_cannot_steer_the_terminal() -> None:
    hostile = "\x1b]0;owned\x07\x1b[2Jok\x9b31m\u202etxet\u2066\u200b\r1 of 1\x08\ufeff\U000e0041\x00 a" + "\u0301" * 6 + "b"
    shown = wrapped(hostile, 60, indent="│ ")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", shown)
    assert "<U+001B>" in shown
    assert "<U+202E>" in shown
    assert all(line.startswith("│") for line in shown.split("\n")), "no line of a text passes for one of ours"
    assert shown.count("\u0301") == 4
    assert visible("Vær så god: 👩‍👧 می‌خواهم 你好") == "Vær så god: 👩‍👧 می‌خواهم 你好"


def test_lines_fit_the_screen() -> None:
    from rich.cells import cell_len

    for text in ("你好" * 60, "word " * 60, "x" * 300, "🙂" * 99):
        assert max(cell_len(line) for line in wrapped(text, 50, indent="│ ").split("\n")) <= 50


def test_coders_are_told_what_judges_are_told() -> None:
    found = definitions()
    assert list(found) == list(Label)
    assert all(len(meaning) > 30 for meaning in found.values())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--status", "--adjudicate"], "different things"),
        (["--json"], "--status"),
        (["--format", "csv"], "--import"),
        (["--status", "--n", "3"], "draws no sample"),
        (["--coder", "Adjudicated"], "settled differences"),
        (["--coder", "\x1b[2J"], "printable"),
        (["--plan", "unifrom"], "Did you mean 'uniform'"),
    ],
)
def test_wrong_options(folder: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["label", str(folder), *options])
    message = capsys.readouterr().err
    assert ended.value.code == 3
    assert words in message
    assert "Traceback" not in message
