"""The networks of an import: their kinds and hosts, as rows of memberships say, or as is assumed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.scenario.csv_table import Faults, checked_name, folded, note
from sim.scenario.problems import ScenarioError, shown
from sim.scenario.ties_csv import Member

# Words in a kind, in the order in which they decide.
_KIND_WORDS = (
    ("pure_p2p", ("p2p", "peer", "mastermind")),
    ("marketplace", ("marketplace", "market place", "platform")),
    ("distributor", ("distribut", "wholesal")),
    ("community", ("community", "foundation", "umbrella", "association", "consortium", "certification", "user group", "forum")),
    ("vendor", ("vendor", "programme", "program", "manufacturer")),
)
DEFAULT_KIND = "community"  # of a network whose kind, or whose host, is not given; assumed
HOSTED = ("vendor", "distributor")  # kinds that need a host


class ImportedNetwork(NamedTuple):
    """A network of the data."""

    name: str
    kind: str  # of sim.state.networks.KINDS
    host: str  # name of its host, "" for none
    members: int


class _Seen(NamedTuple):
    name: str
    kind: str
    host: str
    where: str


def kind_of(text: str) -> str:
    """The model's kind for a kind as written, "" where none is recognised."""
    words = folded(text)
    if words == "pure p2p":
        return "pure_p2p"
    return next((kind for kind, known in _KIND_WORDS if any(word in words for word in known)), "")


def networks_of(
    members: Sequence[Member], hosts: Mapping[str, list[dict[str, Any]] | None], faults: Faults
) -> tuple[list[ImportedNetwork], list[Member], list[str]]:
    """The networks in the order in which they appear, the memberships that are right, and what was assumed.

    ``hosts`` has the vendors and the distributors; those that only networks name are added to it.
    """
    seen: dict[str, _Seen] = {}
    kept: list[Member] = []
    for member in members:
        try:
            seen[folded(member.network)] = _merged(seen.get(folded(member.network)), member)
            kept.append(member)
        except ScenarioError as error:
            note(faults, error)
    sizes: dict[str, int] = {}
    for member in kept:
        sizes[folded(member.network)] = sizes.get(folded(member.network), 0) + 1
    out: list[ImportedNetwork] = []
    read_as: dict[tuple[str, str], int] = {}
    taken: dict[tuple[str, str], str] = {}
    for key, network in seen.items():
        kind, host = kind_of(network.kind) or DEFAULT_KIND, network.host
        if kind in HOSTED and not host:
            kind = DEFAULT_KIND
        if kind in HOSTED:
            kind = _with_free_host(taken, kind, network, faults)
        if kind in HOSTED:
            rows = hosts[kind]
            assert rows is not None
            name = next((row["name"] for row in rows if folded(row["name"]) == folded(host)), None)
            if name is None:
                rows.append({"name": host})
            host = name or host
        else:
            host = ""
        if folded(network.kind) not in (folded(kind), ""):
            read_as[network.kind, kind] = read_as.get((network.kind, kind), 0) + 1
        elif not network.kind:
            read_as["", kind] = read_as.get(("", kind), 0) + 1
        out.append(ImportedNetwork(network.name, kind, host, sizes.get(key, 0)))
    assumed = [_said(text, kind, n) for (text, kind), n in read_as.items()]
    return out, kept, [*assumed, "dues, tools and rules of these networks are the defaults of their kind"]


def _merged(known: _Seen | None, member: Member) -> _Seen:
    """What is known of a network after one more row; rows must not contradict each other."""
    if len(member.network) > 100:
        raise ScenarioError(f"{member.where}: network: {shown(member.network)} is longer than 100 characters; shorten it")
    if member.host:
        checked_name(member.host, member.where, "host")
    if known is None:
        return _Seen(member.network, member.kind, member.host, member.where)
    for what, before, now in (("kind", known.kind, member.kind), ("host", known.host, member.host)):
        if before and now and folded(before) != folded(now):
            raise ScenarioError(
                f"{member.where}: {what}: {shown(now)} for {shown(known.name)}, {shown(before)} before; make them agree"
            )
    return known._replace(kind=known.kind or member.kind, host=known.host or member.host)


def _with_free_host(taken: dict[tuple[str, str], str], kind: str, network: _Seen, faults: Faults) -> str:
    """The kind of a network, that of one without a host where its host has another network already, a fault."""
    key = (kind, folded(network.host))
    if key in taken:
        says = f"{shown(network.host)} hosts {shown(taken[key])} already; each hosts at most one network, merge the two"
        faults.append(f"{network.where}: {says}")
        return DEFAULT_KIND
    taken[key] = network.name
    return kind


def _said(text: str, kind: str, n: int) -> str:
    networks = "1 network" if n == 1 else f"{n} networks"
    if not text:
        return f"{networks} without a kind, read as {kind}"
    why = ""
    if kind == DEFAULT_KIND and kind_of(text) in HOSTED:
        why = f", as no host is given (a column host, naming the {kind_of(text)}, makes it a {kind_of(text)} network)"
    elif not kind_of(text):
        why = ", as that kind is not recognised"
    return f"{networks} of kind {shown(text)} read as {kind}{why}"
