"""From networks as written to groups with a complete policy."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.plan import Names, NetworkGroup
from sim.policy import MIXES, POLICIES, Policy
from sim.scenario.problems import Problems
from sim.state.networks import ENTRY_RULES, KINDS

DEFAULT_COUNTS = {"pure_p2p": 12, "community": 1, "vendor": 6, "distributor": 3, "marketplace": 2}
MOST_NETWORKS = 10_000


def group_of(written: Any) -> NetworkGroup:
    """A group of networks: what is written, over the policy of its kind."""
    kind = KINDS.index(written.kind)
    given = {name: value for name in Policy._fields if (value := getattr(written, name)) is not None}
    for name, choices in (("mix", MIXES), ("entry_rule", ENTRY_RULES)):
        if name in given:
            given[name] = choices.index(given[name])
    return NetworkGroup(kind, written.count, POLICIES[kind]._replace(**given))


def hosts_of(names: Names) -> dict[str, int]:
    """How many hosts there are for the kinds of network that need one."""
    return {"vendor": len(names.vendors), "distributor": len(names.distributors), "marketplace": len(names.marketplaces)}


def resolve_networks(
    written: Sequence[Any] | None, names: Names, marketplaces: Sequence[Mapping[str, float]], problems: Problems
) -> list[NetworkGroup]:
    """The networks at the start; without any written, the default ones as far as there are hosts.

    A marketplace's network takes the rate that the scenario gives its marketplace, unless the network
    states its own.
    """
    hosts = hosts_of(names)
    if written is None:
        counts = {kind: min(n, hosts.get(kind, n)) for kind, n in DEFAULT_COUNTS.items()}
        groups = [NetworkGroup(KINDS.index(kind), n, POLICIES[KINDS.index(kind)]) for kind, n in counts.items() if n]
        own_rate = [False] * len(groups)
    else:
        groups = [group_of(network) for network in written]
        own_rate = [network.take_rate is not None for network in written]
    asked: dict[str, int] = {}
    for n, group in enumerate(groups):
        kind = KINDS[group.kind]
        asked[kind] = asked.get(kind, 0) + group.count
        if asked[kind] > hosts.get(kind, MOST_NETWORKS):
            says = f"{asked[kind]} networks of kind {kind}, expected at most {hosts.get(kind, MOST_NETWORKS)}"
            why = f", the number of {kind}s, since each is hosted by another; ask for fewer or raise population.{kind}s"
            problems.add(("networks", n, "count"), says + (why if kind in hosts else "; ask for fewer"))
            return groups
    return _with_rates(groups, own_rate, marketplaces)


def _with_rates(
    groups: list[NetworkGroup], own_rate: list[bool], marketplaces: Sequence[Mapping[str, float]]
) -> list[NetworkGroup]:
    rates = [row.get("take_rate") for row in marketplaces]
    out: list[NetworkGroup] = []
    host = 0
    for group, own in zip(groups, own_rate, strict=True):
        if KINDS[group.kind] != "marketplace":
            out.append(group)
            continue
        if own or all(rate is None for rate in rates[host : host + group.count]):
            out.append(group)
        else:
            for rate in rates[host : host + group.count]:
                out.append(NetworkGroup(group.kind, 1, group.policy if rate is None else group.policy._replace(take_rate=rate)))
        host += group.count
    return out
