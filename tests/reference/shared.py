"""The only things that the reference takes from the engine: names, constants, and equations of one case.

Nothing here loops over the state, so an error in the engine's loops, order, bookkeeping or search shows.
"""

from types import SimpleNamespace

from sim.chance import Purpose, event_uid, gumbel, month_key, normal, pair_key, pair_uid, poisson, uniform
from sim.policy import MIXES, POLICIES
from sim.processes.close_of_month import YEAR_FADE
from sim.processes.consent import bargaining_weight, coordination_cost, nash_share
from sim.processes.continuation import goodwill_after
from sim.processes.delivery import signal_of, success_probability
from sim.processes.demand import opportunity_rate
from sim.processes.discovery import room_on_line_card
from sim.processes.firm import capacity, logistic, outside_option, overhead, reference_margin, room_for, work_of
from sim.processes.form import lead_time
from sim.processes.growth import clients_after, staff_after
from sim.processes.hosts import stock_after
from sim.processes.influence import heard_in_network, openness
from sim.processes.membership import awareness_hazard, capital_after, membership_utility
from sim.processes.opening import tool_quality
from sim.processes.payment import network_credit
from sim.processes.posting import bid_price, posting_utility
from sim.processes.programme import certification_after, tier_reached
from sim.processes.running_costs import OPERATING_MARGIN
from sim.processes.satisfaction import drop_hazard, performance, updated_experience
from sim.processes.search import POOL
from sim.processes.skills import own_training, raised
from sim.processes.sourcing import distributor_utility
from sim.processes.trust import faded_trust, updated_trust
from sim.processes.winning import win_probability
from sim.state.networks import ENTRY_RULES, KINDS
from sim.state.partners import MEMBERSHIP_SLOTS, NEVER
from sim.state.suppliers import ARMS, PARTNER_MODELS
from sim.state.ties import TEAM_SIZE

SHARED = [
    event_uid, gumbel, month_key, normal, pair_key, pair_uid, poisson, uniform,
    bargaining_weight, coordination_cost, nash_share, goodwill_after, signal_of, success_probability, opportunity_rate,
    room_on_line_card, capacity, logistic, outside_option, overhead, reference_margin, room_for, work_of, lead_time,
    clients_after, staff_after, stock_after, tool_quality, heard_in_network, openness, awareness_hazard, capital_after,
    membership_utility, network_credit, bid_price, posting_utility, certification_after, tier_reached, drop_hazard,
    performance, updated_experience, own_training, raised, distributor_utility, faded_trust, updated_trust, win_probability,
]  # fmt: skip

CONSTANTS = {
    "YEAR_FADE": YEAR_FADE, "OPERATING_MARGIN": OPERATING_MARGIN, "POOL": POOL,
    "MEMBERSHIP_SLOTS": MEMBERSHIP_SLOTS, "NEVER": NEVER, "TEAM_SIZE": TEAM_SIZE, "POLICIES": POLICIES, "MIXES": MIXES,
    "ENTRY_RULES": ENTRY_RULES, "KINDS": KINDS, "ARMS": ARMS, "PARTNER_MODELS": PARTNER_MODELS,
}  # fmt: skip

WHY = SimpleNamespace(**{purpose.name: int(purpose) for purpose in Purpose})
ACQUAINTANCE, PROJECT, OCCASIONAL, FORMAL = range(4)
