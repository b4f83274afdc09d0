"""The study's scoring stages: solutions read, labels given. Re-scoring asks no model under test."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import polars as pl

from normscope.errors import UsageError
from normscope.match import Plan, models_asked, plan
from normscope.match import match as label_all
from normscope.models.asker import Asker
from normscope.models.base import Ask, AskFor
from normscope.plugins import load, split
from normscope.records import (
    Dilemma,
    Extractor,
    Matcher,
    Outcome,
    Responder,
    Response,
    Solution,
)
from normscope.store import Store, Writer
from normscope.study.asking import close_asker, open_asker
from normscope.study.current_labels import FACT as MATCHED
from normscope.study.current_labels import matched
from normscope.study.loop import run
from normscope.study.progress import Progress
from normscope.study.remembering import remembering
from normscope.study.settings import Settings

__all__ = ["extract", "match", "plan_of", "refuse_self_judging", "with_asker"]

T = TypeVar("T")
CHUNK = 256


def with_asker(settings: Settings, store: Store, work: Callable[[AskFor], Awaitable[T]]) -> T:
    """Run asynchronous work that may ask judges, and close what was opened: nothing, where nobody is asked."""

    async def main() -> T:
        opened: list[tuple[Asker, Writer]] = []

        def ask_for(model: str) -> Ask:
            # here every name passes, a plug-in's of which nothing else is known too
            _refuse_under_test(settings, model)
            # not before: who only scores may do so while another process asks
            if not opened:
                opened.append(open_asker(settings, store))
            return opened[0][0].ask_for(model)

        try:
            return await work(ask_for)
        finally:
            for asker, writer in opened:
                await close_asker(settings, store, asker, writer)

    return run(main())


def refuse_self_judging(settings: Settings, plugin: str) -> None:
    """A judge must not be a model under test, alone or among others: it would grade itself."""
    for judge in models_asked(*split(plugin)):
        _refuse_under_test(settings, judge)


def _refuse_under_test(settings: Settings, judge: str) -> None:
    if judge in {model.model for model in settings.models}:
        raise UsageError(f"the judge {judge!r} is itself a model under test. Name another model as the judge.")


def extract(settings: Settings, store: Store, progress: Progress) -> dict[str, int]:
    """Read solutions from all answered responses that have words of their own; keeps the coded ones that came with the data."""
    refuse_self_judging(settings, settings.extractor)
    dilemmas = {dilemma.dilemma_id: dilemma for dilemma in store.all(Dilemma)}
    items = [(dilemmas[r.dilemma_id], r) for r in store.all(Response) if r.outcome is Outcome.ANSWERED and r.text]
    coded = [s for s in store.all(Solution) if s.extractor == "coded"]
    name, argument = split(settings.extractor)

    async def work(ask_for: AskFor) -> list[Any]:
        extractor: Extractor = load("extractors", name)(argument, ask_for)
        done = []
        for start in range(0, len(items), CHUNK):
            progress("extract", start, len(items))
            done += await extractor(items[start : start + CHUNK])
        progress("extract", len(items), len(items))
        return done

    extractions = with_asker(settings, store, work)
    read = [solution for extraction in extractions for solution in extraction.solutions]
    store.replace("solutions", [*coded, *read])
    counts = Counter(extraction.reason or "read" for extraction in extractions)
    store.set_fact("extraction", json.dumps(dict(sorted(counts.items()))))
    return dict(counts)


def match(settings: Settings, store: Store, progress: Progress) -> int:
    """Label everything that is to be compared, each distinct pair of texts once."""
    refuse_self_judging(settings, settings.matcher)
    work_plan = plan_of(store)
    name, argument = split(settings.matcher)

    about = {"matching": json.dumps(dict(work_plan.excluded), sort_keys=True)}
    solutions = store.frame("solutions")

    async def work(ask_for: AskFor) -> pl.DataFrame:
        matcher: Matcher = remembering(load("matchers", name)(argument, ask_for), store)
        about[MATCHED] = matched(settings.matcher, matcher.name, solutions)
        return await label_all(work_plan, matcher, on_progress=lambda done, total: progress("match", done, total))

    labels = with_asker(settings, store, work)
    store.replace_matches(labels, facts=about)
    return labels.height


def plan_of(store: Store) -> Plan:
    """Which labels the study needs, from what is stored."""
    return plan(
        responses=store.frame("responses"),
        solutions=store.frame("solutions"),
        turns=_turns(store),
        dilemmas=store.all(Dilemma),
        responders=store.all(Responder),
    )


def _turns(store: Store) -> pl.DataFrame:
    rows = [
        (r.dilemma_id, r.responder_id, r.draw, turn.role, turn.stage, turn.solution_id, turn.text)
        for r in store.all(Response)
        for turn in r.turns
        if turn.stage == "explicit"
    ]
    schema = ["dilemma_id", "responder_id", "draw", "role", "stage", "solution_id", "text"]
    types = {name: pl.Int64 if name == "draw" else pl.String for name in schema}
    return pl.DataFrame(rows, schema=types, orient="row")
