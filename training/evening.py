"""Evening out what the dense layers are given, before it is rounded to 8 bits.

A layer rounds its whole input with one scale. A few of its channels are ten times as large as the others, which then keep two
or three bits of the eight. Dividing each channel by a number of its own, and multiplying the weights by the same, leaves the
product as it is and the channels alike (Xiao et al. 2023, arXiv:2211.10438).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from normscope.match.offline.reading import Reading
from training.learn import tensors_of
from training.network import Encoder

__all__ = ["DENSE", "evened"]

DENSE = ("qkv", "out", "up", "down")
SHARE = 0.8
"""How much of the unevenness goes over to the weights: 0 none, 1 all of it."""
LEAST = 1e-3


class Evened(nn.Module):
    """A dense layer whose input is multiplied by `factor`, channel by channel, and whose weights make up for it."""

    def __init__(self, dense: nn.Linear, largest: Tensor) -> None:
        super().__init__()
        weights = dense.weight.detach().abs().amax(0).clamp(min=LEAST)
        divisor = largest.clamp(min=LEAST) ** SHARE / weights ** (1 - SHARE)
        self.factor = nn.Parameter(1 / divisor)
        self.dense = copy.deepcopy(dense)
        with torch.no_grad():
            self.dense.weight.mul_(divisor)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.dense(x * self.factor)
        return found


def evened(network: Encoder, readings: Sequence[Reading]) -> Encoder:
    """A copy of the network that computes the same from evened inputs; `readings` show how large each channel gets."""
    largest: dict[tuple[int, str], Tensor] = {}

    def look(key: tuple[int, str]) -> object:
        def seen(_: nn.Module, given: tuple[Tensor]) -> None:
            most = given[0].detach().abs().amax((0, 1))
            largest[key] = torch.maximum(largest[key], most) if key in largest else most

        return seen

    copied = copy.deepcopy(network).float().eval()
    handles = [
        getattr(layer, name).register_forward_pre_hook(look((n, name))) for n, layer in enumerate(copied.layers) for name in DENSE
    ]
    with torch.no_grad():
        for read in readings:
            copied(*tensors_of([read], padded=False))
    for handle in handles:
        handle.remove()
    for n, layer in enumerate(copied.layers):
        for name in DENSE:
            setattr(layer, name, Evened(getattr(layer, name), largest[n, name]))
    return copied
