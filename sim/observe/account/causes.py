"""The causes to which loyalty is booked, and what they are called."""

from sim.state.networks import KINDS

KIND_NAMES = (*KINDS, "none")  # where a booking belongs; "none" is outside networks
OUTSIDE = len(KINDS)

OWN = (
    "margin", "support", "conflict", "benefits", "standing", "treadmill", "month_chance", "voice", "indebtedness",
    "first_impression", "events",
)  # fmt: skip
"""Stocks of own experience; a first impression is what a relation begins with, when the firm or the vendor comes."""

DRIVERS = ("margin", "experience", "peers", "hosts", "fit", "habit", "certification")
"""What makes a team choose a vendor, the players of Shapley's game."""

ROUTES = ("line_card", "specified", "recruited")
"""How a vendor came on the line card, other than by joint deals."""

ATTITUDE_CAUSES = (*OWN, "peers", "hosts", "specified", "recruited", "co_delivery", "dropped", "entry", "exit", "residual")
WALLET_CAUSES = (*ROUTES, "co_delivery", *DRIVERS, "deal_chance", "events", "entry", "exit", "residual")

WORDS = {
    "margin": "margin",
    "support": "support",
    "conflict": "conflict with direct sales",
    "benefits": "rebates and MDF",
    "standing": "average month against hopes",
    "treadmill": "expectations move (treadmill)",
    "month_chance": "chance of the months",
    "voice": "complaints repaired (voice)",
    "indebtedness": "indebtedness",
    "first_impression": "first impressions (fading)",
    "events": "events of the scenario",
    "peers": "peers",
    "hosts": "hosts' broadcast",
    "specified": "taken on: customers asked for it",
    "recruited": "taken on: recruited by the vendor",
    "co_delivery": "discovery through joint deals",
    "dropped": "dropped by the dissatisfied",
    "entry": "partners that entered",
    "exit": "partners that left",
    "residual": "residual",
    "line_card": "line card brought along",
    "experience": "attitude from own experience",
    "fit": "fit with customers' needs",
    "habit": "habit",
    "certification": "certification",
    "deal_chance": "chance of single deals",
}

LEFT_OVER = ("residual",)
"""What no mechanism explains; chance is booked apart, as it is known exactly."""
CHANCE = ("month_chance", "deal_chance")
