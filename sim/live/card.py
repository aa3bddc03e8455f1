"""The cards of a firm and of a tie: what is, as numbers, and how it came about, as sentences."""

from typing import Any

import numpy as np

from sim.live.happened import places
from sim.live.names import TYPE_WORDS
from sim.live.sentences import story, told
from sim.live.track import Track
from sim.observe.measures import shares_of_wallet
from sim.state.networks import KINDS
from sim.state.partners import BUSINESS_TYPES
from sim.state.ties import ACQUAINTANCE, FORMS

LONGEST = 120  # lines of a story, the latest


def firm_card(track: Track, uid: int) -> dict[str, Any]:
    """All that the page shows of a firm.

    Raises LookupError when there never was such a firm.
    """
    world, rows = track.world, track.chronicle.of_firm(uid, track.world.month)
    row = int(places(np.where(world.partners.alive, world.partners.uid, -1), np.array([uid]))[0])
    if row < 0 and not rows["firms"]:
        raise LookupError("there is no such firm in the market, and there was none")
    lines = story(rows, uid, track.names, world)
    card = {
        "uid": uid,
        "name": track.names.partner(uid),
        "alive": row >= 0,
        "story": lines[-LONGEST:],
        "earlier": max(0, len(lines) - LONGEST),
    }
    return card | (_present(track, row) if row >= 0 else {})


def _present(track: Track, row: int) -> dict[str, Any]:
    world, names = track.world, track.scenario.plan.names
    partners = world.partners
    held = [k for k in range(world.size.skills) if int(world.knowledge.can[row]) >> k & 1]
    return {
        "row": row,
        "type": TYPE_WORDS[BUSINESS_TYPES[partners.business_type[row]]],
        "region": names.regions[partners.region[row]],
        "verticals": [name for k, name in enumerate(names.verticals) if int(partners.verticals[row]) >> k & 1],
        "staff": float(partners.staff[row]),
        "revenue": float(partners.revenue_year[row]),
        "joint": float(partners.allied_year[row] / partners.revenue_year[row]) if partners.revenue_year[row] > 0 else 0.0,
        "cash": float(partners.cash[row]),
        "utilisation": float(partners.utilisation[row]),
        "skills": [[names.skills[k], float(world.knowledge.skills[row, k])] for k in held],
        "vendors": _vendors(track, row),
        "networks": _networks(track, row),
        "allies": _allies(track, row),
    }


def _vendors(track: Track, row: int) -> list[dict[str, Any]]:
    relations = track.world.relations
    shares = shares_of_wallet(relations.bought_year[row : row + 1])[0]
    carried = np.flatnonzero(relations.carried[row])
    return [
        {"name": track.names.vendor(v), "row": v, "attitude": float(relations.attitude[row, v]),
         "experience": float(relations.experience[row, v]), "share": float(shares[v]), "since": int(relations.since[row, v])}
        for v in sorted(carried.tolist(), key=lambda v: -shares[v])
    ]  # fmt: skip


def _networks(track: Track, row: int) -> list[dict[str, Any]]:
    world = track.world
    joined = world.memberships.network[row]
    return [
        {"name": track.names.network(world, int(m)), "row": int(m), "kind": KINDS[world.networks.kind[m]],
         "since": int(world.memberships.joined[row, s]), "value": float(world.memberships.value[row, s])}
        for s, m in enumerate(joined) if m >= 0
    ]  # fmt: skip


def _allies(track: Track, row: int) -> list[dict[str, Any]]:
    ties = track.world.ties
    rows = np.flatnonzero(ties.used & (ties.form > ACQUAINTANCE) & ((ties.a == row) | (ties.b == row)))
    rows = rows[np.argsort(-ties.form[rows], kind="stable")]
    out = []
    for t in rows.tolist():
        other = int(ties.uid_b[t] if ties.a[t] == row else ties.uid_a[t])
        out.append(
            {"uid": other, "name": track.names.partner(other), "form": FORMS[ties.form[t]], "since": int(ties.started[t]),
             "deals": int(ties.deals[t]), "successes": int(ties.successes[t]),
             "trust": float(0.5 * (ties.trust_ab[t] + ties.trust_ba[t]))}
        )  # fmt: skip
    return out


def tie_card(track: Track, a: int, b: int) -> dict[str, Any]:
    """How two firms came together and parted: one line for each thing that happened between them.

    Raises LookupError when they never had an alliance.
    """
    rows = track.chronicle.of_pair(a, b, track.world.month)
    if not rows:
        raise LookupError("these two never worked together")
    lines = [told("alliances", row, a, track.names, track.world) for row in rows]
    return {"a": a, "b": b, "names": [track.names.partner(a), track.names.partner(b)], "story": lines[-LONGEST:],
            "together": bool(rows[-1]["began"])}  # fmt: skip
