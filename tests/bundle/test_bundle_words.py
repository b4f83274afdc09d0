"""Nothing that normscope says claims that a duty is met: a bundle is evidence for something, and nothing more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from normscope.bundle import crosswalk, readme

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = re.compile(
    r"\b(complian\w*|compl(?:y|ies|ied|ying) with|conform\w*|certif(?:y|ies|ied|ication)\w*|accredit\w*|"
    r"meets? the requirements?|fulfil\w* the requirements?|satisf\w+ the (?:requirements?|act|clause)|approved by)",
    re.IGNORECASE,
)
TEXTS = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(path for path in sorted((ROOT / "src").rglob("*")) if path.suffix in {".md", ".txt", ".j2"}),
    *sorted((ROOT / "src/normscope/bundle").glob("*.py")),
    ROOT / "src/normscope/cli/bundling.py",
    ROOT / "src/normscope/study/bundling.py",
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_claims_that_a_duty_is_met(path: Path) -> None:
    assert CLAIMS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "claim", ["is compliant", "Compliance with Annex XI", "conforms to", "certified", "meets the requirements"]
)
def test_the_words_are_found(claim: str) -> None:
    assert CLAIMS.search(f"This bundle {claim}.")


def test_the_page_and_the_file_in_the_bundle_are_the_same() -> None:
    assert crosswalk() == (ROOT / "docs/crosswalk.md").read_bytes()


@pytest.mark.xdist_group("bundle")
def test_the_crosswalk_says_what_it_is_and_names_files_that_there_are(made_files: set[str]) -> None:
    text = crosswalk().decode()
    assert "evidence for" in text
    assert "no evidence for" in text
    assert "was not available to us" in text
    for row in ("| 1.1 ", "| 1.2 ", "| 1.3 ", "| 2.1 ", "| 2.13 ", "| 3.1 ", "| 4.3 ", "section 2, point 1", "clause 9.1"):
        assert row in text
    named = set(re.findall(r"`([a-z_]+(?:\.[a-z]+|/)|SHA256SUMS)`", text))
    there = made_files | {"findings.json", "signature.json"}
    assert {name for name in named if not any(one.startswith(name) for one in there)} == set()


@pytest.mark.parametrize("redacted", [False, True])
@pytest.mark.parametrize("salted", [False, True])
@pytest.mark.parametrize("signed", [False, True])
def test_the_readme_says_how_the_bundle_was_made(redacted: bool, salted: bool, signed: bool) -> None:
    text = readme(redacted=redacted, salted=salted, signed=signed, findings="not audited").decode()
    assert ("What people wrote was left out" in text) is redacted
    assert ("HMAC-SHA-256" in text) is salted
    assert ("openssl pkeyutl" in text) is signed
    assert "not audited" in text
    assert "%%" not in text
    assert "$" not in text
