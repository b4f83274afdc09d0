"""With --redact nothing that a person wrote is in the bundle; without it, it is (so that the search would find it)."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from normscope.bundle import verify
from normscope.errors import StoreError
from normscope.records import KINDS, Dilemma, Match, Responder, Response, Solution
from normscope.store import Store
from normscope.study import Study
from normscope.study.redaction import REDACTED_NOTE, RedactedStore, Redaction
from tests.bundle.people import KEPT, MARKERS, everything_in, make


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("people") / "s")


@pytest.fixture(scope="module")
def whole(folder: Path) -> str:
    """Everything in a bundle from which nothing was left out."""
    with Study.open(folder) as study:
        return everything_in(study.bundle(folder / "whole.zip"))


def test_nothing_that_people_wrote_is_in_a_redacted_bundle(folder: Path, tmp_path: Path) -> None:
    with Study.open(folder) as study:
        redacted = everything_in(study.bundle(tmp_path / "redacted.zip", redact=True))
    assert len(set(MARKERS)) == len(MARKERS) > 50
    assert [marker for marker in MARKERS if marker in redacted] == []
    for kept in KEPT:
        assert kept in redacted, kept
    assert REDACTED_NOTE in redacted
    assert "may quote or retell" in redacted
    assert verify(tmp_path / "redacted.zip").manifest.redacted


def test_where_nothing_is_redacted_the_page_shows_what_people_wrote(whole: str) -> None:
    """Else the test above would find nothing because it looks in the wrong place."""
    shown = {marker.strip("zq0123456789") for marker in MARKERS if marker in whole}
    assert {"dilemmad", "solution", "response", "note", "reason"} <= shown


def test_every_text_of_every_record_is_hidden_or_a_models_own(folder: Path) -> None:
    """Whatever a report comes to show: no record that the redacted store gives holds a marker, as record, frame or scan."""
    with Store(folder) as store:
        redacted = RedactedStore(store, Redaction())
        for name, record in KINDS.items():
            texts = [
                repr(redacted.all(record)),
                repr(redacted.frame(name).to_dicts()),
                repr(redacted.scan(name).collect().to_dicts()),
            ]
            for column in redacted.frame(name).columns:
                texts.append(repr(redacted.frame(name, columns=[column]).to_dicts()))
            for text in texts:
                assert [marker for marker in MARKERS if marker in text] == [], name
            assert redacted.count(name) == store.count(name)
        reasons = [reason for _, _, reason, _ in redacted.outcomes() if reason]
        assert [reason[:18] for reason in reasons] == ["[redacted, sha256 "]


def test_a_text_is_replaced_by_its_hash_and_what_is_no_text_stays(folder: Path) -> None:
    with Store(folder) as store:
        redacted = RedactedStore(store, Redaction())
        for before, after in zip(store.all(Dilemma), redacted.all(Dilemma), strict=True):
            assert after.text == f"[redacted, sha256 {hashlib.sha256(before.text.encode()).hexdigest()}]"
            assert (after.dilemma_id, after.language, after.topic, after.extra.keys()) == (
                before.dilemma_id,
                before.language,
                before.topic,
                before.extra.keys(),
            )
        people = {r.responder_id for r in store.all(Responder) if r.kind.value == "human"} | {"unlisted"}
        for theirs, solution in zip(store.all(Solution), redacted.all(Solution), strict=True):
            if theirs.responder_id in people:
                assert (solution.start, solution.end) == (None, None)  # a span of a text that is not there
                assert solution.text.startswith("[redacted, ")
            else:
                assert solution == theirs
        for was, response in zip(store.all(Response), redacted.all(Response), strict=True):
            assert [t.role for t in response.turns] == [t.role for t in was.turns]
            if was.responder_id not in people:
                assert response.text == was.text
                assert response.reason == was.reason
        for label, match in zip(store.all(Match), redacted.all(Match), strict=True):
            assert (match.label, match.score, match.votes) == (label.label, label.score, label.votes)
            kept = label.responder_id not in people and label.evidence == "model-shown"
            assert match.evidence == label.evidence if kept else str(match.evidence).startswith("[redacted, ")


@pytest.mark.usefixtures("no_report")
def test_a_secret_keeps_short_texts_from_being_guessed(folder: Path, tmp_path: Path) -> None:
    salt = b"0123456789abcdef"
    with Study.open(folder) as study:
        path = study.bundle(tmp_path / "salted.zip", redact=True, salt=salt)
        text = everything_in(path)
        first = study.store.all(Dilemma)[0].text
    assert hashlib.sha256(first.encode()).hexdigest() not in text
    assert salt.decode() not in text
    assert verify(path).manifest.hash == "hmac-sha256"
    assert salt.decode() not in repr(Redaction(salt))
    assert Redaction(salt)(first) == f"[redacted, hmac-sha256 {hmac.new(salt, first.encode(), 'sha256').hexdigest()}]"


def test_empty_texts_stay_and_half_pairs_are_hashed() -> None:
    redact = Redaction()
    assert redact("") == ""
    assert redact(None) is None
    assert str(redact("\ud800")).startswith("[redacted, sha256 ")


def test_a_redacted_store_cannot_be_written(folder: Path) -> None:
    with Store(folder) as store:
        redacted = RedactedStore(store, Redaction())
        with pytest.raises(StoreError, match="cannot be written"):
            redacted.put([])
        with pytest.raises(StoreError, match="cannot be written"):
            redacted.replace("golds", [])
        with pytest.raises(StoreError, match="cannot be written"):
            redacted.replace_matches(redacted.frame("matches"))
        with pytest.raises(StoreError, match="cannot be written"):
            redacted.set_fact("card", "{}")
        assert store.fact("card") == redacted.fact("card")
        assert json.loads(store.fact("settings") or "")["notes"] == ["authornote"]
