"""Learns how much each cue of advice weighs in English, from the training share of advice_emnlp2020.

    python -m training.advice_cues ../shared/data/advice_emnlp2020/extraction.jsonl

prints the cross-validated figures (by dilemma) and writes src/normscope/extract/weights/en.json. Only the training share is
read. What was tried is in docs/decisions/0010-reading-advice.md.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from normscope.extract.advice import strengths
from normscope.extract.cues import Cues, cues_for
from normscope.extract.features import Lists, grams, shape
from normscope.extract.weights import Weights, lists_of

HERE = Path(__file__).parent
OUT = HERE.parent / "src" / "normscope" / "extract" / "weights" / "en.json"

FEWEST_REPLIES = 20
"""A word or a pair of words counts where so many replies hold it."""
C, FLOOR, DOUBTED = 0.05, 0.3, 0.3
"""Strength of the penalty, least scale of a word, weight of a sentence on which the two readings of the crowd differ."""
FOLDS = 10
LENIENCE = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
"""How far below the threshold a sentence with a strong cue may lie: one of these is chosen."""

_SPLIT_OFF = re.compile(r" (n't|'\w+)\b")
_SPACED = re.compile(r" ([,.;:!?)])")


def as_written(tokens: str) -> str:
    """The sentences come as tokens with spaces between them ("do n't"); people do not write like that."""
    return _SPACED.sub(r"\1", _SPLIT_OFF.sub(r"\1", tokens.translate({0x2019: "'", 0x2018: "'"})))


class Sentences:
    """The marked sentences of one share, and what is seen in each."""

    def __init__(self, path: Path, share: str) -> None:
        with path.open(encoding="utf-8") as lines:
            replies = [reply for reply in map(json.loads, lines) if reply["dataset_split"] == share]
        rows = [
            (as_written(sentence["text"]), place, len(reply["sentences"]), number, reply["dilemma_id"], sentence)
            for number, reply in enumerate(replies)
            for place, sentence in enumerate(reply["sentences"])
        ]
        self.plain = [row[0] for row in rows]
        self.places = [(row[1], row[2]) for row in rows]
        self.replies = [row[3] for row in rows]
        self.groups = np.array([row[4] for row in rows])
        self.marked = np.array([bool(row[5]["is_advice"]) for row in rows])
        self.doubted = self.marked != np.array([bool(row[5]["ds_label"]) for row in rows])


class Features:
    """Cues, shape and words as matrices. What counts as frequent is counted without looking at any mark."""

    def __init__(self, data: Sentences, cues: Cues, lists: Lists) -> None:
        self.lists = _frequent_words(data, lists)
        seen = [grams(plain, self.lists) for plain in data.plain]
        held = _replies_with(seen, data.replies)
        self.cues = DictVectorizer()
        self.shape = DictVectorizer()
        self.words = DictVectorizer()
        self.dense = hstack(
            [
                self.cues.fit_transform([dict.fromkeys(cues.found(plain), 1.0) for plain in data.plain]),
                self.shape.fit_transform(
                    [shape(plain, *place, self.lists) for plain, place in zip(data.plain, data.places, strict=True)]
                ),
            ]
        )
        self.sparse = self.words.fit_transform([{gram: 1.0 for gram in each if held[gram] >= FEWEST_REPLIES} for each in seen])
        ways = [Weights.way(plain, *strengths(plain, cues)) for plain in data.plain]
        self.never = np.array(
            [
                way == "never" or any(pattern.search(plain) for pattern in cues.never)
                for way, plain in zip(ways, data.plain, strict=True)
            ]
        )
        self.always = np.array([way == "always" for way in ways])
        self.strong = np.array([way == "strong" for way in ways])


def _replies_with(seen: list[set[str]], replies: list[int]) -> Counter[str]:
    pairs = {(gram, reply) for each, reply in zip(seen, replies, strict=True) for gram in each}
    return Counter(gram for gram, _ in pairs)


def _frequent_words(data: Sentences, lists: Lists) -> Lists:
    held = _replies_with([grams(plain, lists) for plain in data.plain], data.replies)
    fields = {name: getattr(lists, name) for name in Lists.__dataclass_fields__}
    return Lists(**fields | {"common": frozenset(word for word in lists.common if held[word] >= FEWEST_REPLIES)})


def fit(features: Features, data: Sentences, rows: NDArray[np.intp]) -> tuple[NDArray[np.float64], float]:
    """Weights (cues, shape, words; in this order) and intercept, learnt from some rows.

    Words are scaled by how unevenly the marks divide over them (as in NB-SVM, Wang & Manning 2012), so that the penalty falls
    on those that say little.
    """
    marked, words = data.marked[rows], features.sparse[rows]
    with_, without = (np.asarray(words[marked == side].sum(0)).ravel() + 1 for side in (True, False))
    scale = np.abs(np.log((with_ / with_.sum()) / (without / without.sum()))) + FLOOR
    x = hstack([features.dense.tocsr()[rows], words @ diags(scale)])
    model = LogisticRegression(C=C, solver="liblinear", random_state=0)
    model.fit(csr_matrix(x), marked, sample_weight=np.where(data.doubted[rows], DOUBTED, 1.0))
    weights = model.coef_[0] * np.concatenate([np.ones(features.dense.shape[1]), scale])
    return weights, float(model.intercept_[0])


def scores(features: Features, rows: NDArray[np.intp], weights: NDArray[np.float64], intercept: float) -> NDArray[np.float64]:
    """The log-odds of the rows; a sentence that always or never is advice is put at the very top or bottom."""
    value = hstack([features.dense, features.sparse]).tocsr()[rows] @ weights + intercept
    return np.where(features.never[rows], -99.0, np.where(features.always[rows], 99.0, value))


def f1(found: NDArray[np.bool_], marked: NDArray[np.bool_]) -> float:
    """Twice the hits by all that is found and all that is marked."""
    return float(2 * (found & marked).sum() / (found.sum() + marked.sum()))


def best(values: NDArray[np.float64], strong: NDArray[np.bool_], marked: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The threshold of the best F1, how far below it a sentence with a strong cue may lie, and that F1."""
    choices = []
    for below in LENIENCE:
        lifted = values + below * strong
        order = np.argsort(-lifted, kind="stable")
        each = 2 * np.cumsum(marked[order]) / (np.arange(1, len(values) + 1) + marked.sum())
        top = int(each.argmax())
        choices.append((float(each[top]), below, float(lifted[order][top])))
    value, below, least = max(choices)
    return least, below, value


