"""How a table of columns is made: the type of each column follows from its annotation."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Table = TypeVar("Table")

_ZERO: list[tuple[Any, type]] = [(Floats, np.float64), (Ints, np.int64), (Bools, np.bool_)]


@lru_cache
def _columns(kind: Any) -> list[tuple[str, type]]:
    """Name and type of each column of a table."""
    kinds = kind.__annotations__.items()
    return [(field, next(dtype for known, dtype in _ZERO if annotation == known)) for field, annotation in kinds]


def empty(kind: type[Table], n: int, wide: Mapping[str, int] | int = 0, fill: Mapping[str, float] | None = None) -> Table:
    """A table of ``n`` rows of zeros.

    ``wide`` gives the second axis of some columns, or of all; ``fill`` the value of columns that do not
    start at zero.
    """
    columns: dict[str, Any] = {}
    for field, dtype in _columns(kind):  # type: ignore[arg-type]  # a class is hashable
        width = wide if isinstance(wide, int) else wide.get(field, 0)
        columns[field] = np.zeros((n, width) if width else n, dtype)
        if fill and field in fill:
            columns[field][:] = fill[field]
    return kind(**columns)
