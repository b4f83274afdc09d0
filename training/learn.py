"""The training itself: what is seen in which order, and the loop."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from normscope.match.offline.reading import Reading, reading
from normscope.match.offline.tokens import UNKNOWN, Tokenizer
from training.network import Encoder
from training.pairs import LABELS, Pair

__all__ = ["Recipe", "batches", "learn", "probabilities", "tensors_of", "tokens_of"]

STEP = 8
"""Sequences are padded to a multiple of this."""

Row = tuple[Reading, int]
"""What is read and the number of the label."""


@dataclass(frozen=True)
class Recipe:
    """What was settled before the run (see `docs/decisions`): all of it in one place."""

    rate: float = 7e-5
    """Learning rate at its highest, of the encoder."""
    head_rate: float = 5e-4
    warm_up: float = 0.04
    """Share of the steps in which the rates rise; they fall to 0 over the rest."""
    batch_tokens: int = 2_560
    hidden_words: float = 0.05
    """Share of tokens that are made unreadable, so that no single word is relied on."""
    frozen_layers: int = 3
    smoothing: float = 0.05
    seed: int = 20261126


def tokens_of(pairs: Sequence[Pair], tokenizer: Tokenizer) -> list[Reading]:
    """What the matcher would read."""
    return [reading(tokenizer(p.dilemma), tokenizer(p.text), tokenizer(p.solution), shown=p.shown) for p in pairs]


def batches(lengths: Sequence[int], size: int, rng: random.Random | None = None) -> list[list[int]]:
    """Indices in batches of about `size` tokens, all of nearly the same length; in random order where `rng` is given.

    Lengths are rounded up to few values and every batch of a length has the same number of rows: torch prepares its
    kernels anew for every shape that it has not seen, which would take longer than the work itself.
    """
    by_length: dict[int, list[int]] = {}
    for i, length in enumerate(lengths):
        by_length.setdefault(_rounded(length), []).append(i)
    found: list[list[int]] = []
    for length, chosen in sorted(by_length.items()):
        if rng:
            rng.shuffle(chosen)
        rows = max(1, size // length)
        found += [chosen[at : at + rows] for at in range(0, len(chosen), rows)]
    if rng:
        rng.shuffle(found)
    return found


def _rounded(length: int) -> int:
    return -(-length // STEP) * STEP


def learn(
    network: Encoder,
    stages: Sequence[Sequence[Row]],
    recipe: Recipe,
    *,
    checkpoint: Path,
    each: int = 400,
    report: Callable[[str], None] = print,
    measure: Callable[[Encoder], str] | None = None,
) -> None:
    """Train in place: the stages one after the other, each in random order, under one schedule of rates.

    Every `each` steps the weights go to `checkpoint` and `measure`, where given, says how the network does.
    """
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    torch.set_flush_denormal(True)
    for layer in list(network.layers)[: recipe.frozen_layers]:
        layer.requires_grad_(requires_grad=False)
    if recipe.frozen_layers:
        network.positions.requires_grad_(requires_grad=False)
        network.kinds.requires_grad_(requires_grad=False)
        network.first.requires_grad_(requires_grad=False)
    head = [*network.compare.parameters(), *network.head.parameters()]
    body = [p for p in network.layers.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": body}, {"params": head}], lr=0.0, weight_decay=0.01, fused=True)
    plan = [
        [stage[i] for i in batch]
        for stage in stages
        for batch in batches([len(read.ids) for read, _ in stage], recipe.batch_tokens, rng)
    ]
    started, lost = time.monotonic(), 0.0
    for step, rows in enumerate(plan, start=1):
        share = min(step / (recipe.warm_up * len(plan)), (len(plan) - step + 1) / len(plan))
        for group, rate in zip(optimiser.param_groups, (recipe.rate, recipe.head_rate), strict=True):
            group["lr"] = rate * share
        tokens, mask, pools = tensors_of([read for read, _ in rows])
        hidden = (torch.rand(tokens.shape) < recipe.hidden_words) & (tokens > UNKNOWN)
        network.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(tokens.masked_fill(hidden, UNKNOWN), mask, pools)
        loss = functional.cross_entropy(
            logits.float(), torch.tensor([label for _, label in rows]), label_smoothing=recipe.smoothing
        )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        lost += loss.item()
        if step % 100 == 0:
            report(f"step {step} of {len(plan)}, loss {lost / 100:.3f}, {time.monotonic() - started:.0f} s")
            lost = 0.0
        if step % each == 0 or step == len(plan):
            torch.save(network.state_dict(), checkpoint)
            if measure:
                report(measure(network))


def probabilities(network: Encoder, readings: Sequence[Reading]) -> NDArray[np.float64]:
    """The labels' probabilities (readings, labels) by the network as it is trained."""
    network.eval()
    found = np.zeros((len(readings), len(LABELS)))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches([len(read.ids) for read in readings], 8_192):
            logits = network(*tensors_of([readings[i] for i in batch]))
            found[batch] = torch.softmax(logits.float(), 1).numpy()
    return found


def tensors_of(readings: Sequence[Reading], *, padded: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """Token ids, mask and pools (see `Encoder.forward`); `padded` to a multiple of `STEP`."""
    longest = max(len(read.ids) for read in readings)
    longest = _rounded(longest) if padded else longest
    tokens = torch.ones(len(readings), longest, dtype=torch.long)
    mask = torch.zeros(len(readings), longest)
    pools = torch.zeros(len(readings), 2, longest)
    for row, read in enumerate(readings):
        tokens[row, : len(read.ids)] = torch.tensor(read.ids)
        mask[row, : len(read.ids)] = 1
        for part, place in enumerate((read.text, read.solution)):
            pools[row, part, place] = 1 / (place.stop - place.start)
    return tokens, mask, pools
