"""Lists in cells whose entries are separated by commas, as an import takes them.

In a column of lists in which no cell has a ";", commas separate the entries, except before a company's legal form, as in
"Acme, Inc."; where a cell has a ";", commas belong to the names.
"""

import re
from collections.abc import Sequence

from sim.scenario.csv_table import CsvTable, folded, parts
from sim.scenario.problems import shown

_LEGAL_FORM = re.compile(  # without points and spaces
    "inc|incorporated|ltd|limited|llc|llp|lp|plc|corp|corporation|co|company|gmbh|mbh|ag|kg|kgaa|se|sa|sas|sarl|srl|spa|sl|bv|nv|"
    "ab|as|asa|oy|oyj|aps|kk|pty|ptyltd|pteltd|coltd|cokg|gmbhcokg|spzoo|sro|kft|zrt|lda|ltda|doo"
)


def with_semicolons(table: CsvTable, columns: Sequence[str]) -> tuple[CsvTable, list[str]]:
    """The table with its comma lists separated by ";", and what was assumed.

    A cell that seems to be a comma list in a column in which others have a ";" is a fault of its row.
    """
    told = []
    for column in columns:
        if column not in table.taken:
            continue
        cells = [record.cells.get(column, "") for record in table.records]
        if any(";" in cell for cell in cells):
            table = _with_suspects(table, column, cells)
        elif any(len(entries(cell)) > 1 for cell in cells):
            records = [
                record._replace(cells={**record.cells, column: ";".join(entries(cell))}) if cell else record
                for record, cell in zip(table.records, cells, strict=True)
            ]
            table = table._replace(records=tuple(records))
            header = table.taken[column]
            told.append(f'commas separate the entries of {header} ({table.label}); end a name that has a comma with ";"')
    return table, told


def entries(cell: str) -> list[str]:
    """The entries of a comma list.

    >>> entries("Microsoft, Acme, Inc., Cisco")
    ['Microsoft', 'Acme, Inc.', 'Cisco']
    """
    out: list[str] = []
    for part in filter(None, (" ".join(p.split()) for p in cell.split(","))):
        if out and _LEGAL_FORM.fullmatch(re.sub(r"[\W_]", "", part.casefold())):
            out[-1] += f", {part}"
        else:
            out.append(part)
    return out


def _with_suspects(table: CsvTable, column: str, cells: Sequence[str]) -> CsvTable:
    known = {folded(part) for cell in cells if ";" in cell for part in parts(cell)}
    records = []
    for record, cell in zip(table.records, cells, strict=True):
        split = entries(cell) if ";" not in cell else []
        if len(split) > 1 and any(folded(entry) in known for entry in split):
            says = f'{shown(cell)} seems to be a list; separate its entries by ";", or end it with ";" if it is one name'
            record = record._replace(faults=(*record.faults, f"{column}: {says}"))
        records.append(record)
    return table._replace(records=tuple(records))
