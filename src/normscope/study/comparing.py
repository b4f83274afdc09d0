"""Two study folders side by side: what changed from one to the other. Reads both, writes into neither, asks no model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from normscope.compare import METRICS, changes, flips, people, topic_changes
from normscope.errors import UsageError
from normscope.records import UNSPECIFIED, Card, Change, Comparison, Dilemma, Kind, Responder, StudySide
from normscope.study.corrected_changes import changes_by_people
from normscope.study.flipped_texts import with_texts
from normscope.study.paired_responders import paired
from normscope.study.paired_scores import paired_scores, paired_tables
from normscope.study.study import Study
from normscope.study.two_studies import (
    Shared,
    check_same_matcher,
    different_settings,
    people_changed,
    scored_alike,
    shared_dilemmas,
)
from normscope.study.validating import stored_card

__all__ = ["FLIPS_LISTED", "compare"]

FLIPS_LISTED = 50
"""So many of the dilemmas that flipped are listed with their texts; all are counted."""

BY_TOPIC = ("stated", "explicit")


def compare(
    a: str | Path,
    b: str | Path,
    *,
    pairs: Sequence[str] = (),
    level: float | None = None,
    seed: int = 0,
    listed: int = FLIPS_LISTED,
    allow_different_matcher: bool = False,
) -> Comparison:
    """What changed from study `a` to study `b`, on the dilemmas that both have, for each model that both have?

    `a` and `b` are study folders whose labels are there (`normscope match`). Dilemmas are shared where id and text are the
    same. Responders are paired by id; `pairs` are texts `OLD=NEW` for those that are called differently, and where each study has
    one model alone these two are paired. Agreement is with the people that both studies have, reading `main`, policy `each`.
    Differences are `b` minus `a`, paired on the dilemmas that count in both, with intervals of `level` (by default that of `a`)
    for dilemmas like these.

    A `UsageError` where nothing is shared, a name is unknown, labels are not current, or the studies were scored
    by different extractors or matchers (unless `allow_different_matcher`).
    """
    if level is not None and not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1; got {level}. 0.95 gives 95 % intervals")
    if listed < 0:
        raise UsageError(f"listed says how many flips are listed with their texts, at least 0; got {listed}")
    with Study.open(a) as first, Study.open(b) as second:
        return _compared(
            (first, second),
            pairs,
            level=first.settings.level if level is None else level,
            seed=seed,
            listed=listed,
            allowed=allow_different_matcher,
        )


def _compared(
    studies: tuple[Study, Study],
    pairs: Sequence[str],
    *,
    level: float,
    seed: int,
    listed: int,
    allowed: bool,
) -> Comparison:
    stores, settings = (studies[0].store, studies[1].store), (studies[0].settings, studies[1].settings)
    dilemmas = (stores[0].all(Dilemma), stores[1].all(Dilemma))
    responders = (stores[0].all(Responder), stores[1].all(Responder))
    shared = shared_dilemmas(*dilemmas)
    who = paired(*responders, asked=pairs)
    scored = scored_alike(settings, stores)
    check_same_matcher(scored, allowed=allowed)
    tables = paired_tables(settings, stores, shared.dilemmas, who)
    found = paired_scores(tables, who)
    clusters = _numbered([d.dilemma_id if d.cluster is None else d.cluster for d in shared.dilemmas])
    topics = [d.topic for d in shared.dilemmas]

    every: list[Change] = []
    for name in METRICS:
        every += changes(found[name], who.models, clusters, level=level, seed=seed)
    every += people(found["ceiling"], clusters, level=level, seed=seed)
    corrected, about_labels = changes_by_people(stores, tables, shared.dilemmas, who, clusters, level=level)
    by_topic: list[Change] = []
    for name in BY_TOPIC if set(topics) != {UNSPECIFIED} else ():
        if (found[name].in_a & found[name].in_b).any():
            by_topic += topic_changes(found[name], who.models, clusters, topics, level=level, wrong_share=1 - level, seed=seed)
    turned = flips(found["stated"])
    counts = [[sum(f.model == i and (f.b > f.a) is up for f in turned) for i in range(len(who.models))] for up in (True, False)]
    changed = people_changed(stores, shared.dilemmas, who.people)
    return Comparison(
        a=_side(studies[0], dilemmas[0], responders[0], shared, who.of_a),
        b=_side(studies[1], dilemmas[1], responders[1], shared, who.of_b),
        shared=len(shared.dilemmas),
        changed_text=tuple(shared.changed_text),
        models=tuple(who.models),
        people=tuple(p.a for p in who.people),
        people_changed=tuple(changed),
        same_matcher=not scored,
        settings=tuple(different_settings(*settings, who.models, who)),
        changes=(*corrected, *every),
        topics=tuple(by_topic),
        gained=tuple(counts[0]),
        lost=tuple(counts[1]),
        flipped=tuple(with_texts(turned[:listed], stores, shared.dilemmas, who.models, set(changed))),
        level=level,
        wrong_share=round(1 - level, 12),
        seed=seed,
        notes=(*_notes(scored, shared.moved), *about_labels),
    )


def _side(
    study: Study, dilemmas: Sequence[Dilemma], responders: Sequence[Responder], shared: Shared, compared: Sequence[Responder]
) -> StudySide:
    others = [r for r in responders if r not in compared]
    card = stored_card(study.settings, study.store)
    return StudySide(
        name=study.folder.name,
        title=study.settings.title,
        matcher=study.settings.matcher,
        extractor=study.settings.extractor,
        dilemmas=len(dilemmas),
        models=sum(r.kind is Kind.MODEL for r in responders),
        other_dilemmas=len(dilemmas) - len(shared.dilemmas) - len(shared.changed_text),
        other_models=tuple(r.responder_id for r in others if r.kind is Kind.MODEL),
        other_people=tuple(r.responder_id for r in others if r.kind is Kind.HUMAN),
        trust=card.sentence() if isinstance(card, Card) else f"The matcher has no card: {card.reason}.",
    )


def _notes(scored: Sequence[str], moved: int) -> list[str]:
    notes = [f"Not scored alike: {'; '.join(scored)}. What differs may be theirs, not the models'."] if scored else []
    if moved:
        notes.append(f"Shared dilemmas whose topic or cluster is not the same in both studies: {moved}. Those of a are used.")
    return notes


def _numbered(names: Sequence[str]) -> npt.NDArray[np.intp]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.intp)
