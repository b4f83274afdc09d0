"""Bringing conversations that Inspect held into a study folder, with all or none of them written."""

from __future__ import annotations

from normscope.dilemmas import Loaded
from normscope.dilemmas.inspect_logs import InspectLogs, preferred
from normscope.errors import UsageError
from normscope.records import Dilemma, Responder, Response
from normscope.store import Store
from normscope.study.loading import store_sources

__all__ = ["import_logs"]


def import_logs(store: Store, logs: InspectLogs) -> int:
    """Write what was read from logs; returns how many responses are new or fill a hole. The same logs again change nothing.

    `UsageError`, with nothing written: a dilemma has another text than in the folder, a responder of that name was asked in
    another way, or gave another answer.
    """
    loaded = logs.loaded
    for responder in loaded.responders:
        _refuse_another(store, responder, logs.asked[responder.responder_id])
    existing = {(r.dilemma_id, r.responder_id, r.draw): r for r in store.all(Response)}
    changed = []
    for response in loaded.responses:
        old = existing.get((response.dilemma_id, response.responder_id, response.draw))
        if old is None or preferred(old, response, where=str(store.folder)) is not old:
            changed.append(response)
    before = {dilemma.dilemma_id: dilemma for dilemma in store.all(Dilemma)}
    # a dilemma that is there keeps its topic and columns; one with another text is refused by store_sources
    new = tuple(d for d in loaded.dilemmas if d.dilemma_id not in before or before[d.dilemma_id].text != d.text)
    store_sources(store, Loaded(dilemmas=new, responders=loaded.responders, responses=tuple(changed)), ())
    for responder_id, asked in logs.asked.items():
        store.set_fact(_fact(responder_id), asked)
    return len(changed)


def _refuse_another(store: Store, responder: Responder, asked: str) -> None:
    name = responder.responder_id
    do = "Import under another name (--as NAME), or into another folder."
    if store.fact(f"asked:{name}") is not None:
        raise UsageError(f"{name!r} is a model that normscope itself asks in {store.folder}. {do}")
    before = store.fact(_fact(name))
    if before is not None and before != asked:
        raise UsageError(f"{name!r} was asked in another way in {store.folder}: {before}; in the log: {asked}. {do}")
    known = next((r for r in store.all(Responder) if r.responder_id == name), None)
    if known is not None and (known.kind, known.model, known.persona) != (responder.kind, responder.model, responder.persona):
        raise UsageError(f"{name!r} is another responder in {store.folder} (a {known.kind.value}, model {known.model}). {do}")


def _fact(responder_id: str) -> str:
    return f"imported:{responder_id}"
