"""The named arrays of an ONNX file, read without the packages of ONNX, which the core does not need otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from normscope.errors import NormscopeError

__all__ = ["initializers"]

DTYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 11: "<f8"}
"""numpy's name of each `TensorProto.DataType` that a quantised encoder holds."""

GRAPH, INITIALIZER = 7, 5
DIMS, DATA_TYPE, NAME, RAW_DATA = 1, 2, 8, 9
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def initializers(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Every initializer of the model's graph that is stored as raw bytes, by name.

    The fields are those of `onnx.proto` (ModelProto 7 → GraphProto 5 → TensorProto), in protobuf's wire format. A file that
    is not in that format is a `NormscopeError`.
    """
    found: dict[str, NDArray[np.generic]] = {}
    try:
        for number, graph in _fields(memoryview(data)):
            if number != GRAPH or not isinstance(graph, memoryview):
                continue
            for inner, tensor in _fields(graph):
                if inner == INITIALIZER and isinstance(tensor, memoryview):
                    name, array = _tensor(tensor)
                    if array is not None:
                        found[name] = array
    except (IndexError, ValueError, KeyError) as error:
        raise NormscopeError(f"the encoder is not a readable ONNX file ({error}). Install normscope again.") from error
    return found


def _tensor(data: memoryview) -> tuple[str, NDArray[np.generic] | None]:
    shape: list[int] = []
    kind, name, raw = 0, "", None
    for number, value in _fields(data):
        if number == DIMS and isinstance(value, int):
            shape.append(value)
        elif number == DIMS and isinstance(value, memoryview):
            at = 0
            while at < len(value):
                size, at = _varint(value, at)
                shape.append(size)
        elif number == DATA_TYPE and isinstance(value, int):
            kind = value
        elif number == NAME and isinstance(value, memoryview):
            name = bytes(value).decode()
        elif number == RAW_DATA and isinstance(value, memoryview):
            raw = value
    return name, None if raw is None else np.frombuffer(raw, DTYPES[kind]).reshape(shape)


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message: number, and the number or the bytes it holds."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind == BYTES:
            size, at = _varint(data, at)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"unknown wire type {kind}")
        if at + size > len(data):
            raise ValueError("it breaks off")
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
