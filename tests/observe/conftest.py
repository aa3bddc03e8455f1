"""A world of five firms, one of which has left, written by hand."""

import numpy as np
import pytest

from sim.ledger import Flow, empty_ledger
from sim.processes.firm import Firm
from sim.state.market import empty_market
from sim.state.networks import MARKETPLACE, PURE_P2P, VENDOR, empty_networks
from sim.state.partners import empty_knowledge, empty_memberships, empty_partners, empty_relations
from sim.state.suppliers import empty_distributors, empty_marketplaces, empty_vendors
from sim.state.ties import AFFILIATION, FORMAL, LINE_CARD, PROJECT, empty_agreements, empty_ties
from sim.switches import Switches
from sim.world import Size, World


@pytest.fixture
def make_world():
    """Make the small world, as often as wanted."""
    return small_world


def small_world() -> World:
    """Firms 0, 1, 3, 4 live (uids 10, 11, 13, 14), firm 2 has left; two vendors, four networks of which one has closed."""
    size = Size(skills=3, verticals=2, regions=2, vendors=2, distributors=1, marketplaces=1)
    world = World(size, {"firm": Firm()}, {}, Switches(), seed=1, replication=0)
    world.partners = _partners()
    world.relations = _relations()
    world.memberships = empty_memberships(5)
    for row, slot, network in ((0, 0, 0), (0, 1, 1), (1, 3, 0), (3, 0, 1), (3, 1, 0), (3, 2, 3)):
        world.memberships.network[row, slot] = network
    world.networks = _networks()
    world.knowledge = empty_knowledge(5, 3, 4, 1)
    world.knowledge.can[:] = [0b01_001, 0b11_011, 0b11_111, 0b10_100, 0b00_000]  # vendors above the three skills
    world.ties = _ties()
    world.agreements = empty_agreements(4)
    world.agreements.used[:3], world.agreements.kind[:3] = True, [LINE_CARD, LINE_CARD, AFFILIATION]
    world.vendors = empty_vendors(2, 3)
    world.vendors.channel_year[:] = [300.0, 100.0]
    world.vendors.channel_month[:] = [30.0, 10.0]
    world.vendors.direct_month[:] = [5.0, 0.0]
    world.vendors.cash[:] = [7.0, -3.0]
    world.distributors = empty_distributors(1, 2)
    world.distributors.sold_month[:] = [[7.0, 2.0]]
    world.distributors.cash[:] = 4.0
    world.marketplaces = empty_marketplaces(1, 2)
    world.marketplaces.value_month[:], world.marketplaces.jobs_month[:] = 50.0, 2.0
    world.market = empty_market(3)
    world.market.asked_value[:], world.market.unserved_value[:], world.market.lost_value[:] = 1000.0, 100.0, 200.0
    world.market.solo_profit[:] = [30.0, 60.0]
    world.ledger = empty_ledger()
    world.ledger.flows[Flow.SALE], world.ledger.flows[Flow.REFUND], world.ledger.flows[Flow.DIRECT_SALE] = 900.0, 15.0, 5.0
    world.month = 21  # month 20 has ended
    return world


def _partners():
    partners = empty_partners(5)
    partners.uid[:] = [10, 11, 12, 13, 14]
    partners.alive[:] = [True, True, False, True, True]
    partners.staff[:] = [2.0, 10.0, 99.0, 60.0, 8.0]
    partners.clients[:] = [2.0, 10.0, 99.0, 50.0, 8.0]
    partners.region[:] = 0
    partners.reach[:] = [0b01, 0b10, 0b11, 0b01, 0b01]
    partners.verticals[:] = [0b01, 0b01, 0b11, 0b11, 0b01]
    partners.revenue_year[:] = [100.0, 200.0, 999.0, 600.0, 100.0]
    partners.margin_ewma[:] = [2_000.0, 40_000.0, 0.0, 900_000.0, 0.0]
    partners.allied_year[:] = [50.0, 100.0, 999.0, 50.0, 0.0]
    return partners


def _relations():
    relations = empty_relations(5, 2)
    relations.carried[:] = np.array([[1, 0], [1, 1], [1, 1], [0, 1], [0, 0]], bool)
    relations.attitude[:] = [[0.5, 0.0], [0.2, -0.4], [0.9, 0.9], [0.6, -0.3], [0.0, 0.0]]
    relations.experience[:] = [[0.4, 0.0], [0.4, -0.4], [0.9, 0.9], [0.9, 0.0], [0.0, 0.0]]
    relations.bought_year[:] = [[10.0, 0.0], [30.0, 10.0], [9.0, 9.0], [0.0, 20.0], [0.0, 0.0]]
    relations.last_bought[:] = [[20, 3], [9, 8], [20, 20], [2, 15], [-99, -99]]
    return relations


def _networks():
    networks = empty_networks(4, 2)
    networks.uid[:] = [100, 101, 102, 103]
    networks.open[:] = [True, True, False, True]
    networks.kind[:] = [PURE_P2P, VENDOR, VENDOR, MARKETPLACE]
    networks.value_month[:] = [40.0, 25.0, 0.0, 5.0]
    return networks


def _ties():
    ties = empty_ties(4)  # 0-1 formal, 1-3 project, 0-3 acquainted, and a free row
    ties.used[:3] = True
    ties.a[:], ties.b[:] = [0, 1, 0, 0], [1, 3, 3, 0]
    ties.form[:] = [FORMAL, PROJECT, 0, 0]
    ties.direct[:] = [True, False, False, True]
    ties.trust_ab[:2], ties.trust_ba[:2] = [0.8, 0.3], [0.6, 0.3]
    return ties
