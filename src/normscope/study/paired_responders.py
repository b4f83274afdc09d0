"""Who of one study is compared with whom of another: the same id, the names that were given, or the only models there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from normscope.errors import UsageError, did_you_mean
from normscope.records import Kind, ModelPair, Responder

__all__ = ["Paired", "paired"]

SAME, ASKED, ALONE = "same id", "as asked for", "the only model of each study"


class Paired(NamedTuple):
    """The pairs of models and of people; parallel to them the responders of `a` and of `b`, people first."""

    models: list[ModelPair]
    people: list[ModelPair]
    of_a: list[Responder]
    of_b: list[Responder]


def paired(a: Sequence[Responder], b: Sequence[Responder], asked: Sequence[str]) -> Paired:
    """Pair the responders of two studies, `asked` being texts `OLD=NEW`; without them by id.

    Whoever is not named keeps to the same id. Where each study has exactly one model, these two are a pair whatever they are
    called. A `UsageError` for a name that is not there or is given twice, a model beside a person, and where no model has a
    partner.
    """
    in_a, in_b = {r.responder_id: r for r in a}, {r.responder_id: r for r in b}
    partner = _asked(asked, in_a, in_b)
    why = dict.fromkeys(partner, ASKED)
    taken = set(partner.values())
    for name, responder in in_a.items():
        other = in_b.get(name)
        if name not in partner and other is not None and name not in taken and other.kind is responder.kind:
            partner[name] = name
            why[name] = SAME
    models_a, models_b = ([r.responder_id for r in side if r.kind is Kind.MODEL] for side in (a, b))
    if len(models_a) == len(models_b) == 1 and models_a[0] not in partner:
        partner[models_a[0]] = models_b[0]
        why[models_a[0]] = ALONE
    pairs = {
        kind: [ModelPair(n, partner[n], why[n]) for n, r in in_a.items() if n in partner and r.kind is kind] for kind in Kind
    }
    models, people = pairs[Kind.MODEL], pairs[Kind.HUMAN]
    if not models:
        raise UsageError(
            f"no model is in both studies. In a: {', '.join(models_a) or 'none'}; in b: {', '.join(models_b) or 'none'}. "
            "Say which model became which: --pair OLD=NEW"
        )
    both = [*people, *models]
    return Paired(models, people, [in_a[p.a] for p in both], [in_b[p.b] for p in both])


def _asked(asked: Sequence[str], in_a: Mapping[str, Responder], in_b: Mapping[str, Responder]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in asked:
        old, new = _split(text, in_a, in_b)
        if old in found or new in found.values():
            raise UsageError(f"{(old if old in found else new)!r} is in two pairs. Each responder has one partner")
        if in_a[old].kind is not in_b[new].kind:
            kinds = f"{old!r} is a {in_a[old].kind.value} and {new!r} a {in_b[new].kind.value}"
            raise UsageError(f"{kinds}: only models are paired with models, and people with people")
        found[old] = new
    return found


def _split(text: str, in_a: Mapping[str, Responder], in_b: Mapping[str, Responder]) -> tuple[str, str]:
    """Both names; where a name has a = of its own, the split at which both are there."""
    places = [i for i, character in enumerate(text) if character == "="]
    if not places:
        raise UsageError(f"a pair is written OLD=NEW, the id in the first study and that in the second; got {text!r}")
    for i in places:
        if text[:i] in in_a and text[i + 1 :] in in_b:
            return text[:i], text[i + 1 :]
    old, new = text[: places[0]], text[places[0] + 1 :]
    if old not in in_a:
        raise UsageError(f"no responder named {old!r} in the first study. {did_you_mean(old, in_a)}")
    raise UsageError(f"no responder named {new!r} in the second study. {did_you_mean(new, in_b)}")