def cross_validated(features: Features, data: Sentences) -> tuple[NDArray[np.float64], float, float]:
    """Held-out scores of all sentences, the F1 at thresholds chosen without the fold, and the best F1 of all at once."""
    held_out = np.zeros(len(data.plain))
    folds = list(GroupKFold(FOLDS, shuffle=True, random_state=0).split(held_out, groups=data.groups))
    for train, test in folds:
        held_out[test] = scores(features, test, *fit(features, data, train))
    found = np.zeros(len(held_out), dtype=bool)
    for train, test in folds:
        least, below, _ = best(held_out[train], features.strong[train], data.marked[train])
        found[test] = held_out[test] + below * features.strong[test] >= least
    return held_out, f1(found, data.marked), best(held_out, features.strong, data.marked)[2]


def main(path: str) -> None:
    words = yaml.safe_load((HERE / "advice_words.yaml").read_text(encoding="utf-8"))
    verbs = yaml.safe_load((OUT.parents[1] / "cues" / "en.yaml").read_text(encoding="utf-8"))["verbs"]
    words["common"] = sorted({*" ".join(words["common"]).split(), *verbs})
    data = Sentences(Path(path), "train")
    features = Features(data, cues_for("en"), lists_of(words))
    held_out, nested, at_best = cross_validated(features, data)
    sys.stdout.write(f"{len(data.plain)} sentences, {features.sparse.shape[1]} words and pairs\n")
    sys.stdout.write(f"cross-validated F1 {nested:.4f} (at the threshold of the best: {at_best:.4f})\n")
    weights, intercept = fit(features, data, np.arange(len(data.plain)))
    # rounded, so that the file can be read; the intercept is moved into the threshold
    least, below, _ = best(held_out, features.strong, data.marked)
    names = [*features.cues.feature_names_, *features.shape.feature_names_, *features.words.feature_names_]
    cut = len(features.cues.feature_names_), len(features.cues.feature_names_) + len(features.shape.feature_names_)
    rounded = [round(float(weight), 3) for weight in weights]
    known = dict.fromkeys((name for name, _ in cues_for("en").named), 0.0)  # a cue that the replies never hold weighs nothing
    given = {
        "about": "Made by training/advice_cues.py; do not edit. What the numbers mean is said in ../weights.py.",
        "least": round(least - intercept, 4),
        "least_strong": round(least - below - intercept, 4),
        "lists": {
            name: list(value) if isinstance(value, tuple) else sorted(value)
            for name, value in ((field, getattr(features.lists, field)) for field in Lists.__dataclass_fields__)
        },
        "cues": known | dict(zip(names[: cut[0]], rounded[: cut[0]], strict=True)),
        "shape": dict(zip(names[cut[0] : cut[1]], rounded[cut[0] : cut[1]], strict=True)),
        "words": {name: value for name, value in zip(names[cut[1] :], rounded[cut[1] :], strict=True) if value},
    }
    OUT.write_text(json.dumps(given, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
