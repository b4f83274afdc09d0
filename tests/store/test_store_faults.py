"""What goes wrong around a study folder is said clearly, and what was stored stays."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from normscope.errors import StoreError
from normscope.records import Dilemma
from normscope.store import FILE_NAME, Store, StoredCall


def test_no_study_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no study"):
        Store(tmp_path)


def test_another_version(tmp_path: Path) -> None:
    Store(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="schema version 99"):
        Store(tmp_path)


def test_a_database_of_another_program(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("CREATE TABLE x (y)")
    with pytest.raises(StoreError, match="another program"):
        Store(tmp_path)


def test_not_a_database(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"hello " * 1000)
    with pytest.raises(StoreError, match="not a readable SQLite database"):
        Store(tmp_path)


def test_the_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(StoreError, match="cannot be made"):
        Store(tmp_path / "f", create=True)


def write_as_nobody(folder: Path, create: bool, answers: Connection) -> None:
    if os.geteuid() == 0:  # root may write anywhere
        os.setgid(65534)
        os.setuid(65534)
    try:
        with Store(folder, create=create) as store:
            store.put([Dilemma("e", "x")])
        answers.send("written")
    except StoreError as error:
        answers.send(str(error))


@pytest.mark.parametrize("create", [True, False])
def test_no_write_permission(create: bool) -> None:
    with TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer) / "locked"
        folder.mkdir()
        if not create:
            with Store(folder, create=True) as store:
                store.put([Dilemma("d", "x")])
            (folder / FILE_NAME).chmod(0o444)
        folder.chmod(0o555)
        fork = multiprocessing.get_context("fork")  # the child has loaded everything before it gives up its rights
        ours, theirs = fork.Pipe()
        child = fork.Process(target=write_as_nobody, args=(folder, create, theirs))
        child.start()
        assert ours.poll(20)
        assert "cannot be written" in ours.recv()
        child.join()
        folder.chmod(0o755)


def read_as_nobody(folder: Path, answers: Connection) -> None:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        with Store(folder) as store:
            answers.send([d.dilemma_id for d in store.all(Dilemma)])
    except StoreError as error:
        answers.send(str(error))


def test_a_folder_that_may_only_be_read_is_read() -> None:
    with TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer) / "kept"
        with Store(folder, create=True) as store:
            store.put([Dilemma("d", "x")])
        (folder / FILE_NAME).chmod(0o444)
        folder.chmod(0o555)
        fork = multiprocessing.get_context("fork")
        ours, theirs = fork.Pipe()
        child = fork.Process(target=read_as_nobody, args=(folder, theirs))
        child.start()
        assert ours.poll(20)
        assert ours.recv() == ["d"]
        child.join()
        folder.chmod(0o755)


def fill(store: Store) -> None:
    for n in range(200):
        store.put([Dilemma(f"d{n:04d}", "x" * 10_000)])


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    store = Store(disk / "s", create=True)
    try:
        store.put([Dilemma("kept", "x")])
        if not mounted:  # no right to mount: let SQLite's own limit play the full disk
            with store._database.read() as db:
                db.execute("PRAGMA max_page_count = 60")
        with pytest.raises(StoreError, match="full"):
            fill(store)
        store.close()
        with Store(disk / "s") as again:
            stored = again.all(Dilemma)
        assert Dilemma("kept", "x") in stored
        assert [d.dilemma_id for d in stored[:-1]] == [f"d{n:04d}" for n in range(len(stored) - 1)]
    finally:
        store.close()
        if mounted:
            subprocess.run(["umount", "-l", str(disk)], check=False)


WRITER = """
import sys
from normscope.store import Store, StoredCall
with Store(sys.argv[1], create=True) as store:
    n = 0
    while True:
        store.calls.put(StoredCall(f"{n:08d}", "m", 0, {"messages": []}, {"text": "x" * 200}, None))
        print(n, flush=True)
        n += 1
"""


def test_kill_9_loses_no_acknowledged_call(tmp_path: Path) -> None:
    for round_ in range(3):
        folder = tmp_path / str(round_)
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline())]
        time.sleep(0.1 * (round_ + 1))
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        writer.wait()
        with Store(folder) as store:
            assert len(acknowledged) > 1
            for n in acknowledged:
                assert store.calls.get(f"{n:08d}") is not None
            with store._database.read() as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_failure_never_replaces_an_answer_and_an_answer_replaces_a_failure(tmp_path: Path) -> None:
    with Store(tmp_path, create=True) as store:
        store.calls.put(StoredCall("k", "m", 0, {}, None, "timeout"))
        assert store.calls.get("k") is None
        assert store.calls.counts() == [("m", "timeout", 1)]
        store.calls.put(StoredCall("k", "m", 0, {}, {"text": "yes"}, None))
        store.calls.put(StoredCall("k", "m", 0, {}, None, "timeout"))
        assert store.calls.get("k") == {"text": "yes"}
        assert store.calls.counts() == [("m", "answered", 1)]
