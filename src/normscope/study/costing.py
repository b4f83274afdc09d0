"""What is still to be asked will cost: calls, tokens and money per model, before anything is asked. Nothing is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from normscope.models.prices import Price, Prices, price_from, read_prices
from normscope.records import Dilemma, NotMeasured, Outcome, Solution
from normscope.store import Store
from normscope.study.conversations import KNOWN_PROTOCOLS, Left, Rates, Sizes, left_to_hold, sizes_of, spend
from normscope.study.eliciting import params_of
from normscope.study.lengths import Habits, Row, Seen, prior_habits, watch
from normscope.study.loading import load_sources
from normscope.study.settings import ModelSettings, Settings

__all__ = ["Forecast", "ForecastLine", "forecast", "study_prices"]

Known = dict[str, list[Row]]
_BOUND_NAMES = ("max_tokens", "max_completion_tokens", "max_output_tokens")


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """What one model is still to be asked. `likely` and `at_most` are money in pico-units (`models.prices`).

    The figures that end in `at_most` hold whatever the answers are, as long as the server keeps to `max_tokens` and every
    call is answered once: an answer that is lost on its way and asked for again can be billed twice.
    """

    model: str
    """The name in the study (`id`, or the model's own)."""
    conversations: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    likely: int | NotMeasured
    calls_at_most: int | NotMeasured
    prompt_at_most: int | NotMeasured
    completion_at_most: int | NotMeasured
    at_most: int | NotMeasured
    rests_on: str
    """`12 stored answers`, `40 stored answers of other models`, or `prior`."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One line per model, and what a reader must know to understand them."""

    lines: tuple[ForecastLine, ...]
    currency: str
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> ForecastLine:
        """All models together; money is unknown where that of any model that is to be asked is unknown."""
        asked = [line for line in self.lines if line.conversations]

        def total(values: Sequence[int | NotMeasured]) -> int | NotMeasured:
            unknown = sum(isinstance(value, NotMeasured) for value in values)
            if unknown:
                return NotMeasured(f"it is not known of {unknown} of the {len(values)} models that are to be asked")
            return sum(value for value in values if isinstance(value, int))

        return ForecastLine(
            "total",
            sum(line.conversations for line in asked),
            sum(line.calls for line in asked),
            sum(line.prompt_tokens for line in asked),
            sum(line.completion_tokens for line in asked),
            total([line.likely for line in asked]),
            total([line.calls_at_most for line in asked]),
            total([line.prompt_at_most for line in asked]),
            total([line.completion_at_most for line in asked]),
            total([line.at_most for line in asked]),
            "",
        )


def study_prices(settings: Settings, prices: Prices | None = None) -> Prices:
    """The prices of a study: `prices` or else the file that the setting `prices` names, and those in its models' settings."""
    file = getattr(settings, "prices", None)
    if prices is None:
        prices = Prices() if file is None else read_prices(file)
    inline: dict[str, Price] = {}
    for model in (*settings.judges, *settings.models):
        given = getattr(model, "price", None)
        if given is not None:
            inline[model.model] = price_from(given, file="study.yaml", field=f"models.{model.responder_id}.price")
    return prices.with_inline(inline)


def forecast(settings: Settings, store: Store | None, *, prices: Prices | None = None, batch: bool = False) -> Forecast:
    """What is still to be asked of every model, and what it will cost. What is answered already costs nothing.

    Without a `store` (a study that was not begun), or with one that holds no dilemmas yet, the dilemmas are read from the
    files that the settings name, and everything is still to be asked. `batch` applies the prices' factors for batches.
    What an answer needs is not known beforehand: each line says on what it rests (see `lengths` and docs/cost.md).

    `UsageError` for a study without dilemmas or with a language that has no phrases.
    """
    prices = study_prices(settings, prices)
    dilemmas, solutions = _contents(settings, store)
    sizes = sizes_of(dilemmas, solutions, settings)
    known, failed = _known(settings, store)
    languages = {dilemma.dilemma_id: dilemma.language for dilemma in dilemmas}
    seen = {model.responder_id: _seen(model, settings, store, known[model.responder_id], languages) for model in settings.models}
    lines = []
    for model in settings.models:
        name = model.responder_id
        bounds = {stage: _bound(model, most) for stage, most in _most(settings).items()}
        others = [s for other, s in seen.items() if other != name and s.answers]
        habits = prior_habits(bounds)
        if others:
            habits = reduce(add, others).habits(habits, of=" of other models", bounds=bounds)
        habits = seen[name].habits(habits, of="", bounds=bounds)
        left = left_to_hold(sizes, known[name], failed[name], languages)
        lines.append(_line(model, settings, sizes, left, habits, bounds, prices.of(model.model), batch=batch))
    return Forecast(tuple(lines), prices.currency, tuple(_notes(settings)))


def _line(
    model: ModelSettings,
    settings: Settings,
    sizes: Sizes,
    left: Left,
    habits: Habits,
    bounds: Mapping[str, float],
    price: Price | NotMeasured,
    *,
    batch: bool,
) -> ForecastLine:
    commits = settings.protocol == "ask-then-commit"
    calls, prompt, completion = spend(sizes, left, Rates.likely(habits, model.persona, commits=commits))
    most: tuple[int | NotMeasured, int | NotMeasured, int | NotMeasured]
    if settings.protocol not in KNOWN_PROTOCOLS:
        most = (NotMeasured(f"how often the protocol {settings.protocol} asks is not known beforehand"),) * 3
    elif math.inf in bounds.values():
        most = (NotMeasured(f"nothing bounds the answers of {model.model}"),) * 3
    else:
        most = spend(sizes, left, Rates.at_most(bounds, model.persona, commits=commits))

    def money(tokens: int | NotMeasured, answers: int | NotMeasured) -> int | NotMeasured:
        if not left.conversations:
            return 0
        if isinstance(price, NotMeasured):
            return price
        if isinstance(tokens, NotMeasured) or isinstance(answers, NotMeasured):
            # what is free is free however much of it there is
            return 0 if price.input_pico == price.output_pico == 0 else most[1]
        return price.cost(tokens, answers, batch=batch)

    return ForecastLine(
        model=model.responder_id,
        conversations=left.conversations,
        calls=calls,
        prompt_tokens=prompt,
        completion_tokens=completion,
        likely=money(prompt, completion),
        calls_at_most=most[0],
        prompt_at_most=most[1],
        completion_at_most=most[2],
        at_most=money(most[1], most[2]),
        rests_on=habits.rests_on,
    )


def _contents(settings: Settings, store: Store | None) -> tuple[Sequence[Dilemma], Sequence[Solution]]:
    dilemmas: Sequence[Dilemma] = () if store is None else store.all(Dilemma)
    if store is not None and dilemmas:
        return dilemmas, store.all(Solution) if settings.explicit.per_side != 0 else ()
    loaded = load_sources(settings)
    return loaded.dilemmas, loaded.solutions


def _known(settings: Settings, store: Store | None) -> tuple[Known, Known]:
    """The stored conversations by responder: those that need no asking, and those that failed on the way."""
    known: Known = {model.responder_id: [] for model in settings.models}
    failed: Known = {model.responder_id: [] for model in settings.models}
    if store is not None:
        wanted = ["dilemma_id", "responder_id", "draw", "outcome", "turns", "reason"]
        for dilemma_id, responder_id, draw, outcome, turns, reason in store.frame("responses").select(wanted).iter_rows():
            if responder_id in known:
                rows = failed if outcome == Outcome.FAILED.value else known
                rows[responder_id].append(Row(dilemma_id, draw, outcome, turns, reason or ""))
    return known, failed


def _seen(
    model: ModelSettings, settings: Settings, store: Store | None, rows: Sequence[Row], languages: Mapping[str, str]
) -> Seen:
    if store is None or not rows:
        return Seen()
    here = [row for row in rows if row.dilemma_id in languages]
    return watch(
        here,
        store.calls,
        model=model.model,
        persona=model.persona,
        params=params_of(settings),
        explicit_tokens=settings.explicit.max_tokens,
        languages=[languages[row.dilemma_id] for row in here],
    )


def _most(settings: Settings) -> dict[str, int]:
    """The most tokens of an answer, by stage."""
    most = settings.params.max_tokens
    return {"ask": most, "commit": most, "explicit": settings.explicit.max_tokens or most}


def _bound(model: ModelSettings, most: int) -> float:
    """The bound that reaches the server: a field of `extra_body` replaces ours, None takes it away."""
    given = [model.extra_body.get(name) for name in _BOUND_NAMES]
    bounds = [float(value) for value in given if isinstance(value, int) and not isinstance(value, bool)]
    if "max_tokens" not in model.extra_body:
        bounds.append(float(most))
    return max(bounds, default=math.inf)


def _notes(settings: Settings) -> list[str]:
    notes = []
    if settings.protocol not in KNOWN_PROTOCOLS:
        notes.append(
            f"The protocol {settings.protocol} is counted as one call per conversation, and one per shown solution; "
            "what it asks beyond that is not in the forecast."
        )
    for stage in ("extractor", "matcher"):
        name, _, argument = str(getattr(settings, stage)).partition(":")
        if name == "judge" and argument:
            notes.append(f"What the {stage} asks of {argument} is not in the forecast.")
    return notes
