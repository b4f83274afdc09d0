"""A model under test may not judge, in whatever company and behind whatever options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from normscope.errors import UsageError
from normscope.models.base import Ask, AskFor
from normscope.records import Judgement, Label, Question
from normscope.study import Study
from normscope.study.scoring import match, refuse_self_judging
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


@dataclass(frozen=True)
class Quiet:
    """A matcher by entry point, of whose argument nothing is known but to itself."""

    ask: Ask
    name: str = "quiet"
    prompt_hash: str | None = None

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        return [Judgement(Label.SILENT, 1.0) for _ in questions]


@pytest.mark.parametrize(("asks", "refused"), [("http:m", True), ("http:other", False)])
def test_a_plug_in_that_asks_a_model_under_test_is_refused(
    asks: str, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(argument: str, ask_for: AskFor) -> Quiet:
        return Quiet(ask_for(asks))

    monkeypatch.setattr("normscope.study.scoring.load", lambda kind, name: make)
    with Study.create(tmp_path / "s", dilemmas=["starter"], limit=2, matcher="exact", models=["http:m"]) as study:
        study.load()
        settings = study.settings.model_copy(update={"matcher": "quiet:x"})
        if refused:
            with pytest.raises(UsageError, match="judge 'http:m' is itself a model under test"):
                match(settings, study.store, lambda *_: None)
        else:
            match(settings, study.store, lambda *_: None)


@pytest.mark.parametrize("plugin", ["lexical", "judge:http:m2", "panel:http:a,http:b", "stance:local:m"])
def test_others_may(plugin: str, tmp_path: Path) -> None:
    refuse_self_judging(make_settings({"folder": tmp_path, "models": ["http:m"]}), plugin)
