"""S12 Influence: what members hear of vendors, from peers and from hosts.

In each membership a partner hears a few peers and the host; memberships weigh by contact density.  Of a
vendor that the host mentions, (1 - b g') of what is heard is the peers' mean attitude and b g' the host's
praise, g' = min(1, 2 g); of others only peers are heard, so silence is no dislike.  Where no peer has an
opinion, own experience stands.  The influence rule turns experience and what is heard into the expressed
attitude; the weight of what is heard is l = most a / (a + half), a the sum of densities.

Reads memberships, networks, directory, relations; writes relations.attitude.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim.chance import Purpose, pair_key, uniform
from sim.compiled import kernel, leaf, part
from sim.parameters import Par
from sim.processes.directory import Directory, draw
from sim.rules.answers import decided
from sim.rules.tables import Voices
from sim.world import World


class Influence(NamedTuple):
    """Parameters of influence."""

    most: Annotated[float, Par("share", 0, 1, "assumed; trial .35; swept in every study", "l, weight of others at most")] = 0.35
    half: Annotated[float, Par("density", 0.01, 10, "assumed; trial .7", "density at which half of it is reached")] = 0.7
    peers: Annotated[int, Par("firms", 1, 20, "assumed; trial 3", "peers heard in each membership")] = 3
    credible: Annotated[float, Par("attitude", -1, 1, "assumed; trial .8", "what a host says of a vendor that it favours")] = 0.8
    own_cohort: Annotated[float, Par("probability", 0, 1, "assumed; trial .8", "a peer comes from the own cohort")] = 0.8


@leaf
def openness(density, influence):
    """l, the weight of what is heard."""
    return influence.most * density / (density + influence.half)


@leaf
def heard_in_network(peers_mean, broadcast, mention, credible):
    """What is heard of a vendor in one network, from peers and the host."""
    weight = broadcast * min(1.0, 2.0 * mention)
    return (1.0 - weight) * peers_mean + weight * credible


@kernel
def _listen(partners, relations, memberships, networks, directory, influence, key, peers_on, hosts_on, heard, weight, total, opinions):
    """Fill ``heard``, N x V, and ``weight``, N; ``total`` and ``opinions`` are room for V sums."""
    vendors = relations.carried.shape[1]
    for r in range(partners.uid.size):
        for v in range(vendors):
            heard[r, v] = relations.experience[r, v]
        weight[r] = 0.0
        if not partners.alive[r]:
            continue
        density = 0.0
        for s in range(memberships.network.shape[1]):
            m = memberships.network[r, s]
            if m < 0:
                continue
            if density == 0.0:
                heard[r, :] = 0.0
            density += networks.density[m]
            total[:], opinions[:] = 0.0, 0.0
            if peers_on:
                _ask_peers(r, s, m, partners, relations, memberships, networks, directory, influence, key, total, opinions)
            broadcast = networks.broadcast[m] if hosts_on else 0.0
            for v in range(vendors):
                mean = total[v] / opinions[v] if opinions[v] > 0.0 else relations.experience[r, v]
                heard[r, v] += networks.density[m] * heard_in_network(mean, broadcast, networks.mix[m, v], influence.credible)
        if density > 0.0:
            for v in range(vendors):
                heard[r, v] /= density
            weight[r] = openness(density, influence)


@part
def _ask_peers(r, s, m, partners, relations, memberships, networks, directory, influence, key, total, opinions):
    who = pair_key(partners.uid[r], networks.uid[m])
    for j in range(influence.peers):
        u = uniform(key, Purpose.PEER, who, 2 * j)
        own = uniform(key, Purpose.PEER, who, 2 * j + 1) < influence.own_cohort
        segment = directory.cohorts[m] + memberships.cohort[r, s] if own else directory.networks[0] + m
        peer = draw(directory, segment, u)
        if peer < 0 or peer == r:
            continue
        for v in range(total.size):
            if relations.carried[peer, v]:
                total[v] += relations.attitude[peer, v]
                opinions[v] += 1.0


def run(world: World, directory: Directory, chance: Any) -> None:
    """Let everybody listen, then let the influence rule form attitudes."""
    relations, switches = world.relations, world.switches
    heard = np.empty_like(relations.attitude)
    weight = np.empty(world.partners.uid.size)
    _listen(
        world.partners, relations, world.memberships, world.networks, directory, world.parameters["influence"], world.key,
        switches.peer_influence, switches.host_influence, heard, weight, np.empty(world.size.vendors), np.empty(world.size.vendors),
    )  # fmt: skip
    voices = Voices(world.partners.uid, relations.experience, relations.attitude, heard, weight)
    relations.attitude[:] = np.clip(decided("influence", world.rules["influence"], voices, chance), -1.0, 1.0)
