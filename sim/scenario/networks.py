"""From networks as written to groups with a complete policy."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.plan import Names, NetworkGroup
from sim.policy import MIXES, POLICIES, Policy
from sim.scenario.csv_table import folded
from sim.scenario.problems import Problems, position, shown, unlike
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
    return NetworkGroup(kind, written.count, POLICIES[kind]._replace(**given), written.name or "")


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
        groups = [_hosted(n, network, names, problems) for n, network in enumerate(written)]
        _check_names(groups, problems)
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


def _hosted(n: int, written: Any, names: Names, problems: Problems) -> NetworkGroup:
    """A group of networks with its host, where one is named."""
    group = group_of(written)
    path = ("networks", n, "host")
    if (written.name or written.host) and written.count != 1:
        problems.add(
            ("networks", n, "count"), f"{written.count} networks of one name or host, expected 1; write a table for each"
        )
    if written.host is None:
        return group
    known = getattr(names, f"{written.kind}s", None) if written.kind in hosts_of(names) else None
    if known is None:
        problems.add(path, f"a network of kind {written.kind} has no host; remove the host or choose another kind")
    elif (host := position(written.host, known)) is None:
        problems.add(path, f"there is no {written.kind} {shown(written.host)}{unlike(written.host, known)}")
    else:
        return group._replace(host=host)
    return group


def _check_names(groups: Sequence[NetworkGroup], problems: Problems) -> None:
    names: set[str] = set()
    hosts: set[tuple[int, int]] = set()
    for n, group in enumerate(groups):
        if group.name and folded(group.name) in names:
            problems.add(("networks", n, "name"), f"{shown(group.name)} twice; names must differ, rename one")
        if group.host >= 0 and (group.kind, group.host) in hosts:
            problems.add(("networks", n, "host"), "hosts another network already; each hosts at most one")
        names.add(folded(group.name))
        hosts.add((group.kind, group.host))


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
        first = group.host if group.host >= 0 else host
        theirs = rates[first : first + group.count]
        if own or all(rate is None for rate in theirs):
            out.append(group)
        else:
            for rate in theirs:
                policy = group.policy if rate is None else group.policy._replace(take_rate=rate)
                out.append(group._replace(count=1, policy=policy))
        host += group.count
    return out
