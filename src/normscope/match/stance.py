"""The matcher for dilemmas with a yes/no question: where each text stands on it is read once, then compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from normscope.errors import UsageError
from normscope.match.addressed import GAP, beginning_without_orders
from normscope.match.gathering import all_answered
from normscope.match.judge import Judge
from normscope.match.offline.matcher import make as make_offline
from normscope.match.offline.standings import OfflineStandings
from normscope.match.options import split_options
from normscope.match.prompt import quoted
from normscope.match.standing import ReadStandings, Side, Standing, compared, question_of
from normscope.match.verdict import Unusable, label_probability, parsed, read_entry, schema
from normscope.models.base import Ask, AskFor, Completion, Message, Params
from normscope.models.prompts import PromptFile, fence, prompt_file
from normscope.records import Judgement, Matcher, Question

__all__ = ["AskedStandings", "Stance", "make", "stance_messages", "stance_prompt"]

SCHEMA = json.dumps(schema(Side), separators=(",", ":"))
BARE_SCHEMA = json.dumps(schema(Side, evidence=False), separators=(",", ":"))
NEED_EVIDENCE = frozenset({Side.YES, Side.NO})
UNREAD = Standing(Side.DEPENDS, 0.0)


@dataclass(frozen=True)
class Stance:
    """Do text and solution answer the asker's question alike?

    For dilemmas with a question that can be answered with yes or no. Where each unprompted text stands is read by
    `standings` once, as a text and as a solution alike: as many readings as there are texts, not as there are pairs. Both
    yes or both no is `agree`, one of each `disagree`; `silent` where one does not answer the question, `unclear` where one
    says that it depends or could not be read. Two different courses with the same answer *agree* here: what is compared is
    the answer and nothing finer. Where the question is none of yes and no ("What should I do?"), all is `unclear`.

    An answer to a *shown* solution speaks about that solution, not about the asker's question ("Yes, do that" may well mean
    no to the latter), and there is one for each solution anyway: `shown` labels it.
    """

    name: str
    standings: ReadStandings = field(repr=False)
    shown: Matcher
    prompt_hash: str | None = None
    remembered: bool = False
    """Whether its judgements are worth keeping: where no model is asked, whose answers are kept as calls already."""

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        stated = [question for question in questions if question.asked == "stated"]
        shown = [question for question in questions if question.asked != "stated"]
        texts = list(dict.fromkeys((q.dilemma, text) for q in stated for text in (q.text, q.solution)))
        stands = dict(zip(texts, await self.standings(texts) if texts else [], strict=True))
        found = dict(zip(shown, await self.shown(shown) if shown else [], strict=True))
        found |= {q: compared(stands[q.dilemma, q.text], stands[q.dilemma, q.solution]) for q in stated}
        return [found[question] for question in questions]


@dataclass(frozen=True)
class AskedStandings:
    """Where does each text stand, as a named model reads it?

    One call per text, and a second one where the answer cannot be used (no JSON, another word, a passage that is not in the
    text): that asks for the bare word, which small models manage, so that a side without evidence is one that was given the
    second time. After that the text `depends`, with score 0.0. The score is the probability of the answer's tokens where
    the server reports it, else 1.0. It `depends` too where the server refuses the request for good, unless it refuses all; a
    call that fails otherwise raises `ModelError` after the others have ended.

    `drop_orders`: sentences that speak to whoever labels the text are taken out before (see `addressed`).
    """

    model: str
    ask: Ask = field(repr=False)
    max_tokens: int = 160
    longest: int = 24_000
    alternatives: int = 5
    drop_orders: bool = True

    async def __call__(self, items: Sequence[tuple[str, str]]) -> list[Standing]:
        work = [(1, self._read(*item)) for item in items]
        return await all_answered(work, who=f"stance:{self.model}", refused=lambda _: UNREAD)

    async def _read(self, dilemma: str, text: str) -> Standing:
        text = beginning_without_orders(text, longest=self.longest) if self.drop_orders else text
        if not text.replace(GAP, "").strip():
            return UNREAD
        messages = stance_messages(dilemma, text, longest=self.longest)
        completion = await self._ask(messages, SCHEMA)
        found = _standing(completion, text, NEED_EVIDENCE)
        if isinstance(found, Unusable):
            again = Message("user", stance_prompt().fill("repair", problem=found.problem))
            found = _standing(await self._ask([*messages, quoted(completion), again], BARE_SCHEMA), text, ())
        return UNREAD if isinstance(found, Unusable) else found

    async def _ask(self, messages: Sequence[Message], wanted: str) -> Completion:
        params = Params(max_tokens=self.max_tokens, temperature=0.0, seed=0, json_schema=wanted, logprobs=self.alternatives)
        return await self.ask(messages, params)


def make(argument: str, ask_for: AskFor) -> Stance:
    """The matcher `stance:MODEL`; what was shown is labelled by `judge:MODEL`. `UsageError` where no model is named.

    `stance:offline` asks no model: the offline matcher reads the standings, and labels what was shown.
    """
    if argument == "offline":
        offline = make_offline("", ask_for)
        return Stance("stance:offline", OfflineStandings(offline), offline, offline.prompt_hash, remembered=True)
    _, model = split_options(argument, {}, matcher="stance")
    if not model:
        raise UsageError(
            "the matcher 'stance' needs the model to ask. Write: stance:http:MODEL, stance:local:MODEL or stance:offline"
        )
    ask = ask_for(model)
    judge = Judge(model, ask)
    both = hashlib.sha256(f"{stance_prompt().sha256}\n{judge.prompt_hash}".encode()).hexdigest()
    return Stance(f"stance:{argument}", AskedStandings(model, ask), judge, both)


def stance_prompt() -> PromptFile:
    """The file `prompts/stance.md`."""
    return prompt_file("normscope.match", "stance.md")


def stance_messages(dilemma: str, text: str, *, longest: int) -> list[Message]:
    """The messages that ask where a text stands. Each text is cut after `longest` characters; a note outside says so."""
    texts = {"dilemma": dilemma, "text": text}
    code = fence(*texts.values())
    question = question_of(dilemma)
    values = {name: given[:longest] for name, given in texts.items()}
    if question is None:
        asked = stance_prompt().fill("no question", fence=code, **values)
    else:
        asked = stance_prompt().fill("question", fence=code, question=question[:longest], **values)
    notes = [f"The {name} was longer: only its beginning is shown." for name, given in texts.items() if len(given) > longest]
    return [Message("system", stance_prompt().fill("system", fence=code)), Message("user", "\n\n".join([asked, *notes]))]


def _standing(completion: Completion, text: str, need_evidence: Container[Side]) -> Standing | Unusable:
    given = parsed(completion)
    found = given if isinstance(given, Unusable) else read_entry(given, text, labels=Side, need_evidence=need_evidence)
    if isinstance(found, Unusable):
        return found
    probability = label_probability(completion, found.label)
    return Standing(found.label, 1.0 if probability is None else probability, found.evidence)
