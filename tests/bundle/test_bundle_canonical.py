"""Canonical JSON: the RFC's own examples, and the quick way gives the same as the library."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.bundle import canonical, canonical_line
from normscope.errors import UsageError

# RFC 8785, appendix B: the bits of a number and how it is written
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


def number(bits: str) -> float:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    return float(value)


@pytest.mark.parametrize(("bits", "text"), NUMBERS)
def test_numbers_of_appendix_b(bits: str, text: str) -> None:
    assert canonical([number(bits)]).decode() == f"[{text}]"
    assert canonical_line({"n": number(bits)}).decode() == f'{{"n":{text}}}'


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])
def test_what_is_no_number_is_refused(bits: str) -> None:
    for write in (canonical, canonical_line):
        with pytest.raises(UsageError, match="RFC 8785"):
            write({"n": number(bits)})


def test_the_example_of_section_3_2_2() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    # section 3.2.4 gives the same as bytes
    expected = (
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e33333333333333"
        "2c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d"
    )
    assert canonical(value).hex() == expected
    assert canonical_line(value).hex() == expected


def test_the_example_of_section_3_2_3_sorts_by_utf_16() -> None:
    names = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    for write in (canonical, canonical_line):
        text = write(names).decode()
        places = [text.index(f'"{names[name]}"') for name in order]
        assert places == sorted(places)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_the_quick_way_writes_what_the_library_writes(values: dict[str, Any]) -> None:
    assert canonical_line(values) == canonical(values)


def test_half_a_surrogate_pair_is_refused_by_one_and_escaped_by_the_other() -> None:
    with pytest.raises(UsageError):
        canonical({"text": "x\ud800"})
    assert canonical_line({"text": "x\ud800"}) == b'{"text":"x\\ud800"}'


def test_what_comes_later_in_a_name_is_sorted_alike() -> None:
    names = {"a\ufb33": 1, "a\U0001f600": 2}
    assert canonical_line(names) == canonical(names) == '{"a\U0001f600":2,"a\ufb33":1}'.encode()


@pytest.mark.parametrize("value", [{1: "x"}, {"x": 2**53}, {"x": {1, 2}}, {"x": b"y"}])
def test_what_json_cannot_hold_is_a_usage_error(value: dict[Any, Any]) -> None:
    with pytest.raises(UsageError):
        canonical(value)
