"""The parts of the offline matcher that need no weights: dividing text, reading ONNX files, packing questions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.errors import NormscopeError
from normscope.match.offline.onnx_file import initializers
from normscope.match.offline.reading import DILEMMA, SOLUTION, TEXT, reading
from normscope.match.offline.tokens import UNKNOWN, Tokenizer
from normscope.match.offline.vocabulary import unpacked

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁a", "ba", "▁ab", "bab"]
SCORES = np.array([0, 0, 0, 0, -2.0, -3.0, -3.5, -4.0, -3.2, -4.6, -7.5, -5.0], np.float32)
TOKENIZER = Tokenizer(PIECES, SCORES, {"ａ": "a", "\u200b": ""})


def best_by_trying_all(word: str) -> float:
    """The score of the best division of a word, by trying every one; a character that no piece holds costs min - 10."""
    known = {piece: float(score) for piece, score in zip(PIECES[4:], SCORES[4:], strict=True)}
    best = -np.inf
    for cuts in itertools.product((False, True), repeat=len(word) - 1):
        ends = [i + 1 for i, cut in enumerate(cuts) if cut] + [len(word)]
        parts = [word[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        if all(part in known or len(part) == 1 for part in parts):
            best = max(best, sum(known.get(part, float(SCORES.min()) - 10) for part in parts))
    return float(best)


@given(st.text("abx", min_size=1, max_size=8))
def test_a_word_is_divided_as_by_trying_every_division(word: str) -> None:
    ids = TOKENIZER(word)
    scores = [float(SCORES.min()) - 10 if i == UNKNOWN else float(SCORES[i]) for i in ids]
    assert sum(scores) == pytest.approx(best_by_trying_all("▁" + word))
    if "x" not in word:
        assert "".join(PIECES[i] for i in ids) == "▁" + word


def test_white_space_and_kinds_of_letters_do_not_matter() -> None:
    assert TOKENIZER("ab  ba\n") == TOKENIZER("ab ba") == TOKENIZER("ａb \u200bba")
    assert TOKENIZER("") == TOKENIZER("  \n ") == []


def test_a_word_without_end_is_bounded() -> None:
    assert len(TOKENIZER("x" * 1_000_000)) <= 201


def test_long_parts_keep_their_beginning_and_end() -> None:
    packed = reading(range(100, 400), range(1000, 2000), range(5000, 5500), shown=False).ids
    assert len(packed) == DILEMMA + TEXT + SOLUTION + 4
    assert packed[1:3] == [100, 101]
    assert packed[DILEMMA] == 399
    assert packed[DILEMMA + 2] == 1000
    assert packed[-2] == 5499


tokens = st.lists(st.integers(4, 99), max_size=200)


@given(tokens, tokens, tokens, st.booleans())
def test_text_and_solution_are_where_it_says(dilemma: list[int], text: list[int], solution: list[int], shown: bool) -> None:
    read = reading(dilemma, text, solution, shown=shown)
    assert len(read.ids[read.text]) == min(len(text), TEXT) + 1
    assert len(read.ids[read.solution]) == min(len(solution), SOLUTION) + 1
    assert read.ids[read.text][: min(len(text), TEXT) // 2] == text[: min(len(text), TEXT) // 2]
    assert read.ids[read.text][-1] == read.ids[read.solution][-1] == read.ids[-1] == 2


def test_what_answers_a_shown_solution_is_packed_otherwise() -> None:
    assert reading([7], [8], [9], shown=False).ids != reading([7], [8], [9], shown=True).ids


def test_packed_weights() -> None:
    # one block: scale 0.5; byte j = low half 8 + 1 (weight j = 0.5), high half 8 - 2 (weight j + 16 = -1)
    block = np.concatenate([np.array([0.5], "<f2").view(np.uint8), np.full(16, (6 << 4) | 9, np.uint8)])
    weights = unpacked(block[None, None, :])
    assert weights.shape == (1, 32)
    assert weights[0].tolist() == [0.5] * 16 + [-1.0] * 16


def tensor(name: str, array: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bytes:
    """A TensorProto, written by hand after protobuf's wire format."""

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2]) + varint(len(content)) + content

    dims = b"".join(bytes([1 << 3]) + varint(size) for size in array.shape)
    inner = dims + bytes([2 << 3, 1]) + field(8, name.encode()) + field(9, array.astype("<f4").tobytes())
    return field(5, inner)


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def test_arrays_are_read_from_an_onnx_file() -> None:
    array = np.arange(600, dtype=np.float32).reshape(20, 30)
    graph = tensor("w", array) + tensor("b", np.array([1.5, -2.0], np.float32))
    model = bytes([8, 9]) + bytes([7 << 3 | 2]) + varint(len(graph)) + graph
    found = initializers(model)
    assert list(found) == ["w", "b"]
    assert np.array_equal(found["w"], array)
    assert found["b"].tolist() == [1.5, -2.0]


@pytest.mark.parametrize("data", [b"\xff" * 40, b"\x3a\x7f\x01", b"\x3b"])
def test_a_damaged_file_is_said_to_be_one(data: bytes) -> None:
    with pytest.raises(NormscopeError, match="Install normscope again"):
        initializers(data)
