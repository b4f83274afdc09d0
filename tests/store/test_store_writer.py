"""The writer commits in batches on a thread of its own: all of it, in time, by one process at a time, nothing after a failure."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.errors import StoreError
from normscope.records import Outcome, Response
from normscope.store import FILE_NAME, Store, StoredCall, Writer
from normscope.store.lock import LOCK_NAME
from normscope.store.sieve import Sieve


def call(key: str) -> StoredCall:
    return StoredCall(key, "m", 0, {"messages": []}, {"text": key}, None, 1, 2, 3)


def test_many_tasks_are_committed_together_and_all_of_them(tmp_path: Path) -> None:
    async def main() -> None:
        with Store(tmp_path, create=True) as store:
            writer = store.writer()
            await asyncio.gather(*(writer.call(call(f"k{n}")) for n in range(700)))
            # committed, not only written: another connection sees them
            with sqlite3.connect(tmp_path / FILE_NAME) as db:
                assert db.execute("SELECT count(*), count(DISTINCT key) FROM calls").fetchone() == (700, 700)
            assert all(store.calls.get(f"k{n}") == {"text": f"k{n}"} for n in range(700))
            writer.close()

    asyncio.run(main())


def test_records_are_on_disk_when_it_is_closed(tmp_path: Path) -> None:
    async def main() -> None:
        with Store(tmp_path, create=True) as store:
            writer = store.writer()
            for n in range(10):
                writer.record(Response("d", "r", n % 5, "ask", Outcome.ANSWERED if n >= 5 else Outcome.EMPTY, (), None))
            writer.close()
            assert [(r.draw, r.outcome) for r in store.all(Response)] == [(n, Outcome.ANSWERED) for n in range(5)]

    asyncio.run(main())


def test_the_loop_goes_on_while_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    async def main() -> None:
        with Store(tmp_path, create=True) as store, sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None) as other:
            writer = store.writer()
            other.execute("BEGIN IMMEDIATE")  # somebody else writes for half a second
            committing = asyncio.ensure_future(writer.call(call("k")))
            longest, last = 0.0, time.monotonic()
            until = last + 0.5
            while (now := time.monotonic()) < until:
                longest, last = max(longest, now - last), now
                await asyncio.sleep(0.005)
            assert not committing.done()
            other.execute("COMMIT")
            await committing
            assert longest < 0.4
            writer.close()

    asyncio.run(main())


def test_after_a_failed_commit_nothing_more_is_taken(tmp_path: Path) -> None:
    async def main() -> None:
        with Store(tmp_path, create=True) as store:
            writer = store.writer()
            await writer.call(call("a"))
            with sqlite3.connect(tmp_path / FILE_NAME) as db:
                db.execute("ALTER TABLE calls RENAME TO gone")
            for _ in range(2):
                with pytest.raises(StoreError, match="no such table"):
                    await writer.call(call("b"))
            with pytest.raises(StoreError, match="no such table"):
                writer.close()

    asyncio.run(main())


def test_a_value_that_cannot_be_stored_is_said_and_nobody_waits_for_it(tmp_path: Path) -> None:
    async def main() -> None:
        with Store(tmp_path, create=True) as store:
            writer = store.writer()
            with pytest.raises(StoreError, match=r"cannot be written \(OverflowError"):
                await asyncio.wait_for(writer.call(call("a")._replace(prompt_tokens=2**70)), 5)
            with pytest.raises(StoreError, match="cannot be written"):
                writer.close()

    asyncio.run(main())


def test_one_process_at_a_time(tmp_path: Path) -> None:
    Store(tmp_path, create=True).close()
    writer = Writer(tmp_path)
    other = "import sys; from pathlib import Path; from normscope.store import Writer; Writer(Path(sys.argv[1]))"
    command = [sys.executable, "-c", other, str(tmp_path)]
    refused = subprocess.run(command, check=False, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "models are being asked for" in refused.stderr
    writer.close()
    assert subprocess.run(command, check=False).returncode == 0


def test_a_lock_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    Store(tmp_path, create=True).close()
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(StoreError, match="cannot be written or locked"):
        Writer(tmp_path)


def test_what_may_be_held_is_what_was_stored_before_and_since(tmp_path: Path) -> None:
    async def main() -> None:
        with Store(tmp_path, create=True) as store:
            store.calls.put(call("before"))
            writer = store.writer()
            assert writer.may_hold("before")
            assert not writer.may_hold("since")
            await writer.call(call("since"))
            assert writer.may_hold("since")
            writer.close()

    asyncio.run(main())


@given(st.lists(st.text()), st.text())
def test_a_sieve_never_loses_what_was_put_in(keys: list[str], other: str) -> None:
    sieve = Sieve(keys)
    assert all(key in sieve for key in keys)
    sieve.add(other)
    assert other in sieve


def test_a_sieve_seldom_takes_a_text_for_another() -> None:
    sieve = Sieve(f"in{n}" for n in range(100_000))
    assert sum(f"out{n}" in sieve for n in range(100_000)) < 100
