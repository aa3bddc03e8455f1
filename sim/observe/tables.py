"""The raw event log as public tables: what began and ended becomes spells.

The columns are declared in ``sim.observe.schema`` (re-exported here).  Rows are sorted by month or start, then by
uid, so equal runs give equal bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.events import AllianceEnd, Dropped, EventLog, JoinReason, LeaveReason, PartnerExit, TakenOn
from sim.observe.schema import SCHEMA, SCHEMA_VERSION, Column, arrow_schema, validate
from sim.state.networks import KINDS
from sim.state.partners import BUSINESS_TYPES
from sim.state.ties import AGREEMENT_KINDS, FORMS

__all__ = ["SCHEMA", "SCHEMA_VERSION", "Column", "TablesOnDemand", "arrow_schema", "public_tables", "spells", "validate"]

Rows = dict[str, NDArray]

AGREEMENT_ENDS = ("value", "party_left")
POLICY_STATES = ("opened", "changed", "closed")
_ORDER = {
    "alliances": ("start", "alliance"),
    "memberships": ("joined", "partner", "network"),
    "vendor_relations": ("taken_on", "partner", "vendor"),
    "agreements": ("start", "agreement"),
    "deals": ("delivered", "deal"),
    "partners": ("entered", "partner"),
    "partner_years": ("month", "partner"),
    "network_policies": ("start", "network"),
}


def spells(began: Mapping[str, NDArray], ended: Mapping[str, NDArray], keys: Sequence[str]) -> NDArray[np.int64]:
    """The row of ``ended`` that ends each row of ``began``, -1 while it still runs.

    The n-th beginning of a key belongs to the n-th end of the same key; rows stand in order of arrival.

    Parameters
    ----------
    began, ended : mapping of column to array
        Raw events; ``ended`` may be empty.
    keys : sequence of str
        Columns that identify what begins and ends.

    Returns
    -------
    int array, rows of ``began``
        Rows of ``ended``, -1 for none.

    Raises
    ------
    ValueError
        When something ended that never began, or before it began.
    """
    size = np.asarray(began[keys[0]]).size
    match = np.full(size, -1, np.int64)
    if not ended:
        return match
    code = _codes([np.concatenate([began[k], ended[k]]) for k in keys])
    turn = np.concatenate([_turns(code[:size]), _turns(code[size:])])
    spell = _codes([code, turn])
    order = np.argsort(spell[:size])
    place = np.searchsorted(spell[:size], spell[size:], sorter=order)
    rows = np.append(order, 0)[place]
    known = np.append(spell[:size], -1)[np.where(place < size, rows, size)] == spell[size:]
    wrong = ~known
    wrong[known] = ended["month"][known] < began["month"][rows[known]]
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(f"{ {k: ended[k][row].item() for k in keys} } ended in month {ended['month'][row]} and had not begun")
    match[rows] = np.arange(rows.size)
    return match


def _codes(columns: Sequence[NDArray]) -> NDArray[np.int64]:
    """A number a row, the same for rows that agree in all columns."""
    code = np.zeros(columns[0].size, np.int64)
    for column in columns:
        _, values = np.unique(column, return_inverse=True)
        _, code = np.unique(code * (values.max(initial=0) + 1) + values, return_inverse=True)
    return code


def _turns(code: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many rows before a row have its code."""
    order = np.argsort(code, kind="stable")
    ranked = code[order]
    first = np.searchsorted(ranked, ranked)
    turn = np.empty(code.size, np.int64)
    turn[order] = np.arange(code.size) - first
    return turn


def _names(codes: NDArray, names: Sequence[str] | type[IntEnum]) -> pa.Array:
    """Codes as lower-case names; a negative code is a missing value."""
    words = [str(n) for n in names] if not isinstance(names, type) else [n.name.lower() for n in names]
    indices = pa.array(codes.astype(np.int64), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string())).cast(pa.string())


def _or_none(values: NDArray, missing: NDArray | None = None) -> pa.Array:
    """Values, missing where the mask says so or, without a mask, where a uid is -1."""
    return pa.array(values, mask=values == -1 if missing is None else missing)


def _picked(events: Mapping[str, NDArray], column: str, match: NDArray[np.int64]) -> NDArray:
    """A column of the ends, by beginning; where there is no end the value is -1."""
    if not events:
        return np.full(match.size, -1, np.int64)
    return np.where(match >= 0, events[column][match], -1)


def _spell_columns(began: Rows, ended: Rows, keys: Sequence[str], reasons: Any) -> tuple[pa.Array, pa.Array, NDArray]:
    match = spells(began, ended, keys)
    return _or_none(_picked(ended, "month", match)), _names(_picked(ended, "reason", match), reasons), match


def _alliances(log: EventLog, raw: Rows) -> dict[str, Any]:
    end, why, _ = _spell_columns(raw, log.table("alliance_ended"), ["alliance"], AllianceEnd)
    compared = log.table("alliance_compared")
    place = {int(uid): n for n, uid in enumerate(compared.get("alliance", ()))}
    at = np.array([place.get(int(uid), -1) for uid in raw["alliance"]], np.int64)
    return raw | {
        "joint_profit": _or_none(_picked(compared, "joint_profit", at), at < 0),
        "joint_profit_without": _or_none(_picked(compared, "joint_profit_without", at), at < 0),
        "form": _names(raw["form"], FORMS),
        "start": raw["month"],
        "end": end,
        "why_ended": why,
        "network": _or_none(raw["network"]),
    }


