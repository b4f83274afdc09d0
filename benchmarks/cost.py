"""How far is the forecast of tokens from what a real model then uses?

The local model is asked real dilemmas (`../shared/data/strickler_aita`, under `ask-then-commit`), once with answers of at most
200 tokens and once with at most 512. Before that the tokens are forecast with nothing known of the model (`prior`), and
again after 10 conversations for those that are left (`after_10`). Each figure is |forecast / counted - 1|; the bar is 0.2.
(--quick: 10 dilemmas with at most 200 tokens, and the second forecast after 4.)
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar, read_arguments, show
from normscope.store import FILE_NAME
from normscope.study import Study
from normscope.study.costing import ForecastLine, forecast

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "strickler_aita" / "dilemmas.jsonl"
MODEL = "local:smollm2-135m-instruct"
BAR = 0.2


def counted(folder: Path) -> tuple[int, int, int]:
    """Calls, prompt tokens and completion tokens of all stored calls, as the server counted them."""
    with sqlite3.connect(folder / FILE_NAME) as db:
        rows = [json.loads(text) for (text,) in db.execute("SELECT completion FROM calls WHERE completion IS NOT NULL")]
    return len(rows), sum(row["prompt_tokens"] for row in rows), sum(row["completion_tokens"] for row in rows)


def errors(line: ForecastLine, real: tuple[int, int, int], name: str) -> dict[str, Bar]:
    """How far the forecast is off, in prompt, completion and all tokens."""
    _, prompt, completion = real
    told = f"{name}: forecast {line.calls} calls, {line.prompt_tokens} + {line.completion_tokens} tokens ({line.rests_on}); "
    print(f"{told}counted {real[0]} calls, {prompt} + {completion} tokens", file=sys.stderr)
    off = {
        "total": (line.prompt_tokens + line.completion_tokens) / (prompt + completion),
        "prompt": line.prompt_tokens / prompt,
        "completion": line.completion_tokens / completion,
    }
    return {f"{part}_error_{name}": Bar(abs(ratio - 1), BAR) for part, ratio in off.items()}


def measure(folder: Path, *, dilemmas: int, first: int, max_tokens: int) -> dict[str, Bar]:
    """Forecast, ask the first few, forecast the rest, ask the rest, compare."""

    def study(limit: int) -> Study:
        settings: dict[str, Any] = {"dilemmas": str(DATA), "models": [MODEL], "explicit": {"per_side": 0}}
        params = {"max_tokens": max_tokens, "seed": 1}
        return Study.create(folder, limit=limit, params=params, **settings)

    with study(dilemmas) as whole:
        before = forecast(whole.settings, None).lines[0]
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
    return errors(before, everything, f"prior_{max_tokens}") | errors(after, rest, f"after_{first}_{max_tokens}")


def main() -> None:
    arguments = read_arguments(__doc__)
    if not DATA.is_file():
        raise SystemExit(f"the real dilemmas are not at {DATA}; nothing was measured")
    figures: dict[str, Bar] = {}
    runs = [(10, 4, 200)] if arguments.quick else [(60, 10, 200), (24, 10, 512)]
    for dilemmas, first, max_tokens in runs:
        with tempfile.TemporaryDirectory() as name:
            figures |= measure(Path(name) / "study", dilemmas=dilemmas, first=first, max_tokens=max_tokens)
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
