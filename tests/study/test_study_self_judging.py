"""A model under test may not judge, in whatever company and behind whatever options."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope.errors import UsageError
from normscope.study.scoring import refuse_self_judging
from normscope.study.settings import make_settings


@pytest.mark.parametrize(
    "plugin",
    [
        "judge:http:m",
        "judge:both-orders:http:m",
        "panel:http:gpt-x,http:m",
        "panel:same-family-ok:http:a,http:m,http:b",
        "escalate:http:a,http:b, http:m",
        "stance:http:m",
    ],
)
def test_a_model_under_test_is_found_wherever_it_stands(plugin: str, tmp_path: Path) -> None:
    settings = make_settings({"folder": tmp_path, "models": ["http:m", "http:other"]})
    with pytest.raises(UsageError, match="judge 'http:m' is itself a model under test"):
        refuse_self_judging(settings, plugin)


@pytest.mark.parametrize("plugin", ["lexical", "judge:http:m2", "panel:http:a,http:b", "stance:local:m"])
def test_others_may(plugin: str, tmp_path: Path) -> None:
    refuse_self_judging(make_settings({"folder": tmp_path, "models": ["http:m"]}), plugin)
