"""The public schema: every column of every table with its type, unit and meaning.

Months are counted from the start of the run: 0 is the first month, 0..burn_in-1 are burn-in, and whatever the
first month finds in place has month 0 and the reason "founding".  A spell that still runs when the run ends
has neither an end nor a reason.  Uids are permanent and never used again.
"""

from typing import NamedTuple

import pyarrow as pa

SCHEMA_VERSION = 3


class Column(NamedTuple):
    """One column; ``none`` says what a missing value means, empty where none may be missing."""

    name: str
    dtype: str  # int64, double, bool or string
    unit: str
    meaning: str
    none: str = ""


def _team(name: str, dtype: str, unit: str, meaning: str, first: int = 0) -> tuple[Column, ...]:
    """One column for each member of a team of up to four; the owner is member 0."""
    return tuple(
        Column(f"{name}_{k}", dtype, unit, f"{meaning}, member {k}", "no such member" if k else "") for k in range(first, 4)
    )


SCHEMA: dict[str, tuple[Column, ...]] = {
    "alliances": (
        Column("alliance", "int64", "uid", "the alliance in one form; a change of form begins another row"),
        Column("uid_a", "int64", "uid", "one partner"),
        Column("uid_b", "int64", "uid", "the other partner"),
        Column("form", "string", "name", "project, occasional or formal"),
        Column("start", "int64", "month", "first month"),
        Column("end", "int64", "month", "month in which it ended", "still running"),
        Column("why_ended", "string", "name", "completed, value, outside, hazard, changed_form or partner_left", "still running"),
        Column("network", "int64", "uid", "network in which the two met", "met outside networks"),
        Column("trust_ab", "double", "0..1", "what a trusted b at the start"),
        Column("trust_ba", "double", "0..1", "what b trusted a at the start"),
        Column("joint_profit", "double", "US dollars", "profit of both firms, last 24 months", "not in the sample"),
        Column(
            "joint_profit_without", "double", "US dollars", "the same where this alliance is forbidden", "not in the sample"
        ),
    ),
    "memberships": (
        Column("partner", "int64", "uid", "the member"),
        Column("network", "int64", "uid", "the network"),
        Column("joined", "int64", "month", "first month"),
        Column("left", "int64", "month", "month in which it left", "still a member"),
        Column("why_joined", "string", "name", "founding, choice or given"),
        Column("why_left", "string", "name", "choice, network_closed, partner_left or no_longer_eligible", "still a member"),
    ),
    "vendor_relations": (
        Column("partner", "int64", "uid", "the partner"),
        Column("vendor", "int64", "uid", "the vendor that it carries"),
        Column("taken_on", "int64", "month", "first month"),
        Column("dropped", "int64", "month", "month in which it was dropped", "still carried"),
        Column("why_taken_on", "string", "name", "founding, recruited, co_delivery or specified"),
        Column("why_dropped", "string", "name", "dissatisfied, partner_left or vendor_left", "still carried"),
    ),
    "agreements": (
        Column("agreement", "int64", "uid", "the agreement"),
        Column("kind", "string", "name", "line_card, listing, technology_alliance or affiliation"),
        Column("first", "int64", "uid", "the party that offers: vendor, marketplace or network"),
        Column("second", "int64", "uid", "the other party"),
        Column("start", "int64", "month", "first month"),
        Column("end", "int64", "month", "month in which it ended", "in force"),
        Column("why_ended", "string", "name", "value or party_left", "in force"),
    ),
    "deals": (
        Column("deal", "int64", "uid", "the deal"),
        Column("signed", "int64", "month", "month in which it was won"),
        Column("delivered", "int64", "month", "month in which it was delivered and paid"),
        Column("owner", "int64", "uid", "the partner who contracts with the customer, member 0 of the team"),
        *_team("member", "int64", "uid", "partner who delivers with the owner", first=1),
        Column("vendor", "int64", "uid", "vendor of the product", "no product"),
        Column("source", "int64", "uid", "distributor that supplied the product", "bought from the vendor, or no product"),
        Column("network", "int64", "uid", "network of its marketplace, or where the team met", "alone, or met outside networks"),
        Column("market", "int64", "uid", "marketplace on which it was posted", "not posted"),
        Column("value", "double", "US dollars", "price to the customer"),
        Column("product", "double", "US dollars", "the product in it, at list price"),
        Column("services", "double", "US dollars", "the services in it"),
        Column("complexity", "double", "0..1", "complexity of the work"),
        Column("success", "bool", "yes/no", "whether the delivery succeeded"),
        Column("product_margin", "double", "US dollars", "gross margin of the team on the product"),
        Column("services_margin", "double", "US dollars", "gross margin of the team on the services"),
        Column("coordination", "double", "US dollars", "cost of working together"),
        Column("brokerage", "double", "US dollars", "take rates paid to the networks that brokered allies, on the allies' work"),
        Column("fees", "double", "US dollars", "task fee paid to the marketplace on which it was posted, on the whole price"),
        *_team("share", "double", "US dollars", "gross margin that it took"),
        *_team("outside", "double", "US dollars", "its outside option: what the same capacity would have earned"),
        *_team("work", "double", "share", "its share of the work, 0..1"),
        Column("trust", "double", "0..1", "mean trust between owner and allies before the deal, 1 when alone"),
        Column("needs", "int64", "bit mask", "skills needed (bits 0..K-1), vendors specified (bits K..)"),
        Column("region", "int64", "index", "region of the customer"),
        Column("vertical", "int64", "index", "vertical of the customer"),
        Column("alone", "bool", "yes/no", "whether the owner could have done it alone"),
        Column("attempt", "int64", "count", "0 the partner whom the customer knew, 1 re-offered to another"),
    ),
    "partners": (
        Column("partner", "int64", "uid", "the firm"),
        Column("entered", "int64", "month", "month of entry"),
        Column("left", "int64", "month", "month in which it left the market", "still there"),
        Column("why_left", "string", "name", "retirement or bankruptcy", "still there"),
        Column("staff_entered", "double", "full-time equivalents", "staff at entry"),
        Column("staff_left", "double", "full-time equivalents", "staff when it left", "still there"),
        Column("region", "int64", "index", "home region"),
        Column("reach", "int64", "bit mask", "regions served, home included, at entry"),
        Column("verticals", "int64", "bit mask", "verticals served at entry"),
        Column("business_type", "string", "name", "reseller, msp, isv, si or consultant"),
        Column("skills", "int64", "bit mask", "skills held at entry"),
        Column("succeeds", "int64", "uid", "firm whose clients it took over", "follows nobody"),
    ),
    "partner_years": (
        Column("month", "int64", "month", "month that ends the year"),
        Column("partner", "int64", "uid", "the firm"),
        Column("staff", "double", "full-time equivalents", "staff at the end of the year"),
        Column("revenue", "double", "US dollars", "revenue of the 12 months, net of subcontracting"),
        Column("allied", "double", "US dollars", "the part of revenue from work done with other partners"),
        Column("cash", "double", "US dollars", "cash at the end of the year"),
    ),
    "network_policies": (
        Column("network", "int64", "uid", "the network"),
        Column("kind", "string", "name", "pure_p2p, community, vendor, distributor or marketplace"),
        Column("host", "int64", "uid", "vendor, distributor or marketplace that hosts it", "hosted by its members or its owner"),
        Column("start", "int64", "month", "first month of this policy"),
        Column("end", "int64", "month", "month in which the policy changed or the network closed", "in force"),
        Column("why_ended", "string", "name", "changed or closed", "in force"),
        Column("fee", "double", "US dollars a month a member", "dues of a member"),
        Column("take_rate", "double", "share", "share of the price of brokered work that the host keeps"),
        Column("broadcast", "double", "0..1", "share of what a member hears that the host says"),
        Column("density", "double", "share", "contact density: share of the search rule's members that one search sees"),
        Column("tools", "double", "US dollars a month a member", "spend on tools"),
        Column("education", "double", "US dollars a month a member", "spend on education"),
        Column("support", "double", "US dollars a month a member", "spend on support"),
    ),
}  # fmt: skip
"""All tables but ``series``, whose columns depend on the number of vendors and distributors: see ``sim.observe.catalogue``."""

