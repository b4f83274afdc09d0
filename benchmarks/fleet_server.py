"""A fake OpenAI-compatible server that costs next to nothing: the same encoded answer to whatever is asked.

`python benchmarks/fleet_server.py [DELAY]` listens on a free port of 127.0.0.1, prints the port, and serves until it is
ended. DELAY is in seconds per answer. Needs the standard library alone; runs on uvloop where that is installed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import cast

WORDS = (
    "I would talk to her before you do anything else. Pick a quiet moment, say plainly what happened and how it sat with you, "
    "and then let her answer; people often do not know how a thing looked from the other side. If she waves it away, you have "
    "still said it, and you can decide then whether to keep lending her things. I would not bring it up in front of the others, "
    "and I would not pay for the repair yourself just to keep the peace."
)
ANSWER = {
    "id": "chatcmpl-0",
    "object": "chat.completion",
    "created": 1700000000,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": WORDS, "refusal": None},
        }
    ],
    "usage": {"prompt_tokens": 131, "completion_tokens": 94, "total_tokens": 225},
}
BODY = json.dumps(ANSWER).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
REPLY = HEAD % len(BODY) + BODY


class Answering(asyncio.Protocol):
    """One kept-alive connection. Requests may arrive in pieces or several at once; each gets the answer after `delay`."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transport is none by isinstance
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (length := _length(self._received)) and len(self._received) >= length:
            self._received = self._received[length:]
            if self._delay:
                # equal delays fire in the order in which they were asked for, so pipelined answers keep theirs
                asyncio.get_running_loop().call_later(self._delay, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(REPLY)


def _length(received: bytes) -> int:
    """The bytes of the first request, head and body; 0 while its head is incomplete."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    for line in received[:end].split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return end + 4 + int(value)
    return end + 4


async def serve(delay: float) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Answering(delay), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    delay = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(delay))
    else:
        uvloop.run(serve(delay))


if __name__ == "__main__":
    main()
