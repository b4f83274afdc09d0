"""The files of a bundle that are made of the study: each has a role and a way to be made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from normscope.bundle import crosswalk, software_values
from normscope.records import Card
from normscope.report import Content, ReportData, content, content_text, page
from normscope.report.validated import validated
from normscope.store import Store
from normscope.study.agreeing import estimates_values
from normscope.study.auditing import findings_values
from normscope.study.bundled_prompts import prompt_files, prompt_hashes
from normscope.study.bundled_settings import settings_values
from normscope.study.data_card import data_card
from normscope.study.files import json_bytes
from normscope.study.settings import Settings
from normscope.study.validating import card_values, stored_card

__all__ = ["FINDINGS", "made_files", "plain", "role_of"]

FINDINGS = "findings.json"


@dataclass(frozen=True)
class _Seen:
    """A study as its bundle shows it, and what its report says: the page and the data are made of one content."""

    settings: Settings
    store: Store
    data: ReportData
    said: Content


def made_files(settings: Settings, store: Store, data: ReportData) -> dict[str, bytes]:
    """Every file that says something of the study, by name. `store` and `data` decide whether people's texts are in it."""
    seen = _Seen(settings, store, data, content(data))
    made = {name: make(seen) for name, (_, make) in _FILES.items()}
    return {name: written for name, written in made.items() if written is not None} | prompt_files(settings, store)


def _limits(seen: _Seen) -> bytes:
    """First what weighs most: whether there are numbers at all, and whether people checked the matcher on this study."""
    first = validated(seen.data) if seen.data.estimates else "Agreement was not computed: no number is in this bundle."
    (told,) = (section.points for section in seen.said.walk() if section.name == "limits")
    lines = [re.sub(r"\s+", " ", line) for line in (first, *told)]
    return "\n".join(["# Limits of this study", "", *(f"- {plain(line)}" for line in lines), ""]).encode()


def _findings(seen: _Seen) -> bytes | None:
    # not the file in the folder, which may be of older estimates
    found = findings_values(seen.settings, seen.store)
    return json_bytes(found) if found else None


def _card(seen: _Seen) -> bytes:
    card = stored_card(seen.settings, seen.store)
    return json_bytes(card_values(card) if isinstance(card, Card) else {"not_measured": card.reason})


_FILES: Mapping[str, tuple[str, Callable[[_Seen], bytes | None]]] = {
    "report.html": ("report", lambda seen: page(seen.data, seen.said).encode()),
    "report.json": ("report as data", lambda seen: content_text(seen.said, "json").encode()),
    "estimates.json": ("estimates", lambda seen: json_bytes(estimates_values(seen.settings, seen.store, seen.data.estimates))),
    FINDINGS: ("findings", _findings),
    "card.json": ("validation card of the matcher", _card),
    "config.json": ("settings", lambda seen: json_bytes(settings_values(seen.settings))),
    "data_card.json": ("data card", lambda seen: json_bytes(data_card(seen.settings, seen.store))),
    "prompts/index.json": ("hashes of prompts", lambda seen: json_bytes(prompt_hashes(seen.settings, seen.store))),
    "software.json": ("software versions", lambda _: json_bytes(software_values())),
    "limits.md": ("limits", _limits),
    "crosswalk.md": ("crosswalk", lambda _: crosswalk()),
}
"""Every file that is made of the study, in what role and how; None: the study has nothing for it."""


def role_of(name: str) -> str:
    """What a file of a bundle is there for."""
    known = {"README.txt": "how to read and verify", "SHA256SUMS": "checksums for sha256sum"}
    if name in _FILES:
        return _FILES[name][0]
    return known.get(name) or ("prompt" if name.startswith("prompts/") else "hashes of records")


def plain(text: str) -> str:
    """The text with half surrogate pairs, which no file can hold, written out."""
    return text.encode("utf-8", "backslashreplace").decode()
