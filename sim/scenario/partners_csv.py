"""Partners from a CSV file: what it says is taken, what it leaves out is drawn.

Columns: name, staff, regions, verticals, skills, business_type, country; all but the name may be missing.
An import also takes revenue, networks and vendors from such a file, see ``sim.scenario.importing``.
Headers and names are matched without regard to case, spaces and hyphens.  Cells of regions, verticals,
skills and business types hold lists separated by ";".
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from sim.scenario.countries import region_of
from sim.scenario.csv_table import CsvTable, Faults, Record, checked_name, folded, note, number_in, parts, read_table, together
from sim.scenario.problems import ScenarioError, shown, unlike

LARGEST_FILE = 200_000_000  # bytes
MOST_STAFF = 1_000_000.0
EVERY = {
    "all",
    "any",
    "every",
    "global",
    "globally",
    "worldwide",
    "world",
    "international",
    "all regions",
    "all verticals",
    "all industries",
}

COLUMNS = {
    "name": "name names org organisation organization company firm partner partner_name company_name organisation_name "
    "organization_name",
    "staff": "staff employees headcount fte ftes people size number_of_employees staff_count company_size",
    "regions": "regions region geography geographies territory territories markets",
    "verticals": "verticals vertical industry industries sector sectors segment segments",
    "skills": "skills skill competence competences competency competencies expertise specialisation specialisations "
    "specialization specializations capability capabilities technologies technology",
    "business_type": "business_type business_types type types partner_type partner_types kind business_model",
    "country": "country countries country_code country_cctld headquarters hq",
}

# Columns that hold lists; networks and vendors only in an import.
LISTS = ("regions", "verticals", "skills", "business_type", "networks", "vendors")

# Words in a business type, in the order in which they decide; the first type of a firm that is recognised counts.
_TYPE_WORDS = (
    (
        "reseller",
        ("resell", "value added", "dealer", "distribut", "retail", "hardware", "solution provider", "solutions provider"),
    ),
    ("isv", ("software", "isv", "saas", "product", "publisher", "developer", "vendor")),
    ("si", ("integrat", "professional service", "implementation", "engineering")),
    ("msp", ("managed", "msp", "hosting", "cloud", "support", "csp", "service provider", "outsourc", "telco", "carrier")),
    ("consultant", ("consult", "advis", "training", "research", "agency", "analyst")),
)
_EXACT_TYPES = {"var": "reseller", "si": "si"}


class GivenNames(NamedTuple):
    """Names that the scenario gives, None where they are to be taken from the data."""

    skills: Sequence[str] | None = None
    verticals: Sequence[str] | None = None
    regions: Sequence[str] | None = None


class Row(NamedTuple):
    """One partner as the file gives it; positions in the lists of names, -1 or empty where not given."""

    name: str
    staff: float  # NaN where not given
    region: int
    reach: tuple[int, ...]
    verticals: tuple[int, ...]
    skills: tuple[int, ...]
    business_type: str  # "" where not given or not recognised


class PartnerFile(NamedTuple):
    """What a file says."""

    rows: tuple[Row, ...]
    skills: tuple[str, ...]  # in order of frequency when taken from the data
    verticals: tuple[str, ...]
    regions: tuple[str, ...]
    ignored: tuple[str, ...]  # columns that the model has no use for
    unrecognised: tuple[str, ...]  # business types that could not be mapped, so are drawn


def parse_partners(data: bytes, label: str, given: GivenNames | None = None) -> PartnerFile:
    """The partners in the bytes of a CSV file.

    Raises
    ------
    ScenarioError
        Names the file, the line and what to correct.
    """
    return partners_in(read_table(data, label, COLUMNS, ("name",), "name,regions,skills"), given)


def partners_in(table: CsvTable, given: GivenNames | None = None, faults: Faults | None = None) -> PartnerFile:
    """The partners of a table; faulty rows are left out when ``faults`` collects them.

    Raises
    ------
    ScenarioError
        Without ``faults``, for the first row that cannot be used; for a table without any.
    """
    label = table.label
    records: list[Record] = []
    seen: dict[str, int] = {}
    for record in table.records:
        try:
            entries = [partial(_check_entries, record, kind) for kind in LISTS if kind != "business_type"]
            together(record, partial(_check_name, record, seen), *entries, partial(_staff, record))
            records.append(record)
        except ScenarioError as error:
            note(faults, error)
    if not records and not faults:
        raise ScenarioError(f"{label}: there are column names but no partners; add a line for each partner")
    given = given or GivenNames()
    vocabulary = {
        kind: _Vocabulary(kind, getattr(given, kind), [r.cells.get(kind, "") for r in records], label)
        for kind in GivenNames._fields
    }
    unrecognised: Counter[str] = Counter()
    rows = []
    for record in records:
        try:
            rows.append(_row(record, vocabulary, unrecognised))
        except ScenarioError as error:
            note(faults, error)
    return PartnerFile(
        rows=tuple(rows),
        skills=vocabulary["skills"].names,
        verticals=vocabulary["verticals"].names,
        regions=vocabulary["regions"].names,
        ignored=table.ignored,
        unrecognised=tuple(unrecognised),
    )


def business_type_of(text: str) -> str:
    """The model's business type for a list of types, "" where none is recognised."""
    for part in text.split(";"):
        word = folded(part)
        if word in _EXACT_TYPES:
            return _EXACT_TYPES[word]
        for kind, words in _TYPE_WORDS:
            if any(w in word for w in words):
                return kind
    return ""


