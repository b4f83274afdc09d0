"""The report opens from a file without a network, and nothing of it leaves the page; the watch notices what would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.small_study import TITLE
from tests.browser.spy import Spy
from tests.browser.watch import Opening

pytestmark = pytest.mark.browser

HARMFUL = {
    "ran": "<script>window.__ran = 1</script>",
    "violations": "<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\"><img src='http://evil.example/x.png'>",
    "names added to every object": "<script>Object.prototype.polluted = 1</script>",
    "requests": "<img src='http://evil.example/x.png'>",
    "errors": "<script>nowhere()</script>",
    "dialogs": "<script>alert(1)</script>",
    "windows": "<iframe srcdoc='x'></iframe>",
    "navigations": "<meta http-equiv='refresh' content='0;url=about:blank'>",
}


def test_opens_without_a_network_and_does_nothing_else(report: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(report)
    assert page.title() == TITLE
    assert page.get_by_role("heading", level=1).is_visible()
    page.wait_for_timeout(300)
    assert watch.noticed(page) == {}
    assert spy.heard == []


def test_says_the_same_without_scripts(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, java_script_enabled=False)
    assert page.locator("#summary").get_by_role("table").first.is_visible()


def test_another_process_writes_the_same_bytes(study: Path, report: Path, tmp_path: Path) -> None:
    copy, again = shutil.copytree(study, tmp_path / "study"), tmp_path / "again.html"
    code = f"from normscope.study import Study\nwith Study.open({str(copy)!r}) as study: study.report({str(again)!r})"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}, check=True)
    assert again.read_bytes() == report.read_bytes()


@pytest.mark.parametrize("kind", HARMFUL)
def test_the_watch_notices(kind: str, tmp_path: Path, open_page: Opening) -> None:
    place = tmp_path / "harmful.html"
    place.write_text(f"<!doctype html><title>harmful</title>{HARMFUL[kind]}", encoding="utf-8")
    page, watch = open_page(place)
    page.wait_for_timeout(200)
    assert kind in watch.noticed(page)


def test_the_spy_hears_what_leaves(tmp_path: Path, open_page: Opening, spy: Spy) -> None:
    place = tmp_path / "leaving.html"
    place.write_text("<!doctype html><title>leaving</title><img src='http://evil.example/x.png'>", encoding="utf-8")
    page, _ = open_page(place, offline=False)
    page.wait_for_timeout(200)
    assert any("evil.example/x.png" in line for line in spy.heard)
