"""What the tests of the report share."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without figures, as where the extra [report] is not installed: for tests of words and tables, which are many."""
    monkeypatch.setitem(sys.modules, "altair", None)
