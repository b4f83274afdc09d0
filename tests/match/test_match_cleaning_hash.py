"""Another cleaning has another hash, so that labels which were made with the old one are not remembered."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from normscope.match import cleaning_hash
from normscope.match.cleaning_hash import cleaning_sha256


@pytest.fixture(autouse=True)
def afresh() -> None:
    cleaning_sha256.cache_clear()


@pytest.mark.parametrize(
    "changed", ["cleaning.py", "markup.py", "characters.py", "steering.py", "steering_together.py", "steering/da.yaml"]
)
def test_a_change_of_any_file_changes_it(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, read = cleaning_sha256(), cleaning_hash._bytes
    cleaning_sha256.cache_clear()
    assert cleaning_sha256() == before
    cleaning_sha256.cache_clear()
    monkeypatch.setattr(cleaning_hash, "_bytes", lambda name: read(name) + b"#" * (name == changed))
    assert cleaning_sha256() != before
    cleaning_sha256.cache_clear()


def test_it_covers_all_files_that_the_cleaning_is_made_of() -> None:
    folder = files("normscope.match")
    wordings = {f"steering/{file.name}" for file in folder.joinpath("steering").iterdir() if file.name.endswith(".yaml")}
    modules, found = ["cleaning"], {"cleaning.py"}
    for module in modules:
        text = folder.joinpath(f"{module}.py").read_text(encoding="utf-8")
        new = [name for name in re.findall(r"from normscope\.match\.(\w+) import", text) if f"{name}.py" not in found]
        modules += new
        found |= {f"{name}.py" for name in new}
    assert set(cleaning_hash._FILES) == found | wordings
