"""Vendors and distributors from CSV files: names, and such terms as the file gives."""

import math
from typing import Any

from sim.scenario.columns import DISTRIBUTOR, VENDOR
from sim.scenario.csv_table import CsvTable, Faults, Record, checked_name, folded, note, number_in
from sim.scenario.partners_csv import COLUMNS
from sim.scenario.problems import ScenarioError, shown, unlike
from sim.state.suppliers import PARTNER_MODELS

_VENDOR_WORDS = {
    "list_margin": "margin partner_margin discount",
    "rebate_1": "rebate",
    "rebate_2": "top_rebate rebate_top",
    "mdf": "market_development_funds coop co_op",
    "conflict": "direct_conflict conflict_rate",
    "size": "weight revenue market_share share sales",
    "partner_model": "model programme_model program_model",
}
_DISTRIBUTOR_WORDS = {"margin": "gross_margin"}
VENDORS = {
    "name": f"{COLUMNS['name']} vendor vendors vendor_name supplier brand manufacturer",
    **{field: f"{field} {_VENDOR_WORDS.get(field, '')}" for field in (*VENDOR, "partner_model")},
}
DISTRIBUTORS = {
    "name": f"{COLUMNS['name']} distributor distributors distributor_name wholesaler",
    **{field: f"{field} {_DISTRIBUTOR_WORDS.get(field, '')}" for field in DISTRIBUTOR},
}


def suppliers_in(table: CsvTable, terms: dict[str, Any], faults: Faults | None = None) -> list[dict[str, Any]]:
    """One dict a supplier: its name, and the terms that the table gives of it; sizes relative to the largest.

    Parameters
    ----------
    table
        Of ``VENDORS`` or ``DISTRIBUTORS``.
    terms
        ``columns.VENDOR`` or ``columns.DISTRIBUTOR``: the range of each.
    faults
        Collects rows that cannot be used.
    """
    out: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for record in table.records:
        try:
            record.check()
            row = _supplier(record, terms)
            key = folded(row["name"])
            if key in seen:
                raise ScenarioError(f"{record.where}: {shown(row['name'])} is already on line {seen[key]}; remove one")
            seen[key] = record.number
            out.append(row)
        except ScenarioError as error:
            note(faults, error)
    largest = max((row.get("size", 0.0) for row in out), default=0.0)
    for row in out:
        if "size" in row:
            row["size"] = round(max(terms["size"].low, row["size"] / largest), 6) if largest > 0.0 else 1.0
    return out


def _supplier(record: Record, terms: dict[str, Any]) -> dict[str, Any]:
    name = checked_name(record.cells["name"], record.where, "row")
    if len(name) > 100 or name.isdecimal() or name.casefold() == "all":
        raise ScenarioError(f"{record.where}: name: {shown(name)} is not a name of at most 100 characters; change it")
    row: dict[str, Any] = {"name": name}
    for field, par in terms.items():
        high = 1e15 if field == "size" else par.high
        low = 0.0 if field == "size" else par.low
        value = number_in(record, field, low, high, f"correct it ({par.unit}) or leave it empty")
        if not math.isnan(value):
            row[field] = value
    if model := folded(record.cells.get("partner_model", "")).replace(" ", "_"):
        if model not in PARTNER_MODELS:
            raise ScenarioError(f"{record.where}: partner_model: there is no model {shown(model)}{unlike(model, PARTNER_MODELS)}")
        row["partner_model"] = model
    return row
