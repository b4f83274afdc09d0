"""How well does the offline matcher tell agreement from disagreement, on sets with people's or their writers' labels?

Everything is measured on shares that were not learnt from: the advice-agreement set's test dilemmas, the dev shares of
perspectrum and argkp2021, and relational_dilemma, of which nothing was learnt. `--quick` takes a sample of each. The
`lexical` matcher is measured beside it where its bar is relative.

perspectrum: two perspectives of one side above two of opposite sides, once pair by pair, once by where each stands on the claim.

relational_dilemma: do two models' free-text reasons for the same vignette come to the same verdict (first run of each, their
own verdicts as the truth, all but yes and no left out)? The words yes and no are taken out of the reasons. Once pair by
pair, once by where each reason stands on the vignette's question.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.bars import Bar, read_arguments, show
from normscope.match.lexical import Lexical
from normscope.match.offline import Offline
from normscope.match.offline.encoder import encoder
from normscope.records import Label, Matcher, NotMeasured, Question
from normscope.stats import auc, cohen_kappa
from normscope.validate import load_pairs
from training.claims import claims, reasons
from training.pairs import Pair, argkp, own_set, perspectrum, read_jsonl
from training.split import part_of

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "data" / "advice-agreement"
OTHERS = ROOT.parent / "shared" / "data"
ABSENT = NotMeasured(f"the real data are not at {OTHERS}")
SEED = 4
WORDINGS = ("same course", "both against", "opposite")
SIZES = {"own": 9_000, "perspectrum": 10_000, "argkp": 10_000, "relational": 432}
QUICK = {"own": 900, "perspectrum": 500, "argkp": 400, "relational": 60}
VERDICTS = re.compile(r"\b(yes|no)\b[,.:;!]?\s*", re.IGNORECASE)

Floats = NDArray[np.float64]


def asked(pair: Pair) -> Question:
    return Question(pair.dilemma, pair.text, pair.solution, "shown" if pair.shown else "stated", pair.language)


def sample(pairs: list[Pair], size: int) -> list[Pair]:
    return random.Random(SEED).sample(pairs, size) if len(pairs) > size else pairs


def own_figures(matcher: Offline, size: int) -> dict[str, Bar]:
    """AUC of agree against disagree by language and by kind of pair, and macro-F1 of the three labels.

    The bars are on what the set was written for: two wordings of one course, or two against it, and a wording for with one
    against it. Courses that exclude each other, replies and the dilemma's question stand beside them.
    """
    pairs = sample([pair for pair in own_set(OWN) if part_of(pair.group) == "test"], size)
    found = matcher.probabilities([asked(pair) for pair in pairs])
    balance, label = found[:, 0] - found[:, 1], np.array([pair.label for pair in pairs])
    sided = label != Label.SILENT.value
    kind, spoken = np.array([pair.kind for pair in pairs]), np.array([pair.language for pair in pairs])
    wordings = np.isin(kind, WORDINGS)
    figures = {}
    for language in ("en", "da", "de", "es", "fr", "pt"):
        chosen = wordings & (spoken == language)
        figures[f"own_auc_{language}"] = Bar(
            auc(label[chosen] == "agree", balance[chosen]), 0.88 if language == "en" else 0.78, "at least"
        )
    parallel = np.array([pair.group.startswith("par-") for pair in pairs])
    for name, chosen in {
        "translated": wordings & parallel,
        "en_series_a_b": wordings
        & (spoken == "en")
        & np.array([pair.group.startswith(("en-a", "en-b", "par-")) for pair in pairs]),
        "excluded": np.isin(kind, ("same course", "excluded")),
        "reply": sided & (kind == "reply"),
        "question": kind == "question",
        "all_kinds": sided,
    }.items():
        figures[f"own_auc_{name}"] = Bar(auc(label[chosen] == "agree", balance[chosen]), None)
    given = [("agree", "disagree", "silent", "unclear")[i] for i in found.argmax(axis=1)]
    figures["own_macro_f1"] = Bar(f1_of_three(list(label), given), 0.70, "at least", f"{len(pairs)} pairs")
    words = asyncio.run(Lexical()([asked(pair) for pair in pairs]))
    figures["own_macro_f1_lexical"] = Bar(f1_of_three(list(label), [j.label.value for j in words]), None)
    side = [j.score * {"agree": 1, "disagree": -1}.get(j.label.value, 0) for j in words]
    english = wordings & (spoken == "en")
    figures["own_auc_en_lexical"] = Bar(auc(label[english] == "agree", np.array(side)[english]), None)
    return figures


def points_and_reasons(matcher: Offline, size: int) -> dict[str, Bar]:
    """The same on test claims and vignettes of the project: sides of points, verdicts of reasons, each in pairs and by stance."""
    figures = {}
    given = {
        "own_side_auc": (claims(OWN / "claims"), "same_side", ("same_side", "opposite")),
        "own_side_auc_stance": (claims(OWN / "claims"), "agree", ("claim",)),
        "own_verdict_auc": (reasons(OWN / "reasons"), "same verdict", ("same verdict", "other verdict")),
        "own_verdict_auc_stance": (reasons(OWN / "reasons"), "agree", ("verdict",)),
    }
    for name, (pairs, one, kinds) in given.items():
        chosen = sample([pair for pair in pairs if pair.kind in kinds and part_of(pair.group) == "test"], size // 6)
        found = matcher.probabilities([asked(pair) for pair in chosen])
        truth = np.array([one in (pair.kind, pair.label) for pair in chosen])
        figures[name] = Bar(auc(truth, found[:, 0] - found[:, 1]), None)
    return figures


def labelled_pairs(matcher: Offline) -> dict[str, Bar]:
    """Kappa with the labels of the project's own pairs, of both splits, beside that of `lexical`."""
    golds = load_pairs("all")
    questions = [Question(gold.dilemma, gold.text, gold.solution, gold.asked, gold.language) for gold in golds]
    truth = [gold.label.value for gold in golds]
    figures = {}
    measured: dict[str, Matcher] = {"": matcher, "_lexical": Lexical()}
    for name, one in measured.items():
        given = [judgement.label.value for judgement in asyncio.run(one(questions))]
        figures[f"labelled_pairs_kappa{name}"] = Bar(float(cohen_kappa(truth, given)), None, note=f"{len(golds)} pairs")
    return figures


