"""What each monthly series means: its unit and one line, by name or, for numbered series, by pattern.

``{vendor}``, ``{distributor}`` stand for a row number, ``{kind}`` for a kind of network, ``{form}`` for a form of
alliance, ``{agreement}`` for a kind of agreement, ``{loyalty}`` for a cell of the Dick-Basu table, ``{flow}`` for a
purpose of payment.
"""

import re

from sim.ledger import Flow
from sim.observe.measures.loyalty import LOYALTIES
from sim.observe.schema import Column
from sim.state.networks import KINDS
from sim.state.ties import AGREEMENT_KINDS, FORMS

USD = "US dollars a month"
USD_YEAR = "US dollars in 12 months"

SERIES: dict[str, tuple[str, str]] = {
    "partners": ("firms", "partners living at the end of the month"),
    "entries": ("firms", "partners that entered this month"),
    "exits": ("firms", "partners that left this month"),
    "staff_mean": ("full-time equivalents", "mean staff of a partner"),
    "staff_below_50": ("share", "share of partners with fewer than 50 staff"),
    "utilisation": ("share", "mean utilisation of partners, 3-month average"),
    "revenue_month": (USD, "partners' revenue, net of subcontracting"),
    "margin_month": (USD, "partners' gross margin"),
    "revenue_top_20": ("share", "share of 12-month revenue held by the top fifth of partners"),
    "networks": ("networks", "networks open"),
    "networks_{kind}": ("networks", "networks of this kind open"),
    "networks_opened": ("networks", "networks opened this month"),
    "networks_closed": ("networks", "networks closed this month"),
    "kind_diversity": ("nats", "Shannon diversity of the kinds of open networks"),
    "member_diversity": ("nats", "Shannon diversity of the kinds of memberships"),
    "memberships": ("memberships", "memberships in all networks"),
    "members_{kind}": ("memberships", "memberships in networks of this kind"),
    "memberships_per_partner": ("memberships", "memberships per partner, zeros included"),
    "members_share": ("share", "share of partners in at least one network"),
    "multi_homers_share": ("share", "share of partners in two or more networks"),
    "multi_homers_mean": ("memberships", "mean memberships of those in two or more networks"),
    "network_largest": ("memberships", "members of the largest network"),
    "network_median": ("memberships", "median members of an open network"),
    "value_{kind}": (USD, "value of deals done through networks of this kind"),
    "alliances": ("alliances", "alliances in force, all forms"),
    "alliances_{form}": ("alliances", "alliances of this form in force"),
    "acquaintances": ("pairs", "pairs that worked together and have no alliance now"),
    "direct_pairs": ("pairs", "pairs that met over a take rate and now bypass it"),
    "agreements_{agreement}": ("agreements", "agreements of this kind in force"),
    "allied_partners": ("share", "share of partners with at least one alliance"),
    "degree_mean": ("alliances", "mean number of allies of a partner, zeros included"),
    "largest_component": ("share", "share of partners in the largest component of the alliance graph"),
    "trust": ("0..1", "mean trust within alliances, both directions"),
    "reach_skills": ("skills", "skills that a partner reaches through allies and does not hold, zeros included"),
    "reach_vendors": ("vendors", "vendors (products) that a partner reaches through allies and does not carry, zeros included"),
    "reach_verticals": ("verticals", "verticals that a partner reaches through allies only, zeros included"),
    "reach_regions": ("regions", "regions that a partner reaches through allies only, zeros included"),
    "reach_clients": ("full-time equivalents", "client base of a partner's allies, in the staff it keeps busy, zeros included"),
    "joint_share": ("share", "share of partners' 12-month revenue from work done with other partners"),
    "paired_margin": (USD, "gross margin of the firms of sampled alliances, last 24 months"),
    "barred_margin": (USD, "gross margin of the same firms in the branch where their alliance is forbidden"),
    "paired_profit": (USD, "profit of the firms of sampled alliances, gross margin less overhead, last 24 months"),
    "barred_profit": (USD, "profit of the same firms in the branch where their alliance is forbidden"),
    "synergy_surplus": (USD, "surplus of joint deals over the outside options of their members"),
    "synergy_outside": (USD, "outside options of the members of joint deals"),
    "wallet_{vendor}": ("share", "12-month share of wallet of the vendor over all partners, zeros included"),
    "buying_partners": ("share", "share of partners that bought from any vendor within 12 months"),
    "market_share_{vendor}": ("share", "the vendor's share of 12-month channel sales"),
    "carriers_{vendor}": ("share", "share of partners that carry the vendor"),
    "attitude": ("-1..1", "mean expressed attitude over carried relations"),
    "attitude_spread": ("0..1", "standard deviation of attitudes around the mean of each vendor's partners"),
    "attitude_{vendor}": ("-1..1", "mean expressed attitude of the partners that carry the vendor"),
    "experience": ("-1..1", "mean own experience over carried relations"),
    "retention": ("share", "relations of 12 months ago still there without interruption, among partners living at both times"),
    "retention_{vendor}": ("share", "the same for one vendor"),
    "vendor_hhi": ("0..1", "Herfindahl-Hirschman index of vendors' 12-month channel sales"),
    "wallet_hhi": ("0..1", "mean Herfindahl-Hirschman index of partners' wallets, of those that buy"),
    "line_card": ("vendors", "mean number of vendors carried by a partner"),
    "active_vendors_median": ("vendors", "median number of vendors bought from within 12 months"),
    "satisfied_share": ("share", "share of partners with a favourable attitude to their primary vendor"),
    "dick_basu_{loyalty}": ("share", "share of carried relations with this loyalty"),
    "dick_basu_{loyalty}_{vendor}": ("share", "share of all partners with this loyalty to the vendor"),
    "demand_asked": (USD, "value of customers' demand"),
    "demand_unserved": (USD, "demand that nobody could or would serve"),
    "demand_lost": (USD, "demand lost to competitors outside the channel"),
    "channel_sales": (USD, "vendors' sales through partners, at list price"),
    "direct_sales": (USD, "vendors' sales past the partners"),
    "distributor_sales": (USD, "distributors' sales, all vendors"),
    "distributor_sales_{distributor}": (USD, "the distributor's sales, all vendors"),
    "marketplace_value": (USD, "value of jobs completed through marketplaces"),
    "marketplace_jobs": ("jobs a month", "jobs completed through marketplaces"),
    "customer_spend": (USD, "what customers paid to partners and vendors, less refunds"),
    "flow_{flow}": (USD, "money paid for this purpose"),
    "vendor_cash_{vendor}": ("US dollars", "the vendor's cash, cumulated from all its receipts and payments"),
    "distributors_cash": ("US dollars", "cash of all distributors, cumulated from all receipts and payments"),
    "partner_profit_median": (USD, "profit of the median partner: gross margin, 6-month average, less overhead"),
}  # fmt: skip

