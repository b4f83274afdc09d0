"""What is still to be asked will cost: calls, tokens and money per model, before anything is asked. Nothing is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from normscope.elicit.player import LONGEST_READ, LONGEST_SAID, PLAYER_TOKENS, player_prompt
from normscope.match import models_asked
from normscope.models.prices import Prices
from normscope.models.tokens import CALL_TOKENS, MESSAGE_TOKENS, at_most_tokens, likely_tokens
from normscope.plugins import split
from normscope.records import Dilemma, NotMeasured, Solution
from normscope.store import Store
from normscope.study.asking import prices_of
from normscope.study.conversations import Left, Rates, Spend, left_to_hold, sizes_of, spend
from normscope.study.lengths import MEASURED, PLAYER, PRIOR_LENGTHS, Seen, prior_habits
from normscope.study.loading import load_sources, model_responders
from normscope.study.replaying import Replayed, begun, coded_by_dilemma, jobs_for, replayed, sample, seen_in
from normscope.study.settings import ModelSettings, Settings

__all__ = ["Forecast", "ForecastLine", "forecast"]

KNOWN_PROTOCOLS = ("ask", "ask-then-commit", "dialogue")
"""The protocols of which it is known how often they ask."""
MOST_MARKS = 1_000
"""More bytes than are written around one text in the player's prompt."""
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
    """`12 stored answers`, `40 stored answers of other models`, `measured beforehand`, or `prior`."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One line per model, and what a reader must know to understand them."""

    lines: tuple[ForecastLine, ...]
    currency: str
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> ForecastLine:
        """All models together; money is unknown where that of any model that is to be asked is unknown."""
        asked = [line for line in self.lines if line.conversations or line.calls_at_most != 0]

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


def forecast(settings: Settings, store: Store | None, *, prices: Prices | None = None) -> Forecast:
    """What is still to be asked of every model, and what it will cost. What is answered already costs nothing.

    Without a `store` (a study that was not begun), or with one that holds no dilemmas yet, the dilemmas are read from the
    files that the settings name, and everything is still to be asked. `prices` are those of the study if none are given.
    What an answer needs is not known beforehand: each line says on what it rests (see `lengths` and docs/cost.md).

    `UsageError` for a study without dilemmas or with a language that has no phrases.
    """
    prices = prices or prices_of(settings)
    dilemmas, solutions = _contents(settings, store)
    coded = coded_by_dilemma(solutions)
    sizes = sizes_of(dilemmas, coded, settings)
    languages = {dilemma.dilemma_id: dilemma.language for dilemma in dilemmas}
    every = [(dilemma.dilemma_id, draw) for draw in range(settings.draws) for dilemma in dilemmas]
    seen: dict[str, Seen] = {}
    left: dict[str, Left] = {}
    for responder in model_responders(settings.models):
        name = responder.responder_id
        held = set() if store is None else {(d, draw) for d, _, draw in store.held(name)}
        missing = [key for key in every if key not in held]
        started: list[Replayed] = []
        if store is not None:
            started = begun(settings, store, dilemmas, responder, coded, missing)
            held.intersection_update(every)
            jobs = jobs_for(settings, dilemmas, responder, coded, sample(held))
            seen[name] = seen_in([*replayed(settings, store.calls, jobs), *started], languages)
        left[name] = left_to_hold(sizes, missing, started, languages)
    lines, plays = [], [Spend(), Spend()]
    for model, responder in zip(settings.models, model_responders(settings.models), strict=True):
        name, bounds = model.responder_id, _bounds(settings, model)
        habits = prior_habits(bounds, model=model.model)
        others = [s for other, s in seen.items() if other != name and s.answers]
        if others and model.model not in MEASURED:
            habits = reduce(add, others).habits(habits, of=" of other models", bounds=bounds)
        habits = seen.get(name, Seen()).habits(habits, of="", bounds=bounds)
        commits, questions = settings.protocol != "ask", settings.dialogue.turns if settings.protocol == "dialogue" else 0
        likely = Rates.likely(habits, responder.system, commits=commits, questions=questions)
        said, read = (4 * characters + MOST_MARKS for characters in (LONGEST_SAID, LONGEST_READ))
        # where there is no bound the most is not shown; it only must be a number
        finite = {stage: 0.0 if math.isinf(bound) else bound for stage, bound in bounds.items()}
        worst = Rates.at_most(finite, responder.system, commits=commits, questions=questions, said=said, read=read)
        expected, most = (spend(sizes, left[name], rates, questions=questions) for rates in (likely, worst))
        plays = [plays[0] + expected, plays[1] + most]
        known = _no_bound(settings, model.model, bounds) or most
        conversations = left[name].conversations
        lines.append(_line(name, conversations, expected, known, habits.rests_on, settings, prices, model.model))
    if settings.protocol == "dialogue":
        lines.append(_player_line(settings, plays, reduce(add, seen.values(), Seen()), prices))
    return Forecast(tuple(lines), prices.currency, tuple(_notes(settings)))


