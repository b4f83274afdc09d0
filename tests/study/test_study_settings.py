"""`study.yaml`: what is read, and what every mistake in it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope.cli.making import parse_changes
from normscope.errors import DataError, NormscopeError, UsageError
from normscope.study import load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "dilemmas: [starter, d.jsonl]\nanswers: a.csv\n"))
    assert settings.dilemmas == ("starter", str(tmp_path / "d.jsonl"))
    assert settings.answers == (str(tmp_path / "a.csv"),)
    assert settings.folder == tmp_path / "runs" / "study"


def test_a_model_may_be_a_name_or_a_table(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "models: ['http:a', {model: 'http:a', id: b, persona: Be brief.}]\n"))
    assert [model.responder_id for model in settings.models] == ["http:a", "b"]


def test_changes_override_and_reach_into_tables(tmp_path: Path) -> None:
    path = write(tmp_path, "draws: 1\nparams: {max_tokens: 10, temperature: 1}\n")
    settings = load_settings(path, changes=parse_changes(["draws=3", "params.temperature=0"]))
    assert (settings.draws, settings.params.max_tokens, settings.params.temperature) == (3, 10, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("drawz: 3", ["drawz", "Did you mean 'draws'"]),
        ("draws: 0", ["draws", "greater than or equal to 1"]),
        ("draws: many", ["draws", "'many'"]),
        ("matcher: lexcal", ["matcher", "Did you mean 'lexical'"]),
        ("models: ['htp:x']", ["models", "Did you mean 'http'"]),
        ("models: ['http:']", ["models", "backend:name"]),
        ("models: ['http:x', 'http:x']", ["two models are called 'http:x'"]),
        ("models: [{model: 'http:x', base_url: a}, {model: 'http:x', id: y, base_url: b}]", ["http:x", "base_url"]),
        ("models: [{model: 'http:x', headers: {Authorization: Bearer s3cret}}]", ["headers", "key_env"]),
        ("level: 95", ["level", "less than 1"]),
        ("estimand: this dilemmas", ["estimand", "Did you mean 'these dilemmas'", "dilemmas like these"]),
        ("estimand: [these dilemmas]", ["estimand", "dilemmas like these"]),
        ("- a\n- b", ["table of settings"]),
        ("a: [1\nb", ["line 2", "YAML"]),
        ("", ["table of settings"]),
        ("folder: !!python/object/apply:os.getcwd []", ["YAML"]),
    ],
)
def test_a_mistake_names_the_field_and_what_is_allowed(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        load_settings(write(tmp_path, text))
    assert "study.yaml" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        load_settings(tmp_path / "none.yaml")


@pytest.mark.parametrize("change", ["draws", "=3", "draws=[1"])
def test_set_says_how_it_is_written(change: str) -> None:
    with pytest.raises(NormscopeError, match="--set"):
        parse_changes([change])