def _memberships(log: EventLog, raw: Rows) -> dict[str, Any]:
    left, why, _ = _spell_columns(raw, log.table("membership_left"), ["partner", "network"], LeaveReason)
    return raw | {"joined": raw["month"], "left": left, "why_joined": _names(raw["reason"], JoinReason), "why_left": why}


def _vendor_relations(log: EventLog, raw: Rows) -> dict[str, Any]:
    dropped, why, _ = _spell_columns(raw, log.table("vendor_dropped"), ["partner", "vendor"], Dropped)
    return raw | {
        "taken_on": raw["month"],
        "dropped": dropped,
        "why_taken_on": _names(raw["reason"], TakenOn),
        "why_dropped": why,
    }


def _agreements(log: EventLog, raw: Rows) -> dict[str, Any]:
    end, why, _ = _spell_columns(raw, log.table("agreement_ended"), ["agreement"], AGREEMENT_ENDS)
    return raw | {"kind": _names(raw["kind"], AGREEMENT_KINDS), "start": raw["month"], "end": end, "why_ended": why}


def _deals(log: EventLog, raw: Rows) -> dict[str, Any]:
    out: dict[str, Any] = raw | {"delivered": raw["month"]}
    for name in ("vendor", "source", "network", "market", "member_1", "member_2", "member_3"):
        out[name] = _or_none(raw[name])
    for k in (1, 2, 3):
        for name in ("share", "outside", "work"):
            out[f"{name}_{k}"] = _or_none(raw[f"{name}_{k}"], raw[f"member_{k}"] == -1)
    return out


def _partners(log: EventLog, raw: Rows) -> dict[str, Any]:
    gone = log.table("partner_left")
    left, why, match = _spell_columns(raw, gone, ["partner"], PartnerExit)
    return raw | {
        "entered": raw["month"],
        "left": left,
        "why_left": why,
        "staff_entered": raw["staff"],
        "staff_left": _or_none(_picked(gone, "staff", match), match < 0),
        "business_type": _names(raw["business_type"], BUSINESS_TYPES),
        "succeeds": _or_none(raw["succeeds"]),
    }


def _partner_years(log: EventLog, raw: Rows) -> dict[str, Any]:
    return dict(raw)


def _network_policies(log: EventLog, raw: Rows) -> dict[str, Any]:
    """Each opening or change holds until the network's next event."""
    order = np.lexsort((np.arange(raw["month"].size), raw["network"]))
    rows = {name: column[order] for name, column in raw.items()}
    followed = np.append(rows["network"][1:] == rows["network"][:-1], False)
    closed = rows["status"] == POLICY_STATES.index("closed")
    end = np.where(followed, np.append(rows["month"][1:], -1), -1)
    why = np.where(followed, np.append(rows["status"][1:], -1), -1)
    keep = ~closed
    out: dict[str, Any] = {name: column[keep] for name, column in rows.items()}
    return out | {
        "kind": _names(out["kind"], KINDS),
        "host": _or_none(out["host"]),
        "start": out["month"],
        "end": _or_none(end[keep]),
        "why_ended": _names(why[keep], POLICY_STATES),
    }


_MAKERS = {
    "alliances": ("alliance_started", _alliances),
    "memberships": ("membership_joined", _memberships),
    "vendor_relations": ("vendor_taken", _vendor_relations),
    "agreements": ("agreement_signed", _agreements),
    "deals": ("deal", _deals),
    "partners": ("partner_entered", _partners),
    "partner_years": ("partner_year", _partner_years),
    "network_policies": ("network_policy", _network_policies),
}


def public_tables(log: EventLog) -> dict[str, pa.Table]:
    """All public tables but the series, in the order of ``SCHEMA``.

    Parameters
    ----------
    log : EventLog
        The raw events of one run.

    Returns
    -------
    dict of str to pyarrow.Table
        Each follows ``arrow_schema(SCHEMA[name])``; a table of which nothing happened has no rows.

    Raises
    ------
    ValueError
        When something ended that never began.
    KeyError
        When the log lacks a column.
    """
    return {name: _table(log, name) for name in SCHEMA}


class TablesOnDemand(Mapping[str, pa.Table]):
    """The same, each made when it is first asked for: making all of them takes a tenth of a small run (measured).

    Parameters
    ----------
    log
        The raw events of one run that is over.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._made: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._made:
            self._made[name] = _table(self._log, name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(SCHEMA)

    def __len__(self) -> int:
        return len(SCHEMA)


def _table(log: EventLog, name: str) -> pa.Table:
    columns, (raw_name, make) = SCHEMA[name], _MAKERS[name]
    raw, schema = log.table(raw_name), arrow_schema(columns)
    if not raw:
        return schema.empty_table()
    made = make(log, raw)
    arrays = [pa.array(made[c.name]).cast(schema.field(c.name).type) for c in columns]
    table = pa.Table.from_arrays(arrays, schema=schema)
    return table.sort_by([(key, "ascending") for key in _ORDER[name]]).combine_chunks()
