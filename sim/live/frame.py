"""What the page draws of one month, as small whole numbers, and what changed from one month to the next.

A firm keeps its row of the world's table while it lives, and an alliance is the pair of its firms' rows, as a pair has one
tie.  Numbers are rounded to what an eye can see, so that a month changes few of them.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.observe.measures import shares_of_wallet
from sim.state.networks import KINDS
from sim.state.ties import ACQUAINTANCE
from sim.world import World

NOBODY = 255  # no vendor, no vertical
NO_NETWORK = 65_535
Columns = dict[str, NDArray]


class Frame(NamedTuple):
    """One month as it is drawn."""

    firms: Columns  # N rows each, of the partners' table; uid -1 where nobody lives
    allies: Columns  # E rows each: a, b (rows of firms, a < b), form, met (kind of network, 255 for none)
    hubs: Columns  # vendors, distributors and marketplaces, a row each
    networks: Columns  # M rows each


def frame_of(world: World) -> Frame:
    """The frame of a world between two months."""
    return Frame(_firms(world), _allies(world), _hubs(world), _networks(world))


def _firms(world: World) -> Columns:
    partners, alive = world.partners, world.partners.alive
    shares = shares_of_wallet(np.where(world.relations.carried, world.relations.bought_year, 0.0))
    first = shares.argmax(axis=1)
    row = np.arange(first.size)
    buys = alive & (shares[row, first] > 0.0)
    vendor = np.where(buys, first, NOBODY)
    liking = np.where(buys, world.relations.attitude[row, first], 0.0)
    return {
        "uid": np.where(alive, partners.uid, -1).astype("f8"),
        "type": np.where(alive, partners.business_type, 0).astype("u1"),
        "region": np.where(alive, partners.region, 0).astype("u1"),
        "vertical": np.where(alive, _lowest_bit(partners.verticals), NOBODY).astype("u1"),
        "staff": _steps(np.where(alive, partners.staff, 0.0), 1.0),
        "revenue": _steps(np.where(alive, partners.revenue_year, 0.0), 1_000.0),
        "vendor": vendor.astype("u1"),
        "attitude": np.rint(50.0 * liking).astype("i1"),
        "share": np.rint(20.0 * np.where(buys, shares[row, first], 0.0)).astype("u1"),
        **_clubs(world, alive),
    }


def _steps(amount: NDArray, unit: float) -> NDArray[np.uint8]:
    """Amounts on a scale of a quarter of an octave a step, 0 below the unit: 1 + 4 log2(amount / unit)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = 1.0 + 4.0 * np.log2(amount / unit)
    return np.where(amount >= unit, np.clip(np.rint(steps), 1, 255), 0).astype("u1")


def _lowest_bit(mask: NDArray[np.int64]) -> NDArray[np.int64]:
    low = mask & -mask
    return np.where(mask > 0, np.rint(np.log2(np.maximum(1, low))).astype(np.int64), NOBODY)


def _clubs(world: World, alive: NDArray[np.bool_]) -> Columns:
    """Kinds of network that a firm is in, as bits, and the network that it has been in longest."""
    network = np.where(alive[:, None], world.memberships.network, -1)
    inside = network >= 0
    bits = (
        np.where(inside, 1 << world.networks.kind[network], 0) if world.networks.uid.size else np.zeros(network.shape, np.int64)
    )
    joined = np.where(inside, world.memberships.joined, np.iinfo(np.int64).max)
    oldest = network[np.arange(alive.size), joined.argmin(axis=1)]
    return {
        "kinds": np.bitwise_or.reduce(bits, axis=1).astype("u1"),
        "clubs": inside.sum(axis=1).astype("u1"),
        "club": np.where(oldest >= 0, oldest, NO_NETWORK).astype("u2"),
    }


def _allies(world: World) -> Columns:
    ties = world.ties
    rows = np.flatnonzero(ties.used & (ties.form > ACQUAINTANCE))
    one, other = ties.a[rows], ties.b[rows]
    low, high, met = np.minimum(one, other), np.maximum(one, other), ties.met[rows]
    kind = np.where(met >= 0, world.networks.kind[met], NOBODY) if world.networks.uid.size else np.full(rows.size, NOBODY)
    order = np.lexsort((high, low))
    columns = {"a": (low, "u4"), "b": (high, "u4"), "form": (ties.form[rows], "u1"), "met": (kind, "u1")}
    return {name: column[order].astype(dtype) for name, (column, dtype) in columns.items()}


