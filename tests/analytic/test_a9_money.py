"""A9 Money: nothing is made or lost, deals are shared out in full, and nobody takes on more than it can do."""

import numpy as np
import pytest

from sim.engine import advance
from sim.ledger import Flow, Outer
from sim.processes.firm import capacity
from sim.state.suppliers import PARTNER_MODELS
from tests.analytic.plans import after, balances, built, groups, small_plan, with_parameters, with_rules

MONTHS = 24
PLANS = {
    "default": small_plan(),
    **{f"all_{model}": small_plan(vendors=({"partner_model": k},) * 8) for k, model in enumerate(PARTNER_MODELS)},
    "every_partner_model": small_plan(vendors=tuple({"partner_model": k % 4} for k in range(8))),
    "many_allies": with_parameters(small_plan(), search={"look_around": 1.0}, demand={"further_needs": 3.0}),
    "brokered": with_parameters(
        small_plan(networks=groups({"marketplace": 1, "community": 2, "pure_p2p": 2})),
        demand={"further_needs": 3.0}, membership={"join": 2.0, "consider": 0.5, "imitation": 1.0}, posting={"base": 3.0},
    ),
    "random_meeting": with_rules(small_plan(), search="random_meeting", form="fixed_form", dissolution="fixed_hazard"),
}  # fmt: skip


@pytest.fixture(params=PLANS.values(), ids=PLANS.keys())
def world(request):
    """A world at its start, one for each plan."""
    return built(request.param)


def everyones_share(deals):
    """Sum of the team's shares, one number a deal."""
    return sum(deals[f"share_{m}"] for m in range(4))


def test_the_sum_of_all_balances_never_changes(world):
    """Every payment has a payer and a payee, so all balances together stay what they were before the first."""
    for _ in range(MONTHS):
        advance(world)
        total, size = balances(world)
        assert abs(total) <= 1e-9 * size


def test_the_shares_of_a_deal_sum_to_its_margin(world):
    """What the members take is product and services margin less coordination, brokerage and fees, nothing more or less."""
    deals = after(world, MONTHS).log.table("deal")
    market = deals["market"] >= 0
    costs = deals["coordination"] + deals["brokerage"] + deals["fees"]
    margin = deals["product_margin"] + deals["services_margin"] - costs
    scale = np.maximum(deals["value"], 1.0)
    np.testing.assert_allclose(everyones_share(deals) / scale, margin / scale, rtol=0, atol=1e-9)
    rate = world.marketplaces.take_rate[0] if world.marketplaces.uid.size else 0.0  # no event changes it here
    fee = np.where(market & (deals["network"] >= 0), rate * deals["value"], 0.0)
    np.testing.assert_allclose(deals["fees"], fee, rtol=1e-12)
    assert deals["deal"].size > 500
    assert market.any()


def test_what_deals_owe_for_brokerage_and_fees_is_what_networks_are_paid(world):
    """Month by month, the two columns of the deals sum to the flow of take rates."""
    for month in range(MONTHS):
        advance(world)
        deals = world.log.table("deal")
        owed = (deals["brokerage"] + deals["fees"])[deals["month"] == month].sum() if deals else 0.0
        assert world.ledger.flows[Flow.TASK_FEE] == pytest.approx(owed, rel=1e-9)


def test_partners_keep_of_customers_money_exactly_their_shares(world):
    """Sales less what is passed on (product, wages, coordination, fees, refunds) are the shares of the month's deals."""
    passed_on = (Flow.REFUND, Flow.COORDINATION, Flow.TASK_FEE, Flow.PURCHASE_DIRECT, Flow.PURCHASE_DISTRIBUTOR, Flow.DELIVERY)
    for month in range(MONTHS):
        advance(world)
        flows = world.ledger.flows
        kept = flows[Flow.SALE] + flows[Flow.PARTNER_FEE] - sum(flows[flow] for flow in passed_on)
        deals = world.log.table("deal")
        shared = everyones_share(deals)[deals["month"] == month].sum() if deals else 0.0
        assert abs(kept - shared) <= 1e-9 * flows[Flow.SALE]


def test_what_customers_spent_arrives_somewhere(world):
    """Sales, vendor contracts and direct sales less refunds are what the customers' account lost in the month."""
    for _ in range(MONTHS):
        before = world.ledger.outer[Outer.CUSTOMERS]
        advance(world)
        flows = world.ledger.flows
        spent = flows[Flow.SALE] + flows[Flow.VENDOR_CONTRACT] + flows[Flow.DIRECT_SALE] - flows[Flow.REFUND]
        assert before - world.ledger.outer[Outer.CUSTOMERS] == pytest.approx(spent, rel=1e-9)


def test_nobody_takes_on_more_work_than_its_limit(world):
    """Backlog is never negative, and above the limit only while a firm that shrank, or whose ally left, works it off."""
    firm = world.parameters["firm"]
    for _ in range(MONTHS):
        uid, backlog = world.partners.uid.copy(), world.partners.backlog.copy()
        limit = firm.backlog_limit * np.array([capacity(staff, firm) for staff in world.partners.staff])
        living = world.partners.alive.copy()
        member, work = world.projects.member.copy(), world.projects.work * world.projects.workload[:, None]
        under_way = world.projects.used.copy()
        advance(world)
        gone = ~(world.partners.alive[: uid.size] & (world.partners.uid[: uid.size] == uid))
        left = np.where((member >= 0) & gone[member] & under_way[:, None], work, 0.0)[:, 1:].sum(axis=1)
        taken_over = np.bincount(member[under_way, 0], left[under_way], uid.size)
        assert (world.partners.backlog >= 0.0).all()
        stayed = world.partners.alive[: uid.size] & living & (world.partners.uid[: uid.size] == uid)
        now = world.partners.backlog[: uid.size]
        assert (now[stayed] <= (np.maximum(limit, backlog) + taken_over)[stayed] * (1 + 1e-9)).all()


def test_the_work_of_a_project_is_done_once(world):
    """The members' shares of the work of every project under way sum to one, and none is negative."""
    for _ in range(MONTHS):
        advance(world)
        work = world.projects.work[world.projects.used]
        assert (work >= 0.0).all()
        np.testing.assert_allclose(work.sum(axis=1), 1.0, rtol=0, atol=1e-9)


def test_a_fee_withheld_from_the_books_would_be_noticed():
    """One dollar more in one pocket than was paid breaks the sum of balances."""
    world = built(small_plan(partners=30))
    advance(world)
    world.partners.cash[0] += 1.0
    total, size = balances(world)
    assert abs(total) > 1e-9 * size
