"""In what two scenarios differ."""

from typing import Any, NamedTuple

from sim.scenario.listing import sections, toml
from sim.scenario.scenario import Scenario

PROSE = ("title", "question", "text", "schema_version")
ABSENT = "-"


class Difference(NamedTuple):
    """A value that is not the same in both; None where it does not exist."""

    key: str
    one: Any
    other: Any
    unit: str


def differences(one: Scenario, other: Scenario) -> list[Difference]:
    """All values that differ, prose left out, in the order of a scenario file."""
    left, right = _values(one), _values(other)
    keys = [*left, *(key for key in right if key not in left)]
    out = []
    for key in keys:
        (a, unit), (b, its_unit) = left.get(key, (None, "")), right.get(key, (None, ""))
        if a != b:
            out.append(Difference(key, a, b, unit or its_unit))
    if one.settings["csv_sha256"] and other.settings["csv_sha256"] and one.settings["csv_sha256"] != other.settings["csv_sha256"]:
        a, b = (scenario.settings["csv_sha256"][:8] for scenario in (one, other))
        out.append(Difference("content of population.csv", a, b, "SHA-256"))
    return out


def _values(scenario: Scenario) -> dict[str, tuple[Any, str]]:
    out: dict[str, tuple[Any, str]] = {}
    for section in sections(scenario):
        kind, _, label = section.name.partition(".")
        if kind == "events":
            key = label
            while key in out:
                key += " (again)"
            out[key] = ("yes", "event")
            continue
        for entry in section.entries:
            if section.name or entry.key not in PROSE:
                out[f"{section.name}.{entry.key}".lstrip(".")] = (entry.value, entry.unit)
    return out


def compared(one: Scenario, other: Scenario, names: tuple[str, str]) -> str:
    """The differences as lines of text, or a line that says that there are none."""
    found = differences(one, other)
    if not found:
        return f"{names[0]} and {names[1]} are the same but for their texts.\n"
    rows = [(d.key, _cell(d.one), _cell(d.other), d.unit) for d in found if d.unit != "event"]
    out = []
    if rows:
        table = [("", *names, "unit"), *rows]
        widths = [max(len(row[n]) for row in table) for n in range(3)]
        out += ["  ".join((*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3])).rstrip() for row in table]
    events = [d for d in found if d.unit == "event"]
    out += [f"Only in {names[0]}: {d.key}" for d in events if d.one] + [f"Only in {names[1]}: {d.key}" for d in events if d.other]
    return "\n".join(out) + "\n"


def _cell(value: Any) -> str:
    return ABSENT if value is None else value if isinstance(value, str) else toml(value)
