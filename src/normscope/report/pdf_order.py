"""A PDF with its objects in one order, whatever order its writer happened to take: the same drawing gives the same bytes."""

from __future__ import annotations

import re

__all__ = ["in_order"]

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_OFFSET = re.compile(rb"(\d{10}) \d{5} n")
_OBJECT = re.compile(rb"(\d+) 0 obj")
_REFERENCE = re.compile(rb"(\d+) 0 R\b")
_RESOURCES = re.compile(rb"(?:^ +/[A-Za-z]+\d+ \d+ 0 R\n){2,}", re.MULTILINE)


def in_order(pdf: bytes) -> bytes:
    """The file with its dictionaries of resources sorted by name and its objects numbered as they are met from the root on.

    vl-convert's writer takes resources and fonts in an order that differs from run to run. Only files such as it writes are
    changed: one cross-reference table, in the clear. Any other is returned as it is.
    """
    start = _START.search(pdf)
    if start is None or pdf[int(start[1]) : int(start[1]) + 4] != b"xref":
        return pdf
    table, trailer = pdf[int(start[1]) : start.start()].split(b"trailer", 1)
    offsets = sorted(int(found[1]) for found in _OFFSET.finditer(table))
    ends = [*offsets[1:], int(start[1])]
    objects: dict[bytes, tuple[bytes, bytes]] = {}
    for begin, end in zip(offsets, ends, strict=True):
        head, body = _OBJECT.match(pdf, begin), pdf[begin:end]
        if head is None:
            return pdf
        # what is in a stream are its own bytes, and no references
        words, mark, stream = body[len(head[0]) :].partition(b"\nstream\n")
        objects[head[1]] = (_RESOURCES.sub(_sorted, words), mark + stream)
    order = _met(trailer, {number: words for number, (words, _) in objects.items()})
    return _written(pdf[: offsets[0]], objects, order, trailer)


def _sorted(found: re.Match[bytes]) -> bytes:
    return b"".join(sorted(found[0].splitlines(keepends=True)))


def _met(trailer: bytes, words: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """The new number of each object by its old one, in the order in which they are met."""
    order: dict[bytes, bytes] = {}
    waiting = list(reversed(_REFERENCE.findall(trailer)))
    while waiting:
        number = waiting.pop()
        if number in words and number not in order:
            order[number] = str(len(order) + 1).encode()
            waiting += reversed(_REFERENCE.findall(words[number]))
    return order


def _written(head: bytes, objects: dict[bytes, tuple[bytes, bytes]], order: dict[bytes, bytes], trailer: bytes) -> bytes:
    def renamed(words: bytes) -> bytes:
        return _REFERENCE.sub(lambda found: order.get(found[1], found[1]) + b" 0 R", words)

    out = bytearray(head)
    places = []
    for old, new in order.items():
        words, stream = objects[old]
        places.append(len(out))
        out += new + b" 0 obj" + renamed(words) + stream
    begin = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(order) + 1)
    out += b"".join(b"%010d 00000 n\r\n" % place for place in places)
    size = re.sub(rb"/Size \d+", b"/Size %d" % (len(order) + 1), renamed(trailer))
    return bytes(out + b"trailer" + size + b"startxref\n%d\n%%%%EOF" % begin)
