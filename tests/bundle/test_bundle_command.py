"""`normscope bundle` and `normscope verify` on a small real study: same bytes, exit codes, and what is said."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.bundle import SIGNATURE, write_archive
from normscope.records import Dilemma, Gold, Label, Match, Solution
from normscope.store import Store
from normscope.study import Study
from tests.bundle.conftest import run
from tests.bundle.keys import PRIVATE, fingerprint, public

# in one worker, which makes the study once
pytestmark = pytest.mark.xdist_group("bundle")

ESTIMATES = "estimates.json"
SECRET = "a secret of more than 16 bytes"


@pytest.fixture
def study(made_study: Path, tmp_path: Path) -> Path:
    """A copy that a test may change; of the same name, which the manifest has."""
    return shutil.copytree(made_study, tmp_path / "s")


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8")


def test_same_study_same_bytes_and_unchanged(made_study: Path, made_bundle: Path, tmp_path: Path) -> None:
    code, said, _ = run("bundle", made_study, "-o", tmp_path / "again.zip")
    assert code == 0
    assert (tmp_path / "again.zip").read_bytes() == made_bundle.read_bytes()
    assert "Not signed." in said
    code, said, _ = run("verify", made_bundle, "--study", made_study)
    assert code == 0
    assert "Unchanged: " in said
    assert "not audited" in said
    assert "Same records: " in said


def test_the_files_of_the_folder_are_in_it_byte_for_byte(made_study: Path, made_bundle: Path) -> None:
    for name in ("card.json", "report.html"):
        assert part(made_bundle, name) == (made_study / name).read_text(encoding="utf-8"), name
    given, there = (json.loads(text) for text in (part(made_bundle, ESTIMATES), (made_study / ESTIMATES).read_text("utf-8")))
    # the same numbers; here they are in the order of their keys
    assert sorted(map(repr, given.pop("estimates"))) == sorted(map(repr, there.pop("estimates")))
    assert given == there


def test_what_is_in_it(made_bundle: Path, made_files: set[str]) -> None:
    assert {"config.json", "limits.md", "crosswalk.md", "software.json", "README.txt", "SHA256SUMS"} <= made_files
    assert {"prompts/index.json", "prompts/elicit/phrases/en.yaml", "records/matches.txt"} <= made_files
    assert SIGNATURE not in made_files
    manifest = json.loads(part(made_bundle, "manifest.json"))
    assert manifest["date"] is None
    assert manifest["findings"].startswith("not audited")
    card = json.loads(part(made_bundle, "data_card.json"))
    assert card["dilemmas"]["n"] == manifest["records"]["dilemmas"]["records"] == 2
    assert "wrote nothing down" in card["notes"][0]
    assert "invented characters" in card["noticed"][0]
    assert json.loads(part(made_bundle, "software.json"))["libraries"]["rfc8785"]


def test_every_changed_file_is_named_with_exit_code_1(made_bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made_bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    write_archive(tmp_path / "x.zip", files | {"limits.md": b"There are none.\n"})
    code, said, _ = run("verify", tmp_path / "x.zip")
    assert code == 1
    assert said.startswith("CHANGED: limits.md was changed. Expected: ")
    code, said, _ = run("verify", tmp_path / "x.zip", "--json")
    assert code == 1
    assert json.loads(said)["change"]["path"] == "limits.md"


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_bundle_is_exit_code_3(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    code, _, said = run("verify", tmp_path / "x.zip")
    assert code == 3
    assert said.startswith("Error: ")
    assert run("verify", tmp_path / "none.zip")[0] == 3


@pytest.mark.usefixtures("no_report")
def test_signed_by_a_file_or_the_environment(made_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key.pem").write_bytes(PRIVATE)
    (tmp_path / "public.pem").write_bytes(public())
    (tmp_path / "other.pem").write_bytes(public(8))
    monkeypatch.setenv("MY_KEY", PRIVATE.decode().replace("\n", "\\n"))
    one, two = tmp_path / "1.zip", tmp_path / "2.zip"
    code, said, _ = run("bundle", made_study, "-o", one, "--key-file", tmp_path / "key.pem")
    assert code == 0
    assert f"Signed by key {fingerprint(PRIVATE)}" in said
    assert run("bundle", made_study, "-o", two, "--key-env", "MY_KEY")[0] == 0
    assert one.read_bytes() == two.read_bytes()
    secret = PRIVATE.decode().splitlines()[1]
    with zipfile.ZipFile(one) as archive:
        assert not any(secret.encode() in archive.read(name) for name in archive.namelist())
    code, said, _ = run("verify", one)
    assert code == 0
    assert f"Signed by key {fingerprint(PRIVATE)}; whose key that is, you must know" in said
    code, said, _ = run("verify", one, "--public-key", tmp_path / "public.pem")
    assert code == 0
    assert "as required" in said
    code, said, _ = run("verify", one, "--public-key", tmp_path / "other.pem")
    assert code == 1
    assert "signature.json is by another key" in said


@pytest.mark.usefixtures("no_report")
def test_wrong_keys_and_secrets_are_one_message_without_them(
    made_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORT", "hush")
    (tmp_path / "key.pem").write_bytes(b"hush hush")
    for options, words in {
        ("--key-env", "UNSET_KEY"): "UNSET_KEY, which is not set",
        ("--key-env", "SHORT"): "SHORT holds no private",
        ("--key-file", str(tmp_path / "key.pem")): "key.pem holds no private",
        ("--key-file", str(tmp_path / "none.pem")): "cannot be read",
        ("--key-file", "a", "--key-env", "b"): "not both",
        ("--salt-env", "UNSET_SALT"): "UNSET_SALT, which is not set",
        ("--salt-env", "SHORT"): "too short",
        ("--date", "yesterday"): "is no date",
    }.items():
        code, _, said = run("bundle", made_study, "-o", tmp_path / "x.zip", *options)
        assert code == 3
        assert words in said
        assert "hush" not in said
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.usefixtures("no_report")
def test_a_date_is_there_only_where_one_was_given(
    made_study: Path, made_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.zip"
    assert run("bundle", made_study, "-o", path, "--date", "2026-11-26")[0] == 0
    assert json.loads(part(path, "manifest.json"))["date"] == "2026-11-26"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    with Study.open(made_study) as study:
        study.bundle(path)
    assert json.loads(part(path, "manifest.json"))["date"] == "1970-01-02T00:00:00Z"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert run("bundle", made_study, "-o", path)[0] == 3


def test_the_first_record_that_is_another_one_is_named(study: Path, made_bundle: Path) -> None:
    def said_of(change: str) -> str:
        code, said, _ = run("verify", made_bundle, "--study", study)
        assert code == 1, change
        return said

    with Store(study) as store:
        solution, dilemma = store.all(Solution)[0], store.all(Dilemma)[-1]
        matches = store.frame("matches")
        golds = [Gold("g", "d", "t", "s", "stated", Label.AGREE, "Ane")]
        store.put(golds)
    assert "OTHER RECORDS: golds: g / Ane is not in the bundle." in said_of("added")
    with Store(study) as store:
        store.replace("golds", [])
        store.replace_matches(matches[:3].vstack(matches[4:]))
    assert "matches: record 4 of the bundle, after " in said_of("missing")
    with Store(study) as store:
        store.replace_matches(matches)
    assert run("verify", made_bundle, "--study", study)[0] == 0
    with Store(study) as store:
        match = store.all(Match)[1]
        store.put([Match(**{f: getattr(match, f) for f in match.__slots__} | {"label": Label.UNCLEAR})])
    assert (
        f"matches: {match.dilemma_id} / {match.responder_id} / 0 / {match.basis} / {match.solution_id} was changed."
        in said_of("label")
    )
    with Store(study) as store:
        store.put([Solution(**{f: getattr(solution, f) for f in solution.__slots__} | {"text": "Move to Peru."})])
    assert f"solutions: {solution.solution_id} / {solution.extractor} was changed." in said_of("text")
    with Store(study) as store:
        store.put([Dilemma(dilemma.dilemma_id, "Another text.")])
    assert f"dilemmas: {dilemma.dilemma_id} was changed." in said_of("the first kind comes first")


@pytest.mark.usefixtures("no_report")
def test_a_salted_bundle_is_compared_with_the_secret(
    made_study: Path, made_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SALT", SECRET)
    monkeypatch.setenv("OTHER_SALT", SECRET[::-1])
    path = tmp_path / "x.zip"
    code, _, said = run("bundle", made_study, "-o", path, "--redact", "--salt-env", "MY_SALT")
    assert code == 0
    assert "can be guessed" not in said
    assert run("verify", path)[0] == 0  # the files need no secret
    assert run("verify", path, "--study", made_study, "--salt-env", "MY_SALT")[0] == 0
    assert run("verify", path, "--study", made_study, "--salt-env", "OTHER_SALT")[0] == 1
    assert "was made with a secret" in run("verify", path, "--study", made_study)[2]
    assert "was made without a secret" in run("verify", made_bundle, "--study", made_study, "--salt-env", "MY_SALT")[2]


@pytest.mark.usefixtures("no_report")
def test_without_a_secret_a_redacted_bundle_is_warned_of(made_study: Path, tmp_path: Path) -> None:
    code, _, said = run("bundle", made_study, "-o", tmp_path / "x.zip", "--redact")
    assert code == 0
    assert "Short texts can be guessed" in said
    assert run("verify", tmp_path / "x.zip", "--study", made_study)[0] == 0  # hashes are of the records as they are


@pytest.mark.usefixtures("no_report")
def test_findings_are_in_it_where_there_are_some_of_these_estimates(study: Path, tmp_path: Path) -> None:
    run("agree", study)
    assert run("audit", study)[0] in {0, 1, 2}
    code, said, _ = run("bundle", study, "-o", tmp_path / "x.zip", "--json")
    assert code == 0
    assert json.loads(said)["findings"] == "audited (findings.json)"
    audited = json.loads((study / "findings.json").read_text(encoding="utf-8"))
    assert json.loads(part(tmp_path / "x.zip", "findings.json")) == audited
    with Study.open(study, level=0.9) as changed:
        changed.agree()
    (study / "findings.json").write_text(json.dumps(audited), encoding="utf-8")
    assert json.loads(run("bundle", study, "-o", tmp_path / "y.zip", "--json")[1])["findings"] != "audited (findings.json)"


@pytest.mark.usefixtures("no_report")
def test_the_default_place_is_the_folder_and_a_bundle_is_replaced(study: Path) -> None:
    assert run("bundle", study)[0] == 0
    assert run("bundle", study)[0] == 0
    (study / "audit.zip").write_bytes(b"something else")
    code, _, said = run("bundle", study)
    assert code == 3
    assert "--force" in said
    assert (study / "audit.zip").read_bytes() == b"something else"
    assert run("bundle", study, "--force")[0] == 0


@pytest.mark.usefixtures("no_report")
def test_labels_of_other_texts_are_not_bundled_redacted_or_not(study: Path, tmp_path: Path) -> None:
    with Store(study) as store:
        first = store.all(Solution)[0]
        store.put([replace(first, text="Another course altogether.")])
    for options in ((), ("--redact",)):
        code, _, said = run("bundle", study, "-o", tmp_path / "x.zip", *options)
        assert code == 3, options
        assert "have changed since they were matched" in " ".join(said.split())
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.usefixtures("no_report")
def test_labels_of_another_matcher_are_not_bundled(study: Path, tmp_path: Path) -> None:
    for options in ((), ("--redact",)):
        with Store(study) as store:
            match = store.all(Match)[0]
            store.put([Match(**{f: getattr(match, f) for f in match.__slots__} | {"matcher": "somebody"})])
        code, _, said = run("bundle", study, "-o", tmp_path / "x.zip", *options)
        assert code == 3
        assert "somebody" in said
