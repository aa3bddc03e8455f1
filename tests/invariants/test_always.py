"""What holds in every month of every world that a scenario may ask for."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine import advance
from sim.parameters import declared
from sim.processes import PARAMETERS
from sim.rules.registry import RULES
from sim.state.ties import ACQUAINTANCE
from sim.switches import Switches
from tests.analytic.plans import balances, built, groups, small_plan, with_parameters, with_rules

# At these ends of their ranges a month has so many deals or so few firms that a test takes minutes or shows nothing.
NARROWED = {
    "demand.mean_value_usd": (8_000.0, 1e6),
    "demand.load": (0.1, 1.2),
    "firm.revenue_per_staff_usd": (1_000.0, 20_000.0),
    "founding.size_log_mean": (-2.0, 2.0),
    "founding.size_log_sd": (0.0, 2.0),
    "turnover.retirement_per_year": (0.0, 0.5),
    "growth.follow": (0.0, 0.1),
}


@st.composite
def changes(draw):
    """A few parameters, each anywhere in the range that it declares."""
    every = [(process, name) for process, group in PARAMETERS.items() for name in declared(group)]
    picked = draw(st.lists(st.sampled_from(every), max_size=8, unique=True))
    out: dict[str, dict] = {}
    for process, name in picked:
        kind, _, par = declared(PARAMETERS[process])[name]
        low, high = NARROWED.get(f"{process}.{name}", (par.low, par.high))
        value = draw(st.integers(int(low), int(high)) if kind is int else st.floats(low, high))
        out.setdefault(process, {})[name] = value
    return out


@st.composite
def plans(draw):
    """Small plans: any switches, rules, partner models and networks, and some parameters at odd values."""
    plan = small_plan(draw(st.integers(30, 60)), seed=draw(st.integers(0, 2**62)))
    kinds = ("pure_p2p", "community", "vendor", "distributor", "marketplace")
    most = (4, 3, plan.size.vendors, plan.size.distributors, plan.size.marketplaces)
    plan = plan._replace(
        networks=groups({kind: draw(st.integers(0, n)) for kind, n in zip(kinds, most, strict=True)}),
        vendors=tuple({"partner_model": draw(st.integers(0, 3))} for _ in range(plan.size.vendors)),
        switches=Switches(*(draw(st.booleans()) for _ in Switches._fields)),
    )
    rules = {point: draw(st.sampled_from(sorted(names))) for point, names in RULES.items()}
    return with_parameters(with_rules(plan, **rules), **draw(changes()))


def check_money(world):
    """All balances sum to nothing, and every one of them is a number."""
    total, size = balances(world)
    assert np.isfinite(size)
    assert abs(total) <= 1e-9 * size


def check_ranges(world):
    """Whatever is declared to lie in a range does."""
    partners, relations, ties = world.partners, world.relations, world.ties
    assert (partners.backlog >= 0.0).all()
    assert (partners.staff[partners.alive] >= 1.0).all()
    shares = {
        "skills": world.knowledge.skills, "certification": relations.certification, "utilisation": partners.utilisation,
        "reputation": partners.reputation, "rating": partners.rating, "trust_ab": ties.trust_ab[ties.used],
        "trust_ba": ties.trust_ba[ties.used], "tool_quality": world.networks.tool_quality,
        "popularity": world.market.popularity, "fit": world.vendors.fit,
    }  # fmt: skip
    for name, column in shares.items():
        assert ((column >= 0.0) & (column <= 1.0 + 1e-12)).all(), name
    for name in ("attitude", "experience"):
        column = getattr(relations, name)
        assert ((column >= -1.0) & (column <= 1.0)).all(), name


def check_ties(world):
    """Whoever has left has no ties, and what a tie says of its two ends is what they are."""
    partners, ties = world.partners, world.ties
    for end, uid in ((ties.a[ties.used], ties.uid_a[ties.used]), (ties.b[ties.used], ties.uid_b[ties.used])):
        assert partners.alive[end].all()
        assert (partners.uid[end] == uid).all()
    assert (ties.uid_a[ties.used] < ties.uid_b[ties.used]).all()
    pairs = np.stack([ties.uid_a[ties.used], ties.uid_b[ties.used]], axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    allied = ties.used & (ties.form > ACQUAINTANCE)
    assert (ties.alliance[allied] >= 0).all()
    assert len(np.unique(ties.alliance[allied])) == allied.sum()


def check_projects(world):
    """Whoever has left does no work, and a project's ties are those of its owner with each ally."""
    partners, projects, ties = world.partners, world.projects, world.ties
    for p in np.flatnonzero(projects.used):
        team = projects.member[p]
        assert team[0] >= 0
        for m, row in enumerate(team):
            if row < 0:
                assert projects.member_uid[p, m] == -1
                assert projects.work[p, m] == 0.0
                assert projects.tie[p, m] == -1
                continue
            assert partners.alive[row]
            assert partners.uid[row] == projects.member_uid[p, m]
            if m > 0:
                t = projects.tie[p, m]
                assert ties.used[t]
                assert {ties.a[t], ties.b[t]} == {team[0], row}
        assert projects.member[p, projects.carrier[p]] >= 0
        assert projects.network[p] < 0 or world.networks.open[projects.network[p]]
        brokers = projects.broker[p][projects.broker[p] >= 0]
        assert world.networks.open[brokers].all()
        assert (projects.brokerage[p][projects.broker[p] < 0] == 0.0).all()
        assert projects.size[p] == (team >= 0).sum()