_PLACES = {
    "{vendor}": r"\d+",
    "{distributor}": r"\d+",
    "{kind}": "|".join(KINDS),
    "{form}": "|".join(FORMS[1:]),
    "{loyalty}": "|".join(LOYALTIES),
    "{agreement}": "|".join(AGREEMENT_KINDS),
    "{flow}": "|".join(f.name.lower() for f in Flow),
}


def _pattern(name: str) -> re.Pattern[str]:
    for place, words in _PLACES.items():
        name = name.replace(place, f"({words})")
    return re.compile(name)


_PATTERNS = tuple((_pattern(name), *what) for name, what in SERIES.items())


def describe(series: str) -> tuple[str, str]:
    """Unit and meaning of one series.

    Parameters
    ----------
    series : str
        For instance "wallet_3".

    Returns
    -------
    tuple of str
        Unit, and meaning with what the pattern left open in brackets.

    Raises
    ------
    ValueError
        When the name is not in the catalogue.
    """
    for pattern, unit, meaning in _PATTERNS:
        if found := pattern.fullmatch(series):
            return unit, f"{meaning} [{', '.join(found.groups())}]" if found.groups() else meaning
    raise ValueError(f"no series is called {series!r}")


def series_columns(names: list[str]) -> tuple[Column, ...]:
    """Columns of the table ``series``: the month, then one column a series.

    Parameters
    ----------
    names : list of str
        The series, in order.

    Returns
    -------
    tuple of Column
        Raises ValueError for a name that is not in the catalogue.
    """
    month = Column("month", "int64", "month", "counted from the start of the run, burn-in included")
    return (month, *(Column(name, "double", *describe(name)) for name in names))
