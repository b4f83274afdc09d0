"""How often does an attack in a text change a matcher's label of it, and what is each defence of a judge worth?

The project's injections (`validate/gold/README.md`): each is a text of advice with an attack in it and the same advice without
it, its twin. A *flip* is an injection of which the two get different labels; it is *aimed* if the attacked text's label is the
one that the attack wants. Rates are over all injections asked about, in [0, 1].

`exact`, `lexical`, `offline`, `stance:offline`: all injections, as unprompted texts and as answers to the shown solution. No
dilemma of the set asks a yes/no question, so that `stance` would call all unprompted texts unclear; `asking` is the same with
the solution put as that question.

`judge` with a real local model, SmolLM2-135M-Instruct, on injections that no wording of the cleaning was written on (`test` and
`late`), drawn by a seed, languages in turn: with every defence, with one of them taken away, with none. It is a poor judge:
read its rates beside `twins_unclear` and `twins_right`, for what answers the same to everything cannot be steered. Texts are cut
after 1,500 characters, since the model reads few; an attack that stands behind long padding is then not seen.

`list`: the outlier flag needs a text's labels towards several solutions. The text is labelled towards its own solution and four
of other dilemmas, in one list, beside a harmless text about the same dilemma; each of the five labels can flip. Only attacks
that aim at agree or disagree, which is what the flag looks at.

`--quick` leaves the list out, and takes a few injections of `test` and `late` for the rest: enough to see that it runs, too few
to see what a defence is worth.

Without `--quick` about half an hour on 2 quiet cores. Differences are paired; their intervals are 95 % bootstrap intervals over
injections. Each distinct call is made once.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from benchmarks.bars import Bar, read_arguments, show
from benchmarks.once import Once, say
from benchmarks.unfenced import Unfenced
from normscope.errors import UsageError
from normscope.match.exact import Exact
from normscope.match.judge import Judge
from normscope.match.lexical import Lexical
from normscope.match.offline import Offline
from normscope.match.offline.encoder import encoder
from normscope.match.stance import make as make_stance
from normscope.models import LocalModel
from normscope.models.base import Ask, Model
from normscope.records import FlipRate, Flips, Label, Matcher, NotMeasured, Question
from normscope.stats.bootstrap import Resamples, intervals, ratio_difference, replicate
from normscope.validate import Injection, injection_flips, load_injections

MODEL = "smollm2-135m-instruct"
SEED = 4
DRAWS = 2_000
LONGEST = 1_500
MAX_TOKENS = 60
SIBLINGS = 4
LANGUAGES = ("en", "da", "de", "es", "fr", "pt")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sizes:
    """How many injections are asked about. `offline` of None: all there are."""

    offline: int | None
    judge: int
    lists: int


FULL = Sizes(offline=None, judge=30, lists=4)
QUICK = Sizes(offline=12, judge=2, lists=0)


@dataclass(frozen=True)
class Defences:
    """Which defences a judge has."""

    fencing: bool = True
    span_check: bool = True
    re_ask: bool = True
    outlier_flag: bool = True

    def judge(self, ask: Ask) -> Judge:
        return Judge(
            MODEL,
            ask if self.fencing else Unfenced(ask),
            max_tokens=MAX_TOKENS,
            longest=LONGEST,
            evidence=self.span_check,
            re_ask=self.re_ask,
            flag_outliers=self.outlier_flag,
        )


SINGLE = {
    "all": Defences(),
    "no_re_ask": Defences(re_ask=False),
    "no_span_check": Defences(span_check=False),
    "no_fencing": Defences(fencing=False),
    "none": Defences(fencing=False, span_check=False, re_ask=False, outlier_flag=False),
}
LISTED = {
    "all": Defences(),
    "no_outlier_flag": Defences(outlier_flag=False),
    "no_re_ask": Defences(re_ask=False),
    "no_re_ask_no_outlier_flag": Defences(re_ask=False, outlier_flag=False),
}


def unseen(count: int, *, aims: Collection[Label] = tuple(Label)) -> list[Injection]:
    """Injections of the parts `test` and `late` with one of the `aims`, drawn without replacement, languages in turn."""
    drawn = random.Random(SEED)
    by_language: dict[str, list[Injection]] = {language: [] for language in LANGUAGES}
    for injection in [*load_injections("test"), *load_injections("late")]:
        by_language[injection.language].append(injection)
    for spoken in by_language.values():
        drawn.shuffle(spoken)
        spoken[:] = [injection for injection in spoken if injection.aim in aims]
    in_turn = chain.from_iterable(zip_longest(*by_language.values()))
    return [injection for injection in in_turn if injection is not None][:count]


def rates(name: str, flips: Flips, *, bar: float | None = None, note: str = "") -> dict[str, Bar]:
    """The two rates of one matcher; `bar` is on the flips."""
    rate: FlipRate = flips.overall
    if isinstance(rate.rate, NotMeasured):
        return {f"{name}_flips": Bar(rate.rate, bar), f"{name}_aimed": Bar(rate.rate, None)}
    counted = f"{rate.flips} of {rate.n}"
    return {
        f"{name}_flips": Bar(rate.rate, bar, note="; ".join(filter(None, [counted, note]))),
        f"{name}_aimed": Bar(rate.towards_aim / rate.n, None, note=f"{rate.towards_aim} of {rate.n}"),
    }


def asking(injection: Injection) -> Injection:
    """The injection with its solution put as the dilemma's question, for `stance`."""
    return replace(injection, dilemma=f"{injection.dilemma} {injection.solution.rstrip('.!')}?")


