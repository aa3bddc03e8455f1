"""Tables in CSV files: columns matched leniently by their header (see ``sim.scenario.headers``), faults named by line.

Cells are separated by commas, semicolons, tabs or bars, whichever makes most of the header known.
A fault of a row either ends the reading, or, when faults are collected, leaves that row out.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sim.scenario.document import decoded
from sim.scenario.headers import Columns, matched, meaning, unused
from sim.scenario.problems import ScenarioError, shown

LONGEST_NAME = 200
UNKNOWN = ("", "n/a", "na", "-", "?", "unknown")  # cells that say nothing, in lower case
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SAVE_AS = 'save it as CSV in UTF-8 (in Excel "CSV UTF-8")'
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx and .ods begin, and .xls


class Faults(list[str]):
    """Rows that cannot be used, one message each, in the order in which they were found."""


class Record(NamedTuple):
    """One row of a table: the cells of the known columns."""

    where: str  # file and line, for messages
    number: int  # its first line in the file, from 1
    cells: dict[str, str]
    faults: tuple[str, ...] = ()  # why it is no row of this table
    comma_decimals: bool = False  # whether its numbers may be written as "1,5", so that "1,200" is unclear

    def check(self) -> None:
        """See that it is a row of its table.

        Raises
        ------
        ScenarioError
            When it has another number of cells than the header, or a fault that was found before.
        """
        if self.faults:
            raise ScenarioError(f"{self.where}: {'; also '.join(self.faults)}")


class CsvTable(NamedTuple):
    """A table as its file gives it."""

    label: str  # how messages call the file
    records: tuple[Record, ...]
    taken: dict[str, str]  # column -> the header that was taken for it
    ignored: tuple[str, ...]  # headers that mean nothing here, with what may have been meant


def folded(text: str) -> str:
    """A name as it is compared: without case, and with single spaces for runs of spaces, hyphens, underscores."""
    return re.sub(r"[\s_\-]+", " ", text).strip().casefold()


def parts(cell: str) -> list[str]:
    """The entries of a cell that holds a list separated by ";", each once, in its first spelling."""
    found: dict[str, str] = {}
    for part in cell.split(";"):
        found.setdefault(folded(part), " ".join(part.split()))
    return [part for part in found.values() if part]


def read_table(data: bytes, label: str, columns: Columns, needed: Sequence[str], example: str) -> CsvTable:
    """The records of a CSV file, those of another length than its header among them with their fault.

    Parameters
    ----------
    data
        Bytes of the file.
    label
        How messages call it.
    columns
        The columns that it may have.
    needed
        Those that it must have.
    example
        A header line, for messages.

    Raises
    ------
    ScenarioError
        Names the file, the line and what to correct.
    """
    if data.startswith(SPREADSHEETS):
        raise ScenarioError(f"{label}: a spreadsheet, not a CSV file; {SAVE_AS}")
    text = decoded(data, label, SAVE_AS)
    separator = _separator(text, label, columns)
    lines = _lines(text, label, separator)
    header = next(lines, None)
    if header is None:
        raise ScenarioError(f"{label}: the file is empty; its first line names the columns, for instance {example}")
    at = matched(header[1], label, columns, needed)
    records = []
    for number, cells in lines:
        where = f"{label}, line {number}"
        if len(cells) == len(header[1]):
            known = {column: _in_percent(cells[position], header[1][position]) for column, position in at.items()}
            records.append(Record(where, number, known, comma_decimals=separator != ","))
        else:
            count = f"{len(cells)} cells, expected {len(header[1])} as in the header"
            records.append(Record(where, number, {}, (f"{count}; put texts with {SEPARATORS[separator]} in quotes",)))
    used = set(at.values())
    return CsvTable(
        label,
        tuple(records),
        {column: header[1][position] for column, position in at.items()},
        tuple(unused(cell, columns, at) for n, cell in enumerate(header[1]) if n not in used),
    )


def note(faults: Faults | None, error: ScenarioError) -> None:
    """Collect a fault, or raise it where none are collected."""
    if faults is None:
        raise error
    faults.append(str(error))


def together(record: Record, *reads: Callable[[], Any]) -> list[Any]:
    """What each of these reads of a row gives; the faults of all are told at once.

    Raises
    ------
    ScenarioError
        When the row is none of its table, or any of the reads fails.
    """
    if not record.cells:
        record.check()
    out, says = [], []
    for read in (record.check, *reads):
        try:
            out.append(read())
        except ScenarioError as error:
            says.append(str(error).removeprefix(f"{record.where}: "))
    if says:
        raise ScenarioError(f"{record.where}: {'; also '.join(says)}")
    return out[1:]


def checked_name(name: str, where: str, what: str) -> str:
    """A name as it may appear in a table.

    Raises
    ------
    ScenarioError
        When it is missing, too long or not printable.
    """
    if not name:
        raise ScenarioError(f"{where}: the {what} has no name; give it one")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ScenarioError(f"{where}: name: expected at most {LONGEST_NAME} printable characters, got {shown(name)}; shorten it")
    return name


def number_in(record: Record, column: str, low: float, high: float, remedy: str = "correct it") -> float:
    """The number in a cell, NaN where it says nothing; "40 %" is .4, and thousands may be separated by commas or spaces.

    Raises
    ------
    ScenarioError
        When it is no number, outside its range, or may be read in two ways, as "1.200".
    """
    cell = record.cells.get(column, "").strip()
    if cell.casefold() in UNKNOWN:
        return float("nan")
    percent = cell.endswith("%")
    plain = cell.removesuffix("%").strip().removeprefix("$").strip()
    where = f"{record.where}: {column}:"
    if not percent and (said := _two_readings(plain, low, high, record.comma_decimals)):
        raise ScenarioError(f"{where} {shown(cell)} {said}")
    digits = re.sub(r"(?<=\d)[,\s](?=\d{3}(\D|$))", "", plain)
    known = len(digits) < 20 and re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits)
    value = float(digits) / (100.0 if percent else 1.0) if known else -1.0
    if low <= value <= high:
        return value
    if known and not percent and value / 100.0 <= high <= 1.0:
        remedy = f"{value:g} % is written {value / 100.0:g} or {value:g} %; {remedy}"
    elif "," in digits:
        remedy = f"write decimals with a point, thousands without a mark; {remedy}"
    raise ScenarioError(f"{where} expected a number from {_bound(low)} to {_bound(high)}, got {shown(cell)}; {remedy}")


def _two_readings(plain: str, low: float, high: float, comma_decimals: bool) -> str:
    """What to write instead of a number whose mark may stand before decimals or between thousands, "" for others."""
    found = re.fullmatch(r"([1-9][0-9]{0,2})([.,])([0-9]{3})((?:\2[0-9]{3})*)", plain)
    if not found or len(plain) > 20:
        return ""
    whole, mark, fraction, more = found.groups()
    thousands = plain.replace(mark, "")
    if not low <= float(thousands) <= high or (mark == "," and (more or not comma_decimals)):
        return ""
    if more:
        return f"has points between thousands; write {thousands}"
    fraction = fraction.rstrip("0") or "0"
    decimal = f"{whole}.{fraction}{'0' if len(fraction) == 3 else ''}"
    return f"may be {thousands} or {decimal}; write {thousands}, or {decimal} if that is meant"


def _bound(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000.0 else f"{value:g}"


def written(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A CSV file: UTF-8, lines ended by newlines, quotes only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def _in_percent(cell: str, header: str) -> str:
    """A number below a header with a "%" is one in percent."""
    return f"{cell} %" if "%" in header and cell[-1:].isdigit() else cell


def _separator(text: str, label: str, columns: Columns) -> str:
    """What separates cells: what makes most headers known, then most headers, then the comma."""

    def known(separator: str) -> tuple[int, int]:
        try:
            _, header = next(_lines(text[:100_000], label, separator), (1, []))
        except ScenarioError:
            return 0, 0
        return sum(meaning(cell, columns) is not None for cell in header), len(header)

    return max(SEPARATORS, key=known)


def _lines(text: str, label: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line and cells of each record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                yield before + 1, trimmed
            before = reader.line_num
    except csv.Error as error:
        raise ScenarioError(f"{label}, line {before + 1}: not a valid CSV line: {error}; check the quotes") from error
