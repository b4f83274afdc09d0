"""How far is the forecast of tokens from what a real model then uses?

The local model is asked real dilemmas (`../shared/data/strickler_aita`, under `ask-then-commit`), once with answers of at most
200 tokens and once with at most 512. Before that the tokens are forecast from what these weights did with other dilemmas
(`beforehand`) and, as for a model of which nothing is known, from the prior (`unknown`, without a bar: this model rambles);
and again after 10 conversations for those that are left (`after_10`). Each figure is |forecast / counted - 1|; the bar is on
all tokens together, prompt and completion alone are informative.
(--quick: 4 dilemmas under `ask` with at most 64 tokens, and the second forecast after 2.)
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.bars import Bar, read_arguments, show
from normscope.store import Store
from normscope.study import Study
from normscope.study.costing import ForecastLine, forecast
from normscope.study.lengths import MEASURED

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "strickler_aita" / "dilemmas.jsonl"
MODEL = "local:smollm2-135m-instruct"
BAR = 0.2


def counted(folder: Path) -> tuple[int, int, int]:
    """Calls, prompt tokens and completion tokens of all stored calls, as the server counted them."""
    with Store(folder) as store:
        (total,) = store.calls.totals()
    return total.answered, total.prompt_tokens, total.completion_tokens


def errors(line: ForecastLine, real: tuple[int, int, int], name: str, *, bar: float | None = BAR) -> dict[str, Bar]:
    """How far the forecast is off, in prompt, completion and all tokens."""
    _, prompt, completion = real
    told = f"{name}: forecast {line.calls} calls, {line.prompt_tokens} + {line.completion_tokens} tokens ({line.rests_on}); "
    print(f"{told}counted {real[0]} calls, {prompt} + {completion} tokens", file=sys.stderr)
    off = {
        "total": (line.prompt_tokens + line.completion_tokens) / (prompt + completion),
        "prompt": line.prompt_tokens / prompt,
        "completion": line.completion_tokens / completion,
    }
    return {f"{part}_error_{name}": Bar(abs(ratio - 1), bar if part == "total" else None) for part, ratio in off.items()}


def measure(folder: Path, *, dilemmas: int, first: int, max_tokens: int, protocol: str) -> dict[str, Bar]:
    """Forecast, ask the first few, forecast the rest, ask the rest, compare."""

    def study(limit: int) -> Study:
        settings: dict[str, Any] = {"dilemmas": str(DATA), "models": [MODEL], "explicit": {"per_side": 0}}
        params = {"max_tokens": max_tokens, "seed": 1}
        return Study.create(folder, limit=limit, params=params, protocol=protocol, **settings)

    with study(dilemmas) as whole:
        before = forecast(whole.settings, None).lines[0]
        with mock.patch.dict(MEASURED, clear=True):
            unknown = forecast(whole.settings, None).lines[0]
    with study(first) as part:
        part.load()
        part.elicit()
    used = counted(folder)
    with study(dilemmas) as whole:
        whole.load()
        after = forecast(whole.settings, whole.store).lines[0]
        whole.elicit()
    everything = counted(folder)
    rest = (everything[0] - used[0], everything[1] - used[1], everything[2] - used[2])
    figures = errors(before, everything, f"beforehand_{max_tokens}") | errors(after, rest, f"after_{first}_{max_tokens}")
    return figures | errors(unknown, everything, f"unknown_{max_tokens}", bar=None)


def main() -> None:
    arguments = read_arguments(__doc__)
    if not DATA.is_file():
        raise SystemExit(f"the real dilemmas are not at {DATA}; nothing was measured")
    figures: dict[str, Bar] = {}
    long = [(50, 10, 200, "ask-then-commit"), (20, 10, 512, "ask-then-commit")]
    for dilemmas, first, max_tokens, protocol in [(4, 2, 64, "ask")] if arguments.quick else long:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "study"
            figures |= measure(folder, dilemmas=dilemmas, first=first, max_tokens=max_tokens, protocol=protocol)
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
