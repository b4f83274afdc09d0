"""The study's sample for labelling: drawn once, kept in the folder, made larger without losing a label."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from normscope.errors import UsageError, did_you_mean
from normscope.match import Plan
from normscope.records import Basis, Dilemma, LabelItem
from normscope.store import Store
from normscope.study.comparisons import Comparisons, comparisons
from normscope.study.current_labels import check_labels
from normscope.study.growing import Steps, grown
from normscope.study.scoring import plan_of
from normscope.study.settings import Settings
from normscope.validate.coding import item_id
from normscope.validate.sampling import ALLOCATIONS, Sampling, Stratified, Tightest, Uniform, permanent_numbers

__all__ = ["PLANS", "Sample", "Wish", "ensure_sample", "stored_sample", "stored_steps"]

FACT = "label_sample"
STEPS = "label_steps"
PLANS = ("uniform", "stratified", "tightest")
DEFAULT_N = 200
DEFAULT_TWICE = 0.2


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of the sample; None: as it is, or by default (200, uniform, proportional, a fifth, the study's seed)."""

    n: int | None = None
    plan: str | None = None
    allocation: str | None = None
    twice: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """How the sample was drawn, and from what.

    `n` comparisons were asked for, `drawn` came; `frame` is how many could be drawn. Outside the frame are the `settled`
    ones, whose labels are known without asking anybody, and those `without_value`, which no estimate uses. `twice` is the
    share that two coders label. `fingerprint` tells whether the frame is still the one that was drawn from.
    """

    plan: str
    n: int
    allocation: str
    twice: float
    seed: int
    matcher: str
    drawn: int
    frame: int
    settled: int
    without_value: int
    fingerprint: str


def stored_sample(store: Store) -> Sample | None:
    """The sample of the study, None where none was drawn."""
    text = store.fact(FACT)
    return None if text is None else Sample(**json.loads(text))


def stored_steps(store: Store) -> Steps | None:
    """The steps in which the study's sample was drawn; None where that is not known, as of a sample from an export."""
    text = store.fact(STEPS)
    return None if text is None else Steps(**json.loads(text))


def ensure_sample(settings: Settings, store: Store, wish: Wish, *, redraw: bool = False) -> Sample:
    """The study's sample, drawn or made larger where that is asked for.

    A sample is only ever made larger, from the frame it was drawn from, with its plan and seed: then it contains what was
    drawn before and its probabilities are exact. Where that is not possible (another plan or seed, another number of
    conversations, other labels of the matcher for a plan that uses them) a `UsageError` says so, unless `redraw`: then a new
    sample takes the place of the old one. Labels that were given stay, and count where the new sample has their question.
    """
    before = None if redraw else stored_sample(store)
    if before is None and not redraw and store.count("label_items"):
        raise UsageError(
            f"{store.folder} holds a sample that came from an export, which does not say how it was drawn. Draw it again with "
            "--redraw and the --n, --plan and --seed it had: the same study and options give the same sample."
        )
    wanted = _wanted(settings, wish, before)
    if before is not None and (wanted["n"], wanted["twice"]) == (before.n, before.twice):
        return before
    sampling = _sampling(wanted["plan"], wanted["n"], wanted["allocation"])
    work_plan = plan_of(store)
    found = _comparisons(settings, store, work_plan, sampling)
    if not found.frame.height:
        raise UsageError(
            f"{store.folder} has nothing to label: no two conversations are compared. Run: normscope run, or extract"
        )
    fingerprint = _fingerprint(found)
    if before is not None and fingerprint != before.fingerprint:
        raise UsageError(
            f"the sample of {store.folder} cannot be made larger: conversations, solutions or the labels it was drawn by have "
            "changed since. Go on with it as it is, or draw a new one with --redraw (labels that were given stay)."
        )
    sizes = [wanted["n"]] if before is None else list(dict.fromkeys([*_sizes(store, before), wanted["n"]]))
    drawn, steps = grown(lambda n: _sampling(wanted["plan"], n, wanted["allocation"]), found.frame, sizes, seed=wanted["seed"])
    items = _items(found, work_plan, drawn, store.all(Dilemma), twice=wanted["twice"], seed=wanted["seed"], name=wanted["plan"])
    sample = Sample(
        **wanted,
        matcher=settings.matcher,
        drawn=drawn.height,
        frame=found.frame.height,
        settled=found.settled,
        without_value=found.without_value,
        fingerprint=fingerprint,
    )
    store.replace("label_items", items, facts={FACT: json.dumps(asdict(sample)), STEPS: json.dumps(asdict(steps))})
    return sample