def _hubs(world: World) -> Columns:
    vendors, distributors, marketplaces = world.vendors, world.distributors, world.marketplaces
    alive = world.partners.alive[:, None] & world.relations.carried
    carriers = alive.sum(axis=0)
    liking = np.where(alive, world.relations.attitude, 0.0).sum(axis=0) / np.maximum(1, carriers)
    none = np.zeros(distributors.uid.size + marketplaces.uid.size)
    value = [vendors.channel_year, distributors.sold.sum(axis=1), 12.0 * marketplaces.value_month]
    active = [vendors.active, distributors.active, marketplaces.active]
    return {
        "active": np.concatenate(active).astype("u1"),
        "value": np.concatenate(value).astype("f4"),
        "ties": np.concatenate([carriers, (world.knowledge.sourced > 0.0).sum(axis=0), none[distributors.uid.size :]]).astype(
            "u4"
        ),
        "attitude": np.concatenate([liking, none]).astype("f4"),
    }


def _networks(world: World) -> Columns:
    networks = world.networks
    return {
        "open": networks.open.astype("u1"),
        "kind": networks.kind.astype("u1"),
        "host": networks.host.astype("i2"),
        "members": np.where(networks.open, networks.members, 0).astype("u2"),
        "founded": networks.founded.astype("i2"),
    }


def whole(frame: Frame) -> Columns:
    """All columns of a frame, by table and column: "firms.uid"."""
    tables = frame._asdict().items()
    return {f"{table}.{name}": column for table, columns in tables for name, column in columns.items()}


def change(before: Frame, after: Frame) -> Columns:
    """What turns one frame into the next.

    A column of the firms comes as ``firms.NAME`` where most of it changed or rows were added, else as the rows that
    changed and their values, ``firms.NAME@`` and ``firms.NAME=``.  Alliances come as ``gone.a``, ``gone.b`` and ``new.a``,
    ``new.b``, ``new.form``, ``new.met``; one that changed its form is in both.  Hubs and networks come whole.
    """
    out: Columns = {}
    rows_as = np.dtype("u2" if after.firms["uid"].size < 65_536 else "u4")
    for name, column in after.firms.items():
        old = before.firms[name]
        if old.size != column.size:
            out[f"firms.{name}"] = column
            continue
        rows = np.flatnonzero(old != column)
        if rows.size * (rows_as.itemsize + column.itemsize) >= column.nbytes:
            out[f"firms.{name}"] = column
        elif rows.size:
            out[f"firms.{name}@"], out[f"firms.{name}="] = rows.astype(rows_as), column[rows]
    out |= _allies_changed(before.allies, after.allies)
    for table in ("hubs", "networks"):
        out |= {f"{table}.{name}": column for name, column in getattr(after, table).items()}
    return out


def _allies_changed(before: Columns, after: Columns) -> Columns:
    old, new = _keys(before), _keys(after)
    gone, come = ~np.isin(old, new, assume_unique=True), ~np.isin(new, old, assume_unique=True)
    return {f"gone.{name}": before[name][gone] for name in ("a", "b", "form")} | {
        f"new.{name}": after[name][come] for name in ("a", "b", "form", "met")
    }


def _keys(allies: Columns) -> NDArray[np.uint64]:
    """Pair and form in one number; a pair has one alliance at a time."""
    a, b, form = (allies[name].astype(np.uint64) for name in ("a", "b", "form"))
    return (a << np.uint64(34)) | (b << np.uint64(4)) | form


def head_of(world: World) -> dict[str, Any]:
    """How many hubs of each sort the columns of ``hubs`` list."""
    return {"vendors": int(world.vendors.uid.size), "distributors": int(world.distributors.uid.size),
            "marketplaces": int(world.marketplaces.uid.size), "kinds": list(KINDS)}  # fmt: skip
