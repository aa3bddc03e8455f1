"""What a scenario may say of vendors, distributors, marketplaces and networks, and what events may change.

The ranges are those of ``sim.state``; what a scenario leaves out is drawn.
"""

from typing import NamedTuple

from sim.parameters import Par, declared
from sim.policy import Policy
from sim.state.networks import ENTRY_RULES
from sim.state.suppliers import ARMS, PARTNER_MODELS

VENDOR = {
    "list_margin": Par(
        "share of list price", 0, 0.5, "product about 12 % (6-15), IPED 2019", "partner's margin on product before rebates"
    ),
    "rebate_1": Par("share of purchases", 0, 0.3, "rebates 1-5 %, assumed", "rebate in tier 1"),
    "rebate_2": Par("share of purchases", 0, 0.3, "rebates up to 10 %, assumed", "rebate in tier 2"),
    "mdf": Par("share of purchases", 0, 0.2, "co-op and MDF 1-5 % of purchases", "market development funds"),
    "training": Par("quality", 0, 1, "assumed", "quality of training offered"),
    "support": Par("quality", 0, 1, "assumed", "quality of partner support"),
    "conflict": Par("probability a bid", 0, 1, "assumed", "direct sales compete for a partner's bid"),
    "openness": Par("share", 0, 1, "assumed", "willingness to recruit and to sponsor hosts of others"),
    "fee_share": Par("share of list price", 0, 0.5, "assumed", "what a partner earns on product under referral and co-sell"),
    "goods_cost": Par("share of list price", 0, 1, "assumed", "cost of goods"),
    "budget": Par(
        "share of channel sales",
        0,
        0.5,
        "programme spend about 8 % of channel revenue (Microsoft 2012)",
        "extra programme budget",
    ),
    "size": Par("relative weight", 0.001, 100, "assumed", "customers who would name it; the largest drawn vendor has 1"),
}
DISTRIBUTOR = {
    "margin": Par("share of sales", 0, 0.3, "5.45-5.65 %, Ingram Micro 2007-08", "gross margin"),
    "credit": Par("share", 0, 1, "assumed", "generosity of credit"),
    "service": Par("quality", 0, 1, "assumed", "quality of service"),
}
MARKETPLACE = {
    "take_rate": Par("share of price", 0, 0.5, "about 10 % (Field Nation; Pro 13.9 %), AWS 3 %", "taken of a task's price"),
    "verification": Par("share", 0, 1, "assumed", "how thoroughly providers are checked"),
    "reach": Par("relative to an average one", 0, 100, "assumed", "customers who look there"),
    "max_complexity": Par("complexity", 0, 1, "assumed", "tasks above it are not accepted"),
}
SHOCK = {
    "experience": Par("attitude", -2, 2, "range of X", "own experience with every vendor carried"),
    "expectation": Par("performance", -4, 4, "range of E", "what is expected of every vendor carried"),
    "cash": Par("US dollars", -1e9, 1e9, "assumed", "cash"),
    "clients": Par("staff kept busy", -1e6, 1e6, "assumed", "client base"),
}
ARM = Par("share of the budget", 0, 1, "assumed", "division of the budget")

# A network's policy, as scenarios write it -> its column in sim.state.networks; the rest has no such column.
NETWORK_COLUMNS = {
    "fee_per_month_usd": "fee",
    "tools_per_member_usd": "tools",
    "education_per_member_usd": "education",
    "support_per_member_usd": "support",
    "fixed_cost_usd": "fixed_cost",
    **{
        name: name
        for name in (
            "take_rate", "cohort_size", "non_compete", "broadcast", "density", "verification", "entry_rule", "entry_threshold",
            "marketing", "formality", "sponsorship",
        )
    },
}  # fmt: skip


class Changeable(NamedTuple):
    """A field that an event may change."""

    column: str
    par: Par
    kind: type  # float, int, bool, or str for a choice
    names: tuple[str, ...] = ()  # of a choice


def _floats(pars: dict[str, Par]) -> dict[str, Changeable]:
    return {name: Changeable(name, par, float) for name, par in pars.items()}


def _network_fields() -> dict[str, Changeable]:
    out = {}
    for name, (kind, _, par) in declared(Policy).items():
        if name == "entry_rule":
            out[name] = Changeable(name, par, str, ENTRY_RULES)
        elif name in NETWORK_COLUMNS:
            out[name] = Changeable(NETWORK_COLUMNS[name], par, kind)
    return out


CHANGEABLE: dict[str, dict[str, Changeable]] = {
    "change_vendor": {
        **_floats(VENDOR),
        "partner_model": Changeable(
            "partner_model", Par("name", 0, len(PARTNER_MODELS) - 1, "essay", "who contracts"), str, PARTNER_MODELS
        ),
        **{f"arm_{arm}": Changeable(f"arm_{arm}", ARM, float) for arm in ARMS},
    },
    "change_distributor": _floats(DISTRIBUTOR),
    "change_marketplace": _floats(MARKETPLACE),
    "change_network": _network_fields(),
    "shock": _floats(SHOCK),
}
