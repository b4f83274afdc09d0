"""The study's audit: its evidence gathered from the folder, held against a policy, and the findings kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from normscope.agree import Equivalence
from normscope.audit import Evidence, Grader, Policy, UnderTest, default_policy, load_policy, make_policy, verdict_of, worst_first
from normscope.match import models_asked
from normscope.match.families import family
from normscope.plugins import installed, split
from normscope.records import SCHEMA_VERSION, Card, Dilemma, Estimate, Finding, Kind, Responder, to_dict
from normscope.store import Store
from normscope.study.agreed import current_estimates
from normscope.study.agreeing import estimates_values, stored_sections
from normscope.study.settings import Settings
from normscope.study.validating import DRAWN, IMPORTED, stored_card

__all__ = ["PolicyGiven", "audit", "evidence", "findings_values", "last_audit"]

FACT = "findings"
"""The fact that holds what the last audit found, as JSON."""

PolicyGiven = Policy | Mapping[str, Any] | str | Path | None
"""A policy, its values, or the file that holds it; None = the one that comes with normscope."""


def audit(settings: Settings, store: Store, policy: PolicyGiven = None) -> list[Finding]:
    """The findings about the folder, the worst first; they are kept in it with what they are of.

    A `UsageError` where there are no current estimates, and where the policy names a model or topic that the study does not have.
    """
    rules = _policy(policy)
    estimates = current_estimates(settings, store)
    found = worst_first(rules(evidence(settings, store, estimates)))
    values = {
        "schema_version": SCHEMA_VERSION,
        "study": settings.title,
        "verdict": verdict_of(found).value,
        "level": settings.level,
        "estimates_sha256": _digest(settings, store, estimates),
        "policy": rules.values(),
        "findings": [to_dict(finding) for finding in found],
    }
    store.set_fact(FACT, json.dumps(values, ensure_ascii=False, allow_nan=False))
    return found


def last_audit(store: Store) -> dict[str, Any]:
    """The last audit's verdict, policy and findings, of whatever estimates they are; empty before the first one."""
    values: dict[str, Any] = store.values(FACT, dict)
    return values


def findings_values(settings: Settings, store: Store) -> dict[str, Any]:
    """What `findings.json` holds: the last audit's verdict, policy and findings, and the hash of the estimates that they are of.

    Empty before the first audit, and where the estimates have changed since.
    """
    values = last_audit(store)
    return values if values and values.get("estimates_sha256") == _digest(settings, store, store.all(Estimate)) else {}


def evidence(settings: Settings, store: Store, estimates: Sequence[Estimate]) -> Evidence:
    """What the checks look at, from the folder alone."""
    dilemmas = store.all(Dilemma)
    responders = store.all(Responder)
    card = stored_card(settings, store)
    grading = {"extractor": settings.extractor, "matcher": settings.matcher}
    schema = {"dilemma_id": pl.String, "topic": pl.String, "cluster": pl.String}
    return Evidence(
        responders=responders,
        estimates=estimates,
        sections=stored_sections(store),
        dilemmas=pl.DataFrame([(d.dilemma_id, d.topic, d.cluster) for d in dilemmas], schema=schema, orient="row"),
        conversations=store.frame("responses", columns=("dilemma_id", "responder_id", "draw", "outcome")),
        card=card,
        own_labels=isinstance(card, Card) and card.gold in (DRAWN, IMPORTED),
        matcher=settings.matcher,
        graders=[Grader(role, model, family(model)) for role, of in grading.items() for model in models_asked(*split(of))],
        opaque=[f"the {role} {of}" for role, of in grading.items() if not _is_ours(f"{role}s", split(of)[0])],
        tested=_tested(settings, responders),
        draws={model.responder_id: settings.draws for model in settings.models},
        margin=Equivalence().margin,
        level=settings.level,
    )


def _is_ours(kind: str, name: str) -> bool:
    return any(plugin.name == name and plugin.package == "normscope" for plugin in installed(kind))


def _tested(settings: Settings, responders: Sequence[Responder]) -> list[UnderTest]:
    asked = {model.responder_id: model.model for model in settings.models}
    found = []
    for r in responders:
        if r.kind is Kind.MODEL:
            model = asked.get(r.responder_id) or r.model or f"recorded:{r.responder_id}"
            found.append(UnderTest(r.responder_id, model, family(model)))
    return found


def _policy(given: PolicyGiven) -> Policy:
    if given is None:
        return default_policy()
    if isinstance(given, Policy):
        return given
    return make_policy(given) if isinstance(given, Mapping) else load_policy(given)


def _digest(settings: Settings, store: Store, estimates: Sequence[Estimate]) -> str:
    """The SHA-256 of everything that `agree` found, as the folder's database has it."""
    text = json.dumps(estimates_values(settings, store, estimates), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
