"""From events as written to events as the engine plays them: targets found, values in range, rows by number."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sim.parameters import Par, declared
from sim.plan import Event, Names, NetworkGroup
from sim.scenario.columns import CHANGEABLE, Changeable
from sim.scenario.fields import says
from sim.scenario.networks import group_of
from sim.scenario.problems import KeyPath, Problems, position, shown, unlike
from sim.state.networks import KINDS
from sim.state.suppliers import ARMS
from sim.switches import Switches


class Setting(NamedTuple):
    """What events are checked against."""

    months: int
    names: Names
    parameters: Mapping[str, Any]  # process -> NamedTuple
    groups: Sequence[NetworkGroup]
    vendors: Sequence[Mapping[str, float]]  # what the scenario gives of each; fewer than there are when the rest is drawn


def resolve_events(written: Sequence[Any], setting: Setting, problems: Problems) -> list[Event]:
    """The events in order of month, those of one month as written; what is wrong goes to ``problems``."""
    present = {
        f"{process}.{name}": getattr(values, name)
        for process, values in setting.parameters.items()
        for name in type(values)._fields
    }
    out: dict[int, Event] = {}
    for n, event in sorted(enumerate(written), key=lambda item: item[1].month):
        path: KeyPath = ("events", n)
        if event.month >= setting.months:
            problems.add(
                (*path, "month"),
                f"expected a month from 0 to {setting.months - 1}, the last of the run, got {event.month}; "
                "raise months or name an earlier one",
            )
        found = _EVENTS[event.kind](event, setting, path, problems, present)
        if found is not None:
            out[n] = found._replace(month=event.month, kind=event.kind)
    if not problems:
        _check_budgets(out, setting, problems)
    return list(out.values())


def _check_budgets(events: Mapping[int, Event], setting: Setting, problems: Problems) -> None:
    """The arms of a vendor divide its budget: after the events of any month their shares must sum to 1."""
    given = [*setting.vendors, *[{}] * (len(setting.names.vendors) - len(setting.vendors))]
    shares = [{f"arm_{arm}": vendor.get(f"arm_{arm}", 1.0 / len(ARMS)) for arm in ARMS} for vendor in given]
    divides = [(n, event) for n, event in events.items() if event.kind == "change_vendor" and event.field.startswith("arm_")]
    for month, group in groupby(divides, key=lambda item: item[1].month):
        together = list(group)
        for _, event in together:
            for row in range(len(shares)) if event.target == "all" else [int(event.target)]:
                share = _changed(shares[row][event.field], event.value, event.how)
                shares[row][event.field] = min(event.high, max(event.low, share))
        for row, arms in enumerate(shares):
            if not math.isclose(sum(arms.values()), 1.0, abs_tol=1e-6):
                says = ", ".join(f"{name} = {share:g}" for name, share in arms.items())
                problems.add(
                    ("events", together[-1][0], "value"),
                    f"the shares of the budget of {setting.names.vendors[row]} sum to {sum(arms.values()):g} after the events of "
                    f"month {month} ({says}), expected 1; change the other arms in events of the same month",
                )
                return


def row_of(target: str, names: Sequence[str], what: str, path: KeyPath, problems: Problems, every: bool = True) -> str:
    """The row (from 0, as text) that a name, or a number from 1, stands for; "all" stays."""
    if every and target == "all":
        return target
    if (row := position(target, names)) is not None:
        return str(row)
    if target.isascii() and target.isdecimal() and len(target) < 10 and 1 <= int(target) <= len(names):
        return str(int(target) - 1)
    if not names:
        problems.add(path, f"there is no {what} in this scenario; remove the event or raise population.{what}s")
    else:
        choice = unlike(target, names, f"{what}s are")
        also = ', or "all"' if every else ""
        problems.add(path, f"there is no {what} {shown(target)}{choice}, or a number from 1 to {len(names)}{also}")
    return ""


def _number(value: Any, kind: type, par: Par, how: str, path: KeyPath, problems: Problems) -> float | None:
    """A number that fits its range when set, and no wild one when added or multiplied."""
    low, high = {"set": (par.low, par.high), "add": (par.low - par.high, par.high - par.low), "multiply": (0.0, 1000.0)}[how]
    if kind is bool:
        if isinstance(value, bool) and how == "set":
            return float(value)
        problems.add(path, f'expected true or false with how = "set", got {shown(value)}; write value = true')
        return None
    whole = kind is int and how != "multiply"
    expected = says(int if whole else float, par._replace(low=low, high=high))
    if isinstance(value, bool | str) or not low <= value <= high or (whole and value != int(value)):
        problems.add(path, f'expected {expected} with how = "{how}", got {shown(value)}; correct the value')
        return None
    return float(value)


def _value(event: Any, field: Changeable, path: KeyPath, problems: Problems) -> float | None:
    if field.kind is not str:
        return _number(event.value, field.kind, field.par, event.how, path, problems)
    if event.value not in field.names or event.how != "set":
        problems.add(
            path, f'expected one of these names with how = "set", got {shown(event.value)}{unlike(event.value, field.names)}'
        )
        return None
    return float(field.names.index(event.value))


def _changed(old: float, value: float, how: str) -> float:
    return value if how == "set" else old + value if how == "add" else old * value


def _set_parameter(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    if event.target not in present:
        process, _, name = event.target.partition(".")
        own = [target for target in present if target.startswith(f"{process}.")]
        alike = [target for target in present if target.endswith(f".{name or process}")]
        choice = f'; did you mean "{alike[0]}"?' if alike else unlike(event.target, own or setting.parameters, "known are")
        problems.add((*path, "target"), f"there is no parameter {shown(event.target)}{choice}. Write process.parameter")
        return None
    process, name = event.target.split(".")
    kind, _, par = declared(type(setting.parameters[process]))[name]
    value = _number(event.value, kind, par, event.how, (*path, "value"), problems)
    if value is None:
        return None
    old = present[event.target]
    new = _changed(old, value, event.how)
    if not par.low - 1e-12 <= new <= par.high + 1e-12:
        problems.add((*path, "value"), f"would make {event.target} {new:g}, expected {says(kind, par)}; choose another value")
        return None
    present[event.target] = kind(new)
    return Event(0, "", event.target, value=value, how=event.how)


def _set_switch(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    name = event.target.removeprefix("switches.")
    if name not in Switches._fields:
        problems.add((*path, "target"), f"there is no switch {shown(name)}{unlike(name, Switches._fields)}")
        return None
    return Event(0, "", f"switches.{name}", value=float(event.value))


def _change(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    known = CHANGEABLE[event.kind]
    what = event.kind.removeprefix("change_")
    if what == "network":
        target = _network(event.target, setting, (*path, "target"), problems)
    else:
        target = row_of(event.target, getattr(setting.names, f"{what}s"), what, (*path, "target"), problems)
    if event.field not in known:
        problems.add((*path, "field"), f"a {what} has no field {shown(event.field)} that can change{unlike(event.field, known)}")
        return None
    value = _value(event, known[event.field], (*path, "value"), problems)
    if value is None:
        return None
    field = known[event.field]
    return Event(0, "", target, field.column, value, event.how, low=field.par.low, high=field.par.high)


def _network(target: str, setting: Setting, path: KeyPath, problems: Problems) -> str:
    """A kind, "all", or a number from 1 in the order of the scenario."""
    if target.casefold() in (*KINDS, "all"):
        return target.casefold()
    total = sum(group.count for group in setting.groups)
    if target.isascii() and target.isdecimal() and len(target) < 10 and 1 <= int(target) <= total:
        return str(int(target) - 1)
    problems.add(
        path, f'there is no network {shown(target)}{unlike(target, KINDS, "kinds are")}, or a number from 1 to {total}, or "all"'
    )
    return ""


def _open(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    group = group_of(event.network)
    if event.network.host is not None:
        says = "an event cannot choose the host, the first that is free will be; remove the host"
        problems.add((*path, "network", "host"), says)
    needs = {"vendor": setting.names.vendors, "distributor": setting.names.distributors}.get(KINDS[group.kind])
    if needs is not None and group.count > len(needs):
        problems.add(
            (*path, "network", "count"),
            f"expected at most {len(needs)}, the number of {KINDS[group.kind]}s, got {group.count}; each is hosted by another",
        )
    return Event(0, "", KINDS[group.kind], group=group)


def _close(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    return Event(0, "", _network(event.target, setting, (*path, "target"), problems))


def _leave(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    what = event.kind.removesuffix("_leaves")
    return Event(0, "", row_of(event.target, getattr(setting.names, f"{what}s"), what, (*path, "target"), problems, every=False))


def _merge(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    vendors = setting.names.vendors
    target = row_of(event.target, vendors, "vendor", (*path, "target"), problems, every=False)
    into = row_of(event.into, vendors, "vendor", (*path, "into"), problems, every=False)
    if target and target == into:
        problems.add((*path, "into"), f"{shown(event.into)} cannot take over itself; name another vendor")
    return Event(0, "", target, into=into)


def _shock(event: Any, setting: Setting, path: KeyPath, problems: Problems, present: dict[str, Any]) -> Event | None:
    value = _value(event, CHANGEABLE["shock"][event.field], (*path, "value"), problems)
    return None if value is None else Event(0, "", "all", event.field, value, event.how, share=event.share)


_EVENTS = {
    "set_parameter": _set_parameter,
    "set_switch": _set_switch,
    "change_vendor": _change,
    "change_distributor": _change,
    "change_marketplace": _change,
    "change_network": _change,
    "open_network": _open,
    "close_network": _close,
    "vendor_leaves": _leave,
    "merge_vendors": _merge,
    "distributor_leaves": _leave,
    "shock": _shock,
}