def check_memberships(world):
    """Members are in the market, their network is open, and nobody is in a network twice or in a cohort too full."""
    partners, memberships, networks = world.partners, world.memberships, world.networks
    row, slot = np.nonzero(memberships.network >= 0)
    network = memberships.network[row, slot]
    assert partners.alive[row].all()
    assert networks.open[network].all()
    assert len(np.unique(np.stack([row, network], axis=1), axis=0)) == row.size
    cohorts, filled = np.unique(np.stack([network, memberships.cohort[row, slot]], axis=1), axis=0, return_counts=True)
    size = networks.cohort_size[cohorts[:, 0]]
    assert ((size == 0) | (filled <= size)).all()


def check_partners(world):
    """Every firm has a uid of its own, and can do what its skills and line card say."""
    partners = world.partners
    living = np.flatnonzero(partners.alive)
    assert len(np.unique(partners.uid[living])) == living.size
    assert not world.relations.carried[~partners.alive].any()
    skills = world.size.skills
    held = world.knowledge.skills >= world.parameters["firm"].skill_threshold
    can = (held[living] * (1 << np.arange(skills))).sum(axis=1)
    carried = (world.relations.carried[living] * (1 << np.arange(world.size.vendors))).sum(axis=1)
    assert (world.knowledge.can[living] >> skills == carried).all()
    assert (world.knowledge.can[living] & ((1 << skills) - 1) == can).all()


CHECKS = (check_money, check_ranges, check_ties, check_projects, check_memberships, check_partners)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(plan=plans(), months=st.integers(12, 24))
def test_a_world_stays_sound_whatever_a_scenario_asks_for(plan, months):
    """Money, ranges, ties, projects, memberships and firms are in order after every month."""
    world = built(plan)
    for _ in range(months):
        advance(world)
        for check in CHECKS:
            check(world)


def _give_money(world):
    world.partners.cash[0] += 1e3


def _exaggerate(world):
    world.relations.attitude[0, 0] = 1.5


def _forget_an_exit(world):
    world.partners.alive[world.ties.a[np.flatnonzero(world.ties.used)[0]]] = False


def _lose_a_member(world):
    p = np.flatnonzero(world.projects.used & (world.projects.size > 1))[0]
    world.projects.member_uid[p, 1] += 1


def _close_a_network(world):
    world.networks.open[world.memberships.network.max()] = False


def _repeat_a_uid(world):
    world.partners.uid[:2] = 0


FAULTS = (
    (check_money, _give_money), (check_ranges, _exaggerate), (check_ties, _forget_an_exit), (check_projects, _lose_a_member),
    (check_memberships, _close_a_network), (check_partners, _repeat_a_uid),
)  # fmt: skip


@pytest.mark.parametrize(("check", "spoil"), FAULTS, ids=lambda f: f.__name__.strip("_"))
def test_a_spoiled_world_is_noticed(check, spoil):
    """Each check passes a sound world and fails on the fault that it is there for."""
    world = built(small_plan(60))
    for _ in range(6):
        advance(world)
    check(world)
    spoil(world)
    with pytest.raises(AssertionError):
        check(world)
