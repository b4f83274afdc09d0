"""What an ONNX file holds, read without the packages of ONNX, which the core does not need otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from normscope.errors import NormscopeError

__all__ = ["files_beside", "initializers"]

DTYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 11: "<f8"}
"""numpy's name of each `TensorProto.DataType` that a quantised encoder holds."""

GRAPH, INITIALIZER = 7, 5
DIMS, DATA_TYPE, NAME, RAW_DATA, EXTERNAL = 1, 2, 8, 9, 13
KEY, VALUE = 1, 2
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def initializers(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Every initializer of the model's graph that is stored as raw bytes, by name.

    The fields are those of `onnx.proto` (ModelProto 7 → GraphProto 5 → TensorProto), in protobuf's wire format. A file that
    is not in that format is a `NormscopeError`.
    """
    try:
        named = [_tensor(tensor) for tensor in _tensors(data)]
    except (IndexError, ValueError, KeyError) as error:
        raise NormscopeError(f"the encoder is not a readable ONNX file ({error}). Install normscope again.") from error
    return {name: array for name, array in named if array is not None}


def files_beside(data: bytes) -> list[str]:
    """The paths, from the model's folder, of the files in which initializers of its graph are kept; sorted, mostly none.

    A file that is not in the format is an `IndexError`, a `ValueError` or a `KeyError`.
    """
    found: set[str] = set()
    for tensor in _tensors(data):
        for number, entry in _fields(tensor):
            if number == EXTERNAL and isinstance(entry, memoryview):
                said = {key: bytes(text) for key, text in _fields(entry) if isinstance(text, memoryview)}
                if said.get(KEY) == b"location":
                    found.add(said[VALUE].decode())
    return sorted(found)


def _tensors(data: bytes) -> Iterator[memoryview]:
    for number, graph in _fields(memoryview(data)):
        if number == GRAPH and isinstance(graph, memoryview):
            for inner, tensor in _fields(graph):
                if inner == INITIALIZER and isinstance(tensor, memoryview):
                    yield tensor


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