def _sizes(store: Store, before: Sample) -> list[int]:
    steps = stored_steps(store)
    return [before.n] if steps is None else steps.sizes


def _wanted(settings: Settings, wish: Wish, before: Sample | None) -> dict[str, Any]:
    """The parameters of the sample that is asked for; a `UsageError` where they contradict the one that is there."""
    plan, allocation = wish.plan, wish.allocation
    if plan is not None and plan not in PLANS:
        raise UsageError(f"no plan for labelling named {plan!r}. {did_you_mean(plan, PLANS)}")
    if allocation is not None and allocation not in ALLOCATIONS:
        raise UsageError(f"no allocation named {allocation!r}. {did_you_mean(allocation, ALLOCATIONS)}")
    if wish.twice is not None and not 0 <= wish.twice <= 1:
        raise UsageError(f"the share that two coders label is a number from 0 to 1; got {wish.twice}.")
    if before is None:
        default = Wish(DEFAULT_N, PLANS[0], ALLOCATIONS[0], DEFAULT_TWICE, settings.seed)
        given = {name: value for name, value in asdict(wish).items() if value is not None}
        return asdict(replace(default, **given))
    for name in ("plan", "allocation", "seed"):
        asked, is_ = getattr(wish, name), getattr(before, name)
        if asked is not None and asked != is_:
            raise UsageError(
                f"the sample was drawn with {name} {is_!r}, and {asked!r} was asked for. Leave --{name} out to go on with it, or "
                "draw a new one with --redraw (labels that were given stay)."
            )
    # never smaller: what was drawn may have been labelled
    n = max(before.n, wish.n or 0)
    twice = max(before.twice, wish.twice or 0.0)
    return {"n": n, "plan": before.plan, "allocation": before.allocation, "twice": twice, "seed": before.seed}


def _sampling(plan: str, n: int, allocation: str) -> Sampling:
    if plan == "stratified":
        return Stratified(n, "equal" if allocation == "equal" else "proportional")
    return Tightest(n) if plan == "tightest" else Uniform(n)


def _comparisons(settings: Settings, store: Store, plan: Plan, sampling: Sampling) -> Comparisons:
    matches = None
    if not isinstance(sampling, Uniform):
        if not store.count("matches"):
            raise UsageError(
                f"the plan {sampling.name!r} draws by the matcher's labels, and there are none. Run: normscope match"
            )
        matches = store.frame("matches")
        check_labels(settings, store, matches)
    return comparisons(plan, store.frame("solutions"), store.frame("responses"), matches)


def _fingerprint(found: Comparisons) -> str:
    digest = hashlib.sha256()
    for row in found.frame.iter_rows():
        digest.update(json.dumps(row).encode())
    return digest.hexdigest()


def _items(
    found: Comparisons,
    plan: Plan,
    drawn: pl.DataFrame,
    dilemmas: list[Dilemma],
    *,
    twice: float,
    seed: int,
    name: str,
) -> list[LabelItem]:
    topics = {dilemma.dilemma_id: dilemma.topic for dilemma in dilemmas}
    keys = drawn["comparison"].to_list()
    # a larger share contains the smaller one, like the sample itself
    numbers = permanent_numbers(keys, seed=seed, use="twice")
    doubled = dict(zip(keys, (numbers < twice).tolist(), strict=True))
    items = []
    for row in found.rows.join(drawn, on="comparison").sort("rank", "solution_id").iter_rows(named=True):
        question = plan.questions[row["question"]]
        items.append(
            LabelItem(
                item_id=item_id(question.dilemma, question.text, question.solution, question.asked),
                dilemma_id=row["dilemma_id"],
                responder_id=row["responder_id"],
                draw=row["draw"],
                basis=Basis(row["basis"]),
                solution_id=row["solution_id"],
                flip=row["flip"],
                dilemma=question.dilemma,
                text=question.text,
                solution=question.solution,
                asked=question.asked,
                inclusion=row["inclusion"],
                plan=name,
                rank=row["rank"],
                stratum=row["stratum"],
                twice=doubled[row["comparison"]],
                language=question.language,
                topic=topics[row["dilemma_id"]],
            )
        )
    return items
