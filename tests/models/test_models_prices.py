"""Prices are exact, unknown ones stay unknown, and a file that cannot be read says where and why."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.errors import DataError, UsageError
from normscope.models.prices import PICO, Price, Prices, price_from, read_prices, show_money
from normscope.records import NotMeasured

FILE = """
currency: EUR
models:
  "http:*": {input: 9, output: 9}
  "http:small-*": {input: 1, output: 1}
  "http:small-one": {input: 0.15, output: 0.60, batch: 0.5, as_of: 2026-11-01}
  "local:*": {input: 0.01, output: 0.01}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_exact_names_win_over_patterns_and_the_first_pattern_over_later_ones(tmp_path: Path) -> None:
    prices = read_prices(written(tmp_path, FILE))
    assert prices.currency == "EUR"
    assert prices.of("http:small-one") == Price(150_000, 600_000, 500_000, "2026-11-01")
    assert prices.of("http:small-two") == Price(9_000_000, 9_000_000), "the first pattern that matches"
    assert prices.of("local:any") == Price(10_000, 10_000), "a user's own price of what runs here"
    assert prices.of("recorded:answers.jsonl") == Price(0, 0)


def test_a_price_that_nobody_gave_is_unknown() -> None:
    price = Prices().of("inspect:openai/x")
    assert isinstance(price, NotMeasured)
    assert price.reason == "no price is known for inspect:openai/x; add it to prices.yaml"
    assert show_money(price, "USD") == "unknown"


def test_a_price_in_the_settings_of_a_model_wins(tmp_path: Path) -> None:
    prices = read_prices(written(tmp_path, FILE)).with_inline({"http:small-one": Price(1, 2)})
    assert prices.of("http:small-one") == Price(1, 2)
    assert prices.of("http:small-two") == Price(9_000_000, 9_000_000)
    assert prices.currency == "EUR"


def test_a_star_is_the_only_sign_with_a_meaning() -> None:
    prices = Prices(models={"http:a[1]?*": Price(1, 1)})
    assert prices.of("http:a[1]?b") == Price(1, 1)
    assert isinstance(prices.of("http:a1xb"), NotMeasured)


def test_cost_of_a_million_tokens_is_the_price() -> None:
    # 0.15 per million in, 0.60 per million out: 2 million in and 1 million out are 0.30 + 0.60 = 0.90
    price = price_from({"input": 0.15, "output": 0.60, "batch": 0.5}, file="x")
    assert price.cost(2_000_000, 1_000_000) == 9 * PICO // 10
    assert price.cost(2_000_000, 1_000_000, batch=True) == 9 * PICO // 20


def test_a_part_of_a_pico_unit_in_a_batch_is_rounded_up() -> None:
    assert Price(1, 0, 500_000).cost(1, 0, batch=True) == 1
    assert Price(1, 0, 0).cost(1, 0, batch=True) == 0


@given(st.decimals(0, 10**6, places=6), st.decimals(0, 10**6, places=6), st.integers(0, 10**9), st.integers(0, 10**9))
def test_cost_is_the_exact_sum(into: Decimal, out: Decimal, prompt: int, completion: int) -> None:
    price = price_from({"input": str(into), "output": str(out)}, file="x")
    # a second way, in fractions of the unit: tokens / 10^6 * price
    numerator = prompt * into.as_integer_ratio()[0] * out.as_integer_ratio()[1]
    numerator += completion * out.as_integer_ratio()[0] * into.as_integer_ratio()[1]
    denominator = into.as_integer_ratio()[1] * out.as_integer_ratio()[1] * 10**6
    assert price.cost(prompt, completion) * denominator == numerator * PICO


@given(st.integers(0, 10**24))
def test_money_shown_is_close_to_money(pico: int) -> None:
    shown = show_money(pico, "USD").removesuffix(" USD").replace(",", "")
    assert abs(Decimal(shown) * PICO - pico) <= max(Decimal(pico) / 18, PICO / Decimal(200) if pico >= PICO else 0)


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("- a", None, "prices are a table"),
        ("", None, "prices are a table"),
        ("currency: USD\nmodels: {}\nmodel: {}", "model", "Allowed: currency, models"),
        ("models: {}", "currency", "there is no currency"),
        ("currency: usd\nmodels: {}", "currency", "three capital letters"),
        ("currency: [USD, EUR]\nmodels: {}", "currency", "not a currency"),
        ("currency: 1\nmodels: {}", "currency", "not a currency"),
        ("currency: USD", "models", "no table of models"),
        ("currency: USD\nmodels: {1: {input: 1, output: 1}}", "models", "names as in study.yaml"),
        ("currency: USD\nmodels: {a: 3}", "models.a", "a price is a table"),
        ("currency: USD\nmodels: {a: {input: 1}}", "models.a.output", "not whole"),
        ("currency: USD\nmodels: {a: {input: 1, output: 1, outptu: 2}}", "models.a.outptu", "Did you mean 'output'"),
        ("currency: USD\nmodels: {a: {input: -1, output: 1}}", "models.a.input", "Allowed: a number from 0"),
        ("currency: USD\nmodels: {a: {input: .nan, output: 1}}", "models.a.input", "not a price"),
        ("currency: USD\nmodels: {a: {input: .inf, output: 1}}", "models.a.input", "not a price"),
        ("currency: USD\nmodels: {a: {input: true, output: 1}}", "models.a.input", "Got: True"),
        ("currency: USD\nmodels: {a: {input: cheap, output: 1}}", "models.a.input", "Got: 'cheap'"),
        ("currency: USD\nmodels: {a: {input: null, output: 1}}", "models.a.input", "not a price"),
        ("currency: USD\nmodels: {a: {input: 1e300, output: 1}}", "models.a.input", "not a price"),
        ("currency: USD\nmodels: {a: {input: 0.0000001, output: 1}}", "models.a.input", "up to 6 decimals"),
        ("currency: USD\nmodels: {a: {input: 1, output: 1, batch: 2}}", "models.a.batch", "a factor from 0 to 1"),
        ("currency: USD\nmodels: {a: {input: 1, output: 1, as_of: soon}}", "models.a.as_of", "a date"),
        ("currency: USD\nmodels: {a: {input: 1, output: 1}, a: {input: 2, output: 1}}", None, "a stands twice"),
        ("currency: USD\nmodels: {a: {input: 1", None, "not readable as YAML"),
        ("[" * 5000, None, "not readable as YAML"),
    ],
)
def test_a_bad_file_says_which_field(tmp_path: Path, text: str, field: str | None, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataError) as caught:
        read_prices(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.field == field


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file of prices"):
        read_prices(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not UTF-8"):
        read_prices(tmp_path / "bytes.yaml")
    with pytest.raises(UsageError, match="cannot be read"):
        read_prices(tmp_path)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)))
def test_any_value_is_a_price_or_an_error(value: object) -> None:
    for table in (value, {"input": value, "output": 1}, {"input": 1, "output": 1, "as_of": value}):
        try:
            price = price_from(table, file="x")
        except DataError:
            continue
        assert price.input_pico >= 0
