"""S12 Influence: what members hear of vendors, from peers and from hosts, by hand."""

import pytest

from sim.processes import influence
from sim.processes.influence import Influence
from sim.rules.influence import FriedkinJohnsen
from tests.small_world import chance_of, directory_of, join, small_world, stated

STATED = {"most": 0.4, "half": 0.7, "peers": 3, "own_cohort": 0.0}
HEARS_FIRM_1 = directory_of((0, 1, 2), (), (1,), (1,), (1,), (1,))  # in either network whoever listens hears firm 1


def listen(*, broadcast=0.0, mention=0.0, off=(), networks=(0,), density=0.7):
    """Firm 0 (X = .5 of vendor 0) hears firm 1 (A = -.5 of vendor 0) in networks; returns the world."""
    world = small_world(influence=STATED, rules={"influence": FriedkinJohnsen()}, off=off)
    world.networks.density[:], world.networks.broadcast[:], world.networks.mix[:, 0] = density, broadcast, mention
    world.networks.mix[:, 1] = 0.0
    world.relations.experience[0, 0], world.relations.attitude[1, 0] = 0.5, -0.5
    for m in networks:
        join(world, m, 0, 1)
    influence.run(world, HEARS_FIRM_1, chance_of(world))
    return world


def test_openness_rises_with_density_to_at_most_its_limit():
    """.4 x .7 / (.7 + .7) = .2; a hundred times the density comes close to .4."""
    group = stated(Influence(), **STATED)
    assert influence.openness(0.7, group) == pytest.approx(0.2)
    assert influence.openness(70.0, group) == pytest.approx(0.4, abs=0.005)


@pytest.mark.parametrize(("broadcast", "mention", "heard"), [(0.0, 1.0, 0.5), (0.6, 1.0, 0.68), (0.6, 0.25, 0.59), (0.6, 0.0, 0.5)])
def test_a_hosts_praise_weighs_only_on_vendors_that_it_mentions(broadcast, mention, heard):
    """(1 - b g') x .5 + b g' x .8, g' = min(1, 2 g): b g' is .6, then .3, then 0."""
    assert influence.heard_in_network(0.5, broadcast, mention, 0.8) == pytest.approx(heard)


def test_attitude_lies_between_own_experience_and_what_peers_say():
    """A = .8 x .5 + .2 x (-.5) = .3."""
    assert listen().relations.attitude[0, 0] == pytest.approx(0.3)


def test_a_host_draws_attitude_to_what_it_praises():
    """Heard = .4 x (-.5) + .6 x .8 = .28; A = .8 x .5 + .2 x .28 = .456."""
    assert listen(broadcast=0.6, mention=1.0).relations.attitude[0, 0] == pytest.approx(0.456)


def test_host_influence_off_means_that_hosts_are_not_heard():
    """Switch host_influence: b = 0 for all, so A = .3 again."""
    assert listen(broadcast=0.6, mention=1.0, off=("host_influence",)).relations.attitude[0, 0] == pytest.approx(0.3)


def test_peer_influence_off_means_that_peers_have_no_weight():
    """Switch peer_influence: own experience stands where peers spoke; the host is still heard."""
    assert listen(off=("peer_influence",)).relations.attitude[0, 0] == pytest.approx(0.5)
    heard = 0.4 * 0.5 + 0.6 * 0.8
    both = listen(broadcast=0.6, mention=1.0, off=("peer_influence",))
    assert both.relations.attitude[0, 0] == pytest.approx(0.8 * 0.5 + 0.2 * heard)


def test_who_hears_no_peer_keeps_its_own_experience():
    """Firm 1 draws only itself, firm 2 is in no network: X stands."""
    world = listen()
    assert world.relations.attitude[1:, 0].tolist() == [0.0, 0.0]


def test_peers_have_opinions_only_of_what_they_carry():
    """Firm 1 does not carry vendor 1: whatever it would say of it, firm 0 keeps X = 0."""
    world = small_world(influence=STATED, rules={"influence": FriedkinJohnsen()})
    world.relations.attitude[1] = -0.5
    join(world, 0, 0, 1)
    influence.run(world, HEARS_FIRM_1, chance_of(world))
    assert world.relations.attitude[0, 0] < 0.0
    assert world.relations.attitude[0, 1] == 0.0


def test_two_networks_weigh_by_their_density_and_open_ears_further():
    """Densities .7 and 2.1: heard .25 x (-.5) + .75 x (.4 x -.5 + .6 x .8) = .085, l = .4 x 2.8 / 3.5 = .32."""
    world = small_world(influence=STATED, rules={"influence": FriedkinJohnsen()})
    world.networks.density[:], world.networks.broadcast[1] = [0.7, 2.1], 0.6
    world.relations.experience[0, 0], world.relations.attitude[1, 0] = 0.5, -0.5
    join(world, 0, 0, 1), join(world, 1, 0, 1)
    influence.run(world, HEARS_FIRM_1, chance_of(world))
    assert world.relations.attitude[0, 0] == pytest.approx(0.68 * 0.5 + 0.32 * 0.085)


def test_attitudes_stay_between_minus_one_and_one():
    """A host of credibility .8 never drives A beyond 1."""
    world = listen(broadcast=1.0, mention=1.0, networks=(0, 1), density=70.0)
    assert abs(world.relations.attitude).max() <= 1.0


@pytest.mark.parametrize(("own_cohort", "heard"), [(0.0, -0.5), (1.0, 0.5)])
def test_peers_come_from_the_own_cohort_or_the_whole_network(own_cohort, heard):
    """Firm 2 (A = .5) is alone in the cohort, firm 1 (A = -.5) alone in the rest of the ring: A = .2 x heard."""
    world = small_world(influence=STATED | {"own_cohort": own_cohort}, rules={"influence": FriedkinJohnsen()})
    world.networks.density[0] = 0.7
    world.relations.attitude[1:, 0] = -0.5, 0.5
    join(world, 0, 0, 1, 2)
    influence.run(world, directory_of((), (), (1,), (), (2,), ()), chance_of(world))
    assert world.relations.attitude[0, 0] == pytest.approx(0.2 * heard)
