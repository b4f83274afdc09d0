"""What the call store already holds of conversations: they are held again by their own protocol, and nobody is asked."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from normscope.elicit import Job, elicit, plan_jobs
from normscope.errors import ModelError
from normscope.models.base import Ask, Completion, Message, Params, call_key
from normscope.models.tokens import CALL_TOKENS, MESSAGE_TOKENS, likely_tokens
from normscope.plugins import load
from normscope.records import Dilemma, Outcome, Responder, Response, Solution
from normscope.store import CallTable, Store
from normscope.study.asking import completion_of, extra_of
from normscope.study.eliciting import params_of
from normscope.study.lengths import PLAYER, STAGES, Seen
from normscope.study.loop import run
from normscope.study.settings import Settings

__all__ = ["Replayed", "begun", "coded_by_dilemma", "jobs_for", "replayed", "sample", "seen_in"]

SAMPLE = 200
"""Conversations per responder that are looked at for lengths."""
PROBED = 50_000
"""Up to so many conversations without a response are looked up in the call store, in case they were begun."""
NOT_STORED = "not_stored"

_Call = tuple[Sequence[Message], Completion]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A conversation as far as the store holds it. Where an answer is missing the outcome is `failed`, with the stage of the
    call that is to be made next as `next_stage`."""

    response: Response
    calls: tuple[_Call, ...]
    plays: tuple[_Call, ...]

    @property
    def next_stage(self) -> str | None:
        if self.response.outcome is not Outcome.FAILED:
            return None
        stage, colon, _ = (self.response.reason or "").partition(":")
        return stage if colon else "ask"


def coded_by_dilemma(solutions: Iterable[Solution]) -> dict[str, list[Solution]]:
    """The solutions that people coded, which are those that may be shown."""
    of_dilemma: dict[str, list[Solution]] = defaultdict(list)
    for solution in solutions:
        if solution.extractor == "coded":
            of_dilemma[solution.dilemma_id].append(solution)
    return of_dilemma


def jobs_for(
    settings: Settings,
    dilemmas: Iterable[Dilemma],
    responder: Responder,
    solutions: Mapping[str, Sequence[Solution]],
    wanted: Iterable[tuple[str, int]],
) -> Iterator[Job]:
    """The jobs of some conversations with one responder, by (dilemma, draw), as a run would plan them."""
    by_id = {dilemma.dilemma_id: dilemma for dilemma in dilemmas}
    for dilemma_id, draw in wanted:
        others = {(dilemma_id, responder.responder_id, n) for n in range(settings.draws) if n != draw}
        yield from plan_jobs(
            [by_id[dilemma_id]],
            [responder],
            protocol=settings.protocol,
            draws=settings.draws,
            solutions=solutions.get(dilemma_id, ()),
            per_side=settings.explicit.per_side,
            params=params_of(settings),
            explicit_tokens=settings.explicit.max_tokens,
            turns=settings.dialogue.turns,
            seed=settings.seed,
            existing=others,
        )


def replayed(settings: Settings, calls: CallTable, jobs: Iterable[Job]) -> list[Replayed]:
    """Hold the conversations again from the call store alone."""
    asked: list[_Call] = []
    done: list[Replayed] = []

    def ask_for(model: str) -> Ask:
        extra = _extra_of(settings, model)

        async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
            stored = calls.get(call_key(model, messages, params, draw, extra=extra))
            if stored is None:
                raise ModelError("not in the call store", reason=NOT_STORED, retry=False)
            completion = completion_of(stored)
            asked.append((messages, completion))
            return completion

        return ask

    def keep(response: Response) -> None:
        said = [turn.text for turn in response.turns if turn.role == "user"]
        mine: list[_Call] = []
        plays: list[_Call] = []
        for call in asked:
            # the player is asked in one message of its own, which nobody says to the responder
            if len(mine) < len(said) and call[0][-1].content == said[len(mine)]:
                mine.append(call)
            else:
                plays.append(call)
        done.append(Replayed(response, tuple(mine), tuple(plays)))
        asked.clear()

    protocols = {settings.protocol: load("protocols", settings.protocol)}
    player = settings.dialogue.player if settings.protocol == "dialogue" else None
    # one at a time, so that the calls between two responses are those of one conversation
    run(elicit(jobs, ask_for, on_response=keep, concurrency=1, protocols=protocols, player=player))
    return done


def seen_in(conversations: Iterable[Replayed], languages: Mapping[str, str]) -> Seen:
    """What stored conversations say about a model; of those that are not complete, only the answers."""
    seen = Seen()
    for conversation in conversations:
        response, language = conversation.response, languages[conversation.response.dilemma_id]
        stages = [turn.stage for turn in response.turns if turn.role == "user"]
        for stage, (messages, completion) in zip(stages, conversation.calls, strict=True):
            seen.by_stage[stage if stage in STAGES else "ask"].append(_lengths(completion, language))
            if isinstance(completion.prompt_tokens, int):
                seen.expected_prompt += _expected(messages, language)
                seen.counted_prompt += completion.prompt_tokens
        for messages, completion in conversation.plays:
            seen.by_stage[PLAYER].append(_lengths(completion, language))
            if isinstance(completion.prompt_tokens, int):
                seen.expected_play += _expected(messages, language)
                seen.counted_play += completion.prompt_tokens
        if response.outcome is Outcome.FAILED:
            continue
        seen.conversations += 1
        if response.outcome is Outcome.ANSWERED:
            seen.went_on += 1
            seen.commits += "commit" in stages
            seen.questions += stages.count("dialogue")
    return seen


def sample(held: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Every so many of a model's conversations, `SAMPLE` at most."""
    known = sorted(held)
    return known[:: max(1, math.ceil(len(known) / SAMPLE))]


def begun(
    settings: Settings,
    store: Store,
    dilemmas: Sequence[Dilemma],
    responder: Responder,
    solutions: Mapping[str, Sequence[Solution]],
    missing: Sequence[tuple[str, int]],
) -> list[Replayed]:
    """Those of the missing conversations whose first answer is stored: they failed later on, or their run was killed."""
    model = responder.model or ""
    if len(missing) > PROBED or not any(name == model and what == "answered" for name, what, _ in store.calls.counts()):
        return []
    extra, params = _extra_of(settings, model), params_of(settings)
    system = [] if responder.system is None else [Message("system", responder.system)]
    texts = {dilemma.dilemma_id: dilemma.text for dilemma in dilemmas}

    def first(dilemma_id: str, draw: int) -> str:
        asked = params if params.seed is None else replace(params, seed=params.seed + draw)
        return call_key(model, [*system, Message("user", texts[dilemma_id])], asked, draw, extra=extra)

    known = [key for key in missing if store.calls.has(first(*key))]
    return replayed(settings, store.calls, jobs_for(settings, dilemmas, responder, solutions, known))


def _expected(messages: Sequence[Message], language: str) -> int:
    return CALL_TOKENS + sum(MESSAGE_TOKENS + likely_tokens(message.content, language) for message in messages)


def _lengths(completion: Completion, language: str) -> tuple[float, float]:
    visible = likely_tokens(completion.text if completion.text.strip() else completion.refusal, language)
    if isinstance(completion.completion_tokens, int):
        return completion.completion_tokens, visible
    return visible + likely_tokens(completion.reasoning, language), visible


def _extra_of(settings: Settings, name: str) -> str:
    known = {model.model: model for model in (*settings.judges, *settings.models)}
    return extra_of(known[name]) if name in known else ""
