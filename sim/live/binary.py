"""The one binary message of the page: a head in JSON, then columns of numbers that a browser reads without copying.

    "CSL1"  | length of the head, uint32 | head, JSON, padded with spaces to 8 bytes | columns, each padded to 8 bytes

The head's ``columns`` lists name, type, number of entries and offset after the head; all numbers are little-endian.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"CSL1"
_TYPES = {"u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"}


def packed(head: Mapping[str, Any], columns: Mapping[str, NDArray]) -> bytes:
    """One message.

    Parameters
    ----------
    head : mapping
        JSON; a number that is not finite becomes null.
    columns : mapping of str to one-dimensional array
        Of the types u1, i1, u2, i2, u4, i4, f4, f8.

    Raises
    ------
    ValueError
        For an array of another type.
    """
    listed, parts, offset = [], [], 0
    for name, column in columns.items():
        kind = column.dtype.str[1:]
        if kind not in _TYPES or column.ndim != 1:
            raise ValueError(f"column {name}: cannot be sent as {column.dtype} of {column.ndim} dimensions")
        data = np.ascontiguousarray(column, column.dtype.newbyteorder("<")).tobytes()
        listed.append([name, kind, int(column.size), offset])
        data += b"\0" * (-len(data) % 8)
        parts.append(data)
        offset += len(data)
    text = json.dumps(finite({**head, "columns": listed}), separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(len(text) + 8) % 8)
    return b"".join((MAGIC, len(text).to_bytes(4, "little"), text, *parts))


def unpacked(message: bytes) -> tuple[dict[str, Any], dict[str, NDArray]]:
    """Head and columns of a message; raises ValueError when it is none."""
    if message[:4] != MAGIC:
        raise ValueError("not a message of the live view")
    end = 8 + int.from_bytes(message[4:8], "little")
    head = json.loads(message[8:end])
    columns = {
        name: np.frombuffer(message, np.dtype(kind).newbyteorder("<"), size, end + offset)
        for name, kind, size, offset in head.pop("columns")
    }
    return head, columns


def finite(value: Any) -> Any:
    """The same JSON with null for every number that is not finite."""
    if isinstance(value, Mapping):
        return {key: finite(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [finite(below) for below in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
