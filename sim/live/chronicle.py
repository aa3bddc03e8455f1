"""What happened to whom and why, kept month by month: the memory from which stories are told."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.live.happened import TABLES, Rows

Picked = dict[str, list[dict[str, float]]]


class Chronicle:
    """The months so far."""

    def __init__(self) -> None:
        self.months: dict[int, dict[str, Rows]] = {}

    def forget_from(self, month: int) -> None:
        """Drop what happened in a month and after it."""
        for later in [m for m in self.months if m >= month]:
            del self.months[later]

    def of_firm(self, uid: int, until: int) -> Picked:
        """All rows about one firm in months before ``until``, in order, by table."""
        return self._picked(until, lambda table, rows: (rows["a"] == uid) | (rows["b"] == uid if "b" in rows else False))

    def of_pair(self, a: int, b: int, until: int) -> list[dict[str, float]]:
        """All rows about the alliances of two firms, in order."""
        low, high = min(a, b), max(a, b)
        nothing = np.zeros(0, np.bool_)
        picked = self._picked(
            until, lambda table, rows: (rows["a"] == low) & (rows["b"] == high) if table == "alliances" else nothing
        )
        return picked["alliances"]

    def all_of(self, table: str) -> Rows:
        """One table of all months, in order."""
        months = [self.months[month][table] for month in sorted(self.months)]
        return {name: np.concatenate([rows[name] for rows in months]) for name in TABLES[table]}

    def _picked(self, until: int, wanted: Callable[[str, Rows], NDArray[np.bool_]]) -> Picked:
        out: Picked = {table: [] for table in TABLES}
        for month in sorted(m for m in self.months if m < until):
            for table, rows in self.months[month].items():
                for n in np.flatnonzero(wanted(table, rows)):
                    out[table].append({name: column[n].item() for name, column in rows.items()})
        return out
