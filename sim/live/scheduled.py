"""The scenario's events, those of moved levers among them, in plain words: for captions, charts and the headline."""

from typing import Any, NamedTuple

from sim.live.names import KIND_WORDS
from sim.plan import Event, Names, Plan
from sim.scenario.columns import CHANGEABLE

MINUS = "\N{MINUS SIGN}"
_SHORT = ("vendor_leaves", "distributor_leaves", "merge_vendors", "close_network")  # a clause on these is short enough


class Aim(NamedTuple):
    """The first event that is aimed at one vendor."""

    vendor: int
    month: int  # after burn-in
    what: str  # in short: "budget = 0.02"


def events_of(plan: Plan) -> list[dict[str, Any]]:
    """All events in order of month: ``month`` after burn-in, ``label`` in a few words, ``text`` in a clause."""
    out = []
    for event in plan.schedule:
        whose, short, text = _told(event, plan.names)
        label = text if event.kind in _SHORT else ": ".join(filter(None, (whose, short)))
        out.append({"month": event.month, "label": label, "text": text})
    return out


def aims(plan: Plan) -> list[Aim]:
    """Whom events are aimed at, vendors one by one; an event for all of them is aimed at none."""
    found: dict[int, Aim] = {}
    for event in plan.schedule:
        target = event.into if event.kind == "merge_vendors" else event.target if event.kind == "change_vendor" else ""
        if target.isdecimal():
            found.setdefault(int(target), Aim(int(target), event.month, _told(event, plan.names)[1]))
    return list(found.values())


def _told(event: Event, names: Names) -> tuple[str, str, str]:
    """Whose, what in short, and a clause."""
    if event.kind == "set_parameter":
        process, name = event.target.split(".")
        return _change(_words(process), _words(name), event, _number(event.value))
    if event.kind == "set_switch":
        name, state = _words(event.target.removeprefix("switches.")), "on" if event.value else "off"
        return "", f"{name} {state}", f"the mechanism {name} is switched {state}"
    if event.kind.startswith("change_"):
        return _change(_whose(event, names), *_field(event))
    if event.kind == "open_network":
        assert event.group is not None
        count = event.group.count
        many = f"{count} {KIND_WORDS[event.target]} network{'s' if count > 1 else ''} open{'' if count > 1 else 's'}"
        return "", many, many
    if event.kind == "shock":
        return _change(f"{100 * event.share:.0f} % of partners", event.field, event, _number(event.value))
    if event.kind == "merge_vendors":
        over = f"takes over {names.vendors[int(event.target)]}"
        return names.vendors[int(event.into)], over, f"{names.vendors[int(event.into)]} {over}"
    whose = _whose(event, names)
    if event.kind == "close_network":
        return whose, "", f"{whose} {'closes' if event.target.isdecimal() else 'close'}"
    return whose, "", f"{whose} leaves the market"


def _whose(event: Event, names: Names) -> str:
    what = event.kind.removeprefix("change_").removeprefix("close_").removesuffix("_leaves")
    called = {"vendor": names.vendors, "distributor": names.distributors, "marketplace": names.marketplaces}.get(what, ())
    if event.target.isdecimal():
        row = int(event.target)
        return called[row] if row < len(called) else f"{what} {row + 1}"
    return f"all {what}s" if event.target == "all" else f"{KIND_WORDS[event.target]} networks"


def _field(event: Event) -> tuple[str, Event, str, str]:
    """Name of what changes, the event, and its value in words, with the unit."""
    name, field = next((n, f) for n, f in CHANGEABLE[event.kind].items() if f.column == event.field)
    if field.names:
        return _words(name), event, _words(field.names[int(event.value)]), ""
    words = f"share of its budget for {_words(name.removeprefix('arm_'))}" if name.startswith("arm_") else _words(name)
    return words, event, _number(event.value), "" if event.how == "multiply" else f" ({field.par.unit})"


def _change(whose: str, name: str, event: Event, value: str, unit: str = "") -> tuple[str, str, str]:
    if event.how == "multiply":
        short, long = f"\N{MULTIPLICATION SIGN} {value}", f"is multiplied by {value}"
    elif event.how == "add":
        falls = event.value < 0
        value = value.removeprefix(MINUS)
        short, long = f"{MINUS if falls else '+'}{value}", f"{'falls' if falls else 'rises'} by {value}"
    else:
        short, long = f"= {value}", f"is set to {value}"
    return whose, f"{name} {short}", f"{name} of {whose} {long}{unit}"


def _words(name: str) -> str:
    return name.removesuffix("_usd").replace("_usd_", "_").replace("_", " ")


def _number(value: float) -> str:
    return f"{value:.12g}".replace("-", MINUS)
