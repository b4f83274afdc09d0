"""Bringing dilemmas, people and recorded answers into a study, and the models that are to be asked."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.dilemmas import Loaded, load, merge
from normscope.errors import UsageError
from normscope.records import Dilemma, Kind, Record, Responder
from normscope.store import Store
from normscope.study.settings import ModelSettings, Settings

__all__ = ["load_sources", "model_responders", "store_sources"]


def load_sources(settings: Settings) -> Loaded:
    """Everything the study's files hold, merged; `languages` and `limit` keep some dilemmas and what belongs to them."""
    loaded = merge(*(load(source) for source in (*settings.dilemmas, *settings.answers)))
    if not loaded.dilemmas:
        raise UsageError("the study has no dilemmas. Name a file of dilemmas or `starter` under `dilemmas`.")
    wanted = settings.languages
    spoken = tuple(d for d in loaded.dilemmas if wanted is None or d.language in wanted)
    if wanted is not None and not spoken:
        present = ", ".join(sorted({dilemma.language for dilemma in loaded.dilemmas}))
        raise UsageError(f"no dilemma is in the languages {', '.join(wanted)}. Languages of the dilemmas: {present}.")
    kept = spoken[: settings.limit]
    reasons = {
        f"languages {', '.join(wanted or ())}": len(loaded.dilemmas) - len(spoken),
        f"limit {settings.limit}": len(spoken) - len(kept),
    }
    ids = {dilemma.dilemma_id for dilemma in kept}
    return Loaded(
        dilemmas=kept,
        responders=loaded.responders,
        responses=tuple(r for r in loaded.responses if r.dilemma_id in ids),
        solutions=tuple(s for s in loaded.solutions if s.dilemma_id in ids),
        notes=(*loaded.notes, *(f"{n} dilemmas were left out by the setting {name}." for name, n in reasons.items() if n)),
    )


def store_sources(store: Store, loaded: Loaded, models: Sequence[ModelSettings]) -> None:
    """Write what was loaded. A dilemma that is already there with other words is refused: its answers would not fit."""
    before = {dilemma.dilemma_id: dilemma for dilemma in store.all(Dilemma)}
    for dilemma in loaded.dilemmas:
        old = before.get(dilemma.dilemma_id)
        if old is not None and old.text != dilemma.text:
            raise UsageError(
                f"dilemma {dilemma.dilemma_id!r} has another text than in the study folder {store.folder}. "
                "Answers to the old text would be compared with answers to the new one: give it a new id, or use a new folder."
            )
    taken = {responder.responder_id for responder in loaded.responders}
    clash = sorted(taken & {model.responder_id for model in models})
    if clash:
        raise UsageError(f"{clash[0]!r} is both a model to ask and a responder in a file. Give the model another `id`.")
    known = {(r.dilemma_id, r.responder_id, r.draw): r for r in loaded.responses}
    records: list[Record] = [*loaded.dilemmas, *loaded.responders, *known.values(), *loaded.solutions]
    store.put([*records, *model_responders(models)])


def model_responders(models: Sequence[ModelSettings]) -> list[Responder]:
    """The models of a study as responders."""
    return [
        Responder(
            responder_id=model.responder_id,
            kind=Kind.MODEL,
            model=model.model,
            persona=model.persona,
            system_prompt=model.system_prompt,
            note=None if model.persona is None else f"asked under a persona: {model.persona}",
        )
        for model in models
    ]