_TYPES = {"int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_(), "string": pa.string()}


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The Arrow schema of some columns, with unit and meaning as metadata of each field.

    Parameters
    ----------
    columns : tuple of Column
        For instance ``SCHEMA["deals"]``.

    Returns
    -------
    pyarrow.Schema
        Its own metadata hold ``schema_version``.
    """
    fields = []
    for column in columns:
        metadata = {"unit": column.unit, "meaning": column.meaning}
        if column.none:
            metadata["none"] = column.none
        fields.append(pa.field(column.name, _TYPES[column.dtype], nullable=bool(column.none), metadata=metadata))
    return pa.schema(fields, metadata={"schema_version": str(SCHEMA_VERSION)})


def validate(name: str, table: pa.Table) -> None:
    """Check a table against the public schema.

    Parameters
    ----------
    name : str
        A name in ``SCHEMA``, or "series".
    table : pyarrow.Table
        The table.

    Raises
    ------
    ValueError
        When columns, their order, types, units or meanings differ, or a value is missing where none may be.
    """
    if name == "series":
        from sim.observe.catalogue import series_columns

        expected = arrow_schema(series_columns([n for n in table.column_names if n != "month"]))
    elif name in SCHEMA:
        expected = arrow_schema(SCHEMA[name])
    else:
        raise ValueError(f"no table {name!r} in the schema; there are {', '.join([*SCHEMA, 'series'])}")
    if not table.schema.equals(expected, check_metadata=True):
        theirs, ours = set(table.schema.names), set(expected.names)
        raise ValueError(
            f"table {name!r} does not follow schema version {SCHEMA_VERSION}: missing {sorted(ours - theirs)}, "
            f"unknown {sorted(theirs - ours)}, or other types, units, meanings or order"
        )
    for field in expected:
        if not field.nullable and table.column(field.name).null_count:
            raise ValueError(f"table {name!r}, column {field.name!r}: a value is missing")
