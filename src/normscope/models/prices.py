"""What models cost: prices from a file that the user keeps, in whole numbers, so that no sum is ever rounded.

::

    currency: USD            # one currency per file
    models:                  # names as in study.yaml; * matches any text
      "http:big-model": {input: 2.50, output: 10, batch: 0.5, as_of: 2026-11-01}    # per million tokens
      "local:*": {input: 0, output: 0}

The first pattern that matches wins, and an exact name wins over every pattern. `batch` is the factor for calls in a batch
(1 if it is not given), `as_of` the day on which somebody looked the price up. No vendor's price is shipped: they go stale.
Money is counted in pico-units, 10^-12 of the currency: a price per million tokens is then a whole number per token.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from normscope.errors import DataError, UsageError, did_you_mean
from normscope.records import NotMeasured

__all__ = ["FREE", "PICO", "Price", "Prices", "price_from", "read_prices", "show_money"]

PICO = 10**12
"""Pico-units in one unit of the currency."""
_PER_TOKEN = 10**6
"""From a price per million tokens to pico-units per token."""
_LARGEST = 10**9
_FIELDS = ("as_of", "batch", "input", "output")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one model in pico-units per token; `batch_parts` is the factor for calls in a batch, in millionths."""

    input_pico: int
    output_pico: int
    batch_parts: int = 1_000_000
    as_of: str | None = None

    def cost(self, prompt_tokens: int, completion_tokens: int, *, batch: bool = False) -> int:
        """What so many tokens cost, in pico-units; a batch's fraction of a pico-unit is rounded up.

        >>> Price(150_000, 600_000).cost(1000, 100)
        210000000
        """
        plain = prompt_tokens * self.input_pico + completion_tokens * self.output_pico
        return -(-plain * self.batch_parts // 1_000_000) if batch else plain


FREE = Price(0, 0)


@dataclass(frozen=True)
class Prices:
    """Prices by model name or pattern, in the order of the file. The default knows only what runs on this machine: it is free."""

    currency: str = "USD"
    models: Mapping[str, Price] = field(default_factory=dict)
    file: str = "prices.yaml"
    """Where an unknown price is to be added."""

    def of(self, model: str) -> Price | NotMeasured:
        """The price of a model by its name in `study.yaml`; one that nobody gave is not measured, never 0.

        >>> Prices().of("local:any") == FREE, Prices().of("http:any").reason
        (True, 'no price is known for http:any; add it to prices.yaml')
        """
        if model in self.models:
            return self.models[model]
        for pattern, price in self._patterns:
            if pattern.fullmatch(model):
                return price
        return NotMeasured(f"no price is known for {model}; add it to {self.file}")

    def with_inline(self, given: Mapping[str, Price]) -> Prices:
        """These prices with others in front, by model name: those that stand in the models' own settings."""
        return Prices(self.currency, {**given, **{k: v for k, v in self.models.items() if k not in given}}, self.file)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Price]]:
        # what runs here comes last: who pays for power or for a machine can say so
        ours = {"local:*": FREE, "recorded:*": FREE}
        patterns = [(name, price) for name, price in (*self.models.items(), *ours.items()) if "*" in name]
        # not fnmatch: brackets and question marks stand in names of models
        return [(re.compile(".*".join(map(re.escape, name.split("*"))), re.DOTALL), price) for name, price in patterns]


