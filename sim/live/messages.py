"""What viewers are told: the state of the controls, the past as series, a month whole, a month as what changed."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.live.binary import packed
from sim.live.comparison import compared
from sim.live.frame import Frame, change, head_of, whole
from sim.live.headline import headline
from sim.live.levers import as_json, levers, with_moves
from sim.live.names import KIND_WORDS, TYPE_WORDS
from sim.live.scheduled import events_of
from sim.live.track import Month, Track
from sim.observe.loyalty_account import CAUSES, GROUPS
from sim.scenario.document import shipped_names
from sim.state.networks import KINDS
from sim.state.partners import BUSINESS_TYPES
from sim.state.ties import FORMS

if TYPE_CHECKING:
    from sim.live.session import Session
    from sim.live.viewer import Viewer


def charted(track: Track) -> list[str]:
    """Names of the series that the charts show, in the order in which they are sent."""
    vendors = range(track.scenario.plan.size.vendors)
    return [
        "partners", "memberships_per_partner", "attitude", "retention", "alliances", "joint_share",
        "synergy_surplus", "synergy_outside",
        *(f"{what}_{kind}" for what in ("networks", "members", "value") for kind in KINDS),
        *(f"alliances_{form}" for form in FORMS[1:]),
        *(f"{what}_{v}" for what in ("wallet", "attitude") for v in vendors),
        *(f"{what}_in_{group}" for what in ("attitude", "relations") for group in GROUPS),
        *(f"account_{group}_{cause}" for group in (*GROUPS, *(f"to_{v}" for v in vendors)) for cause in CAUSES),
    ]  # fmt: skip


def network_names(track: Track) -> list[str]:
    """The name of every network's row."""
    return [track.names.network(track.world, m) if uid >= 0 else "" for m, uid in enumerate(track.world.networks.uid)]


def words_of(track: Track) -> dict[str, Any]:
    """What things are called and where they are in the columns; the same for all months."""
    names, plan = track.scenario.plan.names, track.scenario.plan
    return {
        **head_of(track.world),
        "title": track.scenario.title,
        "question": track.scenario.question,
        "burn_in": plan.burn_in,
        "months": plan.months,
        "seed": plan.seed,
        "names": {"regions": names.regions, "verticals": names.verticals, "skills": names.skills, "vendors": names.vendors,
                  "distributors": names.distributors, "marketplaces": names.marketplaces},
        "kind_words": [KIND_WORDS[kind] for kind in KINDS],
        "type_words": [TYPE_WORDS[t] for t in BUSINESS_TYPES],
        "forms": FORMS,
        "groups": GROUPS,
        "causes": CAUSES,
        "given": list(plan.given.names) if plan.given is not None else [],
        "series": charted(track),
    }  # fmt: skip


def history_message(n: int, track: Track) -> bytes:
    """The series of all months that are known, the scenario's events, and the words."""
    columns = {name: np.array(track.series.get(name, ()), "f4") for name in charted(track)}
    head = {"type": "history", "track": n, "known": len(track.months), "events": events_of(track.scenario.plan)}
    return packed(head | {"words": words_of(track)}, columns)


def _said(n: int, track: Track, month: Month | None, beside: Track | None) -> dict[str, Any]:
    """What snapshot and month have in common; ``beside`` is the run that this one is compared with."""
    world = track.world
    said = month.headline if month is not None else headline({}, track.scenario.plan.burn_in)
    return {
        "track": n,
        "month": world.month,
        "headline": said,
        "compared": compared(beside, track) if beside is not None else None,
        "captions": month.captions if month is not None else [],
        "networks": network_names(track),
        "partners": int(world.partners.alive.sum()),
    }


def snapshot_message(n: int, track: Track, frame: Frame, beside: Track | None = None) -> bytes:
    """A month whole."""
    month = track.world.month
    passed = track.months[month - 1] if 0 < month <= len(track.months) else None
    named = [track.names.partner(uid) if uid >= 0 else "" for uid in frame.firms["uid"].tolist()]
    return packed({"type": "snapshot", **_said(n, track, passed, beside), "named": named}, whole(frame))


def month_message(n: int, track: Track, month: Month, before: Frame, after: Frame, beside: Track | None = None) -> bytes:
    """A month as what changed, with its entry of every series."""
    at = track.world.month - 1
    values = np.array([track.series[name][at] if name in track.series else np.nan for name in charted(track)], "f4")
    return packed(
        {"type": "month", **_said(n, track, month, beside), "named": _newly_named(track, before, after)},
        {"values": values, **change(before, after)},
    )


def _newly_named(track: Track, before: Frame, after: Frame) -> dict[int, str]:
    """Row -> name of the firms that were not there before."""
    then = np.full(after.firms["uid"].size, -1.0)
    then[: before.firms["uid"].size] = before.firms["uid"]
    rows = np.flatnonzero((after.firms["uid"] != then) & (after.firms["uid"] >= 0))
    return {row: track.names.partner(after.firms["uid"][row]) for row in rows.tolist()}


def state_of(session: "Session", viewer: "Viewer") -> dict[str, Any]:
    """What the controls show to one viewer."""
    tracks = session.tracks
    state: dict[str, Any] = {
        "type": "state",
        "run": session.id,
        "playing": session.playing,
        "opening": session.opening,
        "speed": session.speed,
        "failed": session.failed,
        "role": viewer.role,
        "controls": session.controller == viewer.number,
        "controlled": session.controller is not None,
        "viewers": len(session.viewers),
        "scenarios": shipped_names(),
        "scenario": session.scenario.name,
        "tracks": [],
    }
    if tracks:
        state |= {
            "month": session.month,
            "burn_in": tracks[0].scenario.plan.burn_in,
            "last": min(track.last for track in tracks),
            "ended": session.ended,
            "tracks": [_track_state(track) for track in tracks],
        }
    return state


def _track_state(track: Track) -> dict[str, Any]:
    now = track.world.month - track.scenario.plan.burn_in
    moved = {move.key: move.value for move in track.moves if move.month == now}
    return {
        "title": track.scenario.title,
        "seed": track.scenario.plan.seed,
        "known": len(track.months),
        "moves": [move._asdict() for move in track.moves],
        "levers": as_json(with_moves(levers(track.world, track.scenario.plan), moved)),
    }


__all__ = ["charted", "history_message", "month_message", "snapshot_message", "state_of", "words_of"]
