"""The event log: what happened, appended as columns while the month runs.

Processes call ``log.add(table, column=array_or_scalar, ...)``; scalars are repeated.  The names of
tables and columns are documented in ``sim.observe.tables``, which is the public schema.
"""

from enum import IntEnum

import numpy as np


class AllianceEnd(IntEnum):
    """Why an alliance ended."""

    COMPLETED = 0
    VALUE = 1  # goodwill plus value fell below upkeep
    OUTSIDE = 2  # a better partner
    HAZARD = 3  # exogenous
    CHANGED_FORM = 4
    PARTNER_LEFT = 5


class JoinReason(IntEnum):
    """How a membership began."""

    FOUNDING = 0
    CHOICE = 1
    GIVEN = 2  # in the imported data


class LeaveReason(IntEnum):
    """Why a membership ended."""

    CHOICE = 0
    NETWORK_CLOSED = 1
    PARTNER_LEFT = 2
    NO_LONGER_ELIGIBLE = 3


class TakenOn(IntEnum):
    """How a vendor was taken on."""

    FOUNDING = 0
    RECRUITED = 1
    CO_DELIVERY = 2
    SPECIFIED = 3
    MERGED = 4  # its vendor was taken over by this one


class Dropped(IntEnum):
    """Why a vendor was dropped."""

    DISSATISFIED = 0
    PARTNER_LEFT = 1
    VENDOR_LEFT = 2


class PartnerExit(IntEnum):
    """Why a partner left the market."""

    RETIREMENT = 0
    BANKRUPTCY = 1


class EventLog:
    """Columns by table; ``None`` in place of a log records nothing."""

    def __init__(self) -> None:
        self.columns: dict[str, list[dict[str, np.ndarray]]] = {}

    def add(self, table: str, **columns) -> None:
        """Append rows to a table; all arrays have the same length, scalars are repeated."""
        arrays = {name: np.asarray(value) for name, value in columns.items()}
        length = max((a.shape[0] for a in arrays.values() if a.ndim), default=1)
        if length == 0:
            return
        rows = {n: np.full(length, a) if a.ndim == 0 else a.copy() for n, a in arrays.items()}
        self.columns.setdefault(table, []).append(rows)

    def table(self, name: str) -> dict[str, np.ndarray]:
        """One table as a dict of arrays, rows in order of arrival."""
        parts = self.columns.get(name, [])
        if not parts:
            return {}
        return {column: np.concatenate([p[column] for p in parts]) for column in parts[0]}