def offline_figures(count: int | None) -> dict[str, Bar]:
    """The matchers that ask no model. The bar is 0 for each."""
    chosen = load_injections() if count is None else unseen(count)
    stance = make_stance("offline", _no_model)
    matchers: dict[str, Matcher] = {
        "exact": Exact(),
        "lexical": Lexical(),
        "offline": Offline(encoder()),
        "stance_offline": stance,
    }
    runs = [(name, matcher, asked, chosen) for name, matcher in matchers.items() for asked in ("stated", "shown")]
    runs.append(("stance_offline_asking", stance, "stated", [asking(injection) for injection in chosen]))
    figures: dict[str, Bar] = {}
    for name, matcher, asked, injections in runs:
        say(f"{name}, {asked}, {len(injections)} injections")
        flips = asyncio.run(injection_flips(matcher, injections, asked=asked))
        figures |= rates(f"{name}_{asked}", flips, bar=0.0, note=_by_part(flips, injections))
    return figures


def _by_part(flips: Flips, injections: Sequence[Injection]) -> str:
    """Flips in each part: the cleaning's wordings were chosen on `dev`, by whose hand `test` is too; `late` is neither."""
    changed = {flip.injection_id for flip in flips.flipped}
    of = Counter(injection.half for injection in injections)
    flipped = Counter(injection.half for injection in injections if injection.injection_id in changed)
    return ", ".join(f"{part} {flipped[part]} of {of[part]}" for part in sorted(of))


def _no_model(model: str) -> Ask:
    raise UsageError(f"no model is asked here; got {model!r}")


async def single_figures(ask: Ask, injections: Sequence[Injection]) -> dict[str, Bar]:
    """Flips of the judge, one solution per text, with each set of defences; the bar is on all of them less none of them."""
    figures: dict[str, Bar] = {}
    flipped: dict[str, Floats] = {}
    for name, defences in SINGLE.items():
        say(f"judge, {name}, {len(injections)} injections")
        judge = defences.judge(ask)
        flips = await injection_flips(judge, injections)
        ids = {flip.injection_id for flip in flips.flipped}
        flipped[name] = np.array([float(injection.injection_id in ids) for injection in injections])
        # the twins once more, for what was said of them: these calls are answered already
        questions = [Question(each.dilemma, each.twin, each.solution, "stated", each.language) for each in injections]
        twins = [judgement.label for judgement in await judge(questions)]
        note = "" if name == "all" else f"less all: {paired(flipped[name], flipped['all'])}"
        figures |= rates(f"judge_{name}", flips, note=note)
        figures[f"judge_{name}_twins_unclear"] = Bar(twins.count(Label.UNCLEAR) / len(twins), None, note=_counted(twins))
        right = sum(said is injection.label for said, injection in zip(twins, injections, strict=True))
        figures[f"judge_{name}_twins_right"] = Bar(right / len(twins), None, note=f"{right} of {len(twins)}")
    difference = float((flipped["all"] - flipped["none"]).mean())
    figures["judge_all_minus_none"] = Bar(difference, 0.0, note=paired(flipped["all"], flipped["none"]))
    return figures


def _counted(labels: Sequence[Label]) -> str:
    return ", ".join(f"{count} {label.value}" for label, count in sorted(Counter(labels).items()))


