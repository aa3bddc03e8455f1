"""The policy vector of a network, and the five kinds as five such vectors.

The kinds differ in nothing else: the label only tells whose the host is; no equation reads it.
"""

from typing import Annotated, NamedTuple

from sim.parameters import Par
from sim.state.networks import (
    BUYS_ABOVE,
    CARRIES_VENDOR,
    COMMUNITY,
    DISTRIBUTOR,
    MARKETPLACE,
    OPEN,
    PEERS_ADMIT,
    PURE_P2P,
    VENDOR,
    VERIFIED,
)

MIX_NONE, MIX_HOST, MIX_MARGIN, MIX_SPONSORS = range(4)
MIXES = ("none", "host", "margin", "sponsors")


class Policy(NamedTuple):
    """What the host of a network decides."""

    fee_per_month_usd: Annotated[float, Par("US dollars a month a member", 0, 20_000, "assumed; trial first value", "dues")] = 0.0
    take_rate: Annotated[float, Par("share of price", 0, 0.5, "marketplaces about 10 % (Field Nation; Pro 13.9 %), AWS 3 %", "tau, share of brokered work")] = 0.0
    cohort_size: Annotated[int, Par("firms", 0, 10_000, "Heartland: groups of at most 12", "members of a cohort, 0 = one for all")] = 0
    non_compete: Annotated[bool, Par("yes/no", 0, 1, "Heartland: non-competing firms", "a cohort admits no second firm of the same region and vertical")] = False
    broadcast: Annotated[float, Par("share", 0, 1, "assumed", "b, share of what a member hears that the host says")] = 0.0
    mix: Annotated[int, Par("none, host, margin, sponsors", 0, 3, "essay", "g, which vendors the host speaks of")] = MIX_NONE
    density: Annotated[float, Par("share", 0, 5, "assumed", "rho, contact density: share of the search rule's members seen a search")] = 0.4
    verification: Annotated[float, Par("share", 0, 1, "assumed", "nu, how thoroughly members are checked")] = 0.2
    entry_rule: Annotated[int, Par("open, peers_admit, carries_vendor, buys_above, verified", 0, 4, "essay", "who may enter; peers admit whom a cohort has room for, by size and non-compete rule, and ask nothing else")] = OPEN
    entry_threshold: Annotated[float, Par("tier, US dollars a year, or rating", 0, 1e9, "assumed", "what the entry rule asks")] = 0.0
    tools_per_member_usd: Annotated[float, Par("US dollars a month a member", 0, 10_000, "assumed", "spend on tools")] = 0.0
    education_per_member_usd: Annotated[float, Par("US dollars a month a member", 0, 10_000, "assumed", "spend on education")] = 0.0
    support_per_member_usd: Annotated[float, Par("US dollars a month a member", 0, 10_000, "assumed", "spend on support")] = 0.0
    marketing: Annotated[float, Par("probability a month", 0, 1, "assumed; trial .004-.015", "reach of the host's marketing")] = 0.004
    formality: Annotated[float, Par("share", 0, 1, "essay: very loose to contractual", "how contractual membership is")] = 0.3
    vertical_focus: Annotated[bool, Par("yes/no", 0, 1, "essay: one segment or vertical", "admits one vertical only")] = False
    sponsorship: Annotated[float, Par("share of purchases", 0, 0.1, "assumed; trial 1 % vendor, .5 % distributor", "paid to the network by its host or sponsors")] = 0.0
    fixed_cost_usd: Annotated[float, Par("US dollars a month", 0, 1e6, "assumed; trial 1,500", "cost of running it")] = 1_500.0
    founding_members: Annotated[int, Par("firms", 0, 100_000, "assumed; Heartland began with 5", "members at the start")] = 8


POLICIES: dict[int, Policy] = {
    PURE_P2P: Policy(
        fee_per_month_usd=250.0, cohort_size=12, non_compete=True, density=1.0, verification=0.5, entry_rule=PEERS_ADMIT,
        tools_per_member_usd=40.0, education_per_member_usd=40.0, support_per_member_usd=20.0, formality=0.5, fixed_cost_usd=600.0,
    ),
    COMMUNITY: Policy(
        fee_per_month_usd=150.0, broadcast=0.1, mix=MIX_SPONSORS, density=0.8, verification=0.3, tools_per_member_usd=60.0,
        education_per_member_usd=20.0, support_per_member_usd=10.0, marketing=0.008, formality=0.3, founding_members=12,
    ),
    VENDOR: Policy(
        broadcast=0.6, mix=MIX_HOST, density=0.5, verification=0.4, entry_rule=CARRIES_VENDOR, tools_per_member_usd=30.0,
        education_per_member_usd=40.0, support_per_member_usd=30.0, marketing=0.015, formality=0.6, sponsorship=0.02, founding_members=25,
    ),
    DISTRIBUTOR: Policy(
        fee_per_month_usd=50.0, broadcast=0.3, mix=MIX_MARGIN, density=0.4, verification=0.3, entry_rule=BUYS_ABOVE,
        entry_threshold=20_000.0, tools_per_member_usd=40.0, education_per_member_usd=50.0, support_per_member_usd=40.0,
        marketing=0.010, formality=0.4, vertical_focus=False, sponsorship=0.005, founding_members=10,
    ),
    MARKETPLACE: Policy(
        take_rate=0.10, density=0.05, verification=0.6, entry_rule=VERIFIED, tools_per_member_usd=20.0, marketing=0.015,
        formality=0.2, fixed_cost_usd=3_000.0, founding_members=20,
    ),
}  # fmt: skip
