"""S4 What can be done alone: the owner takes the tasks that it can do and has room for.

A deal is a set of tasks: one a skill needed, and one a vendor that the customer named, which somebody in the
team must carry.  The owner takes as many of its tasks as its capacity allows; the
rest is missing and must be found in others (S5).  Work is reserved in the backlog while the bid stands.

Reads opportunities, knowledge, partners, relations; writes bids, partners.backlog.
"""


from sim import bits
from sim.chance import Purpose, uniform
from sim.compiled import kernel, leaf
from sim.processes.firm import outside_option, room_for, work_of
from sim.state.market import Bids, Opportunities, empty_bids
from sim.world import World


@leaf
def coverage(can, needs):
    """The part of what is needed that a firm can do, as a set."""
    return can & needs


@leaf
def task_work(tasks, needs, product, services, sizes, firm):
    """Work in a set of tasks out of all that a deal needs, US dollars of work.

    Where the customer named vendors, who carries them does the work of selling the product and the skills
    share the services; else the skills share all.  The parts of a deal sum to ``work_of`` it.
    """
    done = bits.count(tasks & bits.low_bits(sizes.skills)) / bits.count(needs & bits.low_bits(sizes.skills))
    named = bits.count(needs >> sizes.skills)
    if named == 0:
        return work_of(product, services, firm) * done
    return work_of(0.0, services, firm) * done + work_of(product, 0.0, firm) * bits.count(tasks >> sizes.skills) / named


@leaf
def affordable(tasks, needs, product, services, backlog, staff, sizes, firm):
    """The largest set of these tasks that a firm has room for: all, else the lowest ones; named vendors first."""
    named = tasks & ~bits.low_bits(sizes.skills)
    wanted = tasks & bits.low_bits(sizes.skills)
    n = bits.count(wanted)
    while n >= 0:
        some = bits.lowest(wanted, n) | named
        if room_for(task_work(some, needs, product, services, sizes, firm), backlog, staff, firm):
            return some
        n -= 1
    return 0


@kernel
def _alone(deals, bids, partners, knowledge, firm, sizes, look_around, outside_on, key):
    for o in range(deals.uid.size):
        if not deals.open[o]:
            continue
        r = deals.owner[o]
        tasks = coverage(knowledge.can[r], deals.needs[o])
        tasks = affordable(tasks, deals.needs[o], deals.product[o], deals.services[o], partners.backlog[r], partners.staff[r], sizes, firm)
        complete = tasks == deals.needs[o]
        bids.alone[o] = complete
        if complete and deals.skills[o] > 1 and deals.market[o] < 0:
            if uniform(key, Purpose.SEARCH_VOLUNTARY, deals.uid[o]) < look_around:
                tasks = bits.lowest(tasks, 1) | (tasks & ~bits.low_bits(sizes.skills))
        work = task_work(tasks, deals.needs[o], deals.product[o], deals.services[o], sizes, firm)
        bids.size[o], bids.member[o, 0], bids.task[o, 0] = 1, r, tasks
        bids.missing[o] = deals.needs[o] & ~tasks
        bids.outside[o, 0] = outside_option(work, partners.utilisation[r], firm) if outside_on else 0.0
        bids.ready[o] = bids.missing[o] == 0
        partners.backlog[r] += work


def run(world: World, deals: Opportunities) -> Bids:
    """Open a bid for each open opportunity."""
    bids = empty_bids(deals.uid.size)
    look_around = world.parameters["search"].look_around
    _alone(
        deals, bids, world.partners, world.knowledge, world.parameters["firm"], world.size, look_around,
        world.switches.outside_options, world.key,
    )  # fmt: skip
    return bids


@kernel
def _release(deals, bids, partners, firm, sizes, keep_won):
    for o in range(deals.uid.size):
        if bids.size[o] == 0 or (keep_won and bids.won[o]):
            continue
        for m in range(bids.size[o]):
            r = bids.member[o, m]
            work = task_work(bids.task[o, m], deals.needs[o], deals.product[o], deals.services[o], sizes, firm)
            partners.backlog[r] = max(0.0, partners.backlog[r] - work)


def release(world: World, deals: Opportunities, bids: Bids) -> None:
    """Give back the work reserved for bids that were not won."""
    _release(deals, bids, world.partners, world.parameters["firm"], world.size, True)