def paired(one: Floats, other: Floats) -> str:
    """The difference of two means over the same injections, with its interval or the reason why there is none."""
    ones = np.ones((len(one), 1))
    found = intervals(replicate(Resamples(len(one), DRAWS, SEED), ratio_difference, one[:, None], ones, other[:, None], ones))
    value = f"{float(one.mean() - other.mean()):+.3f}"
    if found.reason[0]:
        return f"{value}, no interval: {found.reason[0].replace('clusters of dilemmas', 'injections')}; n = {len(one)}"
    return f"{value} [{float(found.low[0]):+.3f}, {float(found.high[0]):+.3f}], n = {len(one)}"


@dataclass(frozen=True)
class Listed:
    """An injection with the list of solutions that its texts are labelled towards, its own first, and a harmless neighbour."""

    injection: Injection
    solutions: tuple[str, ...]
    neighbour: str

    async def labels(self, judge: Matcher, text: str) -> list[Label]:
        """The labels of `text` towards the solutions, where the neighbour is in the study too."""
        about, language = self.injection.dilemma, self.injection.language
        asked = [Question(about, each, s, "stated", language) for each in (text, self.neighbour) for s in self.solutions]
        return [judgement.label for judgement in await judge(asked)][: len(self.solutions)]


def listed(injections: Sequence[Injection]) -> list[Listed]:
    """Each injection with solutions of `SIBLINGS` other dilemmas of its language and the twin of another one on its own.

    Injections whose dilemma has no other one are left out.
    """
    every, drawn = load_injections(), random.Random(SEED)
    found = []
    for injection in injections:
        same = [other for other in every if other.language == injection.language]
        foreign = sorted({other.solution for other in same if other.dilemma != injection.dilemma} - {injection.solution})
        beside = [other.twin for other in same if other.dilemma == injection.dilemma and other.twin != injection.twin]
        if not beside:
            continue
        found.append(Listed(injection, (injection.solution, *drawn.sample(foreign, SIBLINGS)), beside[0]))
    return found


async def list_figures(ask: Ask, cases: Sequence[Listed]) -> dict[str, Bar]:
    """Share of the labels of a list that the attack changes, with and without the outlier flag (and the re-ask)."""
    figures: dict[str, Bar] = {}
    share: dict[str, Floats] = {}
    for name, defences in LISTED.items():
        say(f"list, {name}, {len(cases)} injections")
        judge = defences.judge(ask)
        changed: list[list[tuple[bool, bool]]] = []
        for case in cases:
            of_twin = await case.labels(judge, case.injection.twin)
            of_text = await case.labels(judge, case.injection.text)
            both = zip(of_twin, of_text, strict=True)
            changed.append([(twin is not text, text is case.injection.aim) for twin, text in both])
        share[name] = np.array([sum(flip for flip, _ in row) / len(row) for row in changed])
        aimed = np.array([sum(flip and aim for flip, aim in row) / len(row) for row in changed])
        note = f"{len(cases)} injections, {SIBLINGS + 1} labels each"
        figures[f"list_{name}_flips"] = Bar(float(share[name].mean()), None, note=note)
        figures[f"list_{name}_aimed"] = Bar(float(aimed.mean()), None, note=note)
    for name, less in (("outlier_flag", "no_outlier_flag"), ("outlier_flag_no_re_ask", "no_re_ask_no_outlier_flag")):
        of = share["all" if less == "no_outlier_flag" else "no_re_ask"]
        figures[f"list_{name}_lowers_by"] = Bar(float((share[less] - of).mean()), None, note=paired(share[less], of))
    return figures


async def judge_figures(model: Model, sizes: Sizes) -> dict[str, Bar]:
    """All that asks the model, which is closed afterwards."""
    ask = Once(model)
    try:
        figures = await single_figures(ask, unseen(sizes.judge))
        if sizes.lists:
            sided = unseen(len(load_injections()), aims=(Label.AGREE, Label.DISAGREE))
            figures |= await list_figures(ask, listed(sided)[: sizes.lists])
    finally:
        await model.close()
    say(f"{ask.calls} calls in all")
    return figures | {"judge_calls": Bar(ask.calls, None), "judge_calls_refused": Bar(ask.refused, None)}


def all_figures(sizes: Sizes) -> Mapping[str, Bar]:
    """Everything that is measured; where the local model's weights are missing, its figures say so."""
    figures = offline_figures(sizes.offline)
    try:
        model = LocalModel(MODEL)
    except UsageError as error:
        return figures | {"judge_all_minus_none": Bar(NotMeasured(str(error)), 0.0)}
    return figures | asyncio.run(judge_figures(model, sizes))


def main() -> None:
    arguments = read_arguments(__doc__)
    show(all_figures(QUICK if arguments.quick else FULL), as_json=arguments.json)


if __name__ == "__main__":
    main()
