"""What a viewer may ask for: anybody, to look; the one who controls, to steer."""

from typing import TYPE_CHECKING, Any

from sim.live.card import firm_card, tie_card
from sim.live.levers import as_setting, levers
from sim.live.track import Track
from sim.scenario import load
from sim.scenario.document import shipped_names

if TYPE_CHECKING:
    from sim.live.session import Session
    from sim.live.viewer import Viewer

LONGEST_RUN = 1_200  # months after burn-in, as scenario files allow


def perform(session: "Session", viewer: "Viewer", asked: dict[str, Any]) -> None:
    """Do what is asked.

    Raises
    ------
    ValueError, LookupError, TypeError, ScenarioError
        When it cannot be done; the message says why.
    """
    do = asked.get("do")
    if do in _LOOKS:
        session.tell({"type": "answer", "n": asked.get("n"), **_LOOKS[do](session, asked)}, viewer)
        return
    if do == "claim":
        _claim(session, viewer)
    elif do not in _STEERS:
        raise ValueError(f"there is no command {str(do)[:40]!r}")
    elif session.controller != viewer.number:
        raise ValueError("somebody else controls this run; you can watch, search and look at every firm")
    elif session.opening and do not in ("play", "pause", "speed", "restart"):
        raise ValueError("the market is still warming up; wait for the end of burn-in")
    elif session.failed and do not in ("restart", "go", "pause"):
        raise ValueError("the run has stopped with an error; go back to an earlier month or restart")
    else:
        _STEERS[do](session, asked)
    session.tell_state()


def _claim(session: "Session", viewer: "Viewer") -> None:
    if viewer.role != "control":
        raise ValueError("this link lets you watch; the link to steer is with whoever started the server")
    if session.controller is not None and session.controller in session.viewers and session.controller != viewer.number:
        raise ValueError("somebody else controls this run")
    session.controller = viewer.number


def number(asked: dict[str, Any], name: str, low: float, high: float) -> float:
    """A number of a request, within its range."""
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name}: expected a number from {low:g} to {high:g}")
    return value


def track_of(session: "Session", asked: dict[str, Any]) -> Track:
    """The track that a request names, the first when it names none."""
    if not session.tracks:
        raise ValueError("the run has not started yet")
    return session.tracks[int(number(asked | {"track": asked.get("track", 0)}, "track", 0, len(session.tracks) - 1))]


def _firm(session: "Session", asked: dict[str, Any]) -> dict[str, Any]:
    return {"firm": firm_card(track_of(session, asked), int(number(asked, "uid", 0, 2**53)))}


def _named(session: "Session", asked: dict[str, Any]) -> dict[str, Any]:
    """The firm of that name that has left the market, with the month in which it did; None where there is none."""
    track, wanted = track_of(session, asked), str(asked.get("name")).casefold()
    firms = track.chronicle.all_of("firms")
    gone = ~firms["began"] & (firms["month"] < track.world.month)
    for uid, month in zip(firms["a"][gone].tolist(), firms["month"][gone].tolist(), strict=True):
        if track.names.partner(uid).casefold() == wanted:
            return {"named": {"uid": uid, "name": track.names.partner(uid), "left": month}}
    return {"named": None}


def _tie(session: "Session", asked: dict[str, Any]) -> dict[str, Any]:
    a, b = (int(number(asked, name, 0, 2**53)) for name in ("a", "b"))
    return {"tie": tie_card(track_of(session, asked), a, b)}


def _play(session: "Session", asked: dict[str, Any]) -> None:
    if session.ended:
        raise ValueError("the run has ended; go back to a month, prolong it or restart")
    session.playing = True


def _pause(session: "Session", asked: dict[str, Any]) -> None:
    session.playing = False


def _step(session: "Session", asked: dict[str, Any]) -> None:
    session.playing = False
    session.step()


def _speed(session: "Session", asked: dict[str, Any]) -> None:
    session.speed = number(asked, "value", 0.25, 60)


def _go(session: "Session", asked: dict[str, Any]) -> None:
    session.playing, session.opening, session.failed = False, False, ""
    known = min(len(track.months) for track in session.tracks)
    month = int(number(asked, "month", 0, known))
    for track in session.tracks:
        track.go_to(month)
    session.settle()


def _steer(session: "Session", asked: dict[str, Any]) -> None:
    track = track_of(session, asked)
    known = {lever.key: lever for lever in levers(track.world, track.scenario.plan)}
    key = asked.get("key")
    if key not in known:
        raise ValueError(f"there is no lever {str(key)[:60]!r}")
    lever = known[key]
    value = number(asked, "value", -1e12, 1e12)
    track.steer(lever.key, as_setting(lever, value))
    session.settle()


def _branch(session: "Session", asked: dict[str, Any]) -> None:
    """Split: the second track begins as the first in this month and takes the levers from then on."""
    if len(session.tracks) > 1:
        session.tracks.pop()
    session.tracks.append(session.tracks[0].branch(session.new_folder()))
    session.settle()


def _beside(session: "Session", asked: dict[str, Any]) -> None:
    """Run another scenario beside this one on the same random numbers, up to the present month."""
    name = _shipped(asked)
    month, plan = session.month, session.tracks[0].scenario.plan
    same = {"seed": plan.seed, "population.partners": plan.partners, "burn_in_months": plan.burn_in}
    own = load(name, same)
    other = own if own.plan.months >= plan.months else load(name, same | {"months": plan.months})
    track = Track(other, session.new_folder())
    while track.world.month < month:
        track.step()
    session.tracks[1:] = [track]
    session.settle()


def _alone(session: "Session", asked: dict[str, Any]) -> None:
    """End the comparison and keep one track."""
    keep = int(number(asked | {"keep": asked.get("keep", 0)}, "keep", 0, len(session.tracks) - 1))
    session.tracks = [session.tracks[keep]]
    session.settle()


def _restart(session: "Session", asked: dict[str, Any]) -> None:
    """From the first month: another seed, another scenario, another number of partners."""
    settings: dict[str, Any] = {}
    base = session.scenario
    if asked.get("seed") is not None:
        settings["seed"] = int(number(asked, "seed", 0, 2**53))
    if asked.get("partners") is not None:
        settings["population.partners"] = int(number(asked, "partners", 20, 20_000))
    if asked.get("scenario") is not None:
        base = load(_shipped(asked), settings)
    elif settings:
        from sim.scenario import from_document
        from sim.scenario.document import with_settings

        base = from_document(with_settings(base.document, settings))
    session.playing = False
    session.open(base)


def _prolong(session: "Session", asked: dict[str, Any]) -> None:
    for track in session.tracks:
        track.prolong(int(min(LONGEST_RUN, track.scenario.plan.months + number(asked, "months", 1, 600))))
    session.settle()


def _shipped(asked: dict[str, Any]) -> str:
    name = asked.get("scenario")
    if name not in shipped_names():
        raise ValueError(f"there is no scenario {str(name)[:60]!r}")
    return name


_LOOKS = {"firm": _firm, "tie": _tie, "named": _named}
_STEERS = {
    "play": _play, "pause": _pause, "step": _step, "speed": _speed, "go": _go, "steer": _steer, "branch": _branch,
    "beside": _beside, "alone": _alone, "restart": _restart, "prolong": _prolong,
}  # fmt: skip
__all__ = ["perform"]