def _check_name(record: Record, seen: dict[str, int]) -> None:
    name = record.cells["name"]
    checked_name(name, record.where, "partner")
    key = name.casefold()
    if key in seen:
        raise ScenarioError(f"{record.where}: {shown(name)} is already on line {seen[key]}; names must differ")
    seen[key] = record.number


def _check_entries(record: Record, kind: str) -> None:
    for part in parts(record.cells.get(kind, "")):
        if len(part) > 100 or not part.isprintable():
            raise ScenarioError(f"{record.where}: {kind}: {shown(part)} is not a name of at most 100 characters; shorten it")


class _Vocabulary:
    """The names of one kind: those given, or those in the data, most frequent first."""

    def __init__(self, kind: str, given: Sequence[str] | None, cells: list[str], label: str) -> None:
        self.kind = kind
        self.label = label
        self.every = EVERY if kind != "skills" else set()
        if given is not None:
            self.names = tuple(given)
        else:
            spelling: dict[str, str] = {}
            frequency: Counter[str] = Counter()
            for cell in cells:
                for part in parts(cell):
                    if folded(part) not in self.every:
                        spelling.setdefault(folded(part), part)
                        frequency[folded(part)] += 1
            self.names = tuple(spelling[key] for key, _ in sorted(frequency.items(), key=lambda item: -item[1]))
        self.position = {folded(name): n for n, name in enumerate(self.names)}

    def read(self, cell: str, number: int) -> tuple[int, ...]:
        """Positions of the names in a cell, in its order; "Global" and "All" stand for all names."""
        out: list[int] = []
        for part in parts(cell):
            if folded(part) in self.every and folded(part) not in self.position:
                out += range(len(self.names))
            elif folded(part) in self.position:
                out.append(self.position[folded(part)])
            else:
                raise ScenarioError(
                    f"{self.label}, line {number}: {self.kind}: {shown(part)} is not among the names that the scenario gives"
                    f"{unlike(part, self.names, 'known are')}. Correct it or add it to names.{self.kind}"
                )
        return tuple(dict.fromkeys(out))


def _row(record: Record, vocabulary: dict[str, _Vocabulary], unrecognised: Counter[str]) -> Row:
    cells, number = record.cells, record.number
    kinds = cells.get("business_type", "")
    business_type = business_type_of(kinds)
    if not business_type:
        unrecognised.update(parts(kinds))
    cell = cells.get("regions", "")
    reach = vocabulary["regions"].read(cell, number)
    region = region_of(cells.get("country", ""), vocabulary["regions"].names)
    if region < 0:  # the first region that is named, not one of those that "Global" stands for
        named = ";".join(p for p in parts(cell) if folded(p) not in EVERY or folded(p) in vocabulary["regions"].position)
        region = next(iter(vocabulary["regions"].read(named, number)), -1)
    return Row(
        cells["name"],
        _staff(record),
        region,
        reach,
        vocabulary["verticals"].read(cells.get("verticals", ""), number),
        vocabulary["skills"].read(cells.get("skills", ""), number),
        business_type,
    )


def _staff(record: Record) -> float:
    return number_in(record, "staff", 0.1, MOST_STAFF, "correct it or leave the cell empty to have it drawn")
