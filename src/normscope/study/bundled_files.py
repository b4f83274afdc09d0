"""The files of a bundle that are made of the study: each has a role and a way to be made."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from normscope.bundle import crosswalk, software_values
from normscope.records import Card
from normscope.report import ReportData, report_text, write_html
from normscope.report.headline import limits
from normscope.report.lookup import Lookup
from normscope.report.validated import validated
from normscope.store import Store
from normscope.study.agreeing import estimates_values
from normscope.study.auditing import findings_values
from normscope.study.bundled_prompts import prompt_files, prompt_hashes
from normscope.study.bundled_settings import settings_values
from normscope.study.data_card import data_card
from normscope.study.settings import Settings
from normscope.study.validating import card_values, stored_card

__all__ = ["FINDINGS", "made_files", "plain", "role_of"]

FINDINGS = "findings.json"


def made_files(settings: Settings, store: Store, data: ReportData) -> dict[str, bytes]:
    """Every file that says something of the study, by name. `store` and `data` decide whether people's texts are in it."""
    made = {name: make(settings, store, data) for name, (_, make) in _FILES.items()}
    return {name: content for name, content in made.items() if content is not None} | prompt_files(settings, store)


Make = Callable[[Settings, Store, ReportData], bytes | None]


def _report(_: Settings, __: Store, data: ReportData) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_html(data, Path(folder) / "report.html").read_bytes()


def _limits(_: Settings, __: Store, data: ReportData) -> bytes:
    """First what weighs most: whether there are numbers at all, and whether people checked the matcher on this study."""
    first = validated(data) if data.estimates else "Agreement was not computed: no number is in this bundle."
    lines = [re.sub(r"\s+", " ", line) for line in (first, *limits(data, Lookup(data.estimates)))]
    return "\n".join(["# Limits of this study", "", *(f"- {plain(line)}" for line in lines), ""]).encode()


def _findings(settings: Settings, store: Store, _: ReportData) -> bytes | None:
    # not the file in the folder, which may be of older estimates
    found = findings_values(settings, store)
    return _json(found) if found else None


def _card(settings: Settings, store: Store, _: ReportData) -> bytes:
    card = stored_card(settings, store)
    return _json(card_values(card) if isinstance(card, Card) else {"not_measured": card.reason})


_FILES: Mapping[str, tuple[str, Make]] = {
    "report.html": ("report", _report),
    "report.json": ("report as data", lambda _, __, data: report_text(data, "json").encode()),
    "estimates.json": ("estimates", lambda settings, store, data: _json(estimates_values(settings, store, data.estimates))),
    FINDINGS: ("findings", _findings),
    "card.json": ("validation card of the matcher", _card),
    "config.json": ("settings", lambda settings, _, __: _json(settings_values(settings))),
    "data_card.json": ("data card", lambda settings, store, _: _json(data_card(settings, store))),
    "prompts/index.json": ("hashes of prompts", lambda settings, store, _: _json(prompt_hashes(settings, store))),
    "software.json": ("software versions", lambda _, __, ___: _json(software_values())),
    "limits.md": ("limits", _limits),
    "crosswalk.md": ("crosswalk", lambda _, __, ___: crosswalk()),
}
"""Every file that is made of the study, in what role and how; None: the study has nothing for it."""


def role_of(name: str) -> str:
    """What a file of a bundle is there for."""
    known = {"README.txt": "how to read and verify", "SHA256SUMS": "checksums for sha256sum"}
    if name in _FILES:
        return _FILES[name][0]
    return known.get(name) or ("prompt" if name.startswith("prompts/") else "hashes of records")


def _json(values: Any) -> bytes:
    # as write_json does, so that card.json here has the bytes of the one in the folder
    return (json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "backslashreplace")


def plain(text: str) -> str:
    """The text with half surrogate pairs, which no file can hold, written out."""
    return text.encode("utf-8", "backslashreplace").decode()
