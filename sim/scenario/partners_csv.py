"""Partners from a CSV file: what it says is taken, what it leaves out is drawn.

Columns: name, staff, regions, verticals, skills, business_type, country; all but the name may be missing.
Headers and names are matched without regard to case, spaces and hyphens.  Cells of regions, verticals,
skills and business types hold lists separated by ";".
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sim.scenario.countries import region_of
from sim.scenario.document import decoded
from sim.scenario.problems import ScenarioError, did_you_mean, listed, shown, unlike

LARGEST_FILE = 200_000_000  # bytes
MOST_STAFF = 1_000_000.0
LONGEST_NAME = 200
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
    "name": "name names organisation organization company firm partner partner_name company_name organisation_name "
    "organization_name",
    "staff": "staff employees headcount fte ftes people size number_of_employees staff_count company_size",
    "regions": "regions region geography geographies territory territories markets",
    "verticals": "verticals vertical industry industries sector sectors segment segments",
    "skills": "skills skill competence competences competency competencies expertise specialisation specialisations "
    "specialization specializations capability capabilities technologies technology",
    "business_type": "business_type business_types type types partner_type partner_types kind business_model",
    "country": "country countries country_code country_cctld headquarters hq",
}
_COLUMN_OF = {synonym: column for column, synonyms in COLUMNS.items() for synonym in synonyms.split()}

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


def folded(text: str) -> str:
    """A name as it is compared: without case, and with single spaces for runs of spaces, hyphens, underscores."""
    return re.sub(r"[\s_\-]+", " ", text).strip().casefold()


def parse_partners(data: bytes, label: str, given: GivenNames | None = None) -> PartnerFile:
    """The partners in the bytes of a CSV file.

    Raises
    ------
    ScenarioError
        Names the file, the line and what to correct.
    """
    lines = _lines(decoded(data, label), label)
    header = next(lines, None)
    if header is None:
        raise ScenarioError(f"{label}: the file is empty; its first line names the columns, for instance name,regions,skills")
    at = _columns(header[1], label)
    records = []
    seen: dict[str, int] = {}
    for number, cells in lines:
        if len(cells) != len(header[1]):
            raise ScenarioError(
                f"{label}, line {number}: {len(cells)} cells, expected {len(header[1])} as in the header; "
                "put texts with commas in quotes"
            )
        name = cells[at["name"]]
        _check_name(name, number, seen, label)
        records.append((number, {column: cells[position] for column, position in at.items()}))
    if not records:
        raise ScenarioError(f"{label}: there are column names but no partners; add a line for each partner")
    given = given or GivenNames()
    vocabulary = {
        kind: _Vocabulary(kind, getattr(given, kind), [(n, r.get(kind, "")) for n, r in records], label)
        for kind in GivenNames._fields
    }
    unrecognised: Counter[str] = Counter()
    rows = tuple(_row(number, record, vocabulary, unrecognised, label) for number, record in records)
    used = set(at.values())
    return PartnerFile(
        rows=rows,
        skills=vocabulary["skills"].names,
        verticals=vocabulary["verticals"].names,
        regions=vocabulary["regions"].names,
        ignored=tuple(cell for n, cell in enumerate(header[1]) if n not in used),
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


def _lines(text: str, label: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line and cells of each record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                yield before + 1, trimmed
            before = reader.line_num
    except csv.Error as error:
        raise ScenarioError(f"{label}, line {before + 1}: not a valid CSV line: {error}; check the quotes") from error


def _columns(header: list[str], label: str) -> dict[str, int]:
    at: dict[str, int] = {}
    for position, cell in enumerate(header):
        column = _COLUMN_OF.get(folded(cell).replace(" ", "_"))
        if column is None:
            continue
        if column in at:
            raise ScenarioError(
                f'{label}, line 1: columns "{header[at[column]]}" and {shown(cell)} both mean {column}; rename or remove one'
            )
        at[column] = position
    if "name" not in at:
        separator = next((s for s in (";", "\t", "|") if len(header) == 1 and s in header[0]), None)
        if separator:
            raise ScenarioError(
                f"{label}, line 1: cells are separated by {separator!r}; separate them by commas, and lists in a cell by ;"
            )
        hint = next((h for cell in header if (h := did_you_mean(cell, COLUMNS["name"].split()))), ";")
        raise ScenarioError(f"{label}, line 1: there is no column of names among {listed(map(shown, header))}{hint} Call it name")
    return at


def _check_name(name: str, number: int, seen: dict[str, int], label: str) -> None:
    if not name:
        raise ScenarioError(f"{label}, line {number}: the partner has no name; give it one")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ScenarioError(
            f"{label}, line {number}: name: expected at most {LONGEST_NAME} printable characters, got {shown(name)}; shorten it"
        )
    key = name.casefold()
    if key in seen:
        raise ScenarioError(f"{label}, line {number}: {shown(name)} is already on line {seen[key]}; names must differ")
    seen[key] = number


def _parts(cell: str) -> list[str]:
    return [part for part in (" ".join(p.split()) for p in cell.split(";")) if part]


class _Vocabulary:
    """The names of one kind: those given, or those in the data, most frequent first."""

    def __init__(self, kind: str, given: Sequence[str] | None, cells: list[tuple[int, str]], label: str) -> None:
        self.kind = kind
        self.label = label
        self.every = EVERY if kind != "skills" else set()
        if given is not None:
            self.names = tuple(given)
        else:
            spelling: dict[str, str] = {}
            frequency: Counter[str] = Counter()
            for number, cell in cells:
                for part in _parts(cell):
                    if len(part) > 100 or not part.isprintable():
                        raise ScenarioError(
                            f"{label}, line {number}: {kind}: {shown(part)} is not a name of at most 100 characters; shorten it"
                        )
                    if folded(part) not in self.every:
                        spelling.setdefault(folded(part), part)
                        frequency[folded(part)] += 1
            self.names = tuple(spelling[key] for key, _ in sorted(frequency.items(), key=lambda item: -item[1]))
        self.position = {folded(name): n for n, name in enumerate(self.names)}

    def read(self, cell: str, number: int) -> tuple[int, ...]:
        """Positions of the names in a cell, in its order; "Global" and "All" stand for all names."""
        out: list[int] = []
        for part in _parts(cell):
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


def _row(number: int, record: dict[str, str], vocabulary: dict[str, _Vocabulary], unrecognised: Counter[str], label: str) -> Row:
    kinds = record.get("business_type", "")
    business_type = business_type_of(kinds)
    if not business_type:
        unrecognised.update(_parts(kinds))
    cell = record.get("regions", "")
    reach = vocabulary["regions"].read(cell, number)
    region = region_of(record.get("country", ""), vocabulary["regions"].names)
    if region < 0:  # the first region that is named, not one of those that "Global" stands for
        named = ";".join(p for p in _parts(cell) if folded(p) not in EVERY or folded(p) in vocabulary["regions"].position)
        region = next(iter(vocabulary["regions"].read(named, number)), -1)
    return Row(
        record["name"],
        _staff(record.get("staff", ""), number, label),
        region,
        reach,
        vocabulary["verticals"].read(record.get("verticals", ""), number),
        vocabulary["skills"].read(record.get("skills", ""), number),
        business_type,
    )


def _staff(cell: str, number: int, label: str) -> float:
    if not cell or cell.casefold() in ("n/a", "na", "-", "?", "unknown"):
        return float("nan")
    plain = re.sub(r"(?<=\d)[, ](?=\d{3}(\D|$))", "", cell)
    value = float(plain) if len(plain) < 20 and re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain) else 0.0
    if not 0.1 <= value <= MOST_STAFF:
        raise ScenarioError(
            f"{label}, line {number}: staff: expected a number from 0.1 to {MOST_STAFF:,.0f}, got {shown(cell)}; "
            "correct it or leave the cell empty to have it drawn"
        )
    return value
