"""Whatever bytes a file holds, reading it gives records or a `DataError`."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.dilemmas import check, load, merge, render
from normscope.dilemmas.lists import string_list
from normscope.errors import DataError

KEYS = st.sampled_from(
    ["dilemma_id", "text", "responder_id", "kind", "draw", "run", "accepted", "rejected", "verdict", "outcome", "language", "x",
     "id", "gpt_label_1", "gpt_reason_1", "episode_filename", "acceptable_solutions", "original_dilemma"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["human", "en", "answered", "['a']"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
ROWS = st.lists(st.dictionaries(KEYS, VALUES, max_size=8), min_size=1, max_size=4)


def read(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        with contextlib.suppress(DataError):
            loaded = load(file)
            if loaded.dilemmas:
                render(check(merge(loaded)))


@settings(deadline=None)
@given(st.sampled_from(["f.jsonl", "f.json", "f.csv", "f.tsv", "f.parquet"]), st.binary(max_size=200))
def test_random_bytes(name: str, content: bytes) -> None:
    read(name, content)


@settings(deadline=None)
@given(st.sampled_from(["f.csv", "f.tsv"]), st.sampled_from(["dilemma_id,text\n", "dilemma_id;responder_id;text\n"]), st.text())
def test_random_text_below_a_good_header(name: str, header: str, content: str) -> None:
    read(name, (header + content).encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(ROWS)
def test_random_objects(rows: list[dict[str, object]]) -> None:
    read("f.jsonl", "\n".join(json.dumps(row) for row in rows).encode())


@given(st.lists(st.text()))
def test_a_list_is_the_same_as_json_and_as_python(texts: list[str]) -> None:
    wanted = tuple(text.strip() for text in texts if text.strip())
    assert string_list(texts) == wanted
    assert string_list(json.dumps(texts)) == wanted
    assert string_list(repr(texts)) == wanted
