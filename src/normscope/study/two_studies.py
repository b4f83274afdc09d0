"""What two study folders have in common, and what was done differently in them. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from normscope.errors import UsageError
from normscope.records import Dilemma, ModelPair, SettingChange
from normscope.store import Store
from normscope.study.paired_responders import Paired
from normscope.study.settings import Settings

__all__ = [
    "Shared",
    "check_same_matcher",
    "different_settings",
    "people_changed",
    "scored_alike",
    "shared_dilemmas",
]

TEXT_SHOWN = 200
"""Characters of a setting that are shown."""

SETTINGS = ("protocol", "draws", "params", "explicit", "dialogue", "extractor", "matcher")
RESPONDER = ("model", "system_prompt", "persona")


class Shared(NamedTuple):
    """The dilemmas of two studies: those with the same id and text (as `a` has them), and the ids that name different texts."""

    dilemmas: list[Dilemma]
    changed_text: list[str]
    moved: int
    """Shared dilemmas whose topic or cluster is not the same in both; those of `a` are used."""


def shared_dilemmas(a: Sequence[Dilemma], b: Sequence[Dilemma]) -> Shared:
    """The dilemmas that both studies have, in the order of `a`. A `UsageError` where there is none."""
    of_b = {d.dilemma_id: d for d in b}
    known = [(d, of_b[d.dilemma_id]) for d in a if d.dilemma_id in of_b]
    both = [(d, other) for d, other in known if d.text == other.text]
    changed = [d.dilemma_id for d, other in known if d.text != other.text]
    if not both:
        more = f"; {len(changed)} ids are in both with different texts" if changed else ""
        raise UsageError(
            f"the two studies share no dilemma: of {len(a)} and {len(b)} none has the same id and the same text in both{more}. "
            "Compare studies that were made from the same dilemmas"
        )
    moved = sum((d.topic, d.cluster) != (other.topic, other.cluster) for d, other in both)
    return Shared([d for d, _ in both], changed, moved)


def scored_alike(settings: tuple[Settings, Settings], stores: tuple[Store, Store]) -> list[str]:
    """How the labels of the two studies came about differently, in words; nothing where they came about alike."""
    a, b = settings
    found = [
        f"the {name} of a is {one!r}, that of b {other!r}"
        for name, one, other in (("extractor", a.extractor, b.extractor), ("matcher", a.matcher, b.matcher))
        if one != other
    ]
    for kind, what in (("solutions", "extractor"), ("matches", "matcher")):
        one, other = (_prompts(store, kind) for store in stores)
        # one study may have asked less (no solutions were shown, say), and then has some of the other's prompts
        if not (one <= other or other <= one):
            found.append(f"the {what} was asked with different prompts")
    return found


def check_same_matcher(differences: Sequence[str], *, allowed: bool) -> None:
    """A `UsageError` where two studies were scored differently and that was not allowed."""
    if differences and not allowed:
        raise UsageError(
            f"{'; '.join(differences)}: what differs between the studies could be theirs, not the models'. Score both "
            "alike (normscope extract FOLDER --extractor …, normscope match FOLDER --matcher …, no model is asked again), or "
            "compare all the same: --allow-different-matcher"
        )


def different_settings(a: Settings, b: Settings, models: Sequence[ModelPair], who: Paired) -> list[SettingChange]:
    """What was asked differently: settings, and of each paired model the model, system prompt and persona."""
    found = []
    for name in SETTINGS:
        one, other = (_flat(name, getattr(s, name)) for s in (a, b))
        found += [SettingChange(key, one[key], other[key]) for key in one if one[key] != other[key]]
    first, second = ({r.responder_id: r for r in side} for side in (who.of_a, who.of_b))
    for pair in models:
        for name in RESPONDER:
            one_value, other_value = getattr(first[pair.a], name), getattr(second[pair.b], name)
            if one_value != other_value:
                label = f"{name.replace('_', ' ')} of {_named(pair)}"
                found.append(SettingChange(label, _shown(one_value), _shown(other_value)))
    return found


def people_changed(stores: tuple[Store, Store], dilemmas: Sequence[Dilemma], people: Sequence[ModelPair]) -> list[str]:
    """The dilemmas on which what the paired people said is not the same in both studies, in the order of the dilemmas."""
    one, other = (
        _solutions(store, {getattr(pair, side): i for i, pair in enumerate(people)})
        for store, side in zip(stores, ("a", "b"), strict=True)
    )
    return [d.dilemma_id for d in dilemmas if one.get(d.dilemma_id) != other.get(d.dilemma_id)]


def _solutions(store: Store, number: dict[str, int]) -> dict[str, list[tuple[Any, ...]]]:
    columns = ("dilemma_id", "responder_id", "draw", "stance", "main", "text")
    frame = store.frame("solutions", columns=columns).filter(pl.col("responder_id").is_in(list(number)))
    found: dict[str, list[tuple[Any, ...]]] = {}
    for dilemma, responder, *rest in frame.iter_rows():
        found.setdefault(dilemma, []).append((number[responder], *rest))
    return {dilemma: sorted(rows) for dilemma, rows in found.items()}


def _prompts(store: Store, kind: str) -> set[str]:
    """The hashes of the prompts that a study's solutions or labels came from; those that were computed have none."""
    return set(store.frame(kind, columns=["prompt_hash"])["prompt_hash"].drop_nulls().cast(pl.String).unique())


def _flat(name: str, value: Any) -> dict[str, str]:
    """A setting as text; a table of settings one by one."""
    if hasattr(value, "model_dump"):
        return {f"{name}.{key}": _shown(item) for key, item in value.model_dump().items()}
    return {name: _shown(value)}


def _shown(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN]}… ({len(text):,} characters)"


def _named(pair: ModelPair) -> str:
    return pair.a if pair.a == pair.b else f"{pair.a} → {pair.b}"
