"""Plug-ins are found by their entry points, read once for each place that Python imports from."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope import plugins
from normscope.errors import UsageError
from normscope.plugins import Plugin, installed, load


def test_a_package_is_seen_where_python_imports_from_and_only_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = installed("matchers")
    brought = tmp_path / "theirs-1.0.dist-info"
    brought.mkdir()
    (brought / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (brought / "entry_points.txt").write_text("[normscope.matchers]\ncoin = math:sqrt\n")
    with monkeypatch.context() as there:
        there.syspath_prepend(str(tmp_path))
        assert Plugin("matchers", "coin", "math:sqrt", "theirs") in installed("matchers")
        assert load("matchers", "coin")(4) == 2
    assert installed("matchers") == before
    with pytest.raises(UsageError, match=r"no matcher named 'coin'\. "):
        load("matchers", "coin")


def test_the_lists_of_packages_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = installed("models")

    def read_again(**_: object) -> object:
        raise AssertionError("read again")

    monkeypatch.setattr(plugins, "entry_points", read_again)
    assert installed("models") == found
    load("models", "recorded")
    found.clear()  # whoever changes what was given changes nothing
    assert installed("models")
