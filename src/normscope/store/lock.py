"""One process at a time asks models for a study: two would ask the same, pay twice, and keep two budgets."""

from __future__ import annotations

from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from normscope.errors import StoreError

__all__ = ["LOCK_NAME", "only_writer"]

LOCK_NAME = "asking.lock"
"""An empty file; the operating system ends the lock with the process that holds it, however that ends."""


def only_writer(folder: Path) -> BaseFileLock:
    """Hold the folder's lock; `StoreError` where somebody else does, or where no lock can be had."""
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise StoreError(
            f"models are being asked for {folder} already, by another process or another part of this one. "
            "Wait until that has ended, or stop it: what it stored is not lost."
        ) from None
    except OSError as error:
        raise StoreError(
            f"{folder / LOCK_NAME} cannot be written or locked ({error.strerror}). Check the folder's permissions and its disk."
        ) from error
    return lock