def read_prices(path: str | Path) -> Prices:
    """Read a file of prices. `UsageError` where there is none, `DataError` naming the field that cannot be read."""
    path = Path(path)
    try:
        given = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_TextLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise UsageError(f"there is no file of prices {path}. Write one as in docs/cost.md.") from None
    except UnicodeDecodeError as error:
        raise DataError("the file is not UTF-8 text", file=path, got=str(error)) from None
    except OSError as error:
        raise UsageError(f"the prices {path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise DataError("not readable as YAML", file=path, line=mark.line + 1 if mark else None, got=str(error)) from None
    if not isinstance(given, dict):
        raise DataError("prices are a table", file=path, got=given, allowed="the fields currency and models")
    if unknown := [name for name in given if name not in ("currency", "models")]:
        raise DataError("unknown field", file=path, field=str(unknown[0]), got=unknown[0], allowed="currency, models")
    currency = given.get("currency")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        what = "there is no currency" if currency is None else "not a currency"
        raise DataError(what, file=path, field="currency", got=currency, allowed="three capital letters, e.g. EUR")
    models = given.get("models")
    if not isinstance(models, dict):
        allowed = '"http:NAME": {input: PRICE, output: PRICE}'
        raise DataError("no table of models", file=path, field="models", got=models, allowed=allowed)
    for name in models:
        if not isinstance(name, str) or not name:
            raise DataError("not the name of a model", file=path, field="models", got=name, allowed="names as in study.yaml")
    prices = {name: price_from(value, file=path, field=f"models.{name}") for name, value in models.items()}
    return Prices(currency, prices, str(path))


def price_from(given: object, *, file: str | Path, field: str = "price") -> Price:
    """The price in a table `{input: …, output: …}`, per million tokens; `DataError` for anything that is none.

    Numbers may be whole, decimal or text; a number with more decimals than a pico-unit per token has is refused, not rounded.

    >>> price_from({"input": 0.15, "output": "0.60", "batch": 0.5}, file="study.yaml")
    Price(input_pico=150000, output_pico=600000, batch_parts=500000, as_of=None)
    """
    if not isinstance(given, Mapping):
        allowed = "{input: PRICE, output: PRICE} per million tokens"
        raise DataError("a price is a table", file=file, field=field, got=given, allowed=allowed)
    for name in given:
        if name not in _FIELDS:
            known = did_you_mean(str(name), _FIELDS)
            raise DataError("unknown field of a price", file=file, field=f"{field}.{name}", got=name, allowed=known.rstrip("."))

    def amount(name: str, largest: int, allowed: str) -> int:
        if name not in given:
            raise DataError("a price is not whole", file=file, field=f"{field}.{name}", allowed=allowed)
        exact = _exact(given[name])
        if exact is None or not 0 <= exact <= largest:
            got = given[name]
            raise DataError("not a price", file=file, field=f"{field}.{name}", got=got, allowed=allowed)
        with localcontext() as context:
            context.prec = 60  # a number of that many digits would be refused below in any case
            scaled = exact * _PER_TOKEN
            if scaled != scaled.to_integral_value(ROUND_HALF_EVEN):
                allowed = "up to 6 decimals"
                raise DataError("too many decimals", file=file, field=f"{field}.{name}", got=given[name], allowed=allowed)
        return int(scaled)

    money = "a number from 0, per million tokens"
    return Price(
        amount("input", _LARGEST, money),
        amount("output", _LARGEST, money),
        amount("batch", 1, "a factor from 0 to 1") if "batch" in given else 1_000_000,
        _day(given.get("as_of"), file, f"{field}.as_of"),
    )


def show_money(pico: int | NotMeasured, currency: str) -> str:
    """An amount for a reader: to 4 decimals, or to 2 significant digits where it is smaller; `unknown` if it is not known.

    >>> show_money(12_345_678_901, "USD"), show_money(42_000_000, "EUR"), show_money(0, "EUR")
    ('0.0123 USD', '0.000042 EUR', '0 EUR')
    >>> show_money(1_234_567 * PICO, "USD"), show_money(NotMeasured("no price"), "USD")
    ('1,234,567.00 USD', 'unknown')
    """
    if isinstance(pico, NotMeasured):
        return "unknown"
    if pico == 0:
        return f"0 {currency}"
    with localcontext() as context:
        context.prec = 60
        amount = Decimal(pico) / PICO
        smallest = amount.adjusted()  # the place of the first digit: -3 for 0.0012
        places = 2 if abs(amount) >= 1 else max(4, 1 - smallest)
        return f"{amount:,.{places}f} {currency}"


class _TextLoader(yaml.SafeLoader):
    """YAML with numbers and days kept as they were written, and with a name that stands twice refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        if twice := next((name for name, n in names.items() if n > 1), None):
            raise yaml.constructor.ConstructorError(None, None, f"{twice} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str | Decimal:
    try:
        return Decimal(node.value)  # not float: 0.1 must stay 0.1
    except InvalidOperation:
        return str(loader.construct_scalar(node))


_TextLoader.add_constructor("tag:yaml.org,2002:float", _as_written)
_TextLoader.add_constructor("tag:yaml.org,2002:int", _as_written)
# a day stays a text, like any other word
_TextLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)


def _exact(value: object) -> Decimal | None:
    """The number that was written, if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    text = str(value)
    if len(text) > 40 or "_" in text:
        return None
    try:
        number = Decimal(text)  # of a float: its shortest form, which is what was written
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


def _day(value: object, file: str | Path, field: str) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value.isoformat() if isinstance(value, date) else str(value)).isoformat()
    except ValueError:
        raise DataError("not a day", file=file, field=field, got=value, allowed="a date such as 2026-11-01") from None
