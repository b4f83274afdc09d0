"""The network that is trained: a BERT encoder that reads dilemma, text and solution together, with one linear layer on top."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Encoder"]

COMPARED = 256


class Layer(nn.Module):
    """One layer: attention over the sequence, then two dense layers, each with its residual and normalisation."""

    def __init__(self, hidden: int, inner: int, heads: int, epsilon: float, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.after_attention = nn.LayerNorm(hidden, eps=epsilon)
        self.up = nn.Linear(hidden, inner)
        self.down = nn.Linear(inner, hidden)
        self.after_dense = nn.LayerNorm(hidden, eps=epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        rows, length, hidden = x.shape
        shaped = self.qkv(x).view(rows, length, 3, self.heads, hidden // self.heads)
        query, key, value = shaped.permute(2, 0, 3, 1, 4).unbind(0)
        # written out: the fused attention of torch 2.13 takes half of a training step's time on a processor
        heat = query @ key.transpose(2, 3) * (hidden // self.heads) ** -0.5 + bias
        mixed = (heat.softmax(3).to(value.dtype) @ value).transpose(1, 2).reshape(rows, length, hidden)
        x = self.after_attention(x + self.dropout(self.out(mixed)))
        return self.after_dense(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Logits of `classes` labels for each row of tokens.

    The word vectors are the base's and are not trained: they ship in the base's own four bits.
    """

    def __init__(self, words: Tensor, *, hidden: int, inner: int, layers: int, heads: int, epsilon: float, classes: int,
                 dropout: float = 0.1) -> None:  # fmt: skip
        super().__init__()
        self.words = nn.Embedding.from_pretrained(words, freeze=True)
        self.positions = nn.Embedding(512, hidden)
        self.kinds = nn.Parameter(torch.zeros(hidden))
        self.first = nn.LayerNorm(hidden, eps=epsilon)
        self.layers = nn.ModuleList(Layer(hidden, inner, heads, epsilon, dropout) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)
        self.compare = nn.Linear(3 * hidden, COMPARED)
        self.head = nn.Linear(COMPARED, classes)

    def forward(self, tokens: Tensor, mask: Tensor, pools: Tensor) -> Tensor:
        """`mask` (rows, length) is 1 where there is a token; `pools` (rows, 2, length) averages the text and the solution."""
        x = self.dropout(self.first(self.words(tokens) + self.positions.weight[: tokens.shape[1]] + self.kinds))
        bias = ((1.0 - mask) * -10_000.0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        whole = ((mask / mask.sum(1, keepdim=True))[:, None, :] @ x.float())[:, 0]
        return self.judged(whole, pools @ x.float())

    def judged(self, whole: Tensor, parts: Tensor) -> Tensor:
        """Logits from the mean of all tokens and the means of text and solution, (rows, 2, hidden): what the base was made
        for is to bring like meanings together, so the two are also compared directly."""
        text, solution = parts[:, 0], parts[:, 1]
        compared = torch.cat([whole, text * solution, (text - solution).abs()], 1)
        found: Tensor = self.head(self.dropout(functional.gelu(self.compare(compared))))
        return found

    def load_base(self, tensors: Mapping[str, Tensor], keep: list[int]) -> None:
        """Take over the base's weights; layer `n` here is the base's layer `keep[n]`."""
        with torch.no_grad():
            self.positions.weight.copy_(tensors["emb.pos"])
            self.kinds.copy_(tensors["emb.type"][0])
            self.first.weight.copy_(tensors["emb.ln.w"])
            self.first.bias.copy_(tensors["emb.ln.b"])
            for layer, number in zip(self.layers, keep, strict=True):
                for kind in ("weight", "bias"):
                    named = {
                        name: tensors[f"l{number}.{name}.{kind[0]}"] for name in ("q", "k", "v", "ao", "fi", "fo", "aln", "oln")
                    }
                    getattr(layer.qkv, kind).copy_(torch.cat([named["q"], named["k"], named["v"]]))
                    for module, name in (
                        ("out", "ao"),
                        ("up", "fi"),
                        ("down", "fo"),
                        ("after_attention", "aln"),
                        ("after_dense", "oln"),
                    ):
                        getattr(getattr(layer, module), kind).copy_(named[name])
