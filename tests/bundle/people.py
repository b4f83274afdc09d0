"""A study in whose every field that a person can have written stands a word that stands nowhere else."""

from __future__ import annotations

import base64
import gzip
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from normscope.records import (
    Basis,
    Dilemma,
    Gold,
    Kind,
    Label,
    LabelItem,
    Match,
    Outcome,
    Record,
    Responder,
    Response,
    Solution,
    Stance,
    Turn,
)
from normscope.study import Study

__all__ = ["KEPT", "MARKERS", "everything_in", "make"]

MARKERS: list[str] = []
"""What a person wrote."""
KEPT = ("model-said-this", "model-shown-this", "model-course", "modelpersona", "modelsystem", "authornote")
"""What a model said and the study's author set."""
PEOPLE, MODELS, DILEMMAS = ("anna", "ben", "unlisted"), ("m1", "m2"), ("d1", "d2")


def person(field: str) -> str:
    """A text of a person, with a marker in it."""
    marker = f"zq{len(MARKERS):03d}{''.join(c for c in field if c.isalpha())}qz"
    MARKERS.append(marker)
    return f"Well, {marker} it is."


def make(folder: Path) -> Path:
    """The study, in its folder."""
    MARKERS.clear()
    models = [
        {"model": f"recorded:{folder / 'none.jsonl'}", "id": "m1", "persona": "modelpersona", "system_prompt": "modelsystem"}
    ]
    with Study.create(folder, matcher="exact", resamples=20, notes=["authornote"], models=models) as study:
        study.store.put(list(_records()))
        study.validate(whole=False)
        study.agree()
    return folder


def _records() -> Iterator[Record]:
    texts = {name: person(f"dilemma {name}") for name in DILEMMAS}
    for name, text in texts.items():
        yield Dilemma(name, text, "en", "work", extra={"written by": person("extra")})
    yield from (Responder(name, Kind.HUMAN, None, person("persona"), person("note"), person("system")) for name in PEOPLE[:2])
    yield Responder("m1", Kind.MODEL, "recorded:x", "modelpersona", "asked", "modelsystem")
    yield Responder("m2", Kind.MODEL, "recorded:y")
    theirs = {(name, d): person("solution") for name in PEOPLE for d in DILEMMAS}
    for (name, d), course in theirs.items():
        said = Turn("assistant", person("response")), Turn("user", person("commit"), "commit"), Turn("assistant", person("more"))
        yield Response(d, name, 0, "recorded", Outcome.ANSWERED, (Turn("user", texts[d]), *said))
        conditions = (person("condition"),)
        yield Solution(f"{name}{d}", d, name, 0, course, Stance.RECOMMENDS, True, "coded", 0, 4, conditions=conditions)
    yield Response("d1", "anna", 1, "recorded", Outcome.REFUSED, (), person("reason"))
    for name in MODELS:
        for d in DILEMMAS:
            shown = Turn("user", f"A friend told me: {theirs['anna', d]}", "explicit", f"anna{d}")
            answer = Turn("assistant", "model-shown-this", "explicit", f"anna{d}")
            told = Turn("user", texts[d]), Turn("assistant", "model-said-this"), shown, answer
            yield Response(d, name, 0, "ask", Outcome.ANSWERED, told)
            yield Solution(
                f"{name}{d}", d, name, 0, "model-course", Stance.RECOMMENDS, True, "rules", 0, 15, conditions=("model-condition",)
            )
            yield Match(d, name, 0, Basis.EXPLICIT, f"anna{d}", Label.AGREE, 1.0, "exact", "model-shown")
            # a judge that named a passage of the other text
            yield Match(d, name, 0, Basis.MAIN, f"ben{d}", Label.AGREE, 0.5, "exact", person("wrong evidence"))
    for d in DILEMMAS:
        yield Match(d, "anna", 0, Basis.MAIN, f"m1{d}", Label.AGREE, 1.0, "exact", person("evidence"))
        yield Match(d, "anna", 0, Basis.MAIN, f"ben{d}", Label.DISAGREE, 1.0, "exact", person("evidence"))
        yield LabelItem(
            f"i{d}",
            d,
            "anna",
            0,
            Basis.MAIN,
            f"m1{d}",
            False,
            person("item"),
            person("item"),
            person("item"),
            "stated",
            0.5,
            "p",
            0,
        )
    for n, label in enumerate((Label.AGREE, Label.DISAGREE, Label.AGREE)):
        yield Gold(f"i{n}", person("gold"), person("gold"), person("gold"), "stated", label, "Ane")


def everything_in(path: Path) -> str:
    """Every text of a bundle, the packed data of its pages too."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8")
            found += [name, text, re.sub("<[^>]*>", "", text)]  # a mark may stand in the middle of a word
            for block in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text):
                packed = base64.b64decode(block + "=" * (-len(block) % 4))
                if packed[:2] == b"\x1f\x8b":
                    found.append(gzip.decompress(packed).decode("utf-8"))
                elif packed[:1] in b"{[":
                    found.append(packed.decode("utf-8", "replace"))
    return "\n".join(found)