def _line(
    name: str,
    conversations: int,
    likely: Spend,
    most: Spend | NotMeasured,
    rests_on: str,
    settings: Settings,
    prices: Prices,
    model: str,
) -> ForecastLine:
    price = prices.of(model)
    batch = settings.batch and split(model)[0] == "http"

    def money(spent: Spend | NotMeasured) -> int | NotMeasured:
        if not round(likely.calls) and not (isinstance(most, Spend) and most.calls):
            return 0
        if isinstance(price, NotMeasured):
            return price
        if isinstance(spent, NotMeasured):
            # what is free is free however much of it there is
            return 0 if price.input_pico == price.output_pico == 0 else spent
        return price.cost(round(spent.prompt), round(spent.completion), batch=batch)

    return ForecastLine(
        model=name,
        conversations=conversations,
        calls=round(likely.calls),
        prompt_tokens=round(likely.prompt),
        completion_tokens=round(likely.completion),
        likely=money(likely),
        calls_at_most=most if isinstance(most, NotMeasured) else round(most.calls),
        prompt_at_most=most if isinstance(most, NotMeasured) else round(most.prompt),
        completion_at_most=most if isinstance(most, NotMeasured) else round(most.completion),
        at_most=money(most),
        rests_on=rests_on,
    )


def _player_line(settings: Settings, plays: Sequence[Spend], seen: Seen, prices: Prices) -> ForecastLine:
    """The model that plays the person: it reads the dilemma and what was said since, and says a few sentences."""
    player = settings.dialogue.player or ""
    model = next((m for m in (*settings.judges, *settings.models) if m.model == player), None) or ModelSettings(model=player)
    bounds = _bounds(settings, model)
    asked = player_prompt().ask("", [""], language="en")
    said = [billed for billed, _ in seen.by_stage[PLAYER]]
    reply = sum(said) / len(said) if said else PRIOR_LENGTHS[PLAYER].expected(bounds[PLAYER])
    likely, most = plays
    factor = seen.counted_play / seen.expected_play if seen.counted_play else 1.0
    per_call = CALL_TOKENS + sum(MESSAGE_TOKENS + likely_tokens(message.content, "en") for message in asked)
    most_per_call = at_most_tokens(asked) + MOST_MARKS
    unbounded = NotMeasured(f"nothing bounds the answers of {player}") if math.isinf(bounds[PLAYER]) else None
    return _line(
        f"{player} (plays the person)",
        0,
        Spend(likely.plays, factor * (likely.plays * per_call + likely.play_tokens), likely.plays * reply),
        unbounded or Spend(most.plays, most.plays * most_per_call + most.play_tokens, most.plays * bounds[PLAYER]),
        f"{len(said)} stored answers" if said else "prior",
        settings,
        prices,
        player,
    )


def _contents(settings: Settings, store: Store | None) -> tuple[Sequence[Dilemma], Sequence[Solution]]:
    dilemmas: Sequence[Dilemma] = () if store is None else store.all(Dilemma)
    if store is not None and dilemmas:
        return dilemmas, store.all(Solution) if settings.explicit.per_side != 0 else ()
    loaded = load_sources(settings)
    return loaded.dilemmas, loaded.solutions


def _bounds(settings: Settings, model: ModelSettings) -> dict[str, float]:
    """The most tokens of an answer, by stage. A field of `extra_body` replaces our bound, None takes it away."""
    most = settings.params.max_tokens
    ours = {
        "ask": most,
        "dialogue": most,
        "commit": most,
        "explicit": settings.explicit.max_tokens or most,
        PLAYER: PLAYER_TOKENS,
    }
    given = [model.extra_body.get(name) for name in _BOUND_NAMES]
    theirs = [float(value) for value in given if isinstance(value, int) and not isinstance(value, bool)]
    kept = "max_tokens" not in model.extra_body
    return {stage: max([*theirs, float(n)] if kept else theirs, default=math.inf) for stage, n in ours.items()}


def _no_bound(settings: Settings, model: str, bounds: Mapping[str, float]) -> NotMeasured | None:
    if settings.protocol not in KNOWN_PROTOCOLS:
        return NotMeasured(f"how often the protocol {settings.protocol} asks is not known beforehand")
    return NotMeasured(f"nothing bounds the answers of {model}") if math.inf in bounds.values() else None


def _notes(settings: Settings) -> list[str]:
    notes = []
    if settings.protocol not in KNOWN_PROTOCOLS:
        notes.append(f"The protocol {settings.protocol} is counted as if it were ask-then-commit.")
    for stage in ("extractor", "matcher"):
        models = models_asked(*split(str(getattr(settings, stage))))
        if models:
            notes.append(f"What the {stage} asks of {', '.join(models)} is not in the forecast.")
    return notes
