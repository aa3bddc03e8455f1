"""What data give of a scenario: ties of partners as the plan holds them, and which inputs are real and which drawn."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.grounds import inputs
from sim.plan import GivenTies, Names, NetworkGroup, Plan
from sim.scenario.csv_table import CsvTable, folded
from sim.scenario.headers import Columns
from sim.scenario.partners_csv import PartnerFile
from sim.scenario.ties_csv import (
    ALLIANCES,
    MEMBERSHIPS,
    RELATIONS,
    Roll,
    alliances_in,
    found_among,
    memberships_in,
    relations_in,
    shares_of,
)
from sim.state.partners import MEMBERSHIP_SLOTS

# Tables of ties: columns, those needed, and a header for messages.
TIES: dict[str, tuple[Columns, tuple[str, ...], str]] = {
    "memberships": (MEMBERSHIPS, ("partner", "network"), "partner,network"),
    "alliances": (ALLIANCES, ("partner", "other"), "partner,other,form"),
    "relations": (RELATIONS, ("partner", "vendor"), "partner,vendor,share"),
}
# What partners have at the start but never from data, and what is only sometimes.
ALWAYS_DRAWN = ("skill levels", "cash")


class TieTables(NamedTuple):
    """The tables of ties that a scenario names."""

    memberships: CsvTable | None = None
    alliances: CsvTable | None = None
    relations: CsvTable | None = None


def given_ties(tables: TieTables, data: PartnerFile, partners: int, names: Names, groups: Sequence[NetworkGroup]) -> GivenTies:
    """Ties as the plan holds them; those of partners whom the scenario leaves out are left out.

    Raises
    ------
    ScenarioError
        For a row that cannot be used, or that names a network or vendor which the scenario does not have.
    """
    roll = Roll([row.name for row in data.rows])
    members = alliances = carried = shares = None
    if tables.memberships is not None:
        known = {folded(group.name): n for n, group in enumerate(groups) if group.name}
        read = memberships_in(tables.memberships, roll)
        members = _table([(m.partner, found_among(m.network, known, m.where, "network")) for m in read], 2, partners, 1)
    if tables.alliances is not None:
        alliances = _table(list(alliances_in(tables.alliances, roll)), 3, partners, 2)
    if tables.relations is not None:
        vendors = {folded(name): n for n, name in enumerate(names.vendors)}
        relations = relations_in(tables.relations, roll)
        where = tables.relations.label
        rows = [(r.partner, found_among(r.vendor, vendors, where, "vendor")) for r in relations if r.partner < partners]
        carried = _table(rows, 2, partners, 1)
        shares = np.array(shares_of([r for r in relations if r.partner < partners]), np.float64)
    return GivenTies(members, alliances, carried, shares)


def _table(rows: Sequence[tuple[int, ...]], width: int, partners: int, of_partners: int) -> np.ndarray:
    """Rows whose first ``of_partners`` entries are partners of the scenario."""
    table = np.array(rows, np.int64).reshape(-1, width)
    return table[(table[:, :of_partners] < partners).all(axis=1)]


class PartnerSources(NamedTuple):
    """For each input of the partners, how many of them have it from the data."""

    file: str
    partners: int
    real: dict[str, int]
    ignored: tuple[str, ...]  # columns that the model has no use for
    unrecognised: tuple[str, ...]  # business types that could not be mapped
    ties: dict[str, int | None]  # how many memberships, alliances are given, None for none
    beyond: int  # memberships above what a partner can hold, left out

    @property
    def drawn(self) -> dict[str, int]:
        """For each input, how many partners have it drawn."""
        return {name: self.partners - n for name, n in self.real.items()}

    def lines(self) -> list[str]:
        """A few lines to print."""
        real = ", ".join(f"{name} {n}" for name, n in self.real.items() if n)
        drawn = ", ".join(f"{name} {n}" for name, n in self.drawn.items() if n)
        out = [f"Partners: {self.partners} from {self.file}.", f"  Real: {real}."]
        ties = [f"{n:,} {name}" for name, n in self.ties.items() if n is not None]
        if ties:
            out.append(f"  Real too: {' and '.join(ties)}; partners not named there have none.")
        missing = [*ALWAYS_DRAWN, *(["memberships"] if self.ties["memberships"] is None else [])]
        out.append(f"  Drawn: {drawn + '; ' if drawn else ''}and for all: {', '.join(missing)}.")
        if self.ties["alliances"] is None:
            out.append("  Not given: alliances; nobody is allied at the start.")
        if self.beyond:
            most = f"a partner holds at most {MEMBERSHIP_SLOTS}"
            out.append(f"  Left out: {self.beyond} memberships, as {most}; the first ones count.")
        if self.ignored:
            out.append(f"  Columns not used: {', '.join(self.ignored)}.")
        if self.unrecognised:
            out.append(f"  Business types not recognised, so drawn: {', '.join(self.unrecognised[:10])}.")
        return out


def partner_sources(data: PartnerFile, plan: Plan, file: str) -> PartnerSources:
    """Count what the data give of the partners that a plan takes from them."""
    given, ties = plan.given, plan.ties or GivenTies()
    assert given is not None
    known = inputs(plan)
    real = {
        "name": len(given.names),
        "staff": known["staff"].given,
        "home region": known["regions"].given,
        "regions served": int((given.reach != 0).sum()),
        "verticals": known["verticals"].given,
        "skills": known["skills"].given,
        "business type": known["business_type"].given,
        "vendors carried": known["relations"].given,
    }
    counts = {
        "memberships": None if ties.members is None else len(ties.members),
        "alliances": None if ties.alliances is None else len(ties.alliances),
    }
    beyond = 0
    if ties.members is not None:
        held = np.bincount(ties.members[:, 0], minlength=1)
        beyond = int(np.maximum(0, held - MEMBERSHIP_SLOTS).sum())
    return PartnerSources(file, len(given.names), real, data.ignored, data.unrecognised, counts, beyond)
