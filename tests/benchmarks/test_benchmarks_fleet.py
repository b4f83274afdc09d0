"""The fleet benchmark runs, with numbers so small that its figures mean nothing, and prints what it promises."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from normscope.records import NotMeasured

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # benchmarks are not installed

from benchmarks import fleet
from benchmarks.bars import Bar, read_arguments, show

TINY = fleet.Sizes(
    dilemmas=10,
    calls=50,
    connections=10,
    openai_calls=50,
    inspect_calls=10,
    rounds=1,
    seconds=60,
    late_calls=50,
    late_connections=10,
    late_rounds=1,
    late_seconds=60,
    many_calls=100,
    recorded=(2, 50, 2),
    statuses=1,
)


def assert_measured(figures: dict[str, Bar]) -> None:
    for name, figure in figures.items():
        assert isinstance(figure.value, float), f"{name}: {figure}"
        assert math.isfinite(figure.value)
        assert figure.value > 0


def test_asking_is_measured_beside_a_bare_loop_and_absent_peers_say_how_to_install_them() -> None:
    figures, megabytes = fleet.compare(fleet.Fleet(peers="/no/such/python"), TINY)
    peers = {name: figures.pop(name) for name in list(figures) if name.startswith(("openai", "inspect_eval"))}
    assert_measured(figures)
    assert megabytes > 10
    assert set(peers) == {"openai_over_ours", "openai_ms_per_call", "inspect_eval_over_ours", "inspect_eval_ms_per_call"}
    for figure in peers.values():
        assert isinstance(figure.value, NotMeasured)
        assert "--peers" in figure.value.reason
        assert not figure.holds


@pytest.mark.parametrize(("name", "module"), [("openai", "openai"), ("inspect_eval", "inspect_ai")])
def test_a_peer_that_is_installed_is_measured(name: str, module: str) -> None:
    runner = fleet.Fleet(sys.executable)
    if not runner.has(module):
        pytest.skip(f"{module} is not installed")
    with fleet.server() as port:
        seen = runner.peer(name, port, 10, 5)
    assert seen.calls == 10
    assert seen.cpu_seconds > 0
    assert seen.loop in ("asyncio", "uvloop")


def test_answers_that_take_their_time_and_very_many_calls_are_measured() -> None:
    runner = fleet.Fleet()
    assert_measured(fleet.latency(runner, TINY))
    assert_measured(fleet.memory(runner, TINY, 100.0))


def test_a_folder_of_recorded_responses_is_counted_and_its_holes_are_filled() -> None:
    figures = fleet.recorded(TINY)  # the pieces check the counts themselves
    assert set(figures) == {"status_seconds", "resume_seconds"}
    assert_measured(figures)


def test_a_figure_says_what_was_measured_and_whether_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {
        "low": Bar(0.5, 0.5),
        "lower": Bar(0.4, 0.5, "at least"),
        "told": Bar(3.0, None, note="uvloop"),
        "absent": Bar(NotMeasured("no such program"), None),
    }
    show(figures, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "low": {"value": 0.5, "bar": 0.5, "holds": True},
        "lower": {"value": 0.4, "bar": 0.5, "holds": False},
        "told": {"value": 3.0, "bar": None, "holds": True, "note": "uvloop"},
        "absent": {"value": {"not_measured": "no such program"}, "bar": None, "holds": False},
    }
    show(figures, as_json=False)
    assert "absent: not measured: no such program (no bar)" in capsys.readouterr().out


def test_every_benchmark_has_its_options(tmp_path: Path) -> None:
    found = read_arguments("x", options={"--peers": "an interpreter"}, arguments=["--quick", "--peers", str(tmp_path)])
    assert (found.quick, found.json, found.peers) == (True, False, str(tmp_path))
