"""Ties of partners from CSV files: memberships of networks, alliances, vendors carried.

Partners are found by their name in the partners' file, without regard to case.  A row that cannot be used is an
error, or is left out where faults are collected.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from sim.scenario.csv_table import CsvTable, Faults, Record, checked_name, folded, note, number_in, parts, together
from sim.scenario.partners_csv import COLUMNS
from sim.scenario.problems import ScenarioError, did_you_mean, shown
from sim.state.ties import FORMS

PARTNER = f"{COLUMNS['name']} member members"
NETWORK = "network networks network_name programme program community association group foundation club"
VENDOR = "vendor vendors vendor_name supplier manufacturer brand oem"

MEMBERSHIPS = {
    "partner": PARTNER,
    "network": NETWORK,
    "kind": "kind type network_kind network_type",
    "host": "host hosted_by operator owner run_by",
}
ALLIANCES = {
    "partner": f"{PARTNER} partner_a partner_1 firm_a a from source first",
    "other": "other partner_b partner_2 firm_b b to target second ally allied_with",
    "form": "form kind type alliance_type alliance_form",
}
RELATIONS = {
    "partner": PARTNER,
    "vendor": VENDOR,
    "share": "share share_of_wallet wallet_share wallet percent purchases spend revenue sales volume",
}

_FORM_WORDS = (  # in this order: "informal" holds "formal"
    ("occasional", ("occasional", "informal", "loose", "referral", "ad hoc")),
    ("project", ("project", "subcontract", "short")),
    ("formal", ("formal", "contract", "strategic", "joint venture")),
)
DEFAULT_FORM = "occasional"  # of an alliance whose form is not given; assumed
MOST_HINTS = 20  # faults that come with the nearest name; looking for it takes time in a long list

Row = TypeVar("Row")


class Member(NamedTuple):
    """A membership as written."""

    partner: int
    network: str
    kind: str
    host: str
    where: str


class Alliance(NamedTuple):
    """An alliance."""

    partner: int
    other: int
    form: int  # index into FORMS


class Relation(NamedTuple):
    """A vendor that a partner carries."""

    partner: int
    vendor: str
    share: float  # weight among the partner's vendors, NaN where not given


class Roll:
    """The partners of a scenario, by name."""

    def __init__(self, names: Sequence[str], faulty: Collection[str] = ()) -> None:
        self.names = tuple(names)
        self.faulty = {name.casefold() for name in faulty}  # of partners whose own row cannot be used
        self.rows = {name.casefold(): n for n, name in enumerate(names)}
        self.hints = 0

    def row(self, name: str, where: str) -> int:
        """Row of a partner.

        Raises
        ------
        ScenarioError
            When there is none of that name.
        """
        row = self.rows.get(checked_name(name, where, "partner").casefold())
        if row is None and name.casefold() in self.faulty:
            raise ScenarioError(f"{where}: the row of partner {shown(name)} cannot be used; correct that first")
        if row is None:
            self.hints += 1
            hint = did_you_mean(name, self.names) if self.hints <= MOST_HINTS else ""
            raise ScenarioError(f"{where}: there is no partner {shown(name)}{hint or ';'} Correct it or add it to the partners")
        return row

    def of(self, record: Record, column: str) -> int:
        """Row of the partner that a column of a record names."""
        return self.row(record.cells[column], record.where)


def memberships_in(table: CsvTable, roll: Roll, faults: Faults | None = None) -> list[Member]:
    """The memberships of a table, in its order; a cell may list several networks."""
    seen: dict[tuple[int, str], int] = {}

    def read(record: Record) -> list[Member]:
        r, networks = together(record, partial(roll.of, record, "partner"), partial(_names, record, "network"))
        out = []
        for network in networks:
            _once(seen, (r, folded(network)), record, f"{shown(roll.names[r])} in {shown(network)}")
            out.append(Member(r, network, record.cells.get("kind", ""), record.cells.get("host", ""), record.where))
        return out

    return [member for members in _rows(table, read, faults) for member in members]


def alliances_in(table: CsvTable, roll: Roll, faults: Faults | None = None) -> list[Alliance]:
    """The alliances of a table, in its order."""
    seen: dict[tuple[int, int], int] = {}

    def read(record: Record) -> Alliance:
        form_read = partial(form_of, record.cells.get("form", ""), record.where)
        a, b, form = together(record, partial(roll.of, record, "partner"), partial(roll.of, record, "other"), form_read)
        if a == b:
            raise ScenarioError(f"{record.where}: {shown(roll.names[a])} is allied with itself; name two partners")
        _once(seen, (min(a, b), max(a, b)), record, f"{shown(roll.names[a])} with {shown(roll.names[b])}")
        return Alliance(a, b, form)

    return _rows(table, read, faults)


def relations_in(table: CsvTable, roll: Roll, faults: Faults | None = None) -> list[Relation]:
    """The vendors carried, in the order of the table; a cell may list several vendors when it gives no share."""
    seen: dict[tuple[int, str], int] = {}

    def read(record: Record) -> list[Relation]:
        share_read = partial(number_in, record, "share", 0.0, 1e15, "correct it or leave the cell empty")
        r, share, vendors = together(record, partial(roll.of, record, "partner"), share_read, partial(_names, record, "vendor"))
        if len(vendors) > 1 and not math.isnan(share):
            raise ScenarioError(f"{record.where}: one share for {len(vendors)} vendors; give each vendor a line of its own")
        for vendor in vendors:
            _once(seen, (r, folded(vendor)), record, f"{shown(roll.names[r])} and {shown(vendor)}")
        return [Relation(r, vendor, share) for vendor in vendors]

    return [relation for relations in _rows(table, read, faults) for relation in relations]


def form_of(text: str, where: str) -> int:
    """The form of an alliance, ``DEFAULT_FORM`` where the cell says nothing.

    Raises
    ------
    ScenarioError
        When it says something that is no form.
    """
    words = folded(text) or DEFAULT_FORM
    for form, known in _FORM_WORDS:
        if any(word in words for word in known):
            return FORMS.index(form)
    raise ScenarioError(
        f"{where}: form: expected formal, occasional or project, got {shown(text)}; correct it or leave it empty ({DEFAULT_FORM})"
    )


def shares_of(relations: Sequence[Relation]) -> list[float]:
    """Share of each relation in its partner's purchases; one that is not given weighs as the partner's mean."""
    given: dict[int, list[float]] = {}
    for relation in relations:
        given.setdefault(relation.partner, []).append(relation.share)
    usual, total = {}, {}
    for partner, shares in given.items():
        known = [share for share in shares if not math.isnan(share)]
        usual[partner] = sum(known) / len(known) if known else 1.0
        total[partner] = sum(usual[partner] if math.isnan(share) else share for share in shares)
    weights = [usual[r.partner] if math.isnan(r.share) else r.share for r in relations]
    return [
        weight / total[r.partner] if total[r.partner] else 1.0 / len(given[r.partner])
        for r, weight in zip(relations, weights, strict=True)
    ]


def _rows(table: CsvTable, read: Callable[[Record], Row], faults: Faults | None) -> list[Row]:
    out = []
    for record in table.records:
        try:
            out.append(read(record))
        except ScenarioError as error:
            note(faults, error)
    return out


def _names(record: Record, column: str) -> list[str]:
    return [checked_name(name, record.where, column) for name in parts(record.cells[column]) or [""]]


def _once(seen: dict, key: tuple, record: Record, what: str) -> None:
    if key in seen:
        raise ScenarioError(f"{record.where}: {what} is already on line {seen[key]}; remove one")
    seen[key] = record.number


def found_among(name: str, known: Mapping[str, int], where: str, what: str) -> int:
    """Position of a name among those of a scenario, by folded name.

    Raises
    ------
    ScenarioError
        When it is not among them.
    """
    position = known.get(folded(name))
    if position is None:
        raise ScenarioError(
            f"{where}: the scenario has no {what} {shown(name)}{did_you_mean(name, known)}; correct it or add it there"
        )
    return position