def f1_of_three(truth: Sequence[str], given: Sequence[str]) -> float:
    """Macro-F1 over the labels that occur in the truth; `unclear` is never right here."""
    labels = sorted(set(truth))
    shares = []
    for label in labels:
        hits = sum(t == g == label for t, g in zip(truth, given, strict=True))
        shares.append(2 * hits / (truth.count(label) + given.count(label)))
    return sum(shares) / len(shares)


def perspectrum_figures(matcher: Offline, size: int) -> dict[str, Bar]:
    pairs = sample([p for p in perspectrum(OTHERS / "perspectrum", "dev") if p.kind != "paraphrase"], size)
    found = matcher.probabilities([asked(pair) for pair in pairs])
    kind = np.array([pair.kind for pair in pairs])
    side = np.isin(kind, ("same_side", "opposite"))
    single = sorted({(pair.dilemma, text) for pair in pairs for text in (pair.text, pair.solution)})
    stands = matcher.probabilities([Question(claim, text, claim, language="en") for claim, text in single])
    stand = dict(zip(single, stands[:, 0] - stands[:, 1], strict=True))
    together = np.array([stand[p.dilemma, p.text] * stand[p.dilemma, p.solution] for p in pairs])
    by = {
        "pairs": auc(kind[side] == "same_side", (found[:, 0] - found[:, 1])[side]),
        "stance": auc(kind[side] == "same_side", together[side]),
    }
    return {
        **{f"perspectrum_side_auc_{name}": Bar(value, None) for name, value in by.items()},
        "perspectrum_side_auc": Bar(max(by.values()), 0.65, "at least", "the better of pairs and stance"),
        "perspectrum_same_auc": Bar(auc(kind == "same", found[:, 0]), 0.93, "at least", f"{len(pairs)} pairs"),
    }


