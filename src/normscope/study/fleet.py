"""Asking many models at a time: each in its own lane, none waiting for another, all stopped by one Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from normscope.elicit import Job, Protocol
from normscope.elicit import elicit as hold_all
from normscope.models.asker import Asker
from normscope.models.prices import show_money
from normscope.records import NotMeasured, Outcome, Response
from normscope.store import Writer
from normscope.study.progress import ModelProgress, Progress

__all__ = ["Queue", "ask_all"]

SHOW_SECONDS = 0.2


@dataclass(slots=True)
class Queue:
    """What one responder is still to be asked: its conversations, how many they are, and how many are held at a time.

    Queues that take turns are asked one after the other: their models share this machine.
    """

    responder_id: str
    model: str
    jobs: Iterator[Job]
    total: int
    at_once: int
    takes_turns: bool = False
    done: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    note: str = ""


async def ask_all(
    queues: Sequence[Queue],
    asker: Asker,
    writer: Writer,
    *,
    protocols: Mapping[str, Protocol],
    player: str | None,
    progress: Progress,
) -> None:
    """Hold all conversations; each is written when it has ended.

    Raises `KeyboardInterrupt` after a Ctrl-C: calls in flight were finished and kept; after a second one they were not.
    """
    shown = 0.0

    def show(*, last: bool = False) -> None:
        nonlocal shown
        now = time.monotonic()
        if last or now - shown >= SHOW_SECONDS:
            shown = now
            progress("elicit", sum(q.done for q in queues), sum(q.total for q in queues), [_line(q, asker) for q in queues])

    async def ask_queue(queue: Queue) -> None:
        def keep(response: Response) -> None:
            writer.record(response)
            queue.done += 1
            if response.outcome is Outcome.FAILED:
                queue.failed[response.reason or "unknown"] += 1
            show()

        halted = await hold_all(
            queue.jobs,
            asker.ask_for,
            on_response=keep,
            concurrency=queue.at_once,
            protocols=protocols,
            player=player,
        )
        if halted is not None and halted.reason != "stopped":
            queue.note = str(halted)
            asker.last_errors[queue.model] = str(halted)

    async def ask_in_turn() -> None:
        for queue in queues:
            if queue.takes_turns:
                await ask_queue(queue)

    show(last=True)
    asking = asyncio.gather(ask_in_turn(), *(ask_queue(queue) for queue in queues if not queue.takes_turns))
    with _interruptible(asker, asking, queues, lambda: show(last=True)) as interrupted:
        try:
            await asking
        except asyncio.CancelledError:
            if interrupted.count:
                raise KeyboardInterrupt from None
            raise
        finally:
            show(last=True)
    if interrupted.count:
        raise KeyboardInterrupt


def _line(queue: Queue, asker: Asker) -> ModelProgress:
    spent = asker.spending.by_model.get(queue.model)
    money = ""
    if spent is not None:
        price = asker.spending.price(queue.model)
        unknown = isinstance(price, NotMeasured)
        money = "unknown" if unknown else show_money(spent.cost, asker.spending.prices.currency)
    return ModelProgress(
        queue.responder_id, queue.done, queue.total, money, dict(queue.failed), asker.places(queue.model), queue.note
    )


@dataclass(slots=True)
class _Interrupted:
    count: int = 0


@contextmanager
def _interruptible(
    asker: Asker, asking: asyncio.Future[list[None]], queues: Sequence[Queue], show: Callable[[], None]
) -> Iterator[_Interrupted]:
    """Within it, the first Ctrl-C makes no more calls and waits for those in flight; the second cancels those too."""
    seen = _Interrupted()
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        seen.count += 1
        if seen.count > 1:
            asking.cancel()
            return
        asker.stop()
        for queue in queues:
            if queue.done < queue.total:
                queue.note = "finishing what is in flight; Ctrl-C again stops at once"
        show()

    try:
        loop.add_signal_handler(signal.SIGINT, interrupt)
    except (NotImplementedError, RuntimeError, ValueError):
        # no signals here (Windows, a notebook's or a test's thread): an interrupt cancels as it always does
        yield seen
        return
    try:
        yield seen
    finally:
        loop.remove_signal_handler(signal.SIGINT)
