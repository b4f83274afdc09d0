"""What of the settings and prompts is in a bundle: all of it, and never a key."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from normscope.errors import UsageError
from normscope.records import Basis, Dilemma, Label, Match
from normscope.store import Store
from normscope.study import Study
from normscope.study.bundled_prompts import prompt_files, prompt_hashes
from normscope.study.bundled_settings import LEFT_OUT, refuse_keys, settings_values
from normscope.study.settings import Settings, make_settings

KEYS = (
    "k-user-pass",
    "k-query",
    "k-header",
    "k-body-key",
    "k-nested-token",
    "k-list-secret",
    "k-camel-secret",
    "k-camel-key",
    "k-capitals",
)


def settings(folder: Path, **values: Any) -> Settings:
    return make_settings({"folder": str(folder), "matcher": "exact", "resamples": 10, **values})


@pytest.fixture
def reached() -> dict[str, Any]:
    return {
        "model": "http:m",
        "base_url": "https://me:k-user-pass@host.example:8000/v1?key=k-query",
        "key_env": "MY_PROVIDER_KEY",
        "headers": {"X-Team": "k-header"},
        "extra_body": {
            "api_key": "k-body-key",
            "max_tokens": 5,
            "inner": {"access_token": "k-nested-token", "top_k": 3},
            "list": [{"client-secret": "k-list-secret"}],
            "clientSecret": "k-camel-secret",
            "secretAccessKey": "k-camel-key",
            "APIKey": "k-capitals",
            "maxTokens": 6,
        },
    }


def test_what_could_be_a_key_is_left_out_and_the_rest_is_there(tmp_path: Path, reached: dict[str, Any]) -> None:
    values = settings_values(settings(tmp_path, models=[reached], judges=[{**reached, "id": "judge"}], notes=["CC BY 4.0"]))
    text = json.dumps(values)
    assert [key for key in KEYS if key in text] == []
    for model in (values["models"][0], values["judges"][0]):
        assert model["base_url"] == "https://host.example:8000/v1"
        assert model["key_env"] == "MY_PROVIDER_KEY"  # a name
        assert model["headers"] == {"X-Team": LEFT_OUT}
        assert model["extra_body"]["inner"]["top_k"] == 3
    assert values["models"][0]["extra_body"]["max_tokens"] == 5
    assert values["models"][0]["extra_body"]["maxTokens"] == 6
    assert values["notes"] == ["CC BY 4.0"]
    assert "folder" not in values


@pytest.mark.usefixtures("no_report")
@pytest.mark.parametrize("redact", [False, True])
def test_a_key_in_any_file_stops_the_bundle(
    tmp_path: Path, reached: dict[str, Any], monkeypatch: pytest.MonkeyPatch, redact: bool
) -> None:
    monkeypatch.setenv("MY_PROVIDER_KEY", "sk-0123456789")
    monkeypatch.setenv("GROQ_API_KEY", 'gsk-0123456789"&')
    models = [reached, {"model": "http:g", "profile": "groq"}]
    for note in ("our key is sk-0123456789", 'gsk-0123456789"&'):
        with Study.create(tmp_path / note[:3], models=models, matcher="exact", notes=[note]) as study:
            study.store.put([Dilemma("d", "What now?", "en")])
            with pytest.raises(UsageError, match="would hold the value of the environment variable") as raised:
                study.bundle(tmp_path / "x.zip", redact=redact)
        assert "0123456789" not in str(raised.value)
    assert not (tmp_path / "x.zip").exists()


def test_a_key_in_packed_data_is_found(tmp_path: Path, reached: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_PROVIDER_KEY", "sk-0123456789")
    study = settings(tmp_path, models=[reached])
    for text, found in {"nothing " * 50: False, "nothing " * 50 + "sk-0123456789": True}.items():
        page = (
            b"<script>" + base64.b64encode(gzip.compress(text.encode(), mtime=0)) + b"</script>H4sIbutnothingpackedatallinthere"
        )
        if found:
            with pytest.raises(UsageError, match=r"report\.html would hold"):
                refuse_keys(study, {"report.html": page})
        else:
            refuse_keys(study, {"report.html": page})


def test_keys_of_the_environment_are_not_in_a_bundle(
    tmp_path: Path, reached: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_PROVIDER_KEY", "sk-0123456789")
    with Study.create(tmp_path / "s", models=[reached], matcher="exact") as study:
        study.store.put([Dilemma("d", "What now?", "en")])
        path = study.bundle(tmp_path / "x.zip")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name).decode("utf-8")
            assert [key for key in (*KEYS, "sk-0123456789") if key in content] == [], name


JUDGE = "prompts/match/prompts/judge.md"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"prompts/elicit/phrases/da.yaml", "prompts/elicit/phrases/en.yaml"}),
        ({"matcher": "judge:http:m"}, {JUDGE}),
        ({"matcher": "panel:http:a,http:b,http:c"}, {JUDGE}),
        ({"matcher": "stance:http:m"}, {JUDGE, "prompts/match/prompts/stance.md"}),
        ({"extractor": "judge:http:m"}, {"prompts/extract/prompts/judge.md"}),
        ({"extractor": "rules"}, {"prompts/extract/cues/da.yaml", "prompts/extract/cues/en.yaml"}),
        ({"protocol": "dialogue", "dialogue": {"player": "http:m"}}, {"prompts/elicit/prompts/player.md"}),
    ],
)
def test_the_words_that_were_used_are_there(tmp_path: Path, values: dict[str, Any], expected: set[str]) -> None:
    with Store(tmp_path, create=True) as store:
        store.put([Dilemma("a", "x", "en-GB"), Dilemma("b", "x", "da"), Dilemma("c", "x", "und"), Dilemma("d", "x", "tlh")])
        found = prompt_files(settings(tmp_path, **{"extractor": "coded"} | values), store)
    assert set(found) == expected | {"prompts/elicit/phrases/da.yaml", "prompts/elicit/phrases/en.yaml"}
    for name, content in found.items():
        package, _, path = name.removeprefix("prompts/").partition("/")
        assert content == files(f"normscope.{package}").joinpath(*path.split("/")).read_bytes()


def test_stance_offline_asks_nobody(tmp_path: Path) -> None:
    with Store(tmp_path, create=True) as store:
        assert prompt_files(settings(tmp_path, matcher="stance:offline", extractor="coded"), store) == {}


def test_hashes_in_records_are_traced_to_files_or_to_none(tmp_path: Path) -> None:
    from normscope.match.stance import make

    async def ask(*_: Any, **__: Any) -> Any:
        raise AssertionError

    both = make("http:m", lambda _: ask).prompt_hash
    judge = hashlib.sha256((files("normscope.match") / "prompts" / "judge.md").read_bytes()).hexdigest()
    hashes = [both, judge, "0" * 64, None]
    with Store(tmp_path, create=True) as store:
        matches = [Match(str(n), "r", 0, Basis.MAIN, "s", Label.AGREE, 1.0, "m", None, one) for n, one in enumerate(hashes)]
        store.put(matches)
        found = prompt_hashes(settings(tmp_path, matcher="stance:http:m"), store)
    traced = {row["prompt_hash"]: row["files"] for row in found["recorded"]}
    assert traced == {both: ["prompts/match/prompts/stance.md", JUDGE], judge: [JUDGE], "0" * 64: []}
    assert found["files"][JUDGE] == judge