def argkp_figures(matcher: Offline, size: int) -> dict[str, Bar]:
    pairs = sample(argkp(OTHERS / "argkp2021", "dev"), size)
    found = matcher.probabilities([asked(pair) for pair in pairs])
    truth = np.array([pair.label == "agree" for pair in pairs])
    return {"argkp_auc": Bar(auc(truth, found[:, 0]), 0.83, "at least", f"{len(pairs)} pairs")}


def relational_figures(matcher: Offline, size: int) -> dict[str, Bar]:
    vignettes = {str(row["dilemma_id"]): str(row["text"]) for row in read_jsonl(OTHERS / "relational_dilemma" / "dilemmas.jsonl")}
    chosen = set(random.Random(SEED).sample(sorted(vignettes), size))
    reasons: dict[str, list[tuple[str, bool]]] = {}
    for row in read_jsonl(OTHERS / "relational_dilemma" / "responses.jsonl"):
        if row["run"] == 1 and row["verdict"] in ("Yes", "No") and row["dilemma_id"] in chosen:
            text = VERDICTS.sub("", str(row["text"]))
            reasons.setdefault(str(row["dilemma_id"]), []).append((text, row["verdict"] == "Yes"))
    rows = [(d, a, b) for d, said in reasons.items() for a, b in itertools.combinations(said, 2)]
    truth = [a[1] == b[1] for _, a, b in rows]
    both = [Question(vignettes[d], a[0], b[0], language="en") for d, a, b in rows]
    single = [(d, text) for d, said in reasons.items() for text, _ in said]
    stands = matcher.probabilities([Question(vignettes[d], text, question_of(vignettes[d]), language="en") for d, text in single])
    stand = {one: row[0] > row[1] for one, row in zip(single, stands, strict=True)}
    pairwise = matcher.probabilities(both)
    given = {
        "lexical": [j.label is Label.AGREE for j in asyncio.run(Lexical()(both))],
        "offline_pairs": list(pairwise[:, 0] > pairwise[:, 1]),
        "offline_stance": [stand[d, a[0]] == stand[d, b[0]] for d, a, b in rows],
    }
    kappa = {name: agreement(truth, labels) for name, labels in given.items()}
    right = {name: sum(t == g for t, g in zip(truth, labels, strict=True)) / len(truth) for name, labels in given.items()}
    figures = {f"relational_kappa_{name}": Bar(value, None) for name, value in kappa.items()}
    figures |= {f"relational_accuracy_{name}": Bar(value, None) for name, value in right.items()}
    best = max(kappa["offline_pairs"], kappa["offline_stance"])
    figures["relational_kappa_over_lexical"] = Bar(best - kappa["lexical"], 0.20, "at least", f"{len(rows)} pairs")
    return figures


def question_of(vignette: str) -> str:
    """The last sentence of a vignette, which asks."""
    return vignette.rsplit(". ", 1)[-1]


def agreement(truth: Sequence[bool], given: Sequence[bool]) -> float:
    """Cohen kappa; 0 where a matcher gives the same label throughout, as by the definition with its own margins."""
    return 0.0 if len(set(given)) == 1 else float(cohen_kappa([str(bool(t)) for t in truth], [str(bool(g)) for g in given]))


def all_figures(*, quick: bool) -> dict[str, Bar]:
    """Everything that is measured."""
    sizes = QUICK if quick else SIZES
    matcher = Offline(encoder())
    figures = own_figures(matcher, sizes["own"]) | points_and_reasons(matcher, sizes["own"]) | labelled_pairs(matcher)
    if not OTHERS.is_dir():
        absent = ("perspectrum_side_auc", "perspectrum_same_auc", "argkp_auc", "relational_kappa_over_lexical")
        return figures | dict.fromkeys(absent, Bar(ABSENT, None))
    figures |= perspectrum_figures(matcher, sizes["perspectrum"])
    figures |= argkp_figures(matcher, sizes["argkp"])
    return figures | relational_figures(matcher, sizes["relational"])


def main() -> None:
    arguments = read_arguments(__doc__)
    show(all_figures(quick=arguments.quick), as_json=arguments.json)


if __name__ == "__main__":
    main()
