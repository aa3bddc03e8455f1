"""The network as a picture: where partners sit says their region, how large they are their staff, lines are alliances.

Vendors stand on an inner ring, marketplaces in the centre, partners in wedges by region around them; formal and occasional
alliances are drawn in amber, the formal ones thicker, and a partner's shade says how loyal it is to the focal vendor.
Above a thousand partners a sample is drawn, the largest firms and those with alliances first.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.report.charts.frame import WIDTH, svg, text

MOST = 1_000
FULL, CROWD = 250, 300  # alliances and partners up to which they are drawn at full strength and size
HEIGHT, RING, INNER, OUTER = 322.0, 44.0, 66.0, 134.0
CENTRE, MIDDLE = 0.5 * WIDTH, 0.5 * HEIGHT
_SPREAD = (0.7548776662466927, 0.5698402909980532)  # the low-discrepancy sequence R2: even, and a function of the uid alone


class Picture(NamedTuple):
    """What is there at the end of one month."""

    month: int
    partners: NDArray[np.int64]  # uids
    region: NDArray[np.int64]
    staff: NDArray[np.float64]
    loyal: NDArray[np.bool_]  # carries the focal vendor
    pairs: NDArray[np.int64]  # n x 2, places in ``partners``
    formal: NDArray[np.bool_]  # n
    alliances: int  # in force, also those not drawn


def picture_of(tables: Mapping[str, pa.Table], month: int, focal: int = 0) -> Picture:
    """The network at the end of a month, from the public tables.

    Parameters
    ----------
    tables
        Of one replication.
    month
        Counted from the start of the run.
    focal
        Uid of the focal vendor.
    """
    firms = _in_force(tables["partners"], "entered", "left", month)
    uid = firms["partner"].to_numpy()
    bonds = _in_force(tables["alliances"], "start", "end", month)
    a, b = bonds["uid_a"].to_numpy(), bonds["uid_b"].to_numpy()
    form = np.array(bonds["form"].to_pylist(), object)
    carried = _in_force(tables["vendor_relations"], "taken_on", "dropped", month)
    loyal = np.isin(uid, carried["partner"].to_numpy()[carried["vendor"].to_numpy() == focal])
    staff = _staff(tables, uid, firms["staff_entered"].to_numpy(), month)
    keep = np.argsort(-(staff + 1_000.0 * np.isin(uid, np.concatenate([a, b]))), kind="stable")[:MOST]
    keep = np.sort(keep)
    place = {int(u): n for n, u in enumerate(uid[keep])}
    shown = np.array(
        [u in place and v in place and f != "project" for u, v, f in zip(a.tolist(), b.tolist(), form, strict=True)], bool
    )
    pairs = np.array([(place[u], place[v]) for u, v in zip(a[shown].tolist(), b[shown].tolist(), strict=True)], np.int64).reshape(
        -1, 2
    )
    region = firms["region"].to_numpy()
    return Picture(
        month, uid[keep], region[keep], staff[keep], loyal[keep], pairs, form[shown] == "formal", int((form != "project").sum())
    )


def _in_force(table: pa.Table, began: str, ended: str, month: int) -> pa.Table:
    start, end = table[began].to_numpy(), table[ended].to_numpy(zero_copy_only=False)
    return table.filter(pa.array((start <= month) & ~(np.nan_to_num(np.asarray(end, float), nan=np.inf) <= month)))


def _staff(tables: Mapping[str, pa.Table], uid: NDArray, at_entry: NDArray, month: int) -> NDArray[np.float64]:
    """Staff at the last year's end before the month, at entry for those who are younger."""
    years = tables["partner_years"]
    when, who, staff = (years[c].to_numpy() for c in ("month", "partner", "staff"))
    past = when <= month
    latest = dict(zip(who[past].tolist(), staff[past].tolist(), strict=True)) if past.any() else {}
    return np.array([latest.get(int(u), s) for u, s in zip(uid, at_entry, strict=True)])


def places(region: NDArray[np.int64], uid: NDArray[np.int64], regions: int) -> NDArray[np.float64]:
    """Where partners sit, N x 2: in the wedge of their region, spread evenly by a hash of their uid."""
    u, v = ((uid % (1 << 32) + 1) * step % 1.0 for step in _SPREAD)
    angle = 2.0 * math.pi * (region + 0.06 + 0.88 * u) / max(1, regions) - math.pi / 2
    radius = np.sqrt(INNER**2 + v * (OUTER**2 - INNER**2))
    return np.column_stack([CENTRE + radius * np.cos(angle), MIDDLE + radius * np.sin(angle)])


def network_chart(picture: Picture, regions: Sequence[str], vendors: Sequence[str], title: str) -> str:
    """The picture as SVG.

    Parameters
    ----------
    picture
        What is there.
    regions, vendors
        Names.
    title
        What is said of it.

    Returns
    -------
    str
        SVG.
    """
    at = places(picture.region, picture.partners, len(regions))
    bonds = "".join(_bond(at[i], at[j], bool(formal)) for (i, j), formal in zip(picture.pairs, picture.formal, strict=True))
    faint = min(1.0, (FULL / max(1, len(picture.pairs))) ** 0.8)  # many alliances are drawn faintly, else they are one blot
    crowd = min(1.0, (CROWD / max(1, picture.partners.size)) ** 0.5)
    parts = [f'<g stroke-opacity="{faint:.2f}">{bonds}</g>']
    for n, (x, y) in enumerate(at):
        size = max(0.9, crowd * min(7.0, 1.1 + 0.55 * math.sqrt(picture.staff[n])))
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" class="{"firm loyal" if picture.loyal[n] else "firm"}"/>')
    for v, _ in enumerate(vendors):
        angle = 2.0 * math.pi * v / max(1, len(vendors)) - math.pi / 2
        x, y = CENTRE + RING * math.cos(angle), MIDDLE + RING * math.sin(angle)
        kind = "vendor focal" if v == 0 else "vendor"
        parts += [
            f'<rect x="{x - 7.5:.1f}" y="{y - 7.5:.1f}" width="15" height="15" rx="2" class="{kind}"/>',
            text(x, y + 3.8, str(v + 1), "middle", "vendorname"),
        ]
    for r, name in enumerate(regions):
        angle = 2.0 * math.pi * (r + 0.5) / max(1, len(regions)) - math.pi / 2
        x, y = CENTRE + (OUTER + 10) * math.cos(angle), MIDDLE + (OUTER + 16) * math.sin(angle) + 3
        parts.append(
            text(
                x,
                y,
                name if len(name) <= 10 else f"{name[:8]}…",
                "middle" if abs(x - CENTRE) < 60 else "start" if x > CENTRE else "end",
                "tick",
            )
        )
    said = f"{picture.partners.size} partners, {picture.alliances} occasional and formal alliances"
    return svg(HEIGHT, "".join(parts), title, said)


def _bond(a: NDArray, b: NDArray, formal: bool) -> str:
    """An alliance, bent towards the centre so that those between regions run together."""
    mx, my = 0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])
    cx, cy = mx + 0.45 * (CENTRE - mx), my + 0.45 * (MIDDLE - my)
    bent = f"M{a[0]:.1f} {a[1]:.1f}Q{cx:.1f} {cy:.1f} {b[0]:.1f} {b[1]:.1f}"
    return f'<path d="{bent}" class="{"bond formal" if formal else "bond"}"/>'
