"""What the CSV files of an import say, put together: partners, suppliers, networks, ties, the past."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.processes.firm import Firm
from sim.scenario import partners_csv, past_csv
from sim.scenario.columns import DISTRIBUTOR, VENDOR
from sim.scenario.comma_lists import with_semicolons
from sim.scenario.countries import is_country
from sim.scenario.csv_table import CsvTable, Faults, Record, folded, parts, read_table
from sim.scenario.given import TIES
from sim.scenario.headers import Columns
from sim.scenario.import_networks import ImportedNetwork, networks_of
from sim.scenario.partners_csv import COLUMNS, PartnerFile, partners_in
from sim.scenario.problems import ScenarioError, shown, unlike
from sim.scenario.suppliers_csv import DISTRIBUTORS, VENDORS, suppliers_in
from sim.scenario.ties_csv import Alliance, Member, Relation, Roll, alliances_in, memberships_in, relations_in

PARTNERS: Columns = {
    **COLUMNS,
    "revenue": past_csv.REVENUE_WORDS,
    "networks": "networks network memberships member_of programmes programs communities",
    "vendors": "vendors vendor vendors_carried brands line_card suppliers",
}
# The files of an import: columns, those needed, and a header for messages.
FILES: dict[str, tuple[Columns, tuple[str, ...], str]] = {
    "partners": (PARTNERS, ("name",), "name,staff,regions,skills"),
    "vendors": (VENDORS, ("name",), "name,list_margin,support"),
    "distributors": (DISTRIBUTORS, ("name",), "name,margin"),
    **TIES,
    "revenue": (past_csv.REVENUE, ("partner", "revenue"), "partner,revenue"),
    "churn": (past_csv.CHURN, (), "year,partners,left"),
}
# The columns that hold lists.
LISTS = {
    "partners": partners_csv.LISTS,
    "memberships": ("network",),
    "relations": ("vendor",),
}


@dataclass
class Collected:
    """Everything that the files say."""

    partners: PartnerFile
    cells: list[dict[str, str]]  # of each partner, as written
    vendors: list[dict[str, Any]] = field(default_factory=list)
    distributors: list[dict[str, Any]] = field(default_factory=list)
    members: list[Member] | None = None
    networks: list[ImportedNetwork] = field(default_factory=list)
    alliances: list[Alliance] | None = None
    relations: list[Relation] | None = None
    revenue: dict[int, float] = field(default_factory=dict)  # US dollars a year, by row of partner
    churn: float = math.nan  # share a year
    staff: list[float] = field(default_factory=list)  # of each partner, NaN where neither given nor told by revenue
    faults: Faults = field(default_factory=Faults)
    assumed: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)  # of lists: from which column of which file they come, for messages

    @property
    def revenue_a_head(self) -> float:
        """US dollars a year and head, over the partners whose revenue is given; NaN where there are none."""
        return sum(self.revenue.values()) / sum(self.staff[r] for r in self.revenue) if self.revenue else math.nan

    @property
    def has_past(self) -> bool:
        """Whether there is something to fit to."""
        return not (math.isnan(self.churn) and math.isnan(self.revenue_a_head))

    @property
    def countries(self) -> bool:
        """Whether home regions can come from countries alone."""
        return not self.partners.regions and any(is_country(cells.get("country", "")) for cells in self.cells)


def tables_of(files: Mapping[str, tuple[str, bytes]]) -> dict[str, CsvTable]:
    """The tables of an import, by sort, from the label and the bytes of each file.

    Raises
    ------
    ScenarioError
        When a file as a whole cannot be read.
    """
    return {sort: read_table(data, label, *FILES[sort]) for sort, (label, data) in files.items()}


def columns_of(tables: Mapping[str, CsvTable]) -> list[str]:
    """For each file a line: which column was taken for what, and which are not used."""
    return [_shown(sort, table) for sort, table in tables.items()]


def collect(tables: Mapping[str, CsvTable]) -> Collected:
    """What the tables of an import say; bad rows are collected.

    Raises
    ------
    ScenarioError
        When a file as a whole cannot be used.
    """
    tables = dict(tables)
    faults = Faults()
    assumed = []
    for sort in [sort for sort in LISTS if sort in tables]:
        tables[sort], told = with_semicolons(tables[sort], LISTS[sort])
        assumed += told
    if "partners" not in tables:
        tables["partners"] = _partners_of(tables["memberships"])
    tables["partners"] = _with_revenue_checked(tables["partners"])
    partners = partners_in(tables["partners"], None, faults)
    if len(partners.rows) < 2 and not faults:
        raise ScenarioError(f"{tables['partners'].label}: {len(partners.rows)} partners, expected at least 2; add lines")
    usable = {row.name.casefold() for row in partners.rows}
    faulty = [r.cells.get("name", "") for r in tables["partners"].records]
    roll = Roll([row.name for row in partners.rows], [name for name in faulty if name.casefold() not in usable])
    by_name = {r.cells["name"].casefold(): r for r in reversed(tables["partners"].records) if not r.faults}
    records = [by_name[name.casefold()] for name in roll.names]
    out = Collected(partners, [r.cells for r in records], faults=faults, assumed=assumed)
    for sort, column in (*(("partners", c) for c in LISTS["partners"]), ("relations", "vendor")):
        if sort in tables and column in tables[sort].taken:
            says = f" (column {tables[sort].taken[column]} of {tables[sort].label})"
            out.sources["vendors" if column == "vendor" else column] = says
    _read_suppliers(out, tables)
    _read_ties(out, tables, roll, records)
    _read_past(out, tables, roll, records)
    if partners.unrecognised:
        out.assumed.append(f"business types not recognised are drawn: {', '.join(partners.unrecognised[:10])}")
    out.faults = Faults(sorted(faults, key=_by_file_and_line([table.label for table in tables.values()])))
    return out


def put_first(vendors: list[dict[str, Any]], focal: str) -> None:
    """Make this vendor the first, which is the one in focus.

    Raises
    ------
    ScenarioError
        When there is none of that name.
    """
    names = [row["name"] for row in vendors]
    at = {folded(name): n for n, name in enumerate(names)}.get(folded(focal))
    if at is None:
        choice = unlike(focal, names) if names else "; give vendors in a column, or with --relations or --vendors"
        raise ScenarioError(f"import: --focal: there is no vendor {shown(focal)}{choice}")
    vendors.insert(0, vendors.pop(at))


def _by_file_and_line(labels: list[str]) -> Any:
    def key(fault: str) -> tuple[int, int]:
        at = next((n for n, label in enumerate(labels) if fault.startswith(f"{label}, line ")), len(labels))
        number = fault.removeprefix(f"{labels[at]}, line ").split(":")[0] if at < len(labels) else ""
        return at, int(number) if number.isdecimal() else 0

    return key


def _partners_of(memberships: CsvTable) -> CsvTable:
    """Whoever is a member is a partner; rows without a name are told with the memberships."""
    names: dict[str, Record] = {}
    for record in memberships.records:
        name = record.cells.get("partner", "")
        if name and name.isprintable() and not record.faults:
            names.setdefault(name.casefold(), Record(record.where, record.number, {"name": name}))
    return CsvTable(memberships.label, tuple(names.values()), {}, ())


def _shown(sort: str, table: CsvTable) -> str:
    taken = ", ".join(
        column if folded(column) == folded(header) else f"{column} from {header}" for column, header in table.taken.items()
    )
    ignored = f"; not used: {', '.join(table.ignored)}" if table.ignored else ""
    return f"Columns of {sort} ({table.label}): {taken}{ignored}."


def _read_suppliers(out: Collected, tables: Mapping[str, CsvTable]) -> None:
    if "vendors" in tables:
        out.vendors = suppliers_in(tables["vendors"], VENDOR, out.faults)
    if "distributors" in tables:
        out.distributors = suppliers_in(tables["distributors"], DISTRIBUTOR, out.faults)


def _read_ties(out: Collected, tables: Mapping[str, CsvTable], roll: Roll, records: list[Record]) -> None:
    """Ties from their own files, or memberships and vendors from a column of the partners."""
    within = {"memberships": ("networks", "network", memberships_in), "relations": ("vendors", "vendor", relations_in)}
    found: dict[str, Any] = {}
    for sort, (column, called, read) in within.items():
        has_column = column in tables["partners"].taken
        if sort in tables and has_column:
            out.assumed.append(f"{sort} are those of their own file; the column {tables['partners'].taken[column]} is not used")
        if sort in tables:
            found[sort] = read(tables[sort], roll, out.faults)
        elif has_column:
            rows = [
                Record(r.where, r.number, {"partner": r.cells["name"], called: r.cells[column]})
                for r in records
                if parts(r.cells[column])
            ]
            found[sort] = read(CsvTable(tables["partners"].label, tuple(rows), {}, ()), roll, out.faults)
    out.members, out.relations = found.get("memberships"), found.get("relations")
    if "alliances" in tables:
        out.alliances = alliances_in(tables["alliances"], roll, out.faults)
    if out.relations is not None:
        _add_vendors(out)
    if out.members is not None:
        hosts = {"vendor": out.vendors, "distributor": out.distributors, "marketplace": None}
        out.networks, out.members, assumed = networks_of(out.members, hosts, out.faults)
        out.assumed += assumed


def _add_vendors(out: Collected) -> None:
    """Vendors are those of their file, then those that partners carry, the most frequent first."""
    assert out.relations is not None
    known = {folded(row["name"]): row["name"] for row in out.vendors}
    spelling: dict[str, str] = {}
    count = Counter(folded(relation.vendor) for relation in out.relations)
    for relation in out.relations:
        spelling.setdefault(folded(relation.vendor), relation.vendor)
    new = [spelling[key] for key, _ in sorted(count.items(), key=lambda item: -item[1]) if key not in known]
    if new and known:
        out.assumed.append(f"vendors carried but not in the vendors' file are added, their terms drawn: {', '.join(new[:10])}")
    out.vendors += [{"name": name} for name in new]


def _read_past(out: Collected, tables: Mapping[str, CsvTable], roll: Roll, records: list[Record]) -> None:
    for r, record in enumerate(records):
        value = past_csv.revenue_of(record)
        if not math.isnan(value):
            out.revenue[r] = value
    if "revenue" in tables:
        out.revenue |= past_csv.revenue_in(tables["revenue"], roll, out.faults)
    if "churn" in tables and (years := past_csv.churn_in(tables["churn"], out.faults)):
        out.churn = past_csv.mean_churn(years)
    _tell_staff(out)


def _with_revenue_checked(table: CsvTable) -> CsvTable:
    """The table with a fault in each row whose revenue is none."""
    records = []
    for record in table.records:
        try:
            past_csv.revenue_of(record)
            records.append(record)
        except ScenarioError as error:
            says = str(error).removeprefix(f"{record.where}: ")
            records.append(record._replace(faults=(*record.faults, says)))
    return table._replace(records=tuple(records))


def _tell_staff(out: Collected) -> None:
    """Staff that is not given follows from revenue where that is: at the revenue a head of those with both, or the usual one."""
    out.staff = [row.staff for row in out.partners.rows]
    told = [r for r in out.revenue if math.isnan(out.staff[r])]
    if not told:
        return
    both = [r for r in out.revenue if not math.isnan(out.staff[r])]
    if both:
        a_head = sum(out.revenue[r] for r in both) / sum(out.staff[r] for r in both)
        of = "as in the partners with both"
    else:
        a_head, of = 12.0 * Firm().revenue_per_staff_usd, "the default price of work"
    for r in told:
        out.staff[r] = round(max(1.0, out.revenue[r] / a_head), 1)
    whose = "1 partner" if len(told) == 1 else f"{len(told):,} partners"
    out.assumed.append(f"staff of {whose} follows from revenue, at {a_head:,.0f} US dollars a head and year, {of}")
